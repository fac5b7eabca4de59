"""The cover: gravel and a picture with its spectrum, and how the second layer tells them apart.

``python -m dlmath.figures.cover`` draws it anew into ``book/images``.
"""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlmath.data import phase_randomised, texture
from dlmath.figures.picture import Picture
from dlmath.figures.style import figure, image
from dlmath.invariance.scattering import paths, scattering2d

FOLDER = Path(__file__).resolve().parents[2] / "book" / "images"
SCALES, ANGLES = 4, 8


def disk(coefficients: dict[tuple[int, int, int, int], float], pixels: int = 160) -> NDArray:
    """Second-order coefficients as a disk, in the manner of Bruna and Mallat (2013).

    Half the circle is one layer's angles, and the other half its mirror image. The radius is the
    first frequency, high outside; each cell is split again by the second angle and frequency.

    Args:
        coefficients: One number for each (scale, angle, second scale, second angle).
        pixels: Side of the square that is returned; outside the disk it is NaN.
    """
    side = (np.arange(pixels) + 0.5) / pixels * 2 - 1
    y, x = np.meshgrid(side, side, indexing="ij")
    radius, turn = np.hypot(x, y), np.arctan2(-y, x) % np.pi / np.pi * ANGLES
    depth = (1 - radius) * (SCALES - 1)
    out = np.full((pixels, pixels), np.nan)
    for row, column in zip(*np.nonzero(radius < 1), strict=True):
        j1, t1 = int(depth[row, column]), int(turn[row, column])
        below = SCALES - 1 - j1  # scales that are left for the second wavelet
        j2 = j1 + 1 + int((depth[row, column] - j1) * below)
        t2 = int((turn[row, column] - t1) * ANGLES)
        out[row, column] = coefficients[j1, t1, j2, t2]
    return out


def second_order(field: NDArray) -> dict[tuple[int, int, int, int], float]:
    """The mean second-order coefficients of an image, each over its parent of order 1."""
    means = scattering2d(field, SCALES).mean((-2, -1)).numpy()
    known = dict(zip([(p.j, p.theta) for p in paths(SCALES)], means, strict=True))
    return {
        (j[0], theta[0], j[1], theta[1]): float(value / known[j[:1], theta[:1]])
        for (j, theta), value in known.items()
        if len(j) == 2
    }


def cover() -> Picture:
    """Draw the cover."""
    gravel = texture("gravel")[:256, :256]
    gravel = (gravel - gravel.mean()) / gravel.std()
    pair = gravel, phase_randomised(gravel, seed=0)
    disks = [disk(second_order(field)) for field in pair]
    high = max(np.nanmax(d) for d in disks)
    with figure(1, 4, width=9, height=2.4) as (fig, axes):
        for k, (field, rings) in enumerate(zip(pair, disks, strict=True)):
            image(axes[2 * k], field[:128, :128], cmap="gray", vmin=-2.5, vmax=2.5)
            image(axes[2 * k + 1], rings, cmap="cividis", vmin=0, vmax=high)
    return Picture(
        fig,
        "Gravel, and beside it a disk of coloured cells, bright in rings; then a cloudy picture "
        "with the same spectrum as the gravel, whose disk is darker and smoother.",
    )


def write(folder: Path = FOLDER) -> list[Path]:
    """Draw the cover into ``cover.svg`` and ``cover.png``, each replaced whole."""
    picture, written = cover(), []
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in (("cover.svg", picture.svg().encode()), ("cover.png", picture.png())):
        unfinished = folder / f".{name}"
        unfinished.write_bytes(content)
        os.replace(unfinished, folder / name)
        written.append(folder / name)
    return written


if __name__ == "__main__":
    print(*write(), sep="\n")
