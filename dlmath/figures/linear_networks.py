"""Pictures of the chapter on linear networks: losses along paths, pieces, reduced landscapes."""

import functools

import numpy as np
from matplotlib.axes import Axes

from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    INK,
    SKY,
    VERMILLION,
    figure,
    measured,
    predicted,
)
from dlmath.landscapes import linear_traps as traps
from dlmath.landscapes.linear_networks import (
    descent_path,
    learnt,
    optimum,
    random_weights,
    square_loss,
)
from dlmath.landscapes.paths import Path, straight

LOOKS = {"convex": (GREEN, "s"), "rotate": (BLUE, "^")}
"""Colour and marker of the legs on which the loss can fall; all others leave it as it is."""

EXAMPLES, ANSWERS = np.eye(3), np.diag([5.0, 4.0, 3.0])
"""Three inputs and what is to be made of them: three patterns, of weights 25, 16 and 9."""

STARTS = ("random", "zero", "stuck")
"""Random weights; all weights zero; the second and the third pattern learnt, the first not."""


def _legs(ax: Axes, path: Path, X: np.ndarray, Y: np.ndarray, points: int) -> None:
    """The loss along a path, leg by leg, coloured by what the leg does."""
    times, loss = path.values(lambda w: square_loss(w, X, Y), points)
    named = set()
    for k, leg in enumerate(path.legs):
        kind = leg.name.split()[0]
        label = kind if kind in LOOKS else "no change"
        here = slice(k * points, (k + 1) * points)
        colour, marker = LOOKS.get(kind, (GRAY, "o"))
        style = dict(color=colour, marker=marker, markersize=3)
        style |= {} if label in named else {"label": label}
        measured(ax, times[here] * len(path.legs), loss[here], **style)
        named.add(label)


def two_ways(path: Path, X: np.ndarray, Y: np.ndarray, best: float) -> Picture:
    """The loss on the straight line to the end of the path, and on the path itself."""
    line = Path([straight("direct", path.start, path.end)])
    times, loss = line.values(lambda w: square_loss(w, X, Y), 41)
    with figure(1, 2, width=7.2, height=3.2, sharey=True) as (fig, (left, right)):
        predicted(left, [0, 1], [best, best], color=INK, linewidth=1, label="the minimum")
        measured(left, times, loss, color=VERMILLION, markersize=3, label="straight line")
        left.set(xlabel="share of the straight line", ylabel="loss $E$", ylim=(0, 1.3 * loss.max()))
        left.legend(loc="upper left")
        predicted(right, [0, len(path)], [best, best], color=INK, linewidth=1)
        _legs(right, path, X, Y, 13)
        right.set(xlabel="legs walked")
        right.legend(loc="upper left", ncols=2)
    return Picture(
        fig,
        "Left, the loss on the straight line from the start to the best weights: it climbs before "
        "it falls. Right, the loss along the path of the theorem to the same weights: level on "
        "most legs, falling on the rotations, never rising.",
    )


def walk(begin: str, layers: int) -> Picture:
    """The loss along the path from one of the starts, for a number of layers.

    Args:
        begin: One of :data:`STARTS`.
        layers: Two or more.
    """
    X, Y = EXAMPLES, ANSWERS
    sizes = [3, *[2] * (layers - 1), 3]
    weights = random_weights(sizes, 4)
    if begin == STARTS[1]:
        weights = [0 * W for W in weights]
    if begin == STARTS[2]:
        weights = learnt(sizes, X, Y, [1, 2])
    path = descent_path(weights, X, Y)
    with figure(height=3.0) as (fig, ax):
        best = optimum(X, Y, 2)
        predicted(ax, [0, len(path)], [best, best], color=INK, linewidth=1, label="the minimum")
        _legs(ax, path, X, Y, 9)
        top = 1.4 * square_loss(weights, X, Y)
        ax.set(xlabel="legs walked", ylabel="loss $E$", ylim=(0, top))
        ax.set_title(", ".join(dict.fromkeys(leg.name.split()[0].strip(",") for leg in path.legs)))
        ax.legend(loc="upper left", ncols=2)
    return Picture(
        fig,
        f"The loss along the path from the start {begin!r}, with {layers} layers of two neurons: "
        "it stays level on the first legs, then falls to the minimum, and never rises.",
    )


def pieces() -> Picture:
    """Where ab is near 1 for one neuron, and the turn that joins the pieces with two."""
    axis = np.linspace(-2.6, 2.6, 261)
    value = (axis[:, None] * axis[None] - 1) ** 2
    turn = np.linspace(0, np.pi, 13)
    with figure(1, 2, width=7.2, height=3.4) as (fig, (left, right)):
        shown = left.contourf(axis, axis, value, levels=[0, 0.3, 1], colors=[BLUE, SKY])
        shown.set_alpha(0.7)
        left.contour(axis, axis, value, levels=[1], colors=[INK], linewidths=1)
        left.set(xlabel="$a$", ylabel="$b$", aspect="equal")
        left.set_title("one neuron: two pieces")
        w = np.array([1.8 * np.cos(turn), 1.8 * np.sin(turn)])
        predicted(right, *(w / 1.8**2), color=GRAY)
        predicted(right, *w, color=GRAY)
        measured(right, *w, color=BLUE, label="$W_1$, two weights")
        measured(right, *(w / 1.8**2), color=VERMILLION, marker="s", label="$W_2$, two weights")
        right.set(xlim=(-2.6, 2.6), ylim=(-0.6, 3.6), aspect="equal")
        right.set(xlabel="first neuron", ylabel="second neuron")
        right.set_title("two neurons: a way round")
        right.legend(loc="upper right")
    return Picture(
        fig,
        "Left, the plane of a and b: where the product of the two is near one there are two "
        "separate pieces, in opposite quadrants, which meet at the origin when the level reaches "
        "one. Right, with two neurons the pair of weight vectors turns by half a circle from the "
        "one sign to the other while the product stays one.",
    )


def reduced(decays: tuple[float, ...]) -> Picture:
    """The loss with weight decay of one neuron against its direction."""
    angles = np.linspace(0, np.pi, 241)
    with figure(height=3.3) as (fig, ax):
        for decay, colour in zip(decays, (GRAY, VERMILLION, BLUE), strict=True):
            words = rf"$\lambda$ = {decay:g}"
            predicted(ax, angles, traps.reduced_loss(angles, decay), color=colour, label=words)
        found = traps.levels(decays[1])
        shade = (GREEN, VERMILLION) if found.first < found.second else (VERMILLION, GREEN)
        ax.plot([0, np.pi], [found.first] * 2, "v", color=shade[0], markersize=8)
        ax.plot(np.pi / 2, found.second, "v", color=shade[1], markersize=8)
        ax.set(xlabel=r"direction $\varphi$ of the neuron (radians)", ylabel="least loss")
        ax.legend(loc="lower center")
    return Picture(
        fig,
        "The least loss of one neuron against its direction. Without weight decay and with much of "
        "it there is one minimum on the circle of directions; with a decay between there are two "
        "of different depth, marked by triangles, green for the global one and red for the trap.",
    )


@functools.cache
def _ends(decay: float) -> np.ndarray:
    """The distinct levels at which gradient descent ends from forty starts."""
    return np.unique(np.round(traps.descend(1, decay, 40, 1), 4))


def exchange(decays: tuple[float, ...]) -> Picture:
    """Levels of the two minima and of the barrier against the decay, and where descent ends."""
    lam = np.linspace(traps.OPENS, traps.CLOSES, 60)
    wide = np.linspace(0.03, 0.16, 60)
    first, second = 1 + 7.2 * wide - 9 * wide**2, 1.44 + 2 * wide - wide**2
    barrier = 1.495 + 189 / 11 * lam**2
    with figure(height=3.5) as (fig, ax):
        level = 1.44 + 2 * wide
        predicted(ax, wide, first - level, color=BLUE, label=r"minimum at $\varphi=0$")
        predicted(ax, wide, second - level, color=GREEN, label=r"minimum at $\varphi=\pi/2$")
        predicted(ax, lam, barrier - 1.44 - 2 * lam, color=INK, linestyle="--", label="barrier")
        for decay in decays:
            ends = _ends(decay) - 1.44 - 2 * decay
            style = dict(color=VERMILLION, label="descent ends" if decay == decays[0] else None)
            measured(ax, np.full(len(ends), decay), ends, **style)
        ax.set(xlabel=r"weight decay $\lambda$", ylabel=r"level less $1.44 + 2\lambda$")
        ax.legend(loc="lower right")
    return Picture(
        fig,
        "Two curves of levels that cross, and a barrier that touches the one where the second "
        "minimum opens and the other where it closes. The points at which gradient descent ends "
        "lie on both curves between, and on the lower curve alone outside.",
    )


def weighted() -> Picture:
    """The least weighted square loss against the direction, for three tables of weights."""
    angles = np.linspace(0, np.pi, 241)
    cases = (
        ("equal weights", np.ones((2, 2)), GRAY),
        ("weights that are products", np.array([[2.0, 1.0], [4.0, 2.0]]) / 1.5, BLUE),
        ("2, 1, 1, 2", traps.EMPHASIS, VERMILLION),
    )
    with figure(height=3.3) as (fig, ax):
        for name, emphasis, colour in cases:
            loss = traps.weighted_reduced(angles, emphasis)
            predicted(ax, angles, loss, color=colour, label=name)
        predicted(ax, [0, np.pi], [3.48] * 2, color=INK, linestyle="--", linewidth=1)
        ax.set(xlabel="direction of $v$ (radians)", ylabel="least loss", ylim=(1.5, 6.2))
        ax.legend(loc="upper right")
    return Picture(
        fig,
        "The least loss against the direction of the row vector. With equal weights, and with "
        "weights that are products of a row and a column, there is one minimum on the circle; with "
        "the weights two, one, one, two there are two, parted by two equal maxima at the dashed "
        "level.",
    )


def landscape(decay: float) -> Picture:
    """The reduced landscape for one decay, its minima marked, and its worst trap."""
    angles = np.linspace(0, np.pi, 181)
    loss = traps.reduced_loss(angles, decay)
    low, _ = traps.extrema(loss[:-1])
    count = len(low)
    if 0 in low:  # the directions 0 and pi are the same
        low = np.append(low, len(loss) - 1)
    worse = [k for k in low if loss[k] > loss.min() + 1e-9]
    with figure(height=3.0) as (fig, ax):
        predicted(ax, angles, loss, color=BLUE)
        ax.plot(angles[low], loss[low], linestyle="", marker="v", color=GREEN, markersize=8)
        ax.plot(
            angles[worse], loss[worse], linestyle="", marker="v", color=VERMILLION, markersize=10
        )
        ax.set(xlabel=r"direction $\varphi$ (radians)", ylabel="least loss", xlim=(-0.1, 3.25))
        ax.set_title(rf"$\lambda$ = {decay:g}")
    words = "one minimum on the circle" if count == 1 else "two minima on the circle"
    return Picture(fig, f"The least loss against the direction at weight decay {decay:g}: {words}.")
