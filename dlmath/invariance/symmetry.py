r"""Groups that act: their averages on a finite set, turns of a periodic image, orbits of a shift.

A finite group acting on ``M`` points is an integer array of shape ``(|G|, M)``: row ``g`` sends the
point ``i`` to ``g[i]``. A function on the points is an array of ``M`` values.
"""

import numpy as np
from numpy.typing import NDArray

from dlmath.invariance.cascade import translate

Permutations = NDArray[np.int64]


def translations(points: int, order: int) -> Permutations:
    """The shifts of ``points`` places on a circle by multiples of ``points / order``.

    Raises:
        ValueError: If ``order`` does not divide ``points``.
    """
    if order < 1 or points % order:
        raise ValueError(f"order: wanted a divisor of {points}, got {order}")
    steps = np.arange(order) * (points // order)
    return (np.arange(points) + steps[:, None]) % points


def square(side: int) -> Permutations:
    """The eight rotations and reflections of the square, on ``side * side`` pixels, row by row."""
    pixels = np.arange(side * side).reshape(side, side)
    copies = [np.rot90(p, k) for p in (pixels, pixels.T) for k in range(4)]
    return np.stack([c.ravel() for c in copies])


def is_group(action: Permutations) -> bool:
    """Whether the rows are permutations, each once, and closed under composition.

    A finite set of bijections that is closed under composition has its inverses, so that this is
    all that needs to be asked of it.
    """
    rows = {tuple(g) for g in action.tolist()}
    bijective = bool((np.sort(action, axis=1) == np.arange(action.shape[1])).all())
    closed = all(tuple(g[h].tolist()) in rows for g in action for h in action)
    return bijective and closed and len(rows) == len(action)


def group_average(f: NDArray[np.float64], action: Permutations) -> NDArray[np.float64]:
    """The average of ``f(g x)`` over the group, for functions of shape ``(..., M)``.

    Raises:
        ValueError: If the functions and the group do not live on the same number of points.
    """
    if f.shape[-1] != action.shape[1]:
        raise ValueError(f"f: wanted {action.shape[1]} values, as the group acts, got {f.shape}")
    return np.take(f, action, axis=-1).mean(-2)


def orbit_count(action: Permutations) -> float:
    """Burnside's count of the orbits: the mean number of fixed points."""
    return float((action == np.arange(action.shape[1])).sum(1).mean())


def quarter_turn(x: NDArray[np.float64], turns: int = 1) -> NDArray[np.float64]:
    r"""Turn periodic square images by quarter turns about the pixel 0.

    One turn is $Rx(n_1, n_2) = x(n_2, -n_1)$, with indices modulo the side: a permutation of the
    pixels that leaves the pixel 0 in its place.

    Args:
        x: Images of shape ``(..., N, N)``.
        turns: Number of quarter turns.

    Raises:
        ValueError: If the images are not square.
    """
    if x.ndim < 2 or x.shape[-1] != x.shape[-2]:
        raise ValueError(f"x: wanted square images (..., N, N), got {x.shape}")
    for _ in range(turns % 4):
        x = np.swapaxes(np.roll(np.flip(x, axis=-1), 1, axis=-1), -1, -2)
    return x


def turn_channels(S: NDArray[np.float64], J: int, L: int, steps: int) -> NDArray[np.float64]:
    """Turn scattering coefficients by a quarter, and move the angles of every path by ``steps``.

    Args:
        S: Coefficients of orders 0, 1 and 2, every path, shape ``(1 + K + K * K, N, N)`` with
            ``K = J * L`` wavelets, the angle changing faster than the scale.
        J: Number of scales.
        L: Number of angles in a half circle.
        steps: By how many angles the second, fourth, ... axis of the paths moves.

    Raises:
        ValueError: If the number of channels is not that of ``J`` and ``L``.
    """
    K = J * L
    if S.shape[0] != 1 + K + K * K:
        raise ValueError(f"S: wanted {1 + K + K * K} channels for J={J}, L={L}, got {S.shape[0]}")
    grid = S.shape[1:]
    first = S[1 : K + 1].reshape(J, L, *grid)
    second = S[K + 1 :].reshape(J, L, J, L, *grid)
    moved = [
        S[:1],
        np.roll(first, steps, axis=1).reshape(K, *grid),
        np.roll(second, (steps, steps), axis=(1, 3)).reshape(K * K, *grid),
    ]
    return quarter_turn(np.concatenate(moved))


def derivative(S: NDArray[np.float64]) -> NDArray[np.float64]:
    """The derivative along the last axis of periodic signals, by their Fourier transform."""
    n = S.shape[-1]
    w = 2 * np.pi * np.fft.fftfreq(n)
    if n % 2 == 0:
        w[n // 2] = 0
    return np.fft.ifft(1j * w * np.fft.fft(S)).real


def chord(S: NDArray[np.float64], shift: int) -> float:
    r"""The ratio $\|L_cS - S\| / (|c|\,\|S'\|)$: 1 where the orbit of the shift is straight."""
    moved = float(np.linalg.norm(translate(S, shift) - S))
    return moved / (abs(shift) * float(np.linalg.norm(derivative(S))))


def off_tangent(S: NDArray[np.float64], shift: int) -> float:
    r"""The distance from the tangent, $\|L_cS - S + cS'\| / (|c|\,\|S'\|)$."""
    slope = derivative(S)
    left = translate(S, shift) - S + shift * slope
    return float(np.linalg.norm(left) / (abs(shift) * np.linalg.norm(slope)))


def linear_range(S: NDArray[np.float64], share: float = 0.9) -> int:
    """The largest whole shift up to which the orbit keeps the share of its tangent's speed."""
    speed, c = float(np.linalg.norm(derivative(S))), 1
    while c < S.shape[-1] // 2:
        if np.linalg.norm(translate(S, c) - S) < share * c * speed:
            break
        c += 1
    return c - 1


def beating_tone(n: int, slow: int, fast: int) -> NDArray[np.float64]:
    r"""The signal $(1 + \frac12\cos\Omega n)\cos\omega n$, frequencies in periods on the grid."""
    t = 2 * np.pi * np.arange(n) / n
    return (1 + 0.5 * np.cos(slow * t)) * np.cos(fast * t)


def principal_plane(path: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """The two first principal components of points on a path, and the share of the first.

    Args:
        path: Points in order, shape ``(n, d)`` with ``n`` much smaller than ``d``.

    Returns:
        Coordinates in the plane, shape ``(n, 2)``, the last point not below the first in either;
        and the first component's share of the variance, 1 if the path is straight.
    """
    centred = path - path.mean(0)
    values, vectors = np.linalg.eigh(centred @ centred.T)
    plane = vectors[:, [-1, -2]] * np.sqrt(np.maximum(values[[-1, -2]], 0))
    plane = np.where(plane[-1] < plane[0], -1, 1) * plane
    return plane, float(values[-1] / values.sum())
