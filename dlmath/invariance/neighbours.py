r"""Nearest neighbours on a torus and on the orbit of an image: how the distance falls with ``n``.

Where a compact group moves points by isometries, the nearest of ``n`` uniform points is farther
than $r$ with probability $(1 - v(r))^n$, and $v(r)$ is the share of the group that moves a point
by $r$ at most.
"""

from collections.abc import Callable
from math import gamma, lgamma, pi
from typing import NamedTuple

import numpy as np
from scipy.ndimage import map_coordinates, zoom
from scipy.spatial import KDTree

from dlmath.data import digits

Array = np.ndarray


def ball_volume(d: int) -> float:
    """The volume of the unit ball of dimension ``d``."""
    return pi ** (d / 2) / gamma(d / 2 + 1)


def torus_mean(n: int, d: int) -> float:
    r"""$\int_0^{V^{-1/d}} (1 - V r^d)^n\,dr$ with $V$ the volume of the ball, in closed form."""
    log = lgamma(1 + 1 / d) + lgamma(n + 1) - lgamma(n + 1 + 1 / d)
    return float(np.exp(log) * ball_volume(d) ** (-1 / d))


def torus_remainder(n: int, d: int) -> float:
    """How far the mean distance may be from :func:`torus_mean`: balls that meet themselves."""
    return d**0.5 / 2 * (1 - ball_volume(d) * 2.0**-d) ** n


def limit_mean(n: int, k: int, density: float) -> float:
    r"""The limit law $\Gamma(1 + 1/k)\,(a n)^{-1/k}$ for $v(r) \sim a r^k$."""
    return gamma(1 + 1 / k) * (density * n) ** (-1 / k)


def torus_distances(
    n: int, d: int, queries: int, rng: np.random.Generator, *, border: bool = False
) -> Array:
    """Distances of random points to the nearest of ``n`` uniform points.

    Args:
        n: Number of points to find the nearest of.
        d: Dimension.
        queries: Number of distances.
        rng: Generator.
        border: Take the cube with its border in the place of the torus.
    """
    tree = KDTree(rng.random((n, d)), boxsize=None if border else 1.0)
    return tree.query(rng.random((queries, d)))[0]


def smooth_digit(index: int = 0, side: int = 32) -> Array:
    """A handwritten digit enlarged, its border empty, as a periodic image of mean 0 and norm 1.

    Frequencies from half the highest on are removed, so that shifts by fractions of a pixel are
    exact isometries.
    """
    small = digits().images[index]
    enlarged = np.asarray(zoom(small, 3, order=3, mode="grid-constant", grid_mode=True))
    ink = np.clip(enlarged, 0, 1)
    image = np.pad(ink, (side - ink.shape[0]) // 2)
    w = 2 * np.pi * np.fft.fftfreq(side)
    radius = np.hypot(w[:, None], w)
    spectrum = np.fft.fft2(image) * np.cos(np.minimum(radius, pi / 2)) ** 2
    spectrum[0, 0] = 0
    image = np.fft.ifft2(spectrum).real
    return image / np.linalg.norm(image)


def shifted(image: Array, shifts: Array) -> Array:
    """Copies of a periodic image, each shifted by its own vector: shape ``(n, M * N)``."""
    w = [2 * np.pi * np.fft.fftfreq(side) for side in image.shape]
    rows, columns = (np.exp(-1j * shifts[:, i : i + 1] * w[i]) for i in (0, 1))
    spectra = np.fft.fft2(image) * rows[:, :, None] * columns[:, None]
    return np.fft.ifft2(spectra).real.reshape(len(shifts), -1)


def turned(image: Array, shifts: Array, angles: Array) -> Array:
    """Copies of a periodic image, each turned about its centre and shifted, by cubic splines.

    A turn brings corners into the frame that the image does not have; they get the mean of its
    border.
    """
    side = image.shape[0]
    y, x = np.mgrid[:side, :side] - (side - 1) / 2
    cos, sin = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    # the shift is taken back first, on the torus, so that nothing is cut by the border
    dy, dx = (
        np.mod(a - shifts[:, i, None, None] + side / 2, side) - side / 2
        for i, a in enumerate((y, x))
    )
    at = np.stack([cos * dy + sin * dx, cos * dx - sin * dy])
    copies = map_coordinates(image, at + (side - 1) / 2, order=3, mode="grid-wrap")
    border = np.concatenate([image[[0, -1]].ravel(), image[:, [0, -1]].ravel()]).mean()
    outside = (np.abs(at) > side / 2 + 1e-9).any(0)
    return np.where(outside, border, copies).reshape(len(angles), -1)


def nearest(points: Array, queries: Array) -> Array:
    """For each row of ``queries`` the Euclidean distance to the nearest row of ``points``."""
    squares = (points**2).sum(1) - 2 * queries @ points.T
    best = squares.argmin(1)
    return np.linalg.norm(queries - points[best], axis=1)


def return_distances(image: Array, fineness: int = 32) -> Array:
    r"""The distances $\|L_cx - x\|$ of a periodic image for all shifts of a fine grid, sorted.

    The share of them below $r$ is $v(r)$, up to the fineness of the grid.
    """
    power = np.abs(np.fft.fft2(image)) ** 2
    fine = np.zeros([side * fineness for side in image.shape])
    rows, columns = (np.fft.fftfreq(side, 1 / side).astype(int) for side in image.shape)
    fine[np.ix_(rows, columns)] = power
    correlation = np.fft.ifft2(fine).real * fineness**2
    squares = np.maximum(2 * (correlation[0, 0] - correlation), 0)
    return np.sqrt(np.sort(squares.ravel()))


def exact_mean(distances: Array, n: int) -> float:
    r"""$\int_0^\infty (1 - v(r))^n\,dr$ with $v$ the distribution of the sorted distances."""
    share = np.arange(1, len(distances)) / len(distances)
    return float(((1 - share) ** n * np.diff(distances)).sum())


def gradient_gram(image: Array) -> Array:
    r"""The matrix $H$ with $\|L_cx - x\|^2 = c\cdot Hc + O(|c|^4)$: Gram matrix of the gradient."""
    w = np.stack(np.meshgrid(*(2 * np.pi * np.fft.fftfreq(s) for s in image.shape), indexing="ij"))
    power = np.abs(np.fft.fft2(image)) ** 2 / image.size
    return np.einsum("iab,jab,ab->ij", w, w, power)


def orbit_density(image: Array) -> float:
    r"""The constant $a$ of $v(r) \sim a r^2$ for all shifts: $\pi / (N^2 \sqrt{\det H})$."""
    return float(pi / (image.size * np.sqrt(np.linalg.det(gradient_gram(image)))))


def bend(image: Array, directions: int = 360) -> float:
    r"""The least $\beta$ with $\|L_cx - x\|^2 \ge c\cdot Hc\,(1 - \beta|c|^2/12)$ for all $c$."""
    angle = np.linspace(0, pi, directions)
    w = [2 * np.pi * np.fft.fftfreq(s) for s in image.shape]
    power = np.abs(np.fft.fft2(image)) ** 2
    along = [np.cos(t) * w[0][:, None] + np.sin(t) * w[1] for t in angle]
    return float(max((a**4 * power).sum() / (a**2 * power).sum() for a in along))


def generators(image: Array, step: float = 1e-3) -> Array:
    """Velocities of the image under the two shifts and the turn about its centre: ``(3, pixels)``.

    By central differences; the turn is per radian.
    """
    moves = step * np.concatenate([np.eye(3), -np.eye(3)])
    there, back = np.split(turned(image, moves[:, :2], moves[:, 2]), 2)
    return (there - back) / (2 * step)


class Family(NamedTuple):
    r"""Ways to make images, and how near the nearest of ``n`` is.

    Attributes:
        name: How they are made.
        parameters: How many parameters they have, ``k``.
        density: The constant $a$ of $v(r) \sim a r^k$; NaN where no group acts.
        means: Mean distance of an image to the nearest of ``n`` others, by ``n``.
    """

    name: str
    parameters: int
    density: float
    means: dict[int, float]


def families(image: Array, most: int, queries: int, seed: int) -> list[Family]:
    """Four families: images of noise, and copies of an image with three, two and one parameters.

    Args:
        image: A periodic image of norm 1.
        most: Largest number of images; the others are a quarter, a sixteenth, ... of it, down
            to 64.
        queries: Number of distances that are averaged.
        seed: Seed.
    """
    rng, side, T = np.random.default_rng(seed), image.shape[0], generators(image)

    def noise(n: int) -> Array:
        x = rng.standard_normal((n, image.size))
        return x / np.linalg.norm(x, axis=1, keepdims=True)

    def shifts(n: int, axes: int) -> Array:
        return rng.random((n, 2)) * [0 if axes == 1 else side, side]

    def measure(name: str, k: int, density: float, make: Callable[[int], Array]) -> Family:
        points, asked, means = make(most), make(queries), {}
        n = most
        while n >= 64:
            means[n] = float(nearest(points[:n], asked).mean())
            n //= 4
        return Family(name, k, density, means)

    group = image.size * 2 * pi  # the volume of all shifts and all turns
    ball = ball_volume(3) / np.sqrt(np.linalg.det(T @ T.T))
    line = ball_volume(1) / float(np.linalg.norm(T[1]))
    return [
        measure("noise", image.size, float("nan"), noise),
        measure(
            "shifts and turns",
            3,
            float(ball / group),
            lambda n: turned(image, shifts(n, 2), rng.random(n) * 2 * pi),
        ),
        measure("shifts", 2, orbit_density(image), lambda n: shifted(image, shifts(n, 2))),
        measure("shifts along one axis", 1, line / side, lambda n: shifted(image, shifts(n, 1))),
    ]
