"""The pictures of the chapter on the curse of dimensionality and compositionality."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from dlmath.approximation.compositionality import amplification, levels, shared
from dlmath.approximation.fooling import pyramids
from dlmath.approximation.multiscale import LEAF, Compressed
from dlmath.approximation.simplicial import cells_within, kuhn, quadratic_rms
from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    MARKERS,
    ORANGE,
    PALETTE,
    VERMILLION,
    figure,
    image,
    measured,
    predicted,
)
from dlmath.ledger import Evidence


def race(curves: Mapping[str, tuple[Sequence[float], Sequence[float]]]) -> Picture:
    """Errors of flat and tree networks against the number of values that they store."""
    flat = [name for name in curves if name.startswith("flat")]
    with figure(height=3.9) as (fig, ax):
        for name, (stored, error) in curves.items():
            group = flat if name in flat else [n for n in curves if n not in flat]
            k = group.index(name)
            hollow = {} if name in flat else {"markerfacecolor": "none"}
            measured(ax, stored, error, color=PALETTE[k], marker=MARKERS[k], label=name, **hollow)
        ax.set(
            xscale="log",
            yscale="log",
            xlabel="values stored",
            ylabel="root mean square error",
        )
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.27), ncols=2, fontsize=9)
    return Picture(
        fig,
        "On logarithmic axes the points of the tree networks of all dimensions fall together and "
        "steeply; those of the flat networks fall the more slowly the higher the dimension.",
    )


def interpolation(found: Mapping[int, tuple[Sequence[int], Sequence[float]]]) -> Picture:
    """The error of the interpolant of half the squared norm, against the number of vertices."""
    with figure() as (fig, ax):
        for k, (d, (cells, error)) in enumerate(found.items()):
            n = np.array(cells, dtype=float)
            predicted(ax, n**d, quadratic_rms(d) / n**2, color=PALETTE[k])
            measured(ax, n**d, error, color=PALETTE[k], marker=MARKERS[k], label=f"d = {d}")
        ax.set(
            xscale="log",
            yscale="log",
            xlim=(1, 1e14),
            xlabel=r"$n^d$",
            ylabel="root mean square error",
        )
        ax.legend(loc="lower right", ncols=2)
    return Picture(
        fig,
        "Straight lines on logarithmic axes, one a dimension, the flatter the higher the "
        "dimension; the measured points lie on them.",
    )


def patterns(signs: Sequence[np.ndarray], m: int) -> Picture:
    """Fooling functions on the square, one for each vector of signs."""
    t = (np.arange(90) + 0.5) / 90
    x = np.stack(np.meshgrid(t, t, indexing="ij"), axis=-1).reshape(-1, 2)
    with figure(1, len(signs), height=2.5) as (fig, axes):
        for ax, c in zip(axes, signs, strict=True):
            values = pyramids(c, x, m).reshape(90, 90)
            shown = image(ax, values, vmin=-1 / (2 * m), vmax=1 / (2 * m))
        bar = fig.colorbar(shown, ax=axes, shrink=0.8, ticks=[-1 / (2 * m), 0, 1 / (2 * m)])
        bar.ax.set_yticklabels([f"-1/{2 * m}", "0", f"1/{2 * m}"])
    return Picture(
        fig,
        "Three squares of nine cells; on each cell stands a square pyramid, bright where it points "
        "up and dark where it points down, in another pattern on each square.",
    )


def growth(evidence: Evidence) -> Picture:
    """How an error of the nodes grows on its way to the root."""
    sizes = evidence.data["sizes"]
    with figure() as (fig, ax):
        for k, (L, found) in enumerate(evidence.data["found"].items()):
            predicted(ax, sizes, [amplification(L, d) for d in sizes], color=PALETTE[k])
            measured(ax, sizes, found, color=PALETTE[k], marker=MARKERS[k], label=f"L = {L:g}")
        ax.set(
            xscale="log",
            yscale="log",
            xlabel="dimension $d$",
            ylabel="error of root / error of node",
            xticks=sizes,
            xticklabels=[str(d) for d in sizes],
            ylim=(0.8, 100),
            yticks=[1, 10, 100],
            yticklabels=["1", "10", "100"],
        )
        ax.minorticks_off()
        ax.legend(loc="upper left")
    return Picture(
        fig,
        "Against the dimension, points on three curves: for the smallest constant the error "
        "levels off, for one it climbs slowly, for the largest it grows like the dimension.",
    )


def scales(small: Compressed, evidence: Evidence) -> Picture:
    """The blocks of the compressed matrix, and the ranks of blocks of every size."""
    data = evidence.data
    with figure(1, 2, height=3.3, width_ratios=(1, 1.15)) as (fig, (left, right)):
        _blocks(left, small)
        for k, (eps, found) in enumerate(data["ranks"].items()):
            predicted(right, data["sides"], data["bounds"][eps], color=PALETTE[k])
            label = rf"$\varepsilon = 10^{{{round(np.log10(eps))}}}$"
            measured(right, data["sides"], found, color=PALETTE[k], marker=MARKERS[k], label=label)
        right.set(xscale="log", xlabel="points $b$", ylabel="rank", ylim=(0, 22))
        right.set(xticks=data["sides"], xticklabels=[str(b) for b in data["sides"]])
        right.set(yticks=[0, 5, 10, 15, 20])
        right.minorticks_off()
        right.legend(loc="upper left", fontsize=9)
    return Picture(
        fig,
        "Left, a square cut into smaller and smaller blocks towards its diagonal, the large ones "
        "of hardly larger rank than the small; right, ranks that climb slowly, each on its line "
        "or a little under it.",
    )


def _blocks(ax: Axes, small: Compressed) -> None:
    """The blocks of a compressed matrix, shaded by rank, the large ones with their rank."""
    ranks = [v.shape[0] for *_, v in small.thin]
    low, high = min(ranks), max(ranks)
    for row, column, u, v in small.thin:
        rank, side = v.shape[0], len(u)
        shade = blue((rank - low) / max(high - low, 1))
        ax.add_patch(Rectangle((column, row), side, side, facecolor=shade, edgecolor="w"))
        if side >= small.d // 8:
            x, y = column + side / 2, row + side / 2
            ax.text(x, y, str(rank), ha="center", va="center", color="#222222")
    for start, _ in small.dense:
        ax.add_patch(Rectangle((start, start), LEAF, LEAF, facecolor=GRAY, edgecolor="w"))
    ax.set(xlim=(0, small.d), ylim=(small.d, 0), aspect="equal", title="rank of each block")
    ax.set(xticks=[0, small.d], yticks=[0, small.d])
    ax.grid(visible=False)


def blue(shade: float) -> tuple[float, float, float]:
    """A blue between pale (0) and full (1)."""
    pale, full = np.array([0.87, 0.93, 0.97]), np.array([0.34, 0.71, 0.91])
    red, green, bright = map(float, pale + shade * (full - pale))
    return red, green, bright


def budget(d: int, L: float, stored: str) -> Picture:
    """What a flat network and a tree network make of the same budget.

    Args:
        d: Dimension, a power of two.
        L: Lipschitz constant of the nodes for the largest coordinate.
        stored: How many values each network may store, such as ``"10^4"``.
    """
    allowed = 10 ** int(stored.split("^")[1])
    tree = shared(lambda z: 0.5 + 0.5 * np.sin(L * (z.sum(axis=1) - 1)), d)
    rng = np.random.default_rng([d, 51])
    middle = rng.uniform(0, 1, (70, 1))
    x = np.clip(middle + rng.uniform(-0.25, 0.25, (70, d)), 0, 1)
    truth = tree(x)
    cells = cells_within(allowed, d), cells_within(allowed // (d - 1), 2)
    guesses = [
        kuhn(tree, x, cells[0]) if cells[0] else np.full(len(x), 0.5),
        tree.network(cells[1])(x),
    ]
    words = []
    with figure(1, 2, height=3.5, sharey=True) as (fig, axes):
        for ax, guess, n, name in zip(axes, guesses, cells, ("flat", "tree"), strict=True):
            predicted(ax, [0, 1], [0, 1], color=GRAY, linewidth=1)
            colour = VERMILLION if name == "flat" else BLUE
            measured(ax, truth, guess, color=colour, alpha=0.8, markersize=4)
            error = np.abs(guess - truth).max()
            side = f"{n} cell{'s' * (n > 1)} a side" if n else "not one cell"
            ax.set_title(f"{name}: {side}\nlargest error {error:.1g}", fontsize=10)
            ax.set(xlabel="$f(x)$", xlim=(0, 1), ylim=(0, 1), aspect="equal")
            ax.set(xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
            how = "on" if error < 0.02 else "near" if error < 0.1 else "far from"
            words.append(f"the {name} network, with {side}, lies {how} the diagonal")
        axes[0].set_ylabel("network at $x$")
    return Picture(
        fig,
        f"For {d} variables, constant {L:g} and {stored} values: {words[0]}; {words[1]}.",
    )


def tree_sketch(d: int) -> Picture:
    """A binary tree above its inputs."""
    depth = levels(d)
    with figure(height=2.4) as (fig, ax):
        nodes = [(level, k) for level in range(depth) for k in range(d >> (level + 1))]
        for level, k in nodes:
            top = ((k + 0.5) * (2 << level), level + 1)
            for child in (2 * k, 2 * k + 1):
                bottom = ((child + 0.5) * (1 << level), level)
                ax.plot(*zip(bottom, top, strict=True), color=GRAY, linewidth=1, zorder=1)
            ax.plot(*top, marker="o", markersize=9, color=BLUE)
        for k in range(d):
            ax.plot(k + 0.5, 0, marker="s", markersize=6, color=ORANGE)
            ax.text(k + 0.5, -0.35, f"$x_{k + 1}$", ha="center", va="top")
        ax.set(xlim=(0, d), ylim=(-1, depth + 0.4))
        ax.axis("off")
    return Picture(
        fig,
        f"A binary tree: {d} inputs in a row at the bottom, joined in pairs, the pairs again in "
        "pairs, up to a single root.",
    )
