"""Public checks of the sixth homework: on noise, volume and momentum.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The grader calls your function with other data.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge


@judge
def rest(rest: Callable[..., tuple[np.ndarray, np.ndarray]]) -> str:
    """Judge ``rest(A, D)``: the covariance at rest and the current's matrix.

    Raises:
        AssertionError: With the first property that fails.
    """
    balanced(rest, np.array([[2.0, 1.0], [-1.0, 1.0]]), np.diag([1.0, 3.0]))
    return PRAISE


def balanced(
    rest: Callable[..., tuple[np.ndarray, np.ndarray]], A: np.ndarray, D: np.ndarray
) -> None:
    """Raise unless the answer solves the equation at rest.

    Args:
        rest: The student's function.
        A: Of shape (d, d), with eigenvalues of positive real part.
        D: Of shape (d, d), positive semidefinite.

    Raises:
        AssertionError: With the first property that fails.
    """
    answer = rest(A.copy(), D.copy())
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        fail(f"It returns {type(answer).__name__}", "return (S, Q), a tuple of two")
    S, Q = (np.asarray(part, float) for part in answer)
    if S.shape != A.shape or Q.shape != A.shape:
        fail(f"The shapes are {S.shape} and {Q.shape}", "both are those of A")
    size = np.abs(A).max() * np.abs(S).max() + np.abs(D).max()
    off = np.abs(A @ S + S @ A.T - 2 * D).max()
    if not off <= 1e-8 * size:
        fail(f"A S + S A^T misses 2 D by {off:.3g}", "mind the factor 2, and which A is transposed")
    if not np.abs(Q - (A @ S - D)).max() <= 1e-8 * size:
        fail("Q is not A S - D", "it is antisymmetric: Q + Q^T = 0")


@judge
def growth(growth: Callable[..., float]) -> str:
    """Judge ``growth(eta, a, b, beta)``: the spectral radius of the map of second moments.

    Raises:
        AssertionError: With the first property that fails.
    """
    a = np.array([1.0, 3.0])
    cases = [
        (0.5, 0.0, 0.25, "no momentum: (1 - eta m)^2 + eta^2 s^2 / b, here 1/4"),
        (0.8, 0.0, 1.0, "no momentum, at the threshold 2 m / (m^2 + s^2 / b)"),
        (4 * 1.5 / (4 + 3), 0.5, 1.0, "momentum 1/2, at the threshold of question 5"),
    ]
    for eta, beta, wanted, name in cases:
        found = growth(eta, a.copy(), 1, beta)
        if np.shape(found) != () or not abs(found - wanted) <= 1e-9:
            fail(
                f"At eta = {eta:.4g}, {name}, the radius is {found}, not {wanted:.4g}",
                "write x' and v' by x and v, multiply out, take means: h has a variance",
            )
    return PRAISE


@judge
def volume(volume: Callable[..., float]) -> str:
    """Judge ``volume(k, t)``: the volume of the points where a product of powers is below t.

    Raises:
        AssertionError: With the first property that fails.
    """
    cases = [
        ([1], 0.25, 0.5, "x^2 < 1/4"),
        ([1, 1], np.exp(-2.0), 2 * np.exp(-1.0), "x^2 y^2 < e^-2"),
        ([2, 1], np.exp(-4.0), 2 * np.exp(-1.0) - np.exp(-2.0), "x^4 y^2 < e^-4"),
    ]
    for k, t, wanted, name in cases:
        found = volume(np.array(k), t)
        if np.shape(found) != () or not abs(found - wanted) <= 1e-9:
            fail(
                f"The volume of {name} is {wanted:.6g}, not {found}",
                "each -2 k log x is exponential, with mean 2 k",
            )
    return PRAISE
