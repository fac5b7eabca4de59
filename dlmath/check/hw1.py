"""Public checks of the first homework: what functions cost.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The hidden tests look at more than these.
"""

from collections.abc import Callable

import numpy as np
from scipy.optimize import linprog

from dlmath.check._words import PRAISE, fail, judge

MOST_NEURONS = 10_000


@judge
def change_in_range(change: Callable[..., float]) -> str:
    """Judge ``change(w, b, x)``: the least change of a pixel that brings the score to 0.

    Raises:
        AssertionError: With the first property that fails.
    """
    w, x = np.array([3.0, -4.0, 0.0]), np.array([0.5, 0.5, 0.1])
    found = change(w, 1.25, x)
    if not np.isclose(found, 0.75 / 7):
        fail(f"f = 0.75, w = (3, -4, 0): {found:.4g}, wanted 0.75/7", "here no pixel leaves [0, 1]")
    rng = np.random.default_rng(1)
    for _ in range(20):
        w, x = rng.standard_normal(6), rng.random(6) ** 3
        b = rng.uniform(-2, 2)
        found, wanted = change(w, b, x), _by_programme(w, b, x)
        if wanted is None and not np.isinf(found):
            fail("No image has the score 0, but the change is finite", "return np.inf")
        if wanted is not None and not np.isclose(found, wanted, atol=1e-7):
            side = "too small: some pixel has left the range" if found < wanted else "too large"
            fail(
                f"The change is {found:.4g}, wanted {wanted:.4g}; it is {side}",
                "a pixel at the border moves no further, and the others go on",
            )
    return PRAISE


def _by_programme(w: np.ndarray, b: float, x: np.ndarray) -> float | None:
    """A linear programme in the new image and the size of the change."""
    d = w.size
    one, column = np.eye(d), np.ones((d, 1))
    sides = np.vstack([np.hstack([one, -column]), np.hstack([-one, -column])])
    found = linprog(
        np.r_[np.zeros(d), 1.0],
        A_ub=sides,
        b_ub=np.r_[x, -x],
        A_eq=np.r_[w, 0.0][None],
        b_eq=[-b],
        bounds=[(0, 1)] * d + [(0, None)],
    )
    return float(found.fun) if found.status == 0 else None


@judge
def cheapest(build: Callable[..., tuple]) -> str:
    """Judge ``build(kinks, jumps, right, value)``: the function, then its cost.

    Raises:
        AssertionError: With the first property that fails.
    """
    cases = {
        "|x|": ([0.0], [2.0], 1.0, 0.0),
        "the ReLU": ([0.0], [1.0], 1.0, 0.0),
        "a tent": ([0.0, 1.0, 2.0], [1.0, -2.0, 1.0], 0.0, 0.0),
        "a line with a small kink": ([1.0], [0.5], 3.0, 2.0),
    }
    for name, (kinks, jumps, right, value) in cases.items():
        t, d = np.array(kinks), np.array(jumps)
        a, w, b, c = build(t, d, right, value)
        a, w, b = (np.asarray(v, dtype=float) for v in (a, w, b))
        if not a.shape == w.shape == b.shape == (a.size,):
            fail(
                f"For {name} the shapes are {a.shape}, {w.shape}, {b.shape}", "three of one length"
            )
        if a.size > MOST_NEURONS:
            fail(f"For {name} there are {a.size} neurons", f"at most {MOST_NEURONS} are allowed")
        if np.ndim(c):
            fail(f"For {name} c has the shape {np.shape(c)}", "return a number")
        if not np.all(np.abs(w) == 1):
            fail(f"For {name} some w is neither 1 nor -1", "move its size into a and b")
        places = np.concatenate([t[0] + np.linspace(-3, 0, 4), t, t[-1] + np.linspace(0, 3, 4)])
        found = c + np.maximum(places[:, None] * w + b, 0) @ a
        slopes = right - d[::-1].cumsum()[::-1]
        wanted = value + _integral(t, d, slopes[0], places)
        if not np.allclose(found, wanted):
            worst = np.argmax(np.abs(found - wanted))
            fail(
                f"For {name} the network is {found[worst]:.4g} at {places[worst]:.4g}, wanted "
                f"{wanted[worst]:.4g}",
                "check the slope at both ends, then the value",
            )
        cost, least = np.abs(a).sum(), max(np.abs(d).sum(), abs(slopes[0] + right))
        if not np.isclose(cost, least):
            fail(
                f"For {name} the cost is {cost:.4g}, wanted {least:.4g}",
                "a kink can be divided between neurons that look to the left and to the right",
            )
    return PRAISE


def _integral(t: np.ndarray, d: np.ndarray, left: float, x: np.ndarray) -> np.ndarray:
    return left * (x - t[0]) + (np.maximum(x[:, None] - t, 0) @ d)


@judge
def breaks(partition: Callable[..., np.ndarray]) -> str:
    """Judge ``partition(r, p)``: equal pieces for the square, equal errors for every power.

    Raises:
        AssertionError: With the first property that fails.
    """
    for r, p in ((2.0, 1), (2.0, 6), (3.0, 5), (1.5, 8)):
        t = np.asarray(partition(r, p))
        if t.shape != (p + 1,):
            fail(f"For p = {p} the shape is {t.shape}, wanted {(p + 1,)}", "both ends belong to it")
        if not (np.isclose(t[0], 0) and np.isclose(t[-1], 1) and np.all(np.diff(t) > 0)):
            fail(
                f"For r = {r}, p = {p} the points do not go from 0 up to 1", "sort out the scaling"
            )
        if r == 2 and not np.allclose(t, np.arange(p + 1) / p):
            fail("For the square the pieces are not equal", "its second derivative is constant")
        # Chord minus function, on a fine grid: twice the error of the best affine function.
        s = np.linspace(0, 1, 2001)
        u, v = t[:-1, None], t[1:, None]
        errors = ((1 - s) * u**r + s * v**r - ((1 - s) * u + s * v) ** r).max(axis=1) / 2
        if not np.allclose(errors, errors[0], rtol=1e-3):
            fail(
                f"For r = {r}, p = {p} the errors go from {errors.min():.4g} to {errors.max():.4g}",
                "they have to be equal, not the lengths",
            )
    return PRAISE
