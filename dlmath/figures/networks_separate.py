"""Pictures of the chapter on networks that separate."""

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
    INK,
    MARKERS,
    PALETTE,
    PURPLE,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.generalization.homogeneous import Descent, descend, networks
from dlmath.generalization.networks_separate import variation_margin_lp, xor


def fitting(widths: Sequence[int], found: Mapping[str, Sequence[float]]) -> Picture:
    """The share of runs that fit their data, against the width."""
    with figure() as (fig, ax):
        for k, (name, shares) in enumerate(found.items()):
            style: dict[str, Any] = dict(color=PALETTE[k], marker=MARKERS[k], label=name)
            measured(ax, widths, shares, markersize=7, **style)
            ax.plot(widths, shares, color=PALETTE[k], linewidth=0.6, linestyle=":")
        ax.set(xscale="log", xlabel="number of neurons $q$", ylabel="share of runs that fit")
        ax.set(ylim=(-0.05, 1.05))
        ax.set_xticks(list(widths), [str(q) for q in widths])
        ax.minorticks_off()
        ax.legend(loc="center right", fontsize=9)
    return Picture(
        fig,
        "Share of the runs that fit against the number of neurons: for the clouds and for the "
        "rings with a constant feature it rises from none through about a half to all; for the "
        "paired rings without it, it is zero at every width.",
    )


def _map(ax: Axes, W: np.ndarray, a: np.ndarray, X: np.ndarray, y: np.ndarray) -> None:
    """The data and the lines on which the network changes its mind."""
    reach = 1.25 * np.abs(X).max()
    t = np.linspace(-reach, reach, 81)
    grid = np.stack(np.meshgrid(t, t), axis=-1)
    scores = np.maximum(grid @ W.T, 0) @ a
    for label, colour, marker in ((1, BLUE, "o"), (-1, VERMILLION, "s")):
        ax.scatter(*X[y == label].T, s=24, color=colour, marker=marker, zorder=3)
    if scores.min() < 0 < scores.max():
        ax.contour(t, t, scores, levels=[0], colors=[INK], linewidths=1.2)
    for w in W * np.abs(a)[:, None]:
        ax.annotate("", w / np.abs(W * a[:, None]).max(), (0, 0), arrowprops=_ARROW)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="$x_1$", ylabel="$x_2$")
    ax.set_aspect("equal")


_ARROW: dict[str, Any] = dict(arrowstyle="->", color=GREEN, lw=1.2)


def widest(X: np.ndarray, y: np.ndarray) -> Picture:
    """The network of the widest margin, and how each neuron responds to the certificate."""
    found = variation_margin_lp(X, y)
    angle = np.linspace(-np.pi, np.pi, 721)
    U = np.column_stack([np.cos(angle), np.sin(angle)])
    response = np.maximum(U @ X.T, 0) @ (found.p * y)
    with figure(1, 2, width=7.2, height=3.2) as (fig, (left, right)):
        _map(left, *found.layers(), X, y)
        on = found.p > 1e-9
        left.scatter(*X[on].T, s=110, facecolors="none", edgecolors=PURPLE, linewidths=1.6)
        right.plot(np.degrees(angle), response, color=INK, linewidth=1.4)
        for side in (-1, 1):
            predicted(right, [-180, 180], [side * found.bound] * 2, color=GRAY, linestyle="--")
        at = np.degrees(np.arctan2(found.directions[:, 1], found.directions[:, 0]))
        measured(right, at, np.sign(found.outputs) * found.margin, color=GREEN, markersize=7)
        right.set(xlabel="direction of a neuron (degrees)", ylabel="response to the certificate")
        right.set_xticks([-180, -90, 0, 90, 180])
    return Picture(
        fig,
        "Left, four clouds cut by lines through the origin, with an arrow for each neuron and "
        "rings round the examples that count. Right, the response of a neuron against its "
        "direction: a wavy curve between two dashed lines, which it touches where the neurons "
        "are.",
    )


def margins(runs: Mapping[str, tuple[Descent, float]]) -> Picture:
    """The normalised margins of runs of two layers over the widest, against log time."""
    with figure() as (fig, ax):
        for k, (name, (run, widest_margin)) in enumerate(runs.items()):
            late = run.u[:, 0] > 1
            style: dict[str, Any] = dict(color=PALETTE[k], marker=MARKERS[k], label=name)
            x = run.log_time[late, 0]
            measured(ax, x, run.normalised[late, 0] / widest_margin, **style)
            ax.plot(x, 2 * run.smoothed[late, 0] / widest_margin, color=PALETTE[k], linewidth=1)
        predicted(ax, ax.get_xlim(), [1, 1], color=GRAY, linestyle="--")
        ax.set(xscale="log", xlabel=r"$\log t$", ylim=(0, 1.1))
        ax.set_ylabel("normalised margin over the widest")
        ax.legend(loc="lower right", fontsize=9)
    return Picture(
        fig,
        "Normalised margins over the widest possible, against log time: points that rise and "
        "settle, those of the clouds at the dashed line at one and those of the rings below it; "
        "under each, a thin line, the smoothed margin, which rises to meet the points.",
    )


def norms(run: Descent, gamma: float) -> Picture:
    """The squared norms of both layers against log time, with the line of slope 1 / gamma."""
    keep = run.u[:, 0] > 1
    x = run.log_time[keep, 0]
    with figure(1, 2, width=7.2, height=3.2) as (fig, (left, right)):
        line = np.linspace(0, x[-1], 50)
        predicted(left, line, line / gamma, color=GRAY, label=r"$\log t/\gamma_n$")
        names = ("first layer", "second layer")
        for k in (0, 1):
            style: dict[str, Any] = dict(color=PALETTE[k], marker=MARKERS[k], label=names[k])
            measured(left, x[k::2], run.squares[keep, 0, k][k::2], **style)
        left.set(xlabel=r"$\log t$", ylabel="squared Frobenius norm")
        left.legend(loc="upper left", fontsize=9)
        loss, u = -run.u[keep, 0] + x, run.u[keep, 0]
        own: dict[str, Any] = dict(color=BLUE, label="log of time times loss")
        measured(right, u, loss, **own)
        far = np.geomspace(5, u[-1], 50)
        predicted(right, far, loss[-1] - np.log(far / u[-1]), color=GRAY, label="slope $-1$")
        level: dict[str, Any] = dict(color=VERMILLION, linestyle="--", label="the slide's $1/k$")
        predicted(right, far, np.full(50, loss[0]), **level)
        right.set(xscale="log", xlabel="$u$, minus the log of the loss")
        right.legend(loc="lower left", fontsize=9)
    return Picture(
        fig,
        "Left, the squared norms of two layers against log time, on one straight line. Right, the "
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


@functools.cache
def _clouds(q: int) -> tuple[Any, Descent]:
    """Six networks of q neurons on the clouds, trained."""
    X, y = xor(20, 0)
    model = networks([2, q, 1], range(6))
    at = sorted({*range(0, 900, 60), 899})
    run = descend(model, X, y, 900, step=0.02, growth=0.3, loss="logistic", record_at=at)
    return model, run


@functools.cache
def _bound() -> float:
    return variation_margin_lp(*xor(20, 0)).margin


def boundary(q: int, seed: int) -> Picture:
    """A network trained on the clouds: where it changes its mind, and how its margin grows."""
    model, run = _clouds(q)
    W, a = (p[seed].detach().numpy() for p in model.params.values())
    fit = run.least[:, seed] > 0
    with figure(1, 2, width=7.2, height=3.2) as (fig, (left, right)):
        _map(left, W, a[0], *xor(20, 0))
        predicted(right, [1, 300], [_bound()] * 2, color=GRAY, linestyle="--")
        x, margin = run.log_time[fit, seed], run.normalised[fit, seed]
        measured(right, x, margin, color=BLUE)
        right.set(xscale="log", xlim=(1, 300), ylim=(0, 1.15 * _bound()), xlabel=r"$\log t$")
        right.set_ylabel("normalised margin")
    ends = "approaches or stays below" if fit[-1] else "never gets, since an example is wrong"
    return Picture(
        fig,
        f"With {q} neurons and seed {seed}: left, the clouds, the neurons as arrows and the lines "
        "where the network changes its mind; right, a dashed line at the widest margin, which "
        f"the network's {ends}.",
    )
