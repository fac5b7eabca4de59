"""Networks that fold the line: the sawtooth, the square, the product; see the chapter for proofs.

Sources: Telgarsky (COLT 2016) for the sawtooth, Yarotsky (Neural Networks 2017) for the square.
"""

from fractions import Fraction
from itertools import pairwise

import numpy as np

from dlmath.approximation.piecewise_linear import (
    Graph,
    Network,
    along,
    pieces,
    random_network,
    rational,
)


def sawtooth(folds: int, steep: Fraction | int = 4) -> Network:
    """The function ``f_k`` on [0, 1] with ``2**folds`` monotone pieces, two units a layer.

    A fold is ``2 (t)_+ - steep (t - 1/2)_+``, the tent for ``steep = 4``.

    Args:
        folds: The number of layers ``k``.
        steep: The weight of the second unit; anything but 4 is no tent.

    Raises:
        ValueError: If there is no fold.
    """
    _positive("folds", folds)
    first = ([[1], [1]], [0, Fraction(-1, 2)])
    again = ([[2, -steep], [2, -steep]], [0, Fraction(-1, 2)])
    return rational([first] + [again] * (folds - 1), [2, -steep])


def zigzag(width: int, depth: int) -> Network:
    """A network on [0, 1] with ``width**depth`` pieces: each layer is a zigzag of ``width`` pieces.

    Raises:
        ValueError: If width or depth is not positive.
    """
    _positive("width", width)
    _positive("depth", depth)
    kinks = [Fraction(-j, width) for j in range(width)]
    weights = [width] + [(-1) ** j * 2 * width for j in range(1, width)]
    first, again = ([[1]] * width, kinks), ([weights] * width, kinks)
    return rational([first] + [again] * (depth - 1), weights)


def square(folds: int, shrink: Fraction | int = 4) -> Network:
    """The network ``s_k`` that interpolates ``x**2`` at the multiples of ``2**-folds`` on [0, 1].

    Each layer folds once with two units; the third carries ``x - sum_j f_j(x) / shrink**j``, which
    is never negative.

    Args:
        folds: The number of layers ``k``.
        shrink: The factor between two terms; anything but 4 misses the parabola.

    Raises:
        ValueError: If there is no fold.
    """
    _positive("folds", folds)
    half, shrink = Fraction(-1, 2), Fraction(shrink)
    hidden = [([[1], [1], [1]], [0, half, 0])]
    for j in range(1, folds):
        carried = [-2 / shrink**j, 4 / shrink**j, 1]
        hidden.append(([[2, -4, 0], [2, -4, 0], carried], [0, half, 0]))
    return rational(hidden, [-2 / shrink**folds, 4 / shrink**folds, 1])


def sup_distance_to_square(graph: Graph) -> Fraction:
    """The largest ``|g(x) - x**2|`` over [0, 1] for a piecewise affine ``g``, exactly.

    On a piece with slope s the difference is extremal at an end, or at ``x = s/2``.
    """
    worst = Fraction(0)
    nodes, values = graph
    for (a, b), (u, v) in zip(pairwise(nodes), pairwise(values), strict=True):
        s = (v - u) / (b - a)
        places = [a, b] + ([s / 2] if a < s / 2 < b else [])
        worst = max(worst, *(abs(u + s * (x - a) - x * x) for x in places))
    return worst


def square_values(x: np.ndarray, folds: int) -> np.ndarray:
    """The values ``s_k(x)`` for an array on [0, 1]; exact for dyadic numbers with few digits.

    Raises:
        ValueError: If an entry lies outside [0, 1], where the network stands for nothing.
    """
    x = np.asarray(x, dtype=float)
    if x.size and (x.min() < 0 or x.max() > 1):
        raise ValueError(f"x: wanted numbers in [0, 1], got {x.min()} to {x.max()}; rescale first")
    folded, total = x.copy(), x.copy()
    for j in range(1, folds + 1):
        folded = 2 * np.minimum(folded, 1 - folded)
        total -= folded / 4.0**j
    return total


def product_plain(x: np.ndarray, y: np.ndarray, folds: int) -> np.ndarray:
    """``2 s((x+y)/2) - s(x)/2 - s(y)/2`` on [0, 1]: near ``xy``, but not zero where x or y is."""
    return (
        2 * square_values((x + y) / 2, folds)
        - square_values(x, folds) / 2
        - square_values(y, folds) / 2
    )


def product(x: np.ndarray, y: np.ndarray, folds: int, M: float = 1.0) -> np.ndarray:
    """Yarotsky's product on ``[-M, M]``, zero wherever x or y is.

    ``2 M**2 (s(|x+y|/2M) - s(|x|/2M) - s(|y|/2M))`` with ``s`` the network of :func:`square`.

    Raises:
        ValueError: If ``|x|`` or ``|y|`` exceeds ``M``.
    """
    x, y = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    if max(np.abs(x).max(), np.abs(y).max()) > M:
        raise ValueError(f"x, y: wanted numbers in [-{M}, {M}]; enlarge M")
    s = [square_values(np.abs(t) / (2 * M), folds) for t in (x + y, x, y)]
    return 2 * M**2 * (s[0] - s[1] - s[2])


def pieces_at_equal_units(
    total: int = 24, depths: tuple[int, ...] = (1, 2, 3, 4, 6, 12), count: int = 10, seed: int = 0
) -> dict[int, list[int]]:
    """For each depth the pieces on [-5, 5] of random networks that share out ``total`` units.

    Raises:
        ValueError: If a depth does not divide the number of units.
    """
    if odd := [L for L in depths if total % L]:
        raise ValueError(f"depths: wanted divisors of {total}, got {odd}")
    return {
        L: [
            pieces(
                along(random_network(total // L, L, np.random.default_rng([seed, L, i])), [-5], [5])
            )
            for i in range(count)
        ]
        for L in depths
    }


def _positive(name: str, value: int) -> None:
    if value < 1:
        raise ValueError(f"{name}: wanted at least 1, got {value}")
