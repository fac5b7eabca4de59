"""How little must change: perturbations of a linear score, and distances to a set of errors."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import LinearConstraint, linprog, minimize
from scipy.stats import chi2, laplace, norm

Array = NDArray[np.floating]


def dual_exponent(p: float) -> float:
    r"""The ``q`` with $1/p + 1/q = 1$.

    Raises:
        ValueError: If ``p`` is less than 1.
    """
    if not p >= 1:
        raise ValueError(f"p: wanted an exponent from 1 to infinity, got {p}")
    return np.inf if p == 1 else p / (p - 1) if np.isfinite(p) else 1.0


def smallest_perturbation(w: Array, score: float, p: float) -> Array:
    r"""The change of ``x`` of least p-norm that brings the score $\langle w, x\rangle + b$ to 0.

    Args:
        w: The weights, ``(d,)``, not all zero.
        score: The score at ``x``.
        p: The exponent of the norm, from 1 to infinity.

    Returns:
        The change, ``(d,)``; its p-norm is ``abs(score)`` over the q-norm of ``w``.

    Raises:
        ValueError: If ``p`` is less than 1 or all weights are zero.
    """
    q = dual_exponent(p)
    size = np.abs(w)
    if not size.any():
        raise ValueError("w: wanted weights that are not all zero: no change moves the score")
    if p == 1:
        spent = np.zeros_like(size)
        spent[size.argmax()] = 1.0
    else:
        # scaled first, so that a large power of a small weight does not vanish
        spent = (size / size.max()) ** (q - 1)
    return -score * np.sign(w) * spent / (size @ spent)


def programmed_perturbation(w: Array, score: float, p: float) -> Array:
    """The same by a general solver, which knows nothing of the formula.

    A linear programme for p = 1 and infinity, else sequential quadratic programming on the sum of
    the p-th powers, with ``p`` at least 1.5 (below, the sum is too sharp at 0 for that method).

    Raises:
        ValueError: If ``p`` is neither 1 nor at least 1.5.
    """
    if not (p == 1 or p >= 1.5):
        raise ValueError(f"p: wanted 1, or an exponent from 1.5 to infinity, got {p}")
    if p not in (1, np.inf):
        scale = abs(score) / np.abs(w).max()  # so that the solver sees numbers near 1
        found = minimize(
            lambda x: np.sum(np.abs(x) ** p),
            np.sign(-score * w),
            jac=lambda x: p * np.abs(x) ** (p - 1) * np.sign(x),
            method="SLSQP",
            constraints=LinearConstraint(w * scale / -score, 1, 1),
            options={"ftol": 1e-15, "maxiter": 1000},
        )
        return found.x * scale
    d = len(w)
    # the change is up - down with up, down >= 0, and for p = infinity all of them at most t
    equal = np.concatenate([w, -w, [0.0]])[None]
    if p == 1:
        cost, above = np.concatenate([np.ones(2 * d), [0.0]]), None
    else:
        cost = np.concatenate([np.zeros(2 * d), [1.0]])
        above = np.hstack([np.eye(d), np.eye(d), -np.ones((d, 1))])
    limits = None if above is None else np.zeros(d)
    found = linprog(cost, A_ub=above, b_ub=limits, A_eq=equal, b_eq=[-score])
    return found.x[:d] - found.x[d : 2 * d]


@dataclass(frozen=True)
class ErrorSet:
    """A set of inputs on which a classifier errs, by the distance to it.

    Attributes:
        name: What it is.
        distance: The Euclidean distance of points ``(n, d)`` to the set, ``(n,)``; 0 inside.
    """

    name: str
    distance: Callable[[Array], Array]


def half_space(w: Array, edge: float) -> ErrorSet:
    r"""All points with $\langle w, x\rangle \ge$ ``edge`` times the norm of ``w``, ``(d,)``."""
    return ErrorSet("half-space", lambda x: np.maximum(edge - x @ w / np.linalg.norm(w), 0))


def other_sets(mass: float, d: int) -> list[ErrorSet]:
    r"""Four sets of the given mass under $N(0, I_d)$ that are no half-spaces; ``d`` at least 10."""
    slab, many = -norm.ppf(mass / 2), norm.ppf((1 - mass) ** 0.1)
    far, near = np.sqrt(chi2.isf(mass, d)), np.sqrt(chi2.ppf(mass, d))
    return [
        ErrorSet("both sides of a slab", lambda x: np.maximum(slab - np.abs(x[:, 0]), 0)),
        ErrorSet("ten half-spaces", lambda x: np.maximum(many - x[:, :10].max(1), 0)),
        ErrorSet("outside of a ball", lambda x: np.maximum(far - np.linalg.norm(x, axis=1), 0)),
        ErrorSet("inside of a ball", lambda x: np.maximum(np.linalg.norm(x, axis=1) - near, 0)),
    ]


def share_within(distance: Array, t: Array) -> Array:
    """The share of points within each distance ``t`` of the set."""
    return (distance[:, None] <= t).mean(0)


def least_share_within(mass: float, t: Array) -> Array:
    r"""The Gaussian isoperimetric bound $\Phi(\Phi^{-1}(p) + t)$ on the mass within ``t``."""
    return norm.cdf(norm.ppf(mass) + t)


@dataclass(frozen=True)
class Cloud:
    """Points with independent coordinates of one law, symmetric about 0.

    Attributes:
        draw: ``draw(rng, (n, d))`` gives ``n`` points.
        edge: The value that one coordinate exceeds with a given probability.
    """

    draw: Callable[[np.random.Generator, tuple[int, int]], Array]
    edge: Callable[[float], float]


CLOUDS = {
    "gaussian": Cloud(
        lambda rng, shape: rng.standard_normal(shape), lambda mass: float(norm.isf(mass))
    ),
    "laplace": Cloud(
        lambda rng, shape: rng.laplace(0, np.sqrt(0.5), shape),
        lambda mass: float(laplace.isf(mass, scale=np.sqrt(0.5))),
    ),
    "gaussian, twice as wide": Cloud(
        lambda rng, shape: 2 * rng.standard_normal(shape), lambda mass: 2 * float(norm.isf(mass))
    ),
}
"""The first has the hypothesis of the theorem; the second has its variance, the third its form."""
