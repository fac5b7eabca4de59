"""Wide linear networks: a path between any two networks that stays below the higher of the two.

If every hidden width exceeds ``min(n, m)``, any loss that is convex in the product ``W_K ... W_1``
is at most the larger of its values at the ends, all along :func:`connecting_path`.
"""

import numpy as np

from dlmath.landscapes.linear_networks import checked, product, pruned
from dlmath.landscapes.paths import Leg, Path, Weights, straight

DRAWS = 24
"""How many random ways round are tried; the one that keeps farthest from the bad set is taken."""

FINEST = 2.0**-16
"""Shortest interval on which :func:`rank_margin` still tries to prove full rank."""


def transposed(weights: Weights) -> list[np.ndarray]:
    """The network of the transposed map: every layer transposed, in the opposite order."""
    return [W.T for W in reversed(weights)]


def _filled(
    weights: list[np.ndarray], bases: list[np.ndarray], rng: np.random.Generator
) -> list[np.ndarray]:
    """Random weights on what no layer below delivers, until W_K ... W_2 has full row rank."""
    best, found = -1.0, weights
    for _ in range(DRAWS):
        new = [weights[0]]
        for W, R in zip(weights[1:], bases, strict=True):
            Z = rng.standard_normal(W.shape) / np.sqrt(W.shape[1])
            new.append(W + Z - Z @ R @ R.T)
        least = float(np.linalg.svd(product(new[1:]), compute_uv=False)[len(new[-1]) - 1])
        if least > best:
            best, found = least, new
    return found


def canonical(weights: Weights, seed: int = 0) -> tuple[list[Leg], list[np.ndarray]]:
    """Legs that keep the product M, to weights with ``T = W_K ... W_2`` onto and ``W_1 = T^+ M``.

    Needs ``m <= n`` and hidden widths of at least m, two layers or more.
    """
    rng = np.random.default_rng([seed, 1])
    legs, slim, bases = pruned(weights)
    full = _filled(slim, bases, rng)
    lifted = [np.linalg.pinv(product(full[1:])) @ product(full), *full[1:]]
    return [*legs, straight("fill", slim, full), straight("lift", full, lifted)], lifted


def rank_margin(a: Weights, b: Weights) -> float:
    """A proved lower bound for the least singular value of the product on the segment from a to b.

    Between two points singular values differ by at most the norm of the difference. Intervals on
    which that is not enough are halved. A bound that is not positive proves nothing.
    """
    move = [q - p for p, q in zip(a, b, strict=True)]
    size = [float(np.linalg.norm(d, 2)) for d in move]
    margin, queue = np.inf, [(0.0, 1.0)]
    while queue:
        low, high = queue.pop()
        middle, half = (low + high) / 2, (high - low) / 2
        here = [p + middle * d for p, d in zip(a, move, strict=True)]
        norms = [float(np.linalg.norm(W, 2)) for W in here]
        # |prod (W + D) - prod W| <= prod (|W| + |D|) - prod |W|
        reach = np.prod([n + half * d for n, d in zip(norms, size, strict=True)]) - np.prod(norms)
        bound = float(np.linalg.svd(product(here), compute_uv=False)[-1] - reach)
        if bound > 0 or half < FINEST:
            margin = min(margin, bound)
            if bound <= 0:
                return margin
        else:
            queue += [(low, middle), (middle, high)]
    return float(margin)


def way_round(a: Weights, b: Weights, seed: int = 0) -> tuple[list[np.ndarray], float]:
    """A point Z such that the product keeps its full rank on the segments from a to Z to b.

    Args:
        a: Layers ``W_2, ..., W_K`` with a product of full row rank.
        b: Others, of the same shapes.
        seed: For the random points that are tried.

    Returns:
        Z, and the lower bound of :func:`rank_margin` over both segments; not positive if none of
        the points that were tried gives a way.
    """
    rng = np.random.default_rng([seed, 2])
    size = [(np.linalg.norm(p) + np.linalg.norm(q)) / 2 for p, q in zip(a, b, strict=True)]
    times = np.linspace(0, 1, 17)

    def least(Z: Weights) -> float:
        """The least singular value seen at a few places."""
        seen = []
        for end in (a, b):
            for t in times:
                here = [(1 - t) * p + t * q for p, q in zip(end, Z, strict=True)]
                seen.append(np.linalg.svd(product(here), compute_uv=False)[-1])
        return float(min(seen))

    tried = []
    for _ in range(DRAWS):
        Z = [rng.standard_normal(p.shape) for p in a]
        tried.append([z * s / np.linalg.norm(z) for z, s in zip(Z, size, strict=True)])
    best = max(tried, key=least)
    return best, min(rank_margin(a, best), rank_margin(best, b))


def connecting_path(first: Weights, second: Weights, seed: int = 0) -> Path:
    """A path between two networks, on which no convex loss exceeds its larger value at the ends.

    On all legs but one the product ``W_K ... W_1`` stands still; on that one, "convex", it moves
    in a straight line from the one network's to the other's.

    Args:
        first: ``[W_1, ..., W_K]``, two layers or more, every hidden width above ``min(n, m)``.
        second: Another network of the same shapes.
        seed: For the random points by which the path goes.

    Raises:
        ValueError: If the layers do not compose or differ in shape, a width is below
            ``min(n, m)``, or no way was found, as happens at a width equal to it.
    """
    first = [np.asarray(W, float) for W in first]
    second = [np.asarray(W, float) for W in second]
    checked(first)
    checked(second)
    if [W.shape for W in first] != [W.shape for W in second] or len(first) < 2:
        raise ValueError("networks: wanted two of the same shapes, with two layers or more")
    n, m = first[0].shape[1], len(first[-1])
    if m > n:
        return connecting_path(transposed(first), transposed(second), seed).mapped(transposed)
    if min(len(W) for W in first[:-1]) < m:
        raise ValueError(f"networks: wanted every hidden width to be at least min(n, m) = {m}")
    begin, a = canonical(first, seed)
    back, b = canonical(second, seed + 1)
    Z, margin = way_round(a[1:], b[1:], seed)
    if margin <= 0:
        raise ValueError(
            "networks: found no way on which W_K ... W_2 keeps its rank; "
            "with a hidden width equal to min(n, m) there may be none"
        )
    M, goal = product(a), product(b)
    end = [np.linalg.pinv(product(b[1:])) @ goal, *b[1:]]
    there = [np.linalg.pinv(product(b[1:])) @ M, *b[1:]]
    legs = [*begin, _carried("round, out", a[1:], Z, M), _carried("round, home", Z, b[1:], M)]
    legs.append(straight("convex", there, end))
    return Path(legs) + Path(back).reversed()


def _carried(name: str, a: Weights, b: Weights, M: np.ndarray) -> Leg:
    """W_2 ... W_K along a segment, W_1 = T^+ M so that the product stays M."""

    def at(t: float) -> list[np.ndarray]:
        upper = [(1 - t) * p + t * q for p, q in zip(a, b, strict=True)]
        return [np.linalg.pinv(product(upper)) @ M, *upper]

    return Leg(name, at)


def descent_to(weights: Weights, minimiser: np.ndarray, seed: int = 0) -> Path:
    """A path to a network whose product is a minimiser of a convex loss; the loss never rises.

    Args:
        weights: Two layers or more, every hidden width at least ``min(n, m)``.
        minimiser: The matrix to reach, shape (m, n).
        seed: For the random weights on unused channels.

    Raises:
        ValueError: If the layers do not compose or a width is below ``min(n, m)``.
    """
    weights = [np.asarray(W, float) for W in weights]
    checked(weights)
    n, m = weights[0].shape[1], len(weights[-1])
    if m > n:
        return descent_to(transposed(weights), minimiser.T, seed).mapped(transposed)
    if len(weights) < 2 or min(len(W) for W in weights[:-1]) < m:
        raise ValueError(
            f"weights: wanted two layers or more, every hidden width at least min(n, m) = {m}"
        )
    legs, a = canonical(weights, seed)
    end = [np.linalg.pinv(product(a[1:])) @ minimiser, *a[1:]]
    return Path([*legs, straight("convex", a, end)])
