"""Checks for the coding exercises on degenerate minima.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The inputs are not shown in the exercises.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.landscapes.degenerate_minima import interpolate
from dlmath.landscapes.shallow import Network


def _symmetric(values: list[float], seed: int) -> np.ndarray:
    """A symmetric matrix with these eigenvalues, in random directions."""
    size = (len(values), len(values))
    Q = np.linalg.qr(np.random.default_rng(seed).standard_normal(size))[0]
    H = (Q * np.array(values)) @ Q.T
    return (H + H.T) / 2


@judge
def nullity(count: Callable[[np.ndarray], int]) -> str:
    """Judge ``count(H)``: the nullity of a symmetric matrix, or ``ValueError`` where none is clear.

    Raises:
        AssertionError: With the first property that fails.
    """
    plain = [3.0, -1.0, 0.5, 0.0, 0.0, 0.0]
    for scale in (1.0, 1e9, 1e-12):
        found = count(scale * _symmetric(plain, 1))
        if found != 3:
            fail(
                f"For eigenvalues {plain} times {scale:g} the answer is {found}, wanted 3",
                "compare sizes with the largest of them, and take their absolute values",
            )
    if (found := count(_symmetric([2.0, 1e-3, 1e-6, 0.0], 2))) != 1:
        fail(
            f"For eigenvalues 2, 1e-3, 1e-6 and 0 the answer is {found}, wanted 1",
            "a small eigenvalue is not a zero: look for the widest gap down to rounding",
        )
    if (found := count(_symmetric([2.0, 1.0, -0.1], 3))) != 0:
        fail(
            f"For eigenvalues 2, 1 and -0.1 the answer is {found}, wanted 0",
            "the widest gap may be the one below the last eigenvalue, down to rounding",
        )
    if (found := count(np.zeros((3, 3)))) != 3:
        fail(
            f"For the zero matrix of size 3 the answer is {found}, wanted 3",
            "there every size is zero, the largest too: treat this case by itself",
        )
    steady = [10.0 ** (-k) for k in range(15)]
    try:
        found = count(_symmetric(steady, 4))
    except ValueError:
        return PRAISE
    fail(
        f"For eigenvalues that fall by ten each, without a gap, the answer is {found}",
        "raise ValueError when no gap is wider than a few orders of magnitude",
    )


@judge
def walk(go: Callable[..., np.ndarray]) -> str:
    """Judge ``go(F, J, theta, y, steps, length)``: points on a walk along the set F = y.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(41)
    net = Network(rng.standard_normal((7, 2)), 8)
    y = rng.standard_normal(7)
    theta = interpolate(net, y, net.start(2)).theta
    points = np.asarray(go(net, net.jacobian, theta.copy(), y, 20, 0.05), float)
    if points.shape != (21, net.parameters):
        fail(f"The shape is {points.shape}", "return the start and one point a step, one a row")
    if not np.array_equal(points[0], theta):
        fail("The first point is not the start", "put theta itself first")
    off = max(float(np.linalg.norm(net(at) - y)) for at in points)
    if off > 1e-9:
        fail(
            f"The residual rises to {off:.2g}",
            "after each step along the kernel take a few Newton steps, theta - J^+ (F - y)",
        )
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    if lengths.min() < 0.03 or lengths.max() > 0.08:
        fail(
            f"Steps have lengths from {lengths.min():.2g} to {lengths.max():.2g}, wanted near 0.05",
            "scale the direction in the kernel to length 1 before the step",
        )
    if np.linalg.norm(points[-1] - theta) < 0.4:
        fail(
            "After 20 steps of 0.05 the walk is less than 0.4 from its start",
            "keep the direction: project the last move onto the new kernel",
        )
    return PRAISE
