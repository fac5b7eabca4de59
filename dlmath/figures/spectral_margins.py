"""Pictures of the chapter on spectrally normalised margins."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    PURPLE,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.generalization.label_noise import Runs, train_noisy
from dlmath.generalization.network_covers import best_split, least_cost, sparse
from dlmath.generalization.network_covers import sparsification_error as exact_error

COLOURS = (BLUE, GREEN, ORANGE, PURPLE, VERMILLION)
MARKERS = ("o", "^", "D", "v", "s")
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
    raw, scaled = np.linspace(-5, 20, 51), np.linspace(-0.006, 0.036, 85)
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
        "the outlines overlap. Right, normalised: the more random the labels, the narrower the "
        "outline and the nearer to zero; that of the true labels lies far to the right.",
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
    """Excess error, complexity, and complexity over the median margin, during training."""
    ends = [int(np.flatnonzero(runs.noise == p)[0]) for p in (0, 1)]
    panels = (
        ("test less training error", runs.excess),
        ("complexity $R$", runs.complexity),
        ("$R$ / median margin", runs.complexity / runs.quantile(0.5)),
    )
    with figure(1, 3, width=7.4, height=2.8) as (fig, axes):
        for ax, (name, values) in zip(axes, panels, strict=True):
            for e, colour, marker in zip(ends, (BLUE, VERMILLION), ("o", "s"), strict=True):
                keep = runs.quantile(0.5)[:, e] > 1
                style: dict[str, Any] = dict(color=colour, marker=marker)
                measured(ax, runs.steps[keep], values[keep, e], label=_name(runs.noise[e]), **style)
            ax.set(xscale="log", xlabel="step")
            ax.set_title(name, fontsize=9.5)
            ax.set_xticks([20, 100, 400], ["20", "100", "400"])
            ax.minorticks_off()
        for ax, ticks in ((axes[1], (500, 2000, 8000)), (axes[2], (150, 500, 1500))):
            ax.set(yscale="log")
            ax.set_yticks(ticks, [f"{t:,}" for t in ticks])
            ax.minorticks_off()
        axes[0].legend(loc="center right", fontsize=8)
    return Picture(
        fig,
        "Three panels against the step, for true and for random labels. The excess error levels "
        "off; the complexity keeps rising; the complexity over the median margin levels off, far "
        "higher for random labels.",
    )


def excess(runs: Runs, quantile: float) -> Picture:
    """The excess error at the end against one over the margin, and against R over the margin."""
    gamma = runs.quantile(quantile)[-1]
    with figure(1, 2, width=7.2, height=3.3, sharey=True) as (fig, (left, right)):
        for k, noise in enumerate(np.unique(runs.noise)):
            at = runs.noise == noise
            style: dict[str, Any] = dict(color=COLOURS[k], marker=MARKERS[k], markersize=6)
            measured(left, 1 / gamma[at], runs.excess[-1, at], **style)
            quotient = runs.complexity[-1, at] / gamma[at]
            measured(right, quotient, runs.excess[-1, at], label=_name(noise), **style)
        left.set(xlabel=r"$1/\gamma$", ylabel="test less training error")
        left.locator_params(axis="x", nbins=4)
        right.set(xlabel=r"$R/\gamma$", xscale="log")
        right.set_xticks([200, 400, 800, 1600], ["200", "400", "800", "1600"])
        right.minorticks_off()
        right.legend(loc="lower right", fontsize=8)
    return Picture(
        fig,
        "Excess error of networks trained with five shares of random labels. Left, against one "
        "over the margin: no order. Right, against the complexity over the margin: the points "
        "rise from the true labels to the random ones.",
    )


def sizes(
    ns: Sequence[int], found: Mapping[str, np.ndarray], slopes: Mapping[str, float]
) -> Picture:
    """Quantities against the number of examples, with their fitted powers."""
    with figure() as (fig, ax):
        for k, (name, values) in enumerate(found.items()):
            style: dict[str, Any] = dict(color=COLOURS[k], marker=MARKERS[k], label=name)
            measured(ax, ns, values, markersize=6, **style)
            middle = np.exp(np.log(values).mean())
            line = middle * (np.array(ns) / np.exp(np.log(ns).mean())) ** slopes[name]
            predicted(ax, ns, line, color=COLOURS[k], linewidth=0.9, linestyle="--")
        ax.set(xscale="log", yscale="log", xlabel="number of training examples $n$")
        ax.set_xticks(list(ns), [str(n) for n in ns])
        ax.set(ylim=(0.002, 5000))
        ax.minorticks_off()
        ax.legend(loc="lower left", ncols=2, fontsize=9)
    return Picture(
        fig,
        "On logarithmic axes against the number of examples: the complexity rises, the margin "
        "falls a little, the term of the bound falls slowly, and the test error falls faster.",
    )


def averages(X: np.ndarray, A: np.ndarray, costs: Sequence[float]) -> Picture:
    """Left, Maurey's averages near X A; right, what two layers pay for a split of the accuracy."""
    rng = np.random.default_rng(0)
    with figure(1, 2, width=7.2, height=3.3) as (fig, (left, right)):
        terms = np.array([1, 2, 4, 8, 16, 32, 64])
        for K in terms.tolist():
            tries = X @ sparse(X, A, K, 12, rng)
            off = np.linalg.norm(tries - X @ A, axis=(1, 2))
            measured(left, np.full(12, K), off, color=BLUE, markersize=3)
        root = np.sqrt([exact_error(X, A, int(K)) for K in terms])
        predicted(left, terms, root, color=GRAY)
        left.set(xscale="log", yscale="log", xlabel="pieces $K$", ylabel="distance from $XA$")
        left.set_xticks(terms[::2].tolist(), [str(K) for K in terms[::2]])
        ticks = [v for v in (2, 5, 10, 20, 50, 100, 200) if root[-1] < v < 2 * root[0]]
        left.set_yticks(ticks, [str(v) for v in ticks])
        left.minorticks_off()
        t = np.linspace(0.12, 0.88, 90)
        b = np.asarray(costs)
        predicted(right, t, (b[0] / t) ** 2 + (b[1] / (1 - t)) ** 2, color=GRAY)
        measured(right, [best_split(b)[0]], [least_cost(b)], color=VERMILLION, markersize=7)
        right.set(xlabel="first layer's share of the accuracy", ylabel="log of the count")
        right.set(ylim=(0, 5 * least_cost(b)))
    return Picture(
        fig,
        "Left, distances of random averages from the product against the number of pieces, on "
        "logarithmic axes: clouds of points about a straight line that falls. Right, a curve with "
        "one minimum, and a point at it.",
    )
