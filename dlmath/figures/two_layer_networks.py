"""Pictures of the chapter on two-layer networks and the dimension that their neurons span."""

import functools
from collections.abc import Callable, Mapping

import numpy as np

from dlmath.claims.two_layer_networks_planar import WIDTHS
from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    INK,
    MARKERS,
    ORANGE,
    PALETTE,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.landscapes.paths import Path, Weights
from dlmath.landscapes.quadratic_neurons import Planar, flow, starts

RATIOS = (0.9, 1.1, 1.3)
"""The sizes of the first layer that the reader may choose, in units of sqrt(2) times the second."""


def descents(model: Planar, p: int, runs: int, seed: int) -> Picture:
    """The loss of some gradient flows against time, coloured by the signs at the start."""
    u, w = starts(p, runs, None, seed)
    times = np.linspace(0, 2.5, 26)
    kinds = np.where((u > 0).all(1), 1, np.where((u < 0).all(1), 2, 0))
    losses = [model.loss(u, w)]
    for step in np.diff(times):
        u, w = flow(model, u, w, float(step))
        losses.append(model.loss(u, w))
    curves = np.array(losses).T
    with figure(height=3.2) as (fig, ax):
        for k, name in enumerate(("both signs", "all positive", "all negative")):
            for i, curve in enumerate(curves[kinds == k]):
                label = name if i == 0 else None
                ax.plot(times, curve, color=PALETTE[k], linewidth=1, alpha=0.7, label=label)
        for level in (model.levels.positive, model.levels.negative):
            predicted(ax, times[[0, -1]], [level, level], color=INK, linewidth=1, linestyle="--")
        ax.set(xlabel="time of the gradient flow", ylabel="loss $E$", ylim=(-0.1, 4.6))
        ax.legend(loc="upper right", fontsize=9, ncols=3)
    return Picture(
        fig,
        "The loss of gradient flows of width four against time: those that start with output "
        "weights of both signs fall to zero; those with one sign stop at one of two dashed levels, "
        "the all-negative ones at the higher.",
    )


def plane(model: Planar) -> Picture:
    """The loss over diagonal matrices M, and what one-signed networks can reach of it."""
    grid = np.linspace(-1.7, 1.7, 90)
    first, second = np.meshgrid(grid, grid)
    M = np.zeros((*first.shape, 2, 2))
    M[..., 0, 0], M[..., 1, 1] = first, second
    levels, a, b = model.levels, model.a, model.b
    rings = [0.25, 1.0, levels.positive, levels.negative, levels.zero, 6.0]
    with figure(width=5.2, height=4.6) as (fig, ax):
        ax.fill_between([0, 1.7], 0, 1.7, color=PALETTE[1], alpha=0.15, linewidth=0)
        ax.fill_between([-1.7, 0], -1.7, 0, color=PALETTE[2], alpha=0.15, linewidth=0)
        ax.contour(first, second, model.loss_of_form(M), rings, colors=GRAY, linewidths=0.9)
        x = [-1.7, 1.7, np.nan, 0, 0]
        predicted(ax, x, [0, 0, np.nan, -1.7, 1.7], color=INK, linewidth=2.2, label="one neuron")
        measured(ax, [a], [-b], color=BLUE, marker="*", markersize=13, label="the teacher")
        best = [("all positive", (3 * a - b) / 3, 0, 1), ("all negative", 0, -(3 * b - a) / 3, 2)]
        for name, x, y, k in best:
            measured(ax, [x], [y], color=PALETTE[k], marker=MARKERS[k], markersize=8, label=name)
        measured(ax, [0], [0], color=INK, marker="o", markersize=5, label="zero")
        ax.set(xlabel="$M_{11}$", ylabel="$M_{22}$", aspect="equal")
        ax.legend(loc="upper left", fontsize=9)
        ax.text(0.75, 0.95, "all $u_j\\geq 0$", fontsize=9)
        ax.text(-1.6, -1.55, "all $u_j\\leq 0$", fontsize=9)
    return Picture(
        fig,
        "The plane of diagonal matrices with ellipses of equal loss around the teacher, which lies "
        "in the quadrant of mixed signs. Two opposite quadrants are shaded: what networks of one "
        "sign reach. The best point of each lies on an axis, and the axes, which are all that one "
        "neuron reaches, meet only at zero, higher than both.",
    )


def crossing(path: Path, line: Path, loss: Callable[[Weights], float], points: int = 15) -> Picture:
    """The loss along the path that the proof builds, and along the straight line."""
    found = path.values(loss, points)
    straight = line.values(loss, 81)
    top = max(found[1][0], found[1][-1])
    with figure(height=3.2) as (fig, ax):
        measured(ax, *straight, color=VERMILLION, marker="s", markersize=3, label="straight line")
        keep = np.r_[True, np.abs(np.diff(found[1])) > 1e-9] | (np.arange(len(found[0])) % 7 == 0)
        ax.plot(
            found[0][keep], found[1][keep], "o", color=BLUE, markersize=3, label="path of the proof"
        )
        predicted(ax, [0, 1], [top, top], color=INK, linewidth=1, label="the higher end")
        ax.set(yscale="log", xlabel="time on the path", ylabel="loss $E$")
        ax.legend(fontsize=9)
    return Picture(
        fig,
        "The loss between two networks, on a logarithmic axis: on the straight line it rises far "
        "above both ends; on the path of the proof it stays level, falls or rises once to the "
        "level of the other end, never above the line of the higher end, and stays level again.",
    )


def swaps(narrow: Path, wide: Path, loss: Callable[[Weights], float], price: float) -> Picture:
    """The loss while two neurons change places, with and without one to spare."""
    with figure(height=3.0) as (fig, ax):
        predicted(ax, [0, 1], [price, price], color=INK, linewidth=1, label="price predicted")
        for k, (name, path) in enumerate((("width $q$", narrow), ("width $q+1$", wide))):
            times, seen = path.values(loss, 13)
            style = dict(color=PALETTE[1 - k], marker=MARKERS[k], markersize=4, label=name)
            measured(ax, times, seen, **style)
        ax.set(xlabel="time on the path", ylabel="loss $E$", ylim=(-0.1 * price, 1.35 * price))
        ax.legend(fontsize=9, ncols=3, loc="upper center")
    return Picture(
        fig,
        "The loss while two neurons change places: at width q it climbs to a level line, the "
        "predicted price, and comes down again; with one neuron more it stays at zero all the way.",
    )


def way_out(path: Path, loss: Callable[[Weights], float], level: float) -> Picture:
    """The loss on the way from the poor minimum: first flat, then down."""
    times, seen = path.values(loss, 21)
    with figure(height=2.8) as (fig, ax):
        predicted(ax, [0, 1], [level, level], color=INK, linewidth=1, linestyle="--")
        measured(ax, times, seen, color=BLUE)
        ax.axvline(0.5, color=GRAY, linewidth=0.8)
        ax.text(0.03, 0.3, "a silent neuron\nturns its sign", fontsize=9)
        ax.text(0.68, 1.75, "$M$ goes straight to $M^*$", fontsize=9)
        ax.set(xlabel="time on the path", ylabel="loss $E$", ylim=(-0.1, 1.15 * level))
    return Picture(
        fig,
        "The loss on the way out of the poor minimum: for the first half of the path it does not "
        "move, then it falls to zero along a parabola.",
    )


def failures(shares: Mapping[int, float], runs: int, z: float = 3.0) -> Picture:
    """The share of gradient flows that fail against the width, beside 2^(1-p)."""
    p = np.array(list(shares))
    rate = 2.0 ** (1 - p)
    with figure(height=3.0) as (fig, ax):
        predicted(ax, p, rate, color=INK, label="$2^{1-p}$")
        error = z * np.sqrt(rate * (1 - rate) / runs)
        ax.errorbar(
            p,
            [shares[k] for k in p],
            error,
            fmt="o",
            color=BLUE,
            capsize=3,
            label="flows that fail",
        )
        ax.set(xlabel="width $p$", ylabel="share", yscale="log", xticks=p)
        ax.legend(fontsize=9)
    return Picture(
        fig,
        "The share of gradient flows that fail against the width, on a logarithmic axis: the "
        "points lie on the line that halves with each neuron, within three standard errors.",
    )


@functools.cache
def _final(p: int, ratio: float, runs: int = 200) -> tuple[float, ...]:
    """The share of runs that end at each of the four kinds of place."""
    model = Planar()
    u, w = starts(p, runs, ratio, seed=7)
    loss = model.loss(*flow(model, u, w))
    at = [loss < 1e-6, np.abs(loss - model.levels.positive) < 1e-3]
    at.append(np.abs(loss - model.levels.negative) < 1e-3)
    counts = [float(x.mean()) for x in at]
    return (*counts, 1 - sum(counts))


def play(p: int, ratio: float) -> Picture:
    """Where flows of width p end, and how the share that fails depends on the width."""
    ends = _final(p, ratio)
    failing = [1 - _final(k, ratio)[0] for k in WIDTHS]
    with figure(1, 2, width=7.0, height=3.0) as (fig, (left, right)):
        left.bar(range(4), ends, color=(BLUE, VERMILLION, GREEN, ORANGE), width=0.6)
        left.set_xticks(range(4), ("the\nteacher", "all\npositive", "all\nnegative", "else"))
        left.set(ylabel="share of the flows", ylim=(0, 1.02))
        predicted(right, WIDTHS, [2.0 ** (1 - k) for k in WIDTHS], color=INK, label="$2^{1-p}$")
        measured(right, WIDTHS, failing, color=BLUE, label="share that fails")
        measured(right, [p], [failing[WIDTHS.index(p)]], color=VERMILLION, marker="D", markersize=7)
        right.set(xlabel="width $p$", ylim=(-0.02, 1.02), xticks=WIDTHS)
        right.legend(fontsize=9)
    words = "on the line" if ratio < 1 else "for two neurons or more below the line"
    return Picture(
        fig,
        f"Flows of width {p} that start with the ratio {ratio:g}. Left, the shares that end at "
        "the teacher and at the two poor levels. Right, the share that fails against the width: "
        f"{words} that halves with each neuron.",
    )
