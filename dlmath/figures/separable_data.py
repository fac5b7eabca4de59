"""Pictures of the chapter on separable data."""

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
from dlmath.generalization.linear_risk import ridge_minimiser, ridge_path
from dlmath.generalization.losses import LOSSES
from dlmath.generalization.separable_data import (
    absorbed,
    max_margin,
    max_margin_with_intercept,
    separable_share,
    vanishing_combination,
)


def shares(n: int, found: Mapping[str, Mapping[int, float]]) -> Picture:
    """How often labels drawn by coins were separated, against the number of features."""
    features = np.arange(1, max(max(curve) for curve in found.values()) + 1)
    with figure() as (fig, ax):
        line = [separable_share(n, int(p)) for p in features]
        predicted(ax, features, line, color=GRAY, label="Cover's count")
        for k, (name, curve) in enumerate(found.items()):
            style: dict[str, Any] = dict(color=PALETTE[k], marker=MARKERS[k], label=name, alpha=0.8)
            measured(ax, list(curve), list(curve.values()), **style)
        ax.axvline(n / 2, color=GRAY, linewidth=0.8, linestyle=":")
        ax.set(xlabel="number of features $d$", ylabel="share of labellings separated")
        ax.legend(loc="upper left")
    return Picture(
        fig,
        "The share of labellings that are separated, against the number of features: near nothing, "
        "then a steep rise through one half where there are half as many features as examples, "
        "then all; the points lie on one curve, those of one kind a little below it.",
    )


def _points(ax: Axes, X: np.ndarray, y: np.ndarray, size: float = 30) -> None:
    """The two classes, told apart by colour and shape."""
    for label, colour, marker in ((1, BLUE, "o"), (-1, VERMILLION, "s")):
        ax.scatter(*X[y == label].T, s=size, color=colour, marker=marker, zorder=3)


def _rule(ax: Axes, w: np.ndarray, b: float, x: np.ndarray, **style: Any) -> None:
    """The line <w, x> + b = 0 over a range of the first coordinate, or the second if steep."""
    if abs(w[1]) > abs(w[0]):
        ax.plot(x, -(b + w[0] * x) / w[1], **style)
    else:
        ax.plot(-(b + w[1] * x) / w[0], x, **style)


def classifier(X: np.ndarray, y: np.ndarray) -> Picture:
    """The hard-margin line with its margin, among other lines that separate the same points."""
    best = max_margin(X, y)
    reach = np.array([-9.0, 9.0])
    with figure(width=5.2, height=4) as (fig, ax):
        for angle in (-0.22, 0.15, 0.32):
            turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
            w = turn @ best.w
            if (absorbed(X, y) @ w).min() > 0:
                _rule(ax, w, 0, reach, color=GRAY, linewidth=0.9, linestyle="--")
        _rule(ax, best.w, 0, reach, color=INK)
        for side in (-1, 1):
            _rule(ax, best.w, side, reach, color=INK, linewidth=0.8, linestyle=":")
        _points(ax, X, y)
        ax.scatter(*X[best.support].T, s=130, facecolors="none", edgecolors=GREEN, linewidths=2)
        ax.plot(0, 0, marker="+", color=INK, markersize=9)
        ax.set(xlim=(-5, 5), ylim=(-4, 4), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
    return Picture(
        fig,
        "Discs and squares on two sides of a line through the origin, with a dotted line on either "
        "side that touches the nearest points, which are circled; dashed lines at other angles "
        "separate the points too, with less room.",
    )


def landscapes(separable: np.ndarray, mixed: np.ndarray, overlapping: np.ndarray) -> Picture:
    """Level lines of the logistic risk over the plane, for three data sets, labels absorbed."""
    names = ("separable", "mixed", "every direction opposed")
    sets = (separable, mixed, overlapping)
    t = np.linspace(-4, 8, 61)
    grid = np.stack(np.meshgrid(t, t), axis=-1)
    with figure(1, 3, width=7.2, height=3.1, sharey=True) as (fig, axes):
        for ax, Z, name in zip(axes, sets, names, strict=True):
            values = LOSSES["logistic"].value(grid @ Z.T).sum(-1)
            levels = np.geomspace(values.min() * 1.02, values.max() / 3, 9)
            ax.contour(t, t, values, levels=levels, colors=[GRAY], linewidths=0.8)
            path = ridge_path(Z, LOSSES["logistic"], [10.0**-k for k in range(-2, 9)])
            ax.plot(*path.T, color=BLUE, marker="o", markersize=3, linewidth=1)
            ax.set_title(name, fontsize=10)
            ax.set(xlim=(t[0], t[-1]), ylim=(t[0], t[-1]), xlabel="$w_1$")
            ax.set_aspect("equal")
        axes[0].set_ylabel("$w_2$")
    return Picture(
        fig,
        "Three maps of level lines with a path of dots from the origin: on the first the lines "
        "are wedges open to the right and the path leaves between them; on the second they form a "
        "channel and the path leaves along it; on the third they are closed and the path ends "
        "inside.",
    )


def directions(Z: np.ndarray, names: Sequence[str]) -> Picture:
    """How far the path of each loss is from the hard-margin direction, against its norm."""
    best = max_margin(Z, np.ones(len(Z)))
    with figure() as (fig, ax):
        reach = np.geomspace(2, 300, 50)
        bound = 2 * np.sqrt(np.log(len(Z)) / (best.margin * reach))
        predicted(ax, reach, bound, color=GRAY, label="bound (exponential)")
        for k, name in enumerate(names):
            W = ridge_path(Z, LOSSES[name], [10.0**-j for j in range(0, 31, 2)])
            R = np.linalg.norm(W, axis=1)
            off = np.linalg.norm(W / R[:, None] - best.w * best.margin, axis=1)
            keep = (R > 2) & (R < 300)
            hollow = {"markerfacecolor": "none", "markersize": 8} if k == 0 else {}
            points = {"color": PALETTE[k], "marker": MARKERS[k], "label": name} | hollow
            measured(ax, R[keep], off[keep], **points)
        ax.set(xscale="log", yscale="log", xlabel=r"norm $R$", ylabel="distance of directions")
        ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
    return Picture(
        fig,
        "Distance from the hard-margin direction against the norm of the minimiser: for three "
        "losses with fast tails it falls under a straight bound, for the polynomial loss it stays "
        "where it is.",
    )


def mixed(t: Sequence[int], W: np.ndarray) -> Picture:
    """The two coordinates of gradient descent on mixed data against the number of steps."""
    with figure() as (fig, ax):
        line = np.geomspace(t[0], t[-1], 50)
        predicted(ax, line, np.log(line / 2), color=BLUE)
        predicted(ax, line, np.log(2) + 1.5 / line, color=VERMILLION)
        measured(ax, t, W[:, 0], color=BLUE, label="first coordinate")
        style: dict[str, Any] = dict(color=VERMILLION, marker="s", label="second coordinate")
        measured(ax, t, W[:, 1], **style)
        ax.set(xscale="log", xlabel="steps $t$", ylabel="coordinate")
        ax.legend(loc="upper left")
    return Picture(
        fig,
        "Against the logarithm of the number of steps the first coordinate climbs along a straight "
        "line, the second settles on a level line; both sit on what the theorem predicts.",
    )


def two_intercepts(X: np.ndarray, y: np.ndarray) -> Picture:
    """The two hard-margin lines of the same points, with a free intercept and a penalised one."""
    free, b = max_margin_with_intercept(X, y)
    held = max_margin(np.column_stack([X, np.ones(len(X))]), y).w
    reach = np.array([-3.0, 6.0])
    with figure(width=5, height=3.2) as (fig, ax):
        _rule(ax, free.w, b, reach, color=GREEN, label="free intercept")
        _rule(ax, held[:2], held[2], reach, color=PURPLE, linestyle="--", label="constant feature")
        _points(ax, X, y, 50)
        ax.set(xlim=(-1, 5), ylim=(-2, 2), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        ax.legend(loc="upper right", fontsize=9)
    return Picture(
        fig,
        "Two discs and two squares, and two lines that separate them, one leaning to the left and "
        "one to the right.",
    )


def breaking(push: float, loss: str) -> Picture:
    """One example pushed across: the rule, and how far away the penalised minimiser is."""
    rng = np.random.default_rng(3)
    X = np.column_stack([rng.uniform(0.6, 2.6, 12), rng.normal(0, 1.2, 12)])
    X[6:, 0] *= -1
    y = np.repeat([1.0, -1.0], 6)
    X[0] = [1.4 - push, 0.4]
    Z = absorbed(X, y)
    penalties = [10.0**-k for k in range(0, 19)]
    if vanishing_combination(Z) is None:
        W, w, words = ridge_path(Z, LOSSES[loss], penalties), max_margin(X, y).w, "grows for ever"
    else:
        W = ridge_path(Z, LOSSES[loss], penalties)
        w, words = ridge_minimiser(Z, LOSSES[loss]), "levels off"
    with figure(1, 2, width=7.2, height=3.2) as (fig, (left, right)):
        _rule(left, w, 0, np.array([-4.0, 4.0]), color=INK)
        _points(left, X, y)
        left.scatter(*X[:1].T, s=130, facecolors="none", edgecolors=GREEN, linewidths=2, zorder=4)
        left.set(xlim=(-3, 3), ylim=(-3, 3), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")
        measured(right, 1 / np.array(penalties), np.linalg.norm(W, axis=1), color=BLUE)
        right.set(xscale="log", ylim=(0, 60), xlabel=r"$1/\lambda$")
        right.set_ylabel(r"norm of the minimiser $w_\lambda$")
    return Picture(
        fig,
        f"With the circled example pushed by {push:g} and the {loss} loss: left, the two classes "
        f"and a line; right, the norm of the minimiser, which {words} as the penalty falls.",
    )
