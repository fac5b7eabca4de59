"""Pictures of the chapter on networks that separate."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dlmath.figures.networks_separate_maps import STACKED, scatter
from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    MARKERS,
    PALETTE,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.generalization.homogeneous import Descent

Labelled = tuple[np.ndarray, np.ndarray]
"""Examples, of shape (n, 2) or more, and their labels."""


def fitting(
    widths: Sequence[int], found: Mapping[str, Sequence[float]], sets: Mapping[str, Labelled]
) -> Picture:
    """Three data sets, and the share of runs that fit each of them, against the width."""
    with figure(2, 3, width=6, height=5.4) as (fig, axes):
        grid = axes[0, 0].get_gridspec()
        grid.set_height_ratios([2, 3])
        for ax in axes[1]:
            ax.remove()
        for ax, (name, (X, y)) in zip(axes[0], sets.items(), strict=True):
            scatter(ax, X[:, :2], y, size=14)
            for x in _shared(X):
                ax.plot(*np.outer(x[:2], [0, 1]), color=GRAY, linewidth=0.7, zorder=1)
            reach = 1.1 * np.abs(X[:, :2]).max()
            ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xticks=[], yticks=[])
            ax.set_aspect("equal")
            ax.set_title(name, fontsize=10, loc="center")
        ax = fig.add_subplot(grid[1, :])
        for k, (name, shares) in enumerate(found.items()):
            style: dict[str, Any] = dict(color=PALETTE[k], marker=MARKERS[k], label=name)
            aside = np.array(widths) * 1.05 ** (k - 1)  # so that no marker hides another
            measured(ax, aside, shares, markersize=7, **style)
            ax.plot(aside, shares, color=PALETTE[k], linewidth=0.6, linestyle=":")
        ax.set(xscale="log", xlabel="number of neurons $q$", ylabel="share of runs that fit")
        ax.set(ylim=(-0.05, 1.05))
        ax.set_xticks(list(widths), [str(q) for q in widths])
        ax.minorticks_off()
        ax.legend(loc="center right", fontsize=9)
    return Picture(
        fig,
        "Top: four clouds, two rings, and two rings in which each inner point lies on a ray to an "
        "outer one. Bottom: the share of runs that fit against the number of neurons. For the "
        "clouds and for the rings with a constant feature it rises from none to all; for the "
        "paired rings it is zero at every width.",
    )


def _shared(X: np.ndarray) -> np.ndarray:
    """The examples that lie farther out in the direction of another one."""
    sizes = np.linalg.norm(X, axis=1)
    alike = (X / sizes[:, None]) @ (X / sizes[:, None]).T > 1 - 1e-12
    return X[(alike & (sizes[:, None] > sizes)).any(1)]


def margins(runs: Mapping[str, tuple[Descent, float]]) -> Picture:
    """The normalised margins of runs of two layers over the widest, against log time.

    Args:
        runs: By name, a run of one network and the widest margin on its data. The smoothed margin
            is drawn at every record, the margin at some twenty, evenly in the figure.
    """
    with figure() as (fig, ax):
        for k, (name, (run, widest_margin)) in enumerate(runs.items()):
            late = np.flatnonzero(run.u[:, 0] > 1)
            x, margin = run.log_time[late, 0], run.normalised[late, 0] / widest_margin
            some = np.unique(np.searchsorted(x, np.geomspace(x[0], x[-1], 20)).clip(max=len(x) - 1))
            style: dict[str, Any] = dict(color=PALETTE[k], marker=MARKERS[k], label=name)
            measured(ax, x[some], margin[some], **style)
            ax.plot(x, 2 * run.smoothed[late, 0] / widest_margin, color=PALETTE[k], linewidth=0.8)
        predicted(ax, ax.get_xlim(), [1, 1], color=GRAY, linestyle="--")
        ax.set(xscale="log", xlabel=r"$\log t$", ylim=(0, 1.1))
        ax.set_ylabel("normalised margin over the widest")
        ax.legend(loc="lower right", fontsize=9)
    return Picture(
        fig,
        "Normalised margins over the widest possible, against log time: points that rise, dip "
        "here and there and settle, those of the clouds at the dashed line at one and those of "
        "the rings below it; under each, a thin line, the smoothed margin, which comes up to the "
        "points.",
    )


def norms(run: Descent, gamma: float) -> Picture:
    """The squared norms of both layers against log time, with the line of slope 1 / gamma."""
    keep = run.u[:, 0] > 1
    x = run.log_time[keep, 0]
    with figure(2, 1, **STACKED) as (fig, (top, bottom)):
        line = np.linspace(0, x[-1], 50)
        predicted(top, line, line / gamma, color=GRAY, label=r"$\log t/\gamma_n$")
        names = ("first layer", "second layer")
        for k in (0, 1):
            style: dict[str, Any] = dict(color=PALETTE[k], marker=MARKERS[k], label=names[k])
            measured(top, x[k::2], run.squares[keep, 0, k][k::2], **style)
        top.set(xlabel=r"$\log t$", ylabel="squared Frobenius norm")
        top.legend(loc="upper left", fontsize=9)
        loss, u = -run.u[keep, 0] + x, run.u[keep, 0]
        own: dict[str, Any] = dict(color=BLUE, label="run")
        measured(bottom, u, loss, **own)
        far = np.geomspace(5, u[-1], 50)
        predicted(bottom, far, loss[-1] - np.log(far / u[-1]), color=GRAY, label="slope $-1$")
        level: dict[str, Any] = dict(color=VERMILLION, linestyle="--")
        level["label"] = r"if loss $\propto1/t$"
        predicted(bottom, far, np.full(50, loss[0]), **level)
        bottom.set(xscale="log", xlabel=r"$u\approx-\log$ loss")
        bottom.set_ylabel(r"$\log(t\cdot$loss$)$")
        bottom.legend(loc="lower left", fontsize=9)
    return Picture(
        fig,
        "Top, the squared norms of two layers against log time, on one straight line. Bottom, the "
        "logarithm of time times loss against the logarithm of the score u: points that fall "
        "along a straight line, away from a dashed level line.",
    )


def depths(runs: Mapping[int, Descent], growth: float) -> Picture:
    """The left side of the law for each depth: all come to the same level.

    Args:
        runs: By the number of layers.
        growth: How much a step adds to u; it lowers the level from 1, where flow would have it.
    """
    with figure() as (fig, ax):
        for k, (layers, run) in enumerate(runs.items()):
            keep = run.u[:, 0] > 5
            u, x = run.u[keep, 0], run.log_time[keep, 0]
            left = np.exp(x - u) * u ** (2 - 2 / layers) * layers**2
            left *= run.smoothed[keep, 0] ** (2 / layers)
            name = "1 layer" if layers == 1 else f"{layers} layers"
            style: dict[str, Any] = dict(color=PALETTE[k], marker=MARKERS[k], label=name)
            measured(ax, u, left, **style)
        level = growth / np.expm1(growth)
        predicted(ax, [5, 400], [level, level], color=GRAY)
        ax.set(xscale="log", xlabel="$u$", ylim=(0, 1.05), ylabel="left side of the law")
        ax.legend(loc="lower right", fontsize=9)
    return Picture(
        fig,
        "The left side of the law against u, for networks of several depths: the points of one and "
        "two layers come to lie on a level line, those of more layers approach it from below, "
        "the more slowly the deeper.",
    )
