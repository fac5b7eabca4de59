"""The pictures of the opening chapter."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.stats import norm

from dlmath.figures.picture import Picture
from dlmath.figures.style import (
    BLUE,
    GRAY,
    GREEN,
    ORANGE,
    VERMILLION,
    figure,
    image,
    measured,
    predicted,
)
from dlmath.ledger import Evidence
from dlmath.why_theory.two_layer import Layers, modes, relative_loss


def doubles(images: Sequence[np.ndarray], titles: Sequence[str]) -> Picture:
    """A digit and what was made of it, on one grey scale."""
    with figure(1, len(images), height=2.3) as (fig, axes):
        for ax, array, title in zip(axes, images, titles, strict=True):
            image(ax, array, cmap="gray", vmin=-0.2, vmax=1.2)
            ax.set_title(title, fontsize=9.5)
    return Picture(
        fig,
        "A handwritten two, eight pixels by eight, four times: as it was; with every pixel a bit "
        "lighter or darker; with changes that are larger in a few places; and with noise. The "
        "classifier reads a two in the first and the last, a three in the second and third.",
    )


def distances(evidence: Evidence) -> Picture:
    """The length of a point and its distance to the errors, against the dimension."""
    d, far, long = map(np.array, zip(*evidence.data["found"], strict=True))
    line = np.geomspace(d.min(), d.max(), 50)
    with figure(height=3.1) as (fig, ax):
        predicted(ax, line, np.sqrt(line), color=BLUE, label=r"$d^{1/2}$")
        measured(ax, d, long, color=BLUE, label="length of a point, median")
        edge = np.full_like(line, evidence.data["edge"])
        predicted(ax, line, edge, color=VERMILLION, label=r"$-\Phi^{-1}(p)$")
        measured(ax, d, far, color=VERMILLION, label="distance to the errors, median")
        ax.set(xscale="log", yscale="log", xlabel="dimension $d$", ylabel="Euclidean length")
        ax.set_yticks([2, 5, 10, 20], ["2", "5", "10", "20"], minor=False)
        ax.minorticks_off()
        ax.legend(loc="upper left", fontsize=9)
    return Picture(
        fig,
        "Against the dimension, on logarithmic axes, the points of the length of an input climb "
        "along a line, while the points of the distance to the errors stay on a level line below.",
    )


def cloud(dimension: int = 100, error_rate: float = 0.02) -> Picture:
    """A Gaussian cloud seen from the side of a half-space of errors, drawn to scale."""
    edge, radius = -norm.ppf(error_rate), np.sqrt(dimension)
    rng = np.random.default_rng([3, dimension])
    along, across = rng.standard_normal(150), np.sqrt(rng.chisquare(dimension - 1, 150))
    size, middle = 1.15 * max(radius, edge + 1), np.sqrt(dimension - 1)
    with figure(height=3.6) as (fig, ax):
        ax.axvspan(edge, 2 * size, color=VERMILLION, alpha=0.25, linewidth=0)
        ax.plot(along, across, color=BLUE, linestyle="", marker="o", markersize=2.5)
        ax.plot([0, 0], [0, middle], color=GREEN)
        arrow = {
            "arrowstyle": "->" if edge > size / 20 else "-",
            "color": VERMILLION,
            "lw": 2,
            "shrinkA": 0,
            "shrinkB": 0,
        }
        ax.annotate("", (edge, middle), (0, middle), arrowprops=arrow)
        ax.set(xlim=(-size, size), ylim=(0, size), aspect="equal")
        ax.set(xlabel=r"coordinate towards the errors", ylabel="length of the rest")
        share = 100 * edge / radius
        ax.set_title(f"to the errors {edge:.2f}, length {radius:.3g}: {share:.2g} %", fontsize=10.5)
    words = "a few per cent" if share < 10 else "a fair part" if share < 50 else "most"
    words = "longer than all" if share > 100 else words
    words = "less than a hundredth" if share < 1 else words
    return Picture(
        fig,
        f"A cloud of points in {dimension} dimensions seen from the side, and a shaded half plane "
        f"that holds the share {error_rate:g} of it: the arrow from a typical point to the shade "
        f"is {words} of the line that shows the length of the point.",
    )


def leaves(depths: Sequence[int], found: Mapping[str, Sequence[int]], b: int) -> Picture:
    """Leaves looked at, against the number of turns, for several orders of the moves."""
    D = np.array(depths)
    colours = {"worst move first": VERMILLION, "in random order": ORANGE, "best move first": BLUE}
    with figure(height=3.2) as (fig, ax):
        predicted(ax, D, float(b) ** D, color=GRAY, label="every leaf, $b^D$")
        needed = b ** np.ceil(D / 2) + b ** np.floor(D / 2) - 1
        predicted(ax, D, needed, color=BLUE, label="the least that can do")
        for name, counts in found.items():
            measured(ax, D, counts, color=colours[name], label=name)
        ax.set(yscale="log", xlabel="turns $D$", ylabel="leaves looked at", xticks=D)
        ax.legend(loc="upper left", fontsize=9)
    return Picture(
        fig,
        "On a logarithmic axis the points of the best order lie on the lower line, whose slope is "
        "half that of the upper one; a random order lies between, the worst just under the upper.",
    )


def two_layers(
    paths: Mapping[str, Sequence[Layers]], T: np.ndarray, bases: tuple[np.ndarray, np.ndarray]
) -> Picture:
    """The loss of two methods against their steps, and what each mode of the target has learned."""
    colours = {"gradient descent": BLUE, "Levenberg-Marquardt": VERMILLION}
    sigma = np.linalg.svd(T, compute_uv=False)
    with figure(2, 1, height=5.6) as (fig, (left, right)):
        for name, path in paths.items():
            steps = np.unique(np.geomspace(1, len(path) - 1, 40).astype(int))
            loss = [max(relative_loss(path[k], T), 1e-33) for k in steps]
            measured(left, steps, loss, color=colours[name], label=name, markersize=3.5)
            wrong = np.abs(modes(path[-1], *bases) / sigma - 1)
            measured(right, sigma, np.maximum(wrong, 1e-16), color=colours[name], label=name)
        left.set(xscale="log", yscale="log", xlabel="steps", ylabel="relative loss")
        right.set(xscale="log", yscale="log", xlabel=r"singular value $\sigma$")
        right.set(ylabel="relative error of the mode")
        fig.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    return Picture(
        fig,
        "Above, the loss of gradient descent falls slowly over thousands of steps, that of the "
        "other method drops to rounding in a few. Below, gradient descent has learned the large "
        "modes and is wrong by as much as the small ones are large; the other has learned all.",
    )


def race(rate: float, steps: int, shares: np.ndarray, sigma: np.ndarray, start: float) -> Picture:
    """The share that each mode has learned, against the steps of gradient descent."""
    t = np.geomspace(1, steps, 120)
    colours = (BLUE, GREEN, ORANGE, VERMILLION)
    with figure(height=3.1) as (fig, ax):
        for s, share, colour in zip(sigma, shares.T, colours, strict=False):
            left = (s - start) / start * np.exp(-2 * s * rate * t)
            predicted(ax, t, 1 / (1 + left), color=colour, label=rf"$\sigma = {s:g}$")
            at = np.unique(np.geomspace(1, steps, 30).astype(int))
            measured(ax, at, share[at], color=colour)
        ax.set(xscale="log", xlabel="steps of gradient descent", ylabel="share of the mode learned")
        ax.legend(loc="upper left", fontsize=9)
    return Picture(
        fig,
        "One curve shaped like an S for each singular value, each several times later than the one "
        "before on a logarithmic axis of steps, with the measured points on the curves.",
    )
