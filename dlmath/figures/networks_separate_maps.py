"""Pictures of the chapter on networks that separate: the plane, its neurons and its data."""

import functools
from typing import Any

import numpy as np
from matplotlib.axes import Axes

from dlmath.figures.picture import Picture
from dlmath.figures.style import BLUE, GRAY, INK, PURPLE, VERMILLION, figure, measured, predicted
from dlmath.generalization.homogeneous import Descent, descend, networks
from dlmath.generalization.networks_separate import variation_margin_lp, xor

STACKED: dict[str, Any] = dict(width=4.6, height=6.2, height_ratios=[6, 5])
"""Two panels, one above the other: side by side their letters are too small on a phone."""

_SIGNS = ((1, BLUE, "o", "-"), (-1, VERMILLION, "s", "--"))
"""A label, or the sign of an output weight; its colour, marker and line."""


def scatter(ax: Axes, X: np.ndarray, y: np.ndarray, size: float = 24) -> None:
    """The examples, each label with its colour and its marker."""
    for label, colour, marker, _ in _SIGNS:
        ax.scatter(*X[y == label].T, s=size, color=colour, marker=marker, zorder=3)


def _map(ax: Axes, W: np.ndarray, a: np.ndarray, X: np.ndarray, y: np.ndarray) -> None:
    """The data, the neurons, and the lines on which the network changes its mind."""
    reach = 1.25 * np.abs(X).max()
    t = np.linspace(-reach, reach, 81)
    grid = np.stack(np.meshgrid(t, t), axis=-1)
    scores = np.maximum(grid @ W.T, 0) @ a
    scatter(ax, X, y)
    if scores.min() < 0 < scores.max():
        ax.contour(t, t, scores, levels=[0], colors=[INK], linewidths=1.2)
    sizes = W * np.abs(a)[:, None]
    for sign, colour, _, line in _SIGNS:
        arrow: dict[str, Any] = dict(arrowstyle="->", color=colour, lw=1.6, linestyle=line)
        for w in sizes[np.sign(a) == sign]:
            ax.annotate("", w / np.abs(sizes).max(), (0, 0), arrowprops=arrow)
    ax.set(xlim=(-reach, reach), ylim=(-reach, reach), xlabel="$x_1$", ylabel="$x_2$")
    ax.set_aspect("equal")


def widest(X: np.ndarray, y: np.ndarray) -> Picture:
    """The network of the widest margin, and how each neuron responds to the certificate."""
    found = variation_margin_lp(X, y)
    angle = np.linspace(-np.pi, np.pi, 721)
    U = np.column_stack([np.cos(angle), np.sin(angle)])
    response = np.maximum(U @ X.T, 0) @ (found.p * y)
    with figure(2, 1, **STACKED) as (fig, (top, bottom)):
        _map(top, *found.layers(), X, y)
        on = found.p > 1e-9
        top.scatter(*X[on].T, s=110, facecolors="none", edgecolors=PURPLE, linewidths=1.6)
        bottom.plot(np.degrees(angle), response, color=INK, linewidth=1.4)
        for side in (-1, 1):
            predicted(bottom, [-180, 180], [side * found.bound] * 2, color=GRAY, linestyle="--")
        at = np.degrees(np.arctan2(found.directions[:, 1], found.directions[:, 0]))
        for sign, colour, marker, _ in _SIGNS:
            own = np.sign(found.outputs) == sign
            style: dict[str, Any] = dict(color=colour, marker=marker, markersize=7)
            measured(bottom, at[own], np.full(own.sum(), sign * found.margin), **style)
        bottom.set(xlabel="direction of a neuron (degrees)", ylabel="response to the certificate")
        bottom.set_xticks([-180, -90, 0, 90, 180])
    return Picture(
        fig,
        "Top, four clouds cut by lines through the origin, with an arrow for each neuron and "
        "rings round the examples that count. Bottom, the response of a neuron against its "
        "direction: a wavy curve between two dashed lines, which it touches where the neurons "
        "are.",
    )


@functools.cache
def _clouds(q: int) -> tuple[Any, Descent]:
    """Six networks of q neurons on the clouds, trained."""
    X, y = xor(20, 0)
    model = networks([2, q, 1], STARTS)
    at = sorted({*range(0, 900, 60), 899})
    run = descend(model, X, y, 900, step=0.02, growth=0.3, loss="logistic", record_at=at)
    return model, run


STARTS = (0, 1, 3, 13, 15, 16)
"""The starts that :func:`boundary` shows; of four neurons the last three fit."""


@functools.cache
def _bound() -> float:
    return variation_margin_lp(*xor(20, 0)).margin


def arrivals(q: int) -> np.ndarray:
    """The last normalised margins over the widest, of those of the starts that fit."""
    _, run = _clouds(q)
    return run.normalised[-1, run.least[-1] > 0] / _bound()


def boundary(q: int, seed: int) -> Picture:
    """A network trained on the clouds: where it changes its mind, and how its margin grows.

    Args:
        q: Number of neurons.
        seed: One of ``STARTS``.
    """
    model, run = _clouds(q)
    member = STARTS.index(seed)
    W, a = (p[member].detach().numpy() for p in model.params.values())
    fit = run.least[:, member] > 0
    with figure(2, 1, **STACKED) as (fig, (top, bottom)):
        _map(top, W, a[0], *xor(20, 0))
        predicted(bottom, [1, 300], [_bound()] * 2, color=GRAY, linestyle="--")
        x, margin = run.log_time[fit, member], run.normalised[fit, member]
        measured(bottom, x, margin, color=PURPLE)
        bottom.set(xscale="log", xlim=(1, 300), ylim=(0, 1.15 * _bound()), xlabel=r"$\log t$")
        bottom.set_ylabel("normalised margin")
    ends = "comes up to" if fit[-1] else "never gets to, since an example is wrong"
    return Picture(
        fig,
        f"With {q} neurons and seed {seed}: top, the clouds, the neurons as arrows and the lines "
        "where the network changes its mind; bottom, a dashed line at the widest margin, which "
        f"the network {ends}.",
    )
