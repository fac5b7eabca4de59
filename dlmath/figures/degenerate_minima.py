"""Pictures of the chapter on degenerate minima: spectra of Hessians, zero sets, and kernels."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes

from dlmath.claims.degenerate_minima import random_task
from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    INK,
    ORANGE,
    PURPLE,
    SKY,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.landscapes.degenerate_minima import gradient, hessian, hessian_rank, interpolate

COLOURS = (ORANGE, GREEN, BLUE, VERMILLION, PURPLE, SKY)
MARKERS = ("^", "s", "o", "D", "v", "P")
FLOOR = 1e-18
"""Sizes below this are drawn at it: a logarithmic axis has no zero."""


def _spectrum(ax: Axes, values: np.ndarray, **style: object) -> None:
    """Sizes of eigenvalues by falling size; those of negative ones are hollow."""
    k, sizes = np.arange(1, len(values) + 1), np.maximum(np.abs(values), FLOOR)
    up, colour = values >= 0, style.pop("color")
    measured(ax, k[up], sizes[up], color=colour, **style)
    hollow = style | {"label": None, "markerfacecolor": "none"}
    measured(ax, k[~up], sizes[~up], color=colour, **hollow)


def spectra(found: Mapping[str, np.ndarray], rank: int) -> Picture:
    """The eigenvalues of the Hessian at several stages of a fit.

    ``found`` holds the eigenvalues of each, by falling size; ``rank`` of them stay at a fit.
    """
    with figure(height=3.6) as (fig, ax):
        ax.axvline(rank + 0.5, color=INK, linewidth=1)
        for k, (name, values) in enumerate(found.items()):
            style = dict(color=COLOURS[k], marker=MARKERS[k], markersize=3.5, label=name)
            _spectrum(ax, values, **style)
        ax.set(yscale="log", xlabel="number $k$ of the eigenvalue", ylim=(FLOOR / 3, 1e8))
        ax.set(ylabel="size of eigenvalue $k$")
        ax.legend(loc="upper right")
    return Picture(
        fig,
        "Sizes of the eigenvalues of the Hessian, ordered by size, on a logarithmic axis: at the "
        "start they fall slowly; at a small residual they drop behind the vertical line, but not "
        "to zero, and about half of the small ones are negative; at the fit they drop by many "
        "orders of magnitude, to the level of rounding.",
    )


def residuals(
    sizes: np.ndarray, runs: Mapping[str, np.ndarray], last: np.ndarray, slope: float
) -> Picture:
    """The largest of the eigenvalues that vanish at a fit, against the residual.

    Args:
        sizes: Norms of residuals.
        runs: The eigenvalue for each of them, by precision.
        last: The smallest eigenvalue that does not vanish.
        slope: The predicted eigenvalue over the norm of the residual.
    """
    with figure(height=3.4) as (fig, ax):
        predicted(ax, sizes, slope * sizes, color=INK, linewidth=1.2, label="first order")
        measured(ax, sizes, last, color=GRAY, marker="x", markersize=3, label="last that stays")
        for k, (name, values) in enumerate(runs.items()):
            style = dict(color=COLOURS[2 + k], marker=MARKERS[2 + k], markersize=4, label=name)
            measured(ax, sizes, values, **style)
        ax.set(xscale="log", yscale="log", xlabel=r"residual $\|r\|$", ylabel="size of eigenvalue")
        ax.legend(loc="lower right", fontsize=9)
    return Picture(
        fig,
        "The largest of the eigenvalues that vanish at a fit against the residual, both axes "
        "logarithmic: in double precision the points lie on the predicted line of slope one until "
        "rounding holds them at a floor far below; in single precision the floor comes many "
        "orders of magnitude sooner. The last eigenvalue that stays does not move.",
    )


def functions(
    x: np.ndarray,
    curves: np.ndarray,
    points: tuple[np.ndarray, np.ndarray],
    losses: tuple[np.ndarray, np.ndarray],
) -> Picture:
    """Functions along a walk on the zero set, and the loss along it and along the straight line.

    Args:
        x: Inputs of shape (k,).
        curves: Of shape (walk points, k).
        points: The examples.
        losses: The loss along the walk, and along the line between its ends.
    """
    share = np.linspace(0, 1, len(losses[0]))
    with figure(1, 2, width=7.2, height=3.1) as (fig, (left, right)):
        for k, curve in enumerate(curves):
            mix = k / (len(curves) - 1)
            left.plot(
                x,
                curve,
                color=BLUE if mix < 1 else VERMILLION,
                alpha=0.25 + 0.75 * mix,
                linewidth=1.2,
            )
        left.plot(*points, linestyle="", marker="o", color=INK, markersize=5, zorder=5)
        left.set(xlabel="input $x$", ylabel="output of the network")
        style = dict(color=VERMILLION, marker="s", markersize=3, label="straight line")
        measured(right, share[1:-1:2], losses[1][1:-1:2], **style)
        inside = np.maximum(losses[0], 1e-33)
        measured(right, share, inside, color=BLUE, markersize=3, label="walk")
        right.set(yscale="log", xlabel="share of the way", ylabel="loss", ylim=(1e-34, 1e3))
        right.legend(loc="center right")
    return Picture(
        fig,
        "Left, functions of a network along a walk: all pass through the same points and differ "
        "widely between them. Right, the loss on a logarithmic axis: along the walk it stays at "
        "the level of rounding, along the straight line between the ends it is far above.",
    )


def cross() -> Picture:
    """The landscape (uv - 1)^2: two valleys of minima, and a saddle between them."""
    u = np.linspace(-2.2, 2.2, 81)
    U, V = np.meshgrid(u, u)
    arm = np.geomspace(1 / 2.2, 2.2, 60)
    with figure(width=4.6, height=3.6) as (fig, ax):
        levels = [0.1, 0.4, 0.9, 1.0, 1.6, 3, 6]
        ax.contour(U, V, (U * V - 1) ** 2, levels=levels, colors=GRAY, linewidths=0.8)
        for side in (1, -1):
            predicted(ax, side * arm, side / arm, color=BLUE, linewidth=2.5)
        ax.plot(0, 0, marker="X", color=VERMILLION, markersize=9)
        ax.annotate("saddle", (0.1, -0.32), color=VERMILLION)
        ax.annotate("$uv=1$", (1.05, 1.25), color=BLUE)
        ax.set(xlabel="$u$", ylabel="$v$", aspect="equal")
        ax.grid(visible=False)
    return Picture(
        fig,
        "Level lines of the square of u v minus one in the plane: two curved valleys, the branches "
        "of a hyperbola, along which the loss is zero, and between them a saddle at the origin, "
        "where the level lines cross.",
    )


def two_weights(x: np.ndarray, y: float, paths: Mapping[str, np.ndarray]) -> Picture:
    """Ways down a loss with one example and two weights, and the line of its solutions."""
    with figure(width=5.4, height=4.0) as (fig, ax):
        w = np.array([-1.0, 4.0])
        predicted(ax, w, (y - x[0] * w) / x[1], color=GRAY, linestyle="--", label="solutions")
        for k, (name, path) in enumerate(paths.items()):
            style = dict(color=COLOURS[k + 2], marker=MARKERS[k + 2], label=name)
            measured(ax, *path[:: max(1, len(path) // 40)].T, markersize=3.2, **style)
            ax.plot(*path[-1], marker="*", color=COLOURS[k + 2], markersize=11, zorder=5)
        first = next(iter(paths.values()))[0]
        ax.plot(*first, marker="o", linestyle="", color=INK, markersize=6, label="start")
        ax.set(xlim=(-0.3, 2.9), ylim=(0.2, 2.8), xlabel="$w_1$", ylabel="$w_2$", aspect="equal")
        ax.legend(loc="upper right", fontsize=9)
    return Picture(
        fig,
        "The plane of two weights with the dashed line of solutions: from one start gradient "
        "descent goes straight to the nearest of them, Adam along a diagonal to another, and "
        "weight decay along a curve that comes near the line and then slides beside it.",
    )


def drifts(runs: Mapping[str, np.ndarray], laws: Mapping[str, np.ndarray]) -> Picture:
    """How far each method has moved in the kernel of the data, against the number of steps.

    Args:
        runs: For each method the distance after each step.
        laws: What is predicted, for those of them for which something is.
    """
    with figure(height=3.4) as (fig, ax):
        for k, (name, drift) in enumerate(runs.items()):
            at = np.unique(np.geomspace(1, len(drift) - 1, 26).astype(int))
            style = dict(color=COLOURS[k], marker=MARKERS[k], markersize=4, label=name)
            measured(ax, at, np.maximum(drift[at], FLOOR), **style)
            if name in laws:
                predicted(ax, at, laws[name][at], color=COLOURS[k], linewidth=1)
        ax.set(xscale="log", yscale="log", xlabel="steps", ylabel=r"$\|P(w_t-w_0)\|$")
        ax.legend(loc="center right", fontsize=9)
    return Picture(
        fig,
        "The distance moved in the kernel of the data against the number of steps, both axes "
        "logarithmic: gradient descent, momentum and stochastic gradients stay at the level of "
        "rounding; weight decay follows its predicted curve and Adam lies far above, both at the "
        "size of the weights themselves.",
    )


def zoo(found: Sequence[tuple[str, np.ndarray, int]]) -> Picture:
    """Spectra at several equilibria: a name, the eigenvalues, and how many are to be zero."""
    with figure(1, len(found), width=7.2, height=2.9, sharey=True) as (fig, axes):
        for k, (ax, (name, values, zeros)) in enumerate(zip(axes, found, strict=True)):
            ax.axvline(len(values) - zeros + 0.5, color=INK, linewidth=1)
            _spectrum(ax, values, color=COLOURS[k + 1], marker=MARKERS[k + 1], markersize=3.5)
            ax.set_title(name, fontsize=9.5)
            ax.set(yscale="log", xlabel="$k$", ylim=(FLOOR / 3, 1e3), xlim=(0, len(values) + 1.5))
        axes[0].set_ylabel("size of eigenvalue $k$")
    return Picture(
        fig,
        "Sizes of the eigenvalues of the Hessian at three equilibria that do not fit, on a "
        "logarithmic axis: for the rectifier three of them are at the level of rounding, behind a "
        "vertical line; for the hyperbolic tangent and for a sum of squares none is.",
    )


EXAMPLES = (4, 8, 12, 16, 20)
WIDTHS = (1, 2, 3, 5, 10, 16)


def spectrum(n: int, width: int) -> Picture:
    """The spectrum where the best of several fits of a tanh network in the plane ends.

    Up to forty starts are tried until one fits; five, where there are fewer weights than examples.

    Args:
        n: Number of examples, with normal targets.
        width: Number of hidden neurons.
    """
    (net, y), fits = random_task(n, width, 1, 0), []
    for k in range(40 if net.parameters >= n else 5):
        fits.append(interpolate(net, y, net.start(k), steps=300))
        if fits[-1].residual < 1e-10:
            break
    best = min(fits, key=lambda fit: fit.residual)
    p, values = net.parameters, hessian_rank(hessian(net, best.theta, y)).values
    with figure(height=3.2) as (fig, ax):
        if p > n:
            ax.axvline(n + 0.5, color=INK, linewidth=1)
        _spectrum(ax, values, color=BLUE, markersize=4)
        words = "a fit" if best.residual < 1e-10 else f"no fit, residual {best.residual:.1g}"
        force = np.linalg.norm(gradient(net, best.theta, y))
        ax.set_title(f"$p$ = {p}, $n$ = {n}: {words}\ngradient {force:.0e}", fontsize=10.5)
        ax.set(yscale="log", ylim=(FLOOR / 3, 1e4), xlim=(0, max(WIDTHS) * 4 + 3))
        ax.set(xlabel="number $k$ of the eigenvalue", ylabel="size of eigenvalue $k$")
    return Picture(
        fig,
        f"Sizes of the eigenvalues of the Hessian where the best fit ends, for {n} examples and "
        f"{width} hidden neurons, which have {p} weights.",
    )
