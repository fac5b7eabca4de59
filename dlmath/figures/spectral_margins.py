"""Pictures of the chapter on spectrally normalised margins."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from scipy.stats import spearmanr

from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    MARKERS,
    ORANGE,
    PALETTE,
    PURPLE,
    SKY,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.generalization.label_noise import Runs, train_noisy

COLOURS = (BLUE, GREEN, ORANGE, PURPLE, VERMILLION)
NOISES = (0.0, 0.25, 0.5, 1.0)
STEPS = (0, 20, 50, 100, 200, 400)


def _outline(ax: Axes, values: np.ndarray, edges: np.ndarray, **style: Any) -> None:
    """The outline of a histogram, as shares; what lies outside counts in the last bins."""
    counts, _ = np.histogram(np.clip(values, edges[0], edges[-1]), edges)
    ax.stairs(counts / len(values), edges, **style)


def _name(noise: float) -> str:
    return f"{100 * noise:.0f} % random"


def _both(axes: Any, runs: Runs, record: int, members: Sequence[int], colours: Any) -> None:
    """Margins of some members, raw on the left and normalised on the right."""
    (left, right), n = axes, runs.margin.shape[-1]
    raw, scaled = np.linspace(-3, 30, 67), np.linspace(-0.006, 0.048, 109)
    for e in members:
        style: dict[str, Any] = dict(color=colours[float(runs.noise[e])], linewidth=1.5)
        m = runs.margin[record, e]
        _outline(left, m, raw, **style)
        normal = m * n / (runs.size[e] * runs.complexity[record, e])
        _outline(right, normal, scaled, label=_name(runs.noise[e]), **style)
    left.set(xlabel="margin", ylabel="share of examples", xlim=raw[[0, -1]])
    right.set(xlabel=r"margin $\times\,n\,/\,(\|X\|_F\,R)$", xlim=scaled[[0, -1]])


def histograms(runs: Runs) -> Picture:
    """The margins at the end, raw and normalised, for one network of each noise."""
    members = [int(np.flatnonzero(runs.noise == p)[0]) for p in np.unique(runs.noise)]
    colours = dict(zip(np.unique(runs.noise).tolist(), COLOURS, strict=False))
    with figure(1, 2, width=7.2, height=3.3) as (fig, axes):
        _both(axes, runs, -1, members, colours)
        axes[1].legend(loc="upper right", fontsize=9)
    return Picture(
        fig,
        "Histograms of training margins, one outline for each share of random labels. Left, raw: "
        "all outlines begin at nearly the same margin, and those with more true labels have longer "
        "tails to the right. Right, normalised: the more random the labels, the narrower the "
        "outline and the nearer to zero; that of the true labels lies far to the right.",
    )


def stops(runs: Runs, patient: Runs, early: int) -> Picture:
    """Quantiles of the margins for true and for random labels, each at two stops.

    Args:
        runs: Networks for true and for random labels, recorded also at the early step.
        patient: Networks for random labels that were trained for longer.
        early: The step at which the true labels are stopped.
    """
    k, last = runs.steps.tolist().index(early), int(runs.steps[-1])
    shown = (
        (f"true, step {early}", runs, k, runs.noise == 0, SKY),
        (f"true, step {last}", runs, -1, runs.noise == 0, BLUE),
        (f"random, step {last}", runs, -1, runs.noise == 1, ORANGE),
        (f"random, step {patient.steps[-1]:,}", patient, -1, patient.noise == 1, VERMILLION),
    )
    shares = np.arange(5, 100, 10)
    with figure(1, 2, width=7.2, height=3.6) as (fig, (left, right)):
        for j, (name, what, record, members, colour) in enumerate(shown):
            m = np.stack([what.quantile(q / 100)[record] for q in shares])
            size = what.size * what.complexity[record] / what.margin.shape[-1]
            style: dict[str, Any] = dict(color=colour, marker=MARKERS[j], label=name)
            measured(left, shares, m[:, members].mean(1), **style)
            measured(right, shares, (m / size)[:, members].mean(1), **style)
        left.set(xlabel="% of examples below", ylabel="margin")
        left.set_ylim(bottom=0)
        right.set(xlabel="% of examples below", yscale="log")
        right.set(ylabel=r"margin $\times\,n\,/\,(\|X\|_F\,R)$", ylim=(0.0015, 0.06))
        right.set_yticks(
            [0.002, 0.005, 0.01, 0.02, 0.05], ["0.002", "0.005", "0.01", "0.02", "0.05"]
        )
        right.minorticks_off()
        left.legend(loc="upper left", fontsize=8)
    return Picture(
        fig,
        "Quantiles of training margins for true and random labels at two stops each. Left, raw: "
        "the series cross, and random labels trained for long lie above true labels stopped early "
        "for most examples. Right, normalised, on a logarithmic axis: both series of true labels "
        "lie far above both of random labels.",
    )


@functools.cache
def _explored() -> Runs:
    return train_noisy(NOISES, [0], n=600, steps=max(STEPS), record_at=STEPS)


def explored(noise: float, step: int) -> Picture:
    """The margins of one network at one step, raw and normalised, over the true labels' last."""
    runs = _explored()
    e, r = NOISES.index(noise), STEPS.index(step)
    with figure(1, 2, width=7.2, height=3.3) as (fig, axes):
        _both(axes, runs, r, [e], {noise: BLUE if noise == 0 else VERMILLION})
        for ax in axes:
            ax.axvline(0, color=GRAY, linewidth=0.8, linestyle="--")
        axes[0].set(ylim=(0, 0.3))
        axes[1].set(ylim=(0, 0.5))
        axes[0].set_title(
            f"mistaken: {100 * runs.train[r, e]:.0f} % of training, {100 * runs.test[r, e]:.0f} % "
            "of test",
            fontsize=9,
        )
    return Picture(
        fig,
        f"Two histograms of training margins after {step} steps with {_name(noise)} labels: raw "
        "on the left, normalised by the spectral complexity on the right, a dashed line at zero.",
    )


def course(runs: Runs) -> Picture:
    """Complexity, and complexity over the median margin, during training."""
    noises = np.unique(runs.noise).tolist()
    panels = (
        ("complexity $R$", runs.complexity, (500, 1000, 2000, 4000, 8000)),
        ("$R$ / median margin", runs.complexity / runs.quantile(0.5), (125, 250, 500, 1000, 2000)),
    )
    with figure(1, 2, width=7.2, height=3.4) as (fig, axes):
        for ax, (name, values, ticks) in zip(axes, panels, strict=True):
            for k, noise in enumerate(noises):
                e = int(np.flatnonzero(runs.noise == noise)[0])
                keep = runs.quantile(0.5)[:, e] > 1
                style: dict[str, Any] = dict(color=COLOURS[k], marker=MARKERS[k])
                measured(ax, runs.steps[keep], values[keep, e], label=_name(noise), **style)
            ax.set(xscale="log", xlabel="step", yscale="log")
            ax.set_title(name, fontsize=10)
            ax.set_xticks([20, 50, 100, 200, 400], ["20", "50", "100", "200", "400"])
            ax.set_yticks(ticks, [f"{t:,}" for t in ticks])
            ax.minorticks_off()
        axes[0].legend(loc="lower right", fontsize=8)
    return Picture(
        fig,
        "Two panels against the step, for five shares of random labels. The complexity keeps "
        "rising for each; over the median margin it levels off, the higher the more labels are "
        "random.",
    )


def ranks(runs: Runs, quantile: float) -> Picture:
    """Left, rank correlations with the excess error by the quantile read; right, R over gamma."""
    qs, last = np.arange(5, 100, 5), runs.excess[-1]
    numbers = (
        (r"$R/\gamma$", runs.complexity[-1], BLUE),
        (r"$\prod\|A_i\|_\sigma/\gamma$", runs.lipschitz[-1], GREEN),
        (r"$1/\gamma$", np.ones_like(last), VERMILLION),
    )
    gamma = runs.quantile(quantile)[-1]
    with figure(1, 2, width=7.2, height=3.4) as (fig, (left, right)):
        for k, (name, size, colour) in enumerate(numbers):
            found = [spearmanr(size / runs.quantile(q / 100)[-1], last)[0] for q in qs]
            measured(left, qs, found, color=colour, marker=MARKERS[k], label=name)
        left.set(
            xlabel=r"% of examples below $\gamma$", ylabel="rank correlation", ylim=(-0.15, 1.1)
        )
        left.legend(loc="lower right", fontsize=9)
        for k, noise in enumerate(np.unique(runs.noise)):
            at = runs.noise == noise
            style: dict[str, Any] = dict(color=COLOURS[k], marker=MARKERS[k], markersize=6)
            quotient = runs.complexity[-1, at] / gamma[at]
            measured(right, quotient, last[at], label=_name(noise), **style)
        right.set(xlabel=r"$R/\gamma$", xscale="log", ylabel="test less training error")
        right.set_xticks([200, 400, 800, 1600], ["200", "400", "800", "1600"])
        right.minorticks_off()
        right.legend(loc="lower right", fontsize=8)
    return Picture(
        fig,
        "Left, rank correlation with the excess error against the quantile: high and level for "
        "both quotients, rising from about zero to high for one over the margin. Right, excess "
        "error against the complexity over the margin: the points rise from the true labels to "
        "the random ones.",
    )


def sizes(
    ns: Sequence[int], found: Mapping[str, np.ndarray], slopes: Mapping[str, float]
) -> Picture:
    """Quantities over their values at the fewest examples, with their fitted powers."""
    with figure() as (fig, ax):
        for k, (name, values) in enumerate(found.items()):
            start = values[0]
            style: dict[str, Any] = dict(color=PALETTE[k], marker=MARKERS[k], label=name)
            measured(ax, ns, values / start, markersize=6, **style)
            middle = np.exp(np.log(values).mean()) / start
            line = middle * (np.array(ns) / np.exp(np.log(ns).mean())) ** slopes[name]
            predicted(ax, ns, line, color=PALETTE[k], linewidth=0.9, linestyle="--")
        ax.set(xscale="log", yscale="log", xlabel="number of training examples $n$")
        ax.set(ylabel=f"over the value at {ns[0]} examples", ylim=(0.12, 2))
        ax.set_xticks(list(ns), [str(n) for n in ns])
        ax.set_yticks([0.2, 0.5, 1, 2], ["0.2", "0.5", "1", "2"])
        ax.minorticks_off()
        ax.legend(loc="lower left", fontsize=9)
    return Picture(
        fig,
        "On logarithmic axes against the number of examples, each over its first value: the "
        "complexity rises, the margin falls a little, the term of the bound falls slowly, and the "
        "test error falls faster.",
    )
