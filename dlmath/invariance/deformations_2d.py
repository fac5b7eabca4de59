r"""Deformed images: packets of the plane, turned and stretched, and warped pictures.

The law of packets in the plane: for $x_\sigma(u) = a(u/\sigma)\cos(\xi\cdot u)$ with a Gaussian
envelope and a linear map $M$ near the identity, the relative distance of the scattering vectors of
$x_\sigma$ and $x_\sigma(M\,\cdot)$ tends to a number that the gains at $\xi$ and $M^T\xi$
determine.
"""

from collections.abc import Callable, Mapping

import numpy as np

from dlmath.invariance.deformations import Array, gaussian, meyer, meyer_slope
from dlmath.invariance.scattering import scattering2d


def turn(angle: float) -> Array:
    """The matrix of a rotation."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s], [s, c]])


def packet(side: int, sigma: float, xi: Array, matrix: Array | None = None) -> Array:
    r"""The packet $e^{-|v|^2/2\sigma^2}\cos(\xi\cdot v)$ at $v = Mu$, $u$ on a square grid.

    Args:
        side: The grid is ``side`` by ``side``, with 0 in the middle.
        sigma: Width in pixels.
        xi: Frequency, two components in radians per pixel.
        matrix: The linear map $M$; the identity if left out.
    """
    axis = np.arange(side) - side // 2.0
    u = np.stack(np.meshgrid(axis, axis, indexing="ij"))
    v = np.tensordot(np.eye(2) if matrix is None else matrix, u, 1)
    return gaussian(np.hypot(*v) / sigma) * np.cos(np.tensordot(xi, v, 1))


def plane_gains(w: Array, J: int, L: int = 8) -> Array:
    r"""$\hat\psi_{j,\theta}(\omega)$ of ``tight_bank`` at one frequency inside the grid's square.

    Args:
        w: The two components of $\omega$, both in $(-\pi, \pi)$.
        J: Number of scales.
        L: Number of orientations.

    Returns:
        Array of shape ``(J, L)``.
    """
    r, angle = np.hypot(*w), np.arctan2(w[1], w[0])
    edges = np.pi * 2.0 ** -np.arange(J + 1)
    low2 = np.cos(np.pi / 2 * meyer(2 * r / edges - 1)) ** 2
    low2[0] = 1
    radial = np.sqrt(np.maximum(low2[:-1] - low2[1:], 0))
    directions = ((L - 1) // 2 - np.arange(L)) * np.pi / L
    distance = np.abs(np.angle(np.exp(1j * (angle - directions)))) * L / np.pi
    angular = np.cos(np.pi / 2 * meyer(distance)) * (distance < 1)
    return np.sqrt(2) * np.multiply.outer(radial, angular)


def plane_limit(xi: Array, matrix: Array, J: int, L: int = 8) -> float:
    r"""The limit of $\|S(x_\sigma\circ M) - Sx_\sigma\|/\|x_\sigma\|$ as $\sigma\to\infty$.

    It is the square root of $1 + |\det M|^{-1} - 2\gamma\rho$, where $\gamma$ is half the inner
    product of the gains at $\xi$ and at $M^T\xi$, each with those at the opposite frequency, and
    $\rho = 2\det(1 + M^TM)^{-1/2}$ the overlap of the two envelopes.
    """
    volume = 1 / abs(np.linalg.det(matrix))
    overlap = 2 / np.sqrt(np.linalg.det(np.eye(2) + matrix.T @ matrix))
    before, after = (
        np.concatenate([plane_gains(w, J, L), plane_gains(-w, J, L)]) for w in (xi, matrix.T @ xi)
    )
    return float(np.sqrt(max(1 + volume - overlap * (before * after).sum(), 0)))


def octave_peaks(
    representations: Mapping[str, Callable[[Array], Array]],
    matrix: Array,
    low: float,
    *,
    side: int = 128,
    sigma: float = 13.0,
    pitches: int = 6,
) -> dict[str, float]:
    r"""The largest $\|\Phi(x\circ M) - \Phi(x)\|/\|x\|$ over packets of one octave of frequencies.

    Args:
        representations: $\Phi$ by name, each as long as the picture: no normalisation is done.
        matrix: The linear map $M$.
        low: The octave's lowest frequency; two directions are tried at each of ``pitches``.
        side: Side of the grid in pixels.
        sigma: Width of the packets in pixels.
        pitches: How many frequencies are tried.
    """
    most = dict.fromkeys(representations, 0.0)
    for xi in _octave(low, pitches):
        x, y = packet(side, sigma, xi), packet(side, sigma, xi, matrix)
        for name, phi in representations.items():
            moved = float(np.linalg.norm(phi(y) - phi(x)) / np.linalg.norm(x))
            most[name] = max(most[name], moved)
    return most


def octave_limit(matrix: Array, low: float, J: int, L: int, *, pitches: int = 6) -> float:
    """The largest of :func:`plane_limit` at the frequencies that :func:`octave_peaks` tries."""
    return max(plane_limit(xi, matrix, J, L) for xi in _octave(low, pitches))


def _octave(low: float, pitches: int) -> list[Array]:
    """Frequencies of one octave, in two directions."""
    radii = low * 2 ** np.linspace(0, 1, pitches)
    angles = np.pi / 32, np.pi / 8
    return [r * np.array([np.cos(a), np.sin(a)]) for r in radii for a in angles]


def turn_sensitivity(angle: float, L: int = 8) -> float:
    r"""$K$ for rotations: $\frac L2\nu'$, at most $\frac{35}{32}L$, whatever the frequency."""
    return float(L / 2 * meyer_slope(np.array(angle * L / np.pi % 1)))


def stretch_sensitivity(r: float) -> float:
    r"""$K$ for dilations at the frequency of modulus ``r``, below $\pi/2$ and where $\phi$ is 0."""
    t = 2 * r / (np.pi * 2.0 ** np.ceil(np.log2(r / np.pi))) - 1
    return float(np.pi / 2 * meyer_slope(np.array(t)) * (1 + t))


def warp_image(image: Array, shift: Callable[[Array], Array]) -> Array:
    r"""The picture $x(u - \tau(u))$ on its periodic grid, by splines of order 5.

    Args:
        image: Shape ``(M, N)``.
        shift: $\tau$: places ``(2, M, N)`` to displacements of the same shape, in pixels.
    """
    from scipy.ndimage import map_coordinates

    u = np.stack(np.meshgrid(*map(np.arange, image.shape), indexing="ij")).astype(float)
    return map_coordinates(image, u - shift(u), order=5, mode="grid-wrap")


def swirl(side: int, eps: float, waves: int = 1) -> Callable[[Array], Array]:
    r"""A periodic displacement without divergence, with $\sup|\nabla\tau| = \varepsilon$.

    Each component is one sine of the other coordinate, ``waves`` periods to a side.
    """
    rate = 2 * np.pi * waves / side

    def shift(u: Array) -> Array:
        return eps / rate * np.stack([np.sin(rate * u[1]), np.sin(rate * u[0])])

    return shift


def smooth_digit(image: Array, side: int) -> Array:
    """A digit of a few pixels, with a margin, enlarged by cubic splines: without fine detail."""
    from scipy.ndimage import zoom

    framed = np.pad(image, image.shape[0] // 4)
    large = np.asarray(zoom(framed, side / framed.shape[0], order=3))
    return large - large.mean()


def faded(image: Array) -> Array:
    """The picture less its mean, multiplied by a Hann window: the border tells nothing."""
    rows, columns = (np.hanning(side + 2)[1:-1] for side in image.shape)
    return np.asarray((image - image.mean()) * np.outer(rows, columns))


def witnesses(image: Array, J: int = 4) -> dict[str, Array]:
    """Three representations of a picture: its pixels, its Fourier modulus, its coefficients."""
    return {
        "pixels": image,
        "Fourier modulus": np.abs(np.fft.fft2(image)),
        "scattering": scattering2d(image.astype(np.float32), J, bank="tight").numpy(),
    }


def distances(x: Array, y: Array, J: int = 4) -> dict[str, float]:
    r"""$\|\Phi(x) - \Phi(y)\|/\|\Phi(x)\|$ for each of the three representations."""
    pairs = zip(witnesses(x, J).items(), witnesses(y, J).values(), strict=True)
    return {name: float(np.linalg.norm(a - b) / np.linalg.norm(a)) for (name, a), b in pairs}
