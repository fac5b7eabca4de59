"""The pictures of the chapter on depth separation."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from matplotlib.patches import Circle

from dlmath.approximation.best_pieces import BestPieces, best_l1
from dlmath.approximation.sphere import coefficients, deep_oscillation, harmonics, oscillation
from dlmath.approximation.splines import corners, steps_along_level_lines
from dlmath.claims.depth_separation import teeth
from dlmath.figures.picture import Picture
from dlmath.figures.style import BLUE, GRAY, GREEN, ORANGE, VERMILLION, figure, measured, predicted
from dlmath.ledger import Evidence


def folds(depths: Sequence[int] = (1, 2, 3, 5)) -> Picture:
    """The sawtooth after some numbers of folds."""
    with figure(2, 2, height=3.6, sharex=True, sharey=True) as (fig, axes):
        for ax, k in zip(axes.flat, depths, strict=True):
            x = np.arange(2**k + 1) / 2**k
            ax.plot(x, teeth(2**k, x), color=BLUE, linewidth=1.4)
            ax.set_title(f"$f_{k}$: {2 * k} units, {2**k} pieces")
        for ax in axes[1]:
            ax.set(xlabel="$x$", xticks=[0, 0.5, 1])
        for ax in axes[:, 0]:
            ax.set(yticks=[0, 1])
    return Picture(
        fig,
        "Four panels: one tooth, then two, four and sixteen of the same height, each panel packing "
        "more of them between zero and one.",
    )


def equal_units(random: Mapping[int, Sequence[int]], total: int) -> Picture:
    """Pieces against depth, the number of units held fixed."""
    L = np.array(list(random))
    m = total // L
    with figure() as (fig, ax):
        predicted(ax, L, (m + 1.0) ** L, color=GRAY, label="bound $(m+1)^L$")
        predicted(ax, L, np.full(L.shape, total), color=GREEN, linestyle=":", label="units")
        measured(ax, L, m.astype(float) ** L, color=BLUE, label="zigzag")
        spread = [(depth, count) for depth, counts in random.items() for count in counts]
        measured(ax, *zip(*spread, strict=True), color=VERMILLION, alpha=0.5, label="random")
        ax.set(xlabel="hidden layers $L$", ylabel="affine pieces", yscale="log", xticks=L)
        ax.legend(loc="upper left")
    return Picture(
        fig,
        f"On a logarithmic axis, at {total} units, the bound and the points of the zigzag climb "
        "steeply with depth, while the points of random networks stay about as many as the units.",
    )


def bracket(evidence: Evidence) -> Picture:
    """The best mean error with p affine pieces, and the two bounds."""
    N, p = evidence.data["N"], evidence.data["p"]
    with figure() as (fig, ax):
        predicted(ax, p, (1 - (p - 1) / N) / 4, color=BLUE, label=r"$\leq (1-(p-1)/N)/4$")
        predicted(
            ax, p, (1 - p / N) / 4, color=GRAY, linestyle=":", label=r"$\geq (1-p/N)/4$, exercise"
        )
        low = np.maximum(1 - 3 * p / N, 0) / 4
        predicted(ax, p, low, color=GREEN, label=r"$\geq (1-3p/N)/4$")
        measured(ax, p, evidence.data["high"], color=VERMILLION, label="best found")
        measured(
            ax, p, evidence.data["low"], color=ORANGE, marker="_", markersize=9, label="certified"
        )
        ax.set(xlabel="pieces $p$", ylabel="mean error", ylim=(-0.005, 0.26))
        ax.legend(fontsize=9, loc="upper right")
    return Picture(
        fig,
        "The points of the best error fall almost on a straight line from a quarter to zero; they "
        "lie between two close parallel lines and well above a third that falls three times as "
        "fast.",
    )


def square_errors(evidence: Evidence) -> Picture:
    """The error of the square network, against one hidden layer with as many units."""
    k = np.array(evidence.data["depths"])
    with figure(height=3.2) as (fig, ax):
        flat = 1 / (8 * (3 * k + 1.0) ** 2)
        predicted(ax, k, flat, color=GRAY, label="one layer, at least")
        predicted(ax, k, 4.0 ** -(k + 1), color=BLUE, label=r"$k$ layers: $2^{-2k-2}$")
        measured(ax, k, evidence.data["errors"], color=VERMILLION, label="measured")
        ax.set(xlabel="folds $k$, at $3k$ units", ylabel="largest error", yscale="log", xticks=k)
        ax.legend(loc="lower left")
    return Picture(
        fig,
        "On a logarithmic axis the points of the folded network lie on a straight line that falls "
        "by four at each step, and soon pass far below the slowly falling bound for one layer.",
    )


def corners_of_a_difference() -> Picture:
    """The four points at which a double difference looks, and the level lines of two ridges."""
    directions = np.array([[1.0, 0.25], [-0.35, 1.0]])
    steps = steps_along_level_lines(directions, 1.2)
    points, signs = corners(np.zeros(2), steps)
    with figure(height=3.4) as (fig, ax):
        for step, colour, name in zip(steps, (BLUE, GREEN), ("first", "second"), strict=True):
            starts = [p for p in points if any(np.allclose(p + step, q) for q in points)]
            for k, p in enumerate(starts):
                line = np.stack([p - 3 * step, p + 4 * step])
                label = f"level lines, {name} ridge" if k == 0 else None
                ax.plot(*line.T, color=colour, linewidth=1.3, label=label)
        ax.add_patch(Circle((0, 0), 0.5, color=ORANGE, alpha=0.6, label="bump"))
        for p, sign in zip(points, signs, strict=True):
            ax.plot(*p, marker="o", markersize=5, color=VERMILLION)
            ax.annotate("+" if sign > 0 else "$-$", (p[0] + 0.15, p[1] + 0.12), fontsize=15)
        low, high = points.min(0) - 1, points.max(0) + 1
        ax.set(xlim=(low[0], high[0]), ylim=(low[1], high[1]), aspect="equal", xlabel="$x_1$")
        ax.set_ylabel("$x_2$", rotation=0)
        ax.legend(fontsize=9, loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3)
    return Picture(
        fig,
        "A parallelogram whose sides lie on level lines of two ridges, its corners marked plus, "
        "minus, plus, minus around; a small disc, the bump, covers one corner and no other.",
    )


def sphere_costs(dimensions: Sequence[int] = range(4, 25, 2)) -> Picture:
    """What error one half costs, with one hidden layer and with two."""
    d = np.array(dimensions)
    weight = []
    for k in d:
        tail = np.linalg.norm(coefficients(oscillation(k), int(k), 2 * int(k) + 40)[k:])
        weight.append((tail - 0.5) * np.sqrt(float(harmonics(int(k), int(k)))))
    units = [deep_oscillation(int(k), 0.5).units for k in d]
    with figure() as (fig, ax):
        predicted(ax, d, weight, color=BLUE, label="one hidden layer: $B$, at least")
        measured(ax, d, units, color=VERMILLION, label="two hidden layers: units")
        ax.set(xlabel="dimension $d$", ylabel="cost of error 1/2", yscale="log", xticks=d[::2])
        ax.legend(loc="upper left")
    return Picture(
        fig,
        "On a logarithmic axis the cost of one hidden layer is a straight line, exponential in the "
        "dimension; the points of two hidden layers bend over and are soon far below it.",
    )


@lru_cache(maxsize=8)
def _best(depth: int) -> BestPieces:
    """The best fits of the sawtooth with ``2**depth`` teeth."""
    N = 2**depth
    return best_l1(lambda x: teeth(N, x), cells=2 * N, most=N, fine=2)


def folding(depth: int, pieces: int) -> Picture:
    """The sawtooth after some folds, and its best fit with some affine pieces."""
    N, best = 2**depth, _best(depth)
    p = min(pieces, N)
    error = best.high[p - 1]
    x = np.arange(N + 1) / N
    with figure(height=3.0) as (fig, ax):
        ax.plot(x, teeth(N, x), color=BLUE, linewidth=1.2, label=f"{2 * depth} units, {N} pieces")
        segments = zip(best.breaks[p - 1], best.breaks[p - 1][1:], best.ends[p - 1], strict=False)
        for i, (a, b, ends) in enumerate(segments):
            label = f"best of {pieces} pieces" if i == 0 else None
            ax.plot([a, b], ends, color=VERMILLION, linewidth=2.6, label=label)
        ax.set(xlabel="$x$", ylim=(-0.05, 1.05), yticks=[0, 0.5, 1], xlim=(0, 1))
        ax.set_title(f"mean error {abs(error):.3f}", pad=22)
        ax.legend(ncols=2, fontsize=9, loc="lower left", bbox_to_anchor=(-0.02, 0.98))
    size = "zero" if error < 1e-9 else "below one eighth" if error < 1 / 8 - 1e-9 else "one eighth"
    size = "above one eighth" if error > 1 / 8 + 1e-9 else size
    return Picture(
        fig,
        f"A sawtooth with {N} pieces after {depth} folds, and its best fit in the mean with "
        f"{pieces} affine pieces: the error is {size}.",
    )
