"""The pictures of the chapter on symmetry."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from matplotlib.colors import LinearSegmentedColormap

from dlmath.figures.picture import Picture
from dlmath.figures.style import BLUE, GRAY, GREEN, ORANGE, VERMILLION, figure, measured, predicted
from dlmath.invariance import fisher as lda
from dlmath.invariance import neighbours as near
from dlmath.invariance import orbits
from dlmath.invariance.cascade import scatter
from dlmath.invariance.filters import tight_bank
from dlmath.invariance.symmetry import principal_plane
from dlmath.ledger import Evidence

FAMILY_COLOURS = (GRAY, GREEN, BLUE, VERMILLION)
ENDS = LinearSegmentedColormap.from_list("ends", [BLUE, ORANGE])
"""From one end of a path to the other; seen on a light page and on a dark one."""


def variability(found: Sequence[near.Family]) -> Picture:
    """Distance to the nearest copy against the number of copies, with the limit laws."""
    with figure(height=3.8) as (fig, ax):
        for family, colour in zip(found, FAMILY_COLOURS, strict=True):
            n, k, a = list(family.means), family.parameters, family.density
            measured(ax, n, list(family.means.values()), color=colour, label=family.name)
            if np.isfinite(a):
                predicted(ax, n, [near.limit_mean(m, k, a) for m in n], color=colour)
        ax.set(
            xscale="log",
            yscale="log",
            ylim=(6e-4, 8),
            xlabel="number $n$ of images",
            ylabel="distance to the nearest",
        )
        ax.legend(ncols=2, loc="upper center", fontsize=11, columnspacing=1)
    return Picture(
        fig,
        "Against the number of images, points for noise stay on a level; points for copies made by "
        "three, two and one parameters fall more and more steeply, and come to lie on lines.",
    )


def ranges(evidence: Evidence) -> Picture:
    """How far a shift may go before the orbit has bent, against the scale."""
    data = evidence.data
    with figure() as (fig, ax):
        J = np.array(data["scales"])
        predicted(ax, J, data["predicted"], color=BLUE, label="by hand")
        measured(ax, J, data["scattering"], color=BLUE, label="scattering coefficients")
        measured(ax, J, data["samples"], color=VERMILLION, marker="s", label="samples")
        ax.set_yscale("symlog", base=2, linthresh=1)
        ax.set(
            xlabel="scale $J$",
            ylabel="largest shift, in samples",
            xticks=J,
            ylim=(-0.4, 200),
            yticks=[0, 1, 4, 16, 64],
            yticklabels=["0", "1", "4", "16", "64"],
        )
        ax.legend(loc="center right")
    return Picture(
        fig,
        "On a logarithmic axis the points of the scattering coefficients lie on a straight line "
        "that doubles with each scale, and those of the samples lie at nought.",
    )


def scores(seed: int = 0) -> Picture:
    """Histograms of linear scores of two classes of shifted rhythms: samples and scattering."""
    rng = np.random.default_rng(seed)
    templates = orbits.rhythms()
    X, y = orbits.draw(templates, 600, 0.25, rng)
    Z, labels = orbits.draw(templates, 600, 0.25, rng)
    ends = orbits.scattering_means(templates)
    panels = {
        "samples, Fisher's direction": Z @ lda.fisher(X, y),
        "scattering, halfway rule": orbits.halfway(ends)(orbits.scattering_means(Z)),
    }
    with figure(1, 2, height=2.7, sharey=True) as (fig, axes):
        for ax, (name, score) in zip(axes, panels.items(), strict=True):
            share, bins = score / np.abs(score).max(), np.linspace(-1, 1, 41)
            for k, colour in ((0, BLUE), (1, VERMILLION)):
                ax.hist(share[labels == k], bins, color=colour, alpha=0.6, label=f"class {k}")
            ax.axvline(0, color=GRAY, linewidth=1)
            ax.set(title=name, xlabel="score over its largest")
        axes[0].set_ylabel("signals")
        axes[1].legend(loc="upper center")
    return Picture(
        fig,
        "On the left the scores of the two classes form one heap around nought; on the right two "
        "heaps, one on each side of nought, with a gap between them.",
    )


def turning(evidence: Evidence, points: int = 2000, seed: int = 0) -> Picture:
    """The share of Fisher's direction along the level sets against their spread."""
    C, V, difference = (evidence.data[k] for k in ("C", "V", "difference"))
    limit, _, _ = lda.turning_limit(C, V, difference)
    after = lda.projected_direction(C, V, difference)
    s = 2.0 ** np.arange(0, 9)
    law = np.linalg.norm(limit) / np.linalg.norm(after) / s**2

    def share(w: np.ndarray) -> float:
        return float(np.linalg.norm(V.T @ w) / np.linalg.norm(w))

    exact = [share(lda.spread_direction(C, V, difference, t)) for t in s]
    rng = np.random.default_rng(seed)
    y = np.repeat([0, 1], points)
    G = rng.standard_normal((2 * points, len(C))) @ np.linalg.cholesky(C).T
    G += np.outer(y, difference)
    H = rng.standard_normal((2 * points, V.shape[1])) @ V.T
    drawn = [share(lda.fisher(G + t * H, y)) for t in s]
    with figure() as (fig, ax):
        predicted(ax, s, law, color=BLUE, label="the limit, times $s^{-2}$")
        measured(ax, s, exact, color=BLUE, label="the law of the classes")
        text = f"a sample of {points:,} a class"
        measured(ax, s, drawn, color=ORANGE, marker="s", label=text)
        ax.set(
            xscale="log",
            yscale="log",
            xlabel="spread $s$ along the level sets",
            ylabel=r"$|V^\top w_s| / |w_s|$",
        )
        ax.legend(loc="lower left")
    return Picture(
        fig,
        "On logarithmic axes the points of the law fall on a line of slope minus two; those of the "
        "sample follow it for small spreads and then fall only half as steeply.",
    )


@lru_cache
def _orbit(motion: str, reach: int) -> tuple[np.ndarray, np.ndarray]:
    """Forty-one copies of a digit along a path, and the grey levels that mark their order."""
    image, at = near.smooth_digit(3), np.linspace(-1, 1, 41)
    shifts = np.stack([np.zeros(41), at * reach if motion == "shift" else np.zeros(41)], 1)
    angles = at * reach * np.pi / 16 if motion == "turn" else np.zeros(41)
    return near.turned(image, shifts, angles).reshape(-1, *image.shape), at


@lru_cache
def _coefficients(motion: str, reach: int, J: int) -> np.ndarray:
    copies, _ = _orbit(motion, reach)
    bank = tight_bank(copies.shape[1:], J, 8)
    return np.stack([scatter(x, bank, 1).ravel() for x in copies])


def orbit_plane(motion: str, J: int, reach: int) -> Picture:
    """The orbit of a digit in the plane of its first two principal components."""
    copies, at = _orbit(motion, reach)
    panels = {
        "pixels": copies.reshape(len(at), -1),
        f"scattering, J = {J}": _coefficients(motion, reach, J),
    }
    words = []
    with figure(1, 2, height=2.9) as (fig, axes):
        for ax, (name, points) in zip(axes, panels.items(), strict=True):
            plane, share = principal_plane(points)
            size = np.abs(plane).max()
            ax.scatter(*plane.T / size, c=at, s=14, cmap=ENDS)
            ax.set(xlim=(-1.1, 1.1), ylim=(-1.1, 1.1), aspect="equal", xticks=[], yticks=[])
            ax.set_title(f"{name}: {100 * share:.0f} % straight", fontsize=11)
            ax.set(xlabel="first component", ylabel="second component")
            words.append("nearly straight" if share > 0.95 else "bent" if share > 0.7 else "curled")
    how = f"shifted by up to {reach} pixels" if motion == "shift" else "turned"
    degrees = "" if motion == "shift" else f" by up to {reach * 180 / 16:g} degrees"
    return Picture(
        fig,
        f"The path of a digit {how}{degrees} each way, in the plane of its first two components: "
        f"in pixels it is {words[0]}, in scattering coefficients at scale {J} {words[1]}.",
    )
