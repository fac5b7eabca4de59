"""The best approximation by functions with few affine pieces, certified from both sides.

The pieces may be discontinuous, which can only help them. Costs of segments come from a linear
programme; which segments to take, from dynamic programming.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np
from scipy.optimize import linprog


@dataclass(frozen=True)
class Fit:
    """The best affine fit in the mean on a segment of unit cells.

    Attributes:
        low: No affine function has a smaller error than this: the value of a dual certificate.
        high: The error of the fit below.
        left: Value of the fit at the left end.
        right: Value of the fit at the right end.
    """

    low: float
    high: float
    left: float
    right: float


@cache
def l1_fit(values: tuple[float, ...]) -> Fit:
    """Fit an affine function to a piecewise affine one in the mean (:math:`L^1`).

    Args:
        values: The function at the nodes 0, 1, ..., n; affine in between.

    Returns:
        The fit with its certificate. The certificate is a function ``d``, constant on cells, with
        ``|d| <= 1`` and moments 0 and 1 equal to zero: for every affine ``g`` the integral of
        ``|f - g|`` is at least that of ``d (f - g) = d f``.

    Raises:
        ValueError: If there are fewer than two nodes.
    """
    f = np.array(values)
    n = f.size - 1
    if n < 1:
        raise ValueError(f"values: wanted two nodes or more, got {f.size}")
    mean, place = (f[1:] + f[:-1]) / 2, (np.arange(n) + 0.5 - n / 2) / n
    moments = np.vstack([np.ones(n), place])
    found = linprog(-mean, A_eq=moments, b_eq=[0, 0], bounds=(-1, 1), method="highs")
    constant, slope = -found.eqlin.marginals
    left, right, error = _polish(f, constant - slope / 2, constant + slope / 2)
    return Fit(-float(found.fun), error, left, right)


def _polish(f: np.ndarray, left: float, right: float) -> tuple[float, float, float]:
    """Newton's method with halved steps on the exact error, from the programme's fit.

    The error has the gradient ``-int sign(f - g) e`` for the two functions e, affine from 1 to 0
    and from 0 to 1, and is twice differentiable where the graphs cross at an angle.
    """
    n = f.size - 1
    ends = np.array([left, right])
    ramp = np.linspace(0, 1, n + 1)
    basis = np.stack([1 - ramp, ramp])
    best = integral_of_modulus(f - ends @ basis)
    for _ in range(8):
        gradient, bend = _derivatives(f - ends @ basis, basis)
        if np.linalg.cond(bend) > 1e12:
            break
        steps = 0.5 ** np.arange(12)[:, None] * np.linalg.solve(bend, gradient)
        errors = [integral_of_modulus(f - (ends - step) @ basis) for step in steps]
        if not min(errors) < best:
            break
        ends, best = ends - steps[int(np.argmin(errors))], min(errors)
    return float(ends[0]), float(ends[1]), best


def _derivatives(rest: np.ndarray, basis: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Gradient and Hessian of the error with respect to the two ends of the fit."""
    a, b = rest[:-1], rest[1:]
    crosses = a * b < 0
    t = np.where(crosses, a / np.where(crosses, a - b, 1), 1)  # the sign is that of a before t
    start, end = basis[:, :-1], basis[:, 1:]
    at = start + t * (end - start)
    before, after = t * (start + at) / 2, (1 - t) * (at + end) / 2
    sign = np.sign(np.where(crosses, a, a + b))
    gradient = -(sign * (before - after)).sum(1)
    steep = np.abs(b - a)[crosses]
    zeros = at[:, crosses]
    return gradient, (2 * zeros / steep) @ zeros.T


def integral_of_modulus(values: np.ndarray) -> float:
    """The integral of ``|f|`` for the piecewise affine ``f`` with these values at 0, 1, ..., n."""
    a, b = np.abs(values[:-1]), np.abs(values[1:])
    same = values[:-1] * values[1:] >= 0
    total = np.where(a + b > 0, a + b, 1)
    return float(np.where(same, (a + b) / 2, (a**2 + b**2) / (2 * total)).sum())


@dataclass(frozen=True)
class BestPieces:
    """For each number of pieces 1, 2, ...: bounds on the best error, and the best on the grid.

    Attributes:
        low: No function with p pieces, wherever it breaks, has a smaller error than ``low[p-1]``.
        high: The error of the best with its breaks on the grid.
        breaks: Its breaks, 0 and 1 included.
        ends: For each of its pieces the values at its two ends.
    """

    low: np.ndarray
    high: np.ndarray
    breaks: list[list[float]]
    ends: list[list[tuple[float, float]]]


def best_l1(
    f: Callable[[np.ndarray], np.ndarray], cells: int, most: int, fine: int = 4
) -> BestPieces:
    """The least error in the mean on [0, 1] over functions with 1, ..., ``most`` affine pieces.

    Args:
        f: A function that is affine on each of ``cells * fine`` equal cells.
        cells: Breaks are allowed at the multiples of ``1/cells``; ``low`` allows them anywhere.
        most: The largest number of pieces.
        fine: Cells of the certificate in each of these.

    Raises:
        ValueError: If there are more pieces than cells.
    """
    if not 1 <= most <= cells:
        raise ValueError(f"most: wanted between 1 and {cells} pieces, got {most}; refine the grid")
    values = f(np.linspace(0, 1, cells * fine + 1))
    fits = {
        (i, j): l1_fit(tuple(values[i * fine : j * fine + 1].tolist()))
        for i, j in combinations(range(cells + 1), 2)
    }
    high, low = np.full((cells + 1, cells + 1), np.inf), np.zeros((cells + 1, cells + 1))
    for (i, j), fit in fits.items():
        high[i, j] = fit.high / (cells * fine)
        low[i, j] = max(0.0, fit.low) / (cells * fine)
    best, paths = _cheapest_paths(high, most)
    return BestPieces(
        _lower_bounds(low, most),
        best,
        [[0.0] + [j / cells for _, j in path] for path in paths],
        [[(fits[s].left, fits[s].right) for s in path] for path in paths],
    )


def _cheapest_paths(cost: np.ndarray, most: int) -> tuple[np.ndarray, list[list[tuple[int, int]]]]:
    """The cheapest way from node 0 to the last in 1, 2, ..., ``most`` steps, and its steps."""
    reached, paths = cost[0], [[(0, j)] for j in range(len(cost))]
    totals, found = [reached[-1]], [paths[-1]]
    for _ in range(1, most):
        through = reached[:, None] + cost
        via = through.argmin(0)
        paths = [[*paths[i], (int(i), j)] for j, i in enumerate(via)]
        reached = through.min(0)
        totals.append(reached[-1])
        found.append(paths[-1])
    return np.array(totals), found


def _lower_bounds(low: np.ndarray, most: int) -> np.ndarray:
    """The least cost with breaks anywhere: the cell with a break in it costs nothing.

    A break in ``[i, i+1)`` leaves the piece before it the cells up to ``i`` at least, and the
    piece after it those from ``i + 1`` on. An error on fewer cells is no larger.
    """
    after = np.zeros_like(low)
    after[:-1] = low[1:]
    after[np.tril_indices(len(low), -1)] = np.inf  # breaks come in order
    reached = low[0]
    totals = [reached[-1]]
    for _ in range(1, most):
        reached = (reached[:, None] + after).min(0)
        totals.append(reached[-1])
    return np.array(totals)


def best_sup(f: np.ndarray, most: int) -> np.ndarray:
    """The least largest error over functions with 1, ..., ``most`` affine pieces, from samples.

    The breaks lie at every second sample, so that each piece sees its own middle, and a piece
    answers for both its ends. The best affine fit at finitely many points is as bad as at the worst
    three of them (Chebyshev), where the error is half the distance of the middle value from the
    chord.

    Args:
        f: Values at an odd number of equidistant points.
        most: The largest number of pieces.

    Raises:
        ValueError: If the number of samples is even, or there are more pieces than cells.
    """
    cells = len(f) // 2
    if len(f) % 2 == 0 or not 1 <= most <= cells:
        raise ValueError(
            f"f, most: wanted an odd number of samples, at least twice as many as pieces, "
            f"got {len(f)} samples and {most} pieces"
        )
    triple = np.zeros((len(f), len(f)))  # the worst triple with these two ends
    for i, j, k in combinations(range(len(f)), 3):
        chord = f[i] + (f[k] - f[i]) * (j - i) / (k - i)
        triple[i, k] = max(triple[i, k], abs(f[j] - chord) / 2)
    cost = np.full((cells + 1, cells + 1), np.inf)
    for i, j in combinations(range(cells + 1), 2):
        cost[i, j] = triple[2 * i : 2 * j + 1, 2 * i : 2 * j + 1].max()
    reached = cost[0]
    least = [reached[-1]]
    for _ in range(1, most):
        reached = np.maximum(reached[:, None], cost).min(0)
        least.append(reached[-1])
    return np.array(least)
