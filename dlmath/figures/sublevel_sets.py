"""Pictures of the chapter on sublevel sets."""

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba

from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    INK,
    PALETTE,
    SKY,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.landscapes.examples import TwoNeurons, chain, double_well, hat, ring, saddle_ring
from dlmath.landscapes.sublevel_sets import Bars, bars, components, interpolation_error, sample

COLOURS = PALETTE[:-1]  # gray is for lines of reference


def pieces(ax: Axes, values: np.ndarray, box: Sequence[tuple[float, float]], level: float) -> int:
    """Paint the components of a sublevel set, the one of the global minimum blue; count them."""
    labels = components(values, level)
    first = labels[np.unravel_index(int(values.argmin()), values.shape)]
    sizes = np.bincount(labels.ravel())
    order = sorted(range(1, len(sizes)), key=lambda k: (k != first, -sizes[k]))
    paint = np.zeros((len(sizes), 4))
    for k, label in enumerate(order):
        paint[label] = to_rgba(COLOURS[k % len(COLOURS)], 0.75)
    (left, right), (low, high) = box
    ax.imshow(
        paint[labels].transpose(1, 0, 2),
        origin="lower",
        extent=(left, right, low, high),
        aspect="equal",
    )
    ax.grid(visible=False)
    return len(order)


def levels(loss: TwoNeurons, heights: Mapping[str, float]) -> Picture:
    """The sublevel sets of the loss of two neurons at a few levels, a colour for each component."""
    box = [(-1.0, 4.0), (-1.0, 4.0)]
    values, _ = sample(loss, box, 161)
    with figure(1, len(heights), width=5.6, height=2.5, sharey=True) as (fig, axes):
        for ax, (name, level) in zip(axes, heights.items(), strict=True):
            pieces(ax, values, box, level)
            predicted(ax, [-1, 4], [-1, 4], color=GRAY, linewidth=1, linestyle="--")
            measured(ax, *np.array([loss.teacher, loss.teacher[::-1]]).T, color=INK)
            ax.set_title(name, fontsize=10)
            ax.set(xlabel="$w_1$", xlim=(-1, 4), ylim=(-1, 4))
        axes[0].set_ylabel("$w_2$")
    return Picture(
        fig,
        "Three maps of the plane of two weights with the diagonal dashed and a point on either "
        "side of it: at the low level two separate spots around the points, at the middle level "
        "two larger spots that nearly meet at the diagonal, at the high level a single set.",
    )


def layers(at: Sequence[float]) -> Picture:
    """The double well as a stack of layers, each as wide as the set where the loss is higher."""
    t = np.linspace(-1.75, 1.75, 141)
    E = (t**2 - 1) ** 2
    with figure(height=2.9) as (fig, ax):
        for low in np.arange(0, 2.2, 0.2):
            layer = dict(where=low < E, alpha=0.6 if round(low / 0.2) % 2 else 0.3, linewidth=0)
            ax.fill_between(t, low, np.clip(E, low, low + 0.2), color=SKY, **layer)
        predicted(ax, t, E, color=BLUE)
        for x in at:
            predicted(ax, [x, x], [0, (x**2 - 1) ** 2], color=VERMILLION, linewidth=2.5)
        ax.set(xlabel=r"$\theta$", ylabel="$E$, level $u$", ylim=(0, 2.2))
    return Picture(
        fig,
        "A curve with two valleys, filled from below by flat layers; each layer is as wide as "
        "the set where the curve is higher, so that the layers over a point pile up to the curve.",
    )


def short_and_long(found: Mapping[int, tuple[Bars, float]]) -> Picture:
    """The hyperbola in puddles on the coarsest grid; lengths of the finite bars, longest first."""
    box = [(-3.0, 3.0)] * 2
    with figure(1, 2, width=5.8, height=2.9) as (fig, (left, ax)):
        pieces(left, sample(chain, box, min(found))[0], box, 0.003)
        left.set(xlim=(0, 3), ylim=(0, 3), xlabel="$w_1$", ylabel="$w_2$")
        for k, (points, (some, bound)) in enumerate(found.items()):
            lengths = some.lengths[1:]
            style: dict[str, Any] = dict(color=COLOURS[k], marker="os^"[k], markersize=4)
            style |= dict(markersize=7, markerfacecolor="none") if k == 0 else {}
            rank = np.arange(1, len(lengths) + 1)
            shown = np.unique(np.geomspace(1, len(rank), 40).astype(int)) - 1
            measured(ax, rank[shown], lengths[shown], label=f"${points}^2$ points", **style)
            label = r"$2\varepsilon$" if k == 0 else None
            predicted(ax, [1, 200], [2 * bound] * 2, color=COLOURS[k], linewidth=1, label=label)
        ax.set(xscale="log", yscale="log", ylim=(None, 60))
        ax.set(xlabel="rank of the bar", ylabel="length of the bar")
        ax.legend(loc="upper right")
    return Picture(
        fig,
        "Left, a branch of a hyperbola in broken pieces of several colours, with gaps between. "
        "Right, lengths of finite bars by rank, on logarithmic axes, for two grids: one bar of "
        "length one stands far above the lines that certify, the many others lie below them, and "
        "the finer grid has more of them, and shorter ones.",
    )


def one_piece(way: np.ndarray) -> Picture:
    """The saddle ring: the plane of y with the way out, and the heights along it."""
    y = np.linspace(-1.6, 1.6, 49)
    y1, y2 = np.meshgrid(y, y)
    best = (y1**2 + y2**2 - 1) ** 2 - np.minimum(y2, 0) ** 2 / 4
    heights = saddle_ring(way[:, 0], way[:, 1], way[:, 2])
    arc = np.linspace(0, np.pi, 80)
    with figure(1, 2, width=7.2, height=3.1) as (fig, (left, right)):
        lines = [-0.2, -0.1, 0.02, 0.1, 0.3, 0.7, 1.2]
        left.contour(y, y, best, levels=lines, colors=[GRAY], linewidths=0.7, linestyles="solid")
        predicted(left, np.cos(arc), np.sin(arc), color=VERMILLION, linewidth=3)
        predicted(left, way[:, 1], way[:, 2], color=BLUE, linestyle="--")
        measured(left, *way[[0, -1], 1:].T, color=INK)
        left.set(xlabel="$y_1$", ylabel="$y_2$", aspect="equal")
        share = np.linspace(0, 1, len(heights))
        predicted(right, [0, 1], [-17 / 64] * 2, color=GRAY, linewidth=1)
        measured(right, share[::12], heights[::12], color=BLUE, markersize=3.5)
        right.set(xlabel="share of the way", ylabel="$E$")
    return Picture(
        fig,
        "Left, level lines around a ring; its upper half is drawn thick, and a dashed path runs "
        "from a point of it along the ring to the bottom. Right, the height along that path: flat "
        "for a third of the way, then falling to a line, never rising.",
    )


def hierarchy() -> Picture:
    """Four landscapes on a line: what one property grants and another does not."""
    t = np.linspace(-2, 2, 201)
    dead = np.where(t < -0.6, 0.5, np.where(t < 0.4, 0.5 * (0.4 - t), 0))
    dead = dead + np.maximum(t - 0.4, 0) + 2 * np.maximum(-1.6 - t, 0)
    coast = np.linspace(-2, 6, 201)
    shelf = coast**2 / (1 + coast**2) * (1 + 2 / (1 + (coast - 2) ** 2)) / 1.6
    shelf = shelf + np.maximum(-1 - coast, 0) ** 2 / 2  # a wall: only one coast
    q = np.linspace(-1.6, 1.6, 201)
    panels = (
        ("two good valleys", t, (t**2 - 1) ** 2),
        ("a plateau", t, dead),
        ("a moat (a cut)", q, ring(q, 0 * q)),
        ("a coast", coast, shelf),
    )
    with figure(2, 2, width=5.6, height=4.2) as (fig, axes):
        for ax, (name, x, E) in zip(axes.flat, panels, strict=True):
            predicted(ax, x, E, color=BLUE)
            ax.set(title=name, ylim=(-0.05, 1.6), xticks=[], xlabel=r"$\theta$", ylabel="$E$")
    return Picture(
        fig,
        "Four curves: two valleys of equal depth; a flat plateau between a wall and a slope to "
        "the bottom; a deep valley between two shallow ones, a cut through a circular moat; a "
        "valley beyond whose right rim the curve falls for ever towards a positive height.",
    )


def spiral(angle: float = 0.0) -> Picture:
    """The hat: its disc, with the fall of the brim divided out, and two ways to the circle."""
    x = np.linspace(-1, 1, 121)
    X, Y = np.meshgrid(x, x)
    r = np.hypot(X, Y)
    s = 1 / np.maximum(1 - r**2, 0.03)
    shown = np.where(r < 0.984, 1 - r * np.sin(np.arctan2(Y, X) - s), np.nan)
    deep = np.linspace(1.3, 40, 900)
    out = np.sqrt(1 - 1 / deep)
    with figure(1, 2, width=7.2, height=3.2) as (fig, (left, right)):
        left.imshow(shown, origin="lower", extent=(-1, 1, -1, 1), vmin=0, vmax=2)
        groove = deep[deep < 30]
        place = np.sqrt(1 - 1 / groove)
        way = groove + np.pi / 2
        predicted(left, place * np.cos(way), place * np.sin(way), color=VERMILLION, linewidth=1.2)
        left.set(xlabel=r"$\theta_1$", ylabel=r"$\theta_2$", xticks=[-1, 0, 1], yticks=[-1, 0, 1])
        left.grid(visible=False)
        ray, along = hat(out, np.array(angle)), hat(out, deep + np.pi / 2)
        predicted(right, deep, np.log10(ray), color=BLUE, label="along a ray")
        predicted(right, deep, np.log10(along), color=VERMILLION, label="along the groove")
        right.set(xlabel=r"$s = 1/(1-r^2)$", ylabel=r"$\log_{10}E$")
        right.legend(loc="upper right")
    return Picture(
        fig,
        "Left, a disc with a dark spiral groove that winds ever more tightly towards the rim, and "
        "a line along it. Right, the logarithm of the height on the way to the rim: along the "
        "groove a steady fall, along a ray a fall in waves that rise again on every turn.",
    )


PLAY: dict[str, tuple[Any, tuple[float, float], float, int]] = {
    "wells": (double_well, (-2, 2), 44.0, 81),
    "neurons": (TwoNeurons(), (-1, 4), TwoNeurons().curvature, 161),
    "chain": (chain, (-3, 3), 56.0, 81),
    "moat": (ring, (-1.6, 1.6), 550.0, 81),
}
"""To play with: the function, the range of both axes, a bound for its bend, points on an axis."""

HEIGHTS = (0.5, 5, 20, 36.5, 60, 80, 95, 105, 130, 200)
"""Levels to play with, in per cent of the way from the minimum to the end of the last long bar."""


@functools.cache
def _followed(landscape: str) -> tuple[np.ndarray, Bars, float]:
    """Values on a grid, their bars, and what an interpolant may be off."""
    function, reach, curvature, points = PLAY[landscape]
    values, steps = sample(function, [reach, reach], points)
    return values, bars(values), interpolation_error(curvature, steps)


def play(height: float, loss: str) -> Picture:
    """The sublevel set at a height, and the bars with the level drawn across.

    Args:
        height: One of :data:`HEIGHTS`.
        loss: A key of :data:`PLAY`.
    """
    values, found, bound = _followed(loss)
    reach = PLAY[loss][1]
    low, top = float(found.births[0]), float(found.deaths[1])
    level = low + height / 100 * (top - low)
    end = low + 1.5 * (top - low)
    with figure(1, 2, width=7.2, height=3.1) as (fig, (left, right)):
        many = pieces(left, values, [reach, reach], level)
        left.set(xlim=reach, ylim=reach, xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")
        kept = found.lengths > 2 * bound
        for k in range(min(len(kept), 10)):
            life = [found.births[k], min(found.deaths[k], end)]
            style = dict(color=BLUE, linewidth=4) if kept[k] else dict(color=GRAY, linewidth=1.5)
            predicted(right, life, [k, k], **style)
        right.axvline(min(level, end), color=VERMILLION, linewidth=1.2)
        right.set(xlim=(low - 0.05 * (top - low), end), ylim=(9.5, -0.5), yticks=[])
        right.set(xlabel="level $u$", ylabel="bars, the ten longest")
    sure = found.count(level, 2 * bound)
    words = {1: "one piece", 2: "two pieces"}
    return Picture(
        fig,
        f"The {loss} at {height:g} per cent: the set on the grid is in "
        f"{words.get(many, 'many pieces')}, and of the thick bars "
        f"{'one is' if sure == 1 else 'two are' if sure == 2 else 'several are'} alive.",
    )
