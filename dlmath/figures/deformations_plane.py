"""The pictures of the chapter on deformations: images and their warped copies."""

from collections.abc import Mapping

import numpy as np

from dlmath.data import digits, photo, texture
from dlmath.figures.picture import Picture
from dlmath.figures.style import BLUE, GRAY, GREEN, VERMILLION, figure, image, measured
from dlmath.invariance.deformations_2d import (
    distances,
    faded,
    smooth_digit,
    swirl,
    warp_image,
)

WITNESSES = {"pixels": BLUE, "Fourier modulus": VERMILLION, "scattering": GREEN}


def pairs(pictures: Mapping[str, tuple[np.ndarray, np.ndarray]], alt: str) -> Picture:
    """Each picture above its warped copy."""
    with figure(2, len(pictures), height=4.4) as (fig, axes):
        for column, (name, (x, y)) in zip(axes.T, pictures.items(), strict=True):
            for ax, array in zip(column, (x, y), strict=True):
                image(ax, array, cmap="gray", vmin=x.min(), vmax=x.max())
            column[0].set_title(name)
        axes[0, 0].set_ylabel("original")
        axes[1, 0].set_ylabel("warped")
    return Picture(fig, alt)


def against_steepness(curves: Mapping[str, Mapping[float, Mapping[str, float]]]) -> Picture:
    """Distances of warped pictures against the steepness of the warp, picture by picture."""
    with figure(1, len(curves), height=3.1, sharey=True) as (fig, axes):
        for ax, (name, curve) in zip(axes, curves.items(), strict=True):
            eps = np.array(list(curve))
            for (witness, colour), marker in zip(WITNESSES.items(), "o^s", strict=True):
                values = [found[witness] for found in curve.values()]
                measured(ax, eps, values, color=colour, marker=marker, label=witness)
            start = min(curve[eps.min()].values()) / 1.6
            ax.plot(eps, start * eps / eps.min(), color=GRAY, linestyle=":", linewidth=1)
            ax.set(xscale="log", yscale="log", title=name, xlabel=r"steepness $\varepsilon$")
            ax.set_xticks(eps[::2], [f"{e:g}" for e in eps[::2]])
            ax.set_yticks([0.01, 0.1, 1], ["0.01", "0.1", "1"])
            ax.minorticks_off()
        axes[0].set_ylabel("relative distance")
        fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return Picture(
        fig,
        "For grass and photograph the points of pixels and Fourier modulus lie high and bend; "
        "those of scattering begin low, along the dotted line of slope one. For a smooth digit "
        "all three begin along it.",
    )


def warped(picture: str, steepness: float) -> Picture:
    """A picture of 64 pixels a side, its warped copy, and the three distances as bars."""
    x = subject(picture, 64)
    y = warp_image(x, swirl(64, steepness))
    found = distances(x, y)
    with figure(1, 3, height=2.3, width_ratios=(1, 1, 1.3)) as (fig, axes):
        for ax, array, title in zip(axes, (x, y), ("original", "warped"), strict=False):
            image(ax, array, cmap="gray", vmin=x.min(), vmax=x.max())
            ax.set_title(title)
        axes[2].barh(list(found), list(found.values()), color=list(WITNESSES.values()), height=0.6)
        for k, value in enumerate(found.values()):
            axes[2].text(value + 0.03, k, f"{value:.2f}", va="center", fontsize=9)
        axes[2].set(xlim=(0, 1.6), title="relative distance")
        axes[2].grid(visible=False)
        axes[2].invert_yaxis()
    spread = max(found.values()) / min(found.values())
    words = "are much alike" if spread < 1.6 else "differ, that of scattering the shortest"
    return Picture(
        fig,
        f"The picture {picture} and its copy warped with steepness {steepness:g}; the three bars "
        f"of distance {words}.",
    )


def subject(name: str, side: int) -> np.ndarray:
    """Grass, a photograph or a smooth digit, nothing at the border: ``side`` pixels a side."""
    cut = {
        "grass": lambda: faded(texture("grass")[:side, :side]),
        "camera": lambda: faded(photo("camera")[110 : 110 + side, 220 : 220 + side]),
        "digit": lambda: smooth_digit(digits().images[3], side),
    }
    return cut[name]()
