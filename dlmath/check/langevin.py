"""Checks for the coding exercises on Langevin dynamics.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at.
"""

import math
from collections.abc import Callable

import numpy as np
import torch

from dlmath.check._words import PRAISE, fail, judge
from dlmath.landscapes.gibbs import exit_time
from dlmath.landscapes.langevin import Tube

CHAINS = 20_000


@judge
def chains(run: Callable[..., np.ndarray]) -> str:
    """Judge ``run(gradient, w, T, step, steps, rng)``: the chains w, of shape (R, d), at the end.

    Raises:
        AssertionError: With the first property that fails.
    """
    start = np.zeros((CHAINS, 2))
    H = np.array([1.0, 3.0])
    for T, step in ((0.4, 0.1), (2.0, 0.2)):
        rng = np.random.default_rng(17)
        w = np.asarray(run(lambda w: w * H, start.copy(), T, step, round(12 / step), rng), float)
        if w.shape != start.shape:
            fail(f"The shape is {w.shape}", "every chain has its own noise: return (R, d)")
        if not np.isfinite(w).all():
            fail("The chains are not finite", "is the step taken down the gradient, not up?")
        got, wanted = w.var(0), T / (H * (1 - step * H / 2))
        for scale, hint in (
            (0.5, "the noise of a step is sqrt(2 T step); where is the 2?"),
            (step, "the noise of a step grows like the root of the step"),
            (T, "where does the temperature enter, under the root or outside?"),
            (1 / T, "does the temperature enter at all?"),
        ):
            if scale != 1 and np.allclose(got, scale * wanted, rtol=0.06):
                fail(f"At T = {T:g} the variance is {scale:g} times what it must be", hint)
        if np.abs(got / wanted - 1).max() > 5 * math.sqrt(2 / CHAINS):
            fail(
                f"On a parabola the variances are {got.round(3)}, wanted {wanted.round(3)}",
                "a step is w - step * gradient(w) + sqrt(2 T step) * normal",
            )
        if abs(np.mean(w[:, 0] * w[:, 1])) > 5 * math.sqrt(wanted.prod() / CHAINS):
            fail("The coordinates are correlated", "draw noise for each coordinate of each chain")
    return PRAISE


@judge
def adjusted(run: Callable[..., np.ndarray]) -> str:
    """Judge ``run(V, gradient, x, T, step, steps, rng)``: chains on a line, x of shape (R,).

    Raises:
        AssertionError: With the first property that fails.
    """
    grid = np.linspace(-4, 4, 4001)
    for T, step in ((1.0, 0.15), (0.5, 0.2)):
        rng = np.random.default_rng(18)
        with np.errstate(over="ignore", invalid="ignore"):
            found = run(lambda x: x**4, lambda x: 4 * x**3, np.zeros(CHAINS), T, step, 120, rng)
        x = np.asarray(found, float)
        if x.shape != (CHAINS,):
            fail(f"The shape is {x.shape}", "return the chains, one number each")
        if not np.isfinite(x).all() or np.abs(x).max() > 10:
            fail("Chains run off to infinity", "a proposal that fails the test must be refused")
        p = np.exp(-(grid**4) / T)
        p /= p.sum()
        wanted = p @ grid**2
        se = math.sqrt((p @ grid**4 - wanted**2) / CHAINS)
        if abs(x.var() - wanted) > 5 * se:
            fail(
                f"At T = {T:g} the variance is {x.var():.3f}, wanted {wanted:.3f}",
                "the test compares p(new) q(new to old) with p(old) q(old to new)",
            )
    return PRAISE


@judge
def barrier(predict: Callable[..., tuple[float, float]]) -> str:
    """Judge ``predict(tube, t)``: the wide share at time t, T = 1, and when half its limit is had.

    Raises:
        AssertionError: With the first property that fails.
    """
    for tube, t in (
        (Tube(10, 1.25, 4.0), 5.0),
        (Tube(3, 1.5, 2.0), 1.0),
        (Tube(10, 1.25, 7.0), 20.0),
    ):
        there, back = _crossings(tube)
        rate = 1 / there + 1 / back
        wanted = (1 - math.exp(-t * rate)) / (there * rate), math.log(2) / rate
        share, half = (float(part) for part in predict(tube, t))
        where = f"For a barrier of {tube.height:g} and d = {tube.dimension}"
        if math.isclose(share, 1 - math.exp(-t / there), rel_tol=1e-3):
            fail(f"{where} the share tends to 1", "walkers come back, too: there are two rates")
        if not math.isclose(share, wanted[0], rel_tol=1e-3):
            fail(
                f"{where} the share at t = {t:g} is {share:.4g}, wanted {wanted[0]:.4g}",
                "take the mean times from the free energy, which knows d, and not from the floor",
            )
        if math.isclose(half, math.log(2) * there, rel_tol=1e-3):
            fail(f"{where} half is had at {half:.4g}", "half of the limit, and the rates add up")
        if not math.isclose(half, wanted[1], rel_tol=1e-3):
            fail(
                f"{where} half of the limit is had at {half:.4g}, wanted {wanted[1]:.4g}",
                "at half of the limit exp(-t rate) is one half",
            )
    return PRAISE


def _crossings(tube: Tube) -> tuple[float, float]:
    """Mean times from the narrow bottom to the wide one and back, at T = 1."""

    def F(x: np.ndarray) -> np.ndarray:
        return tube.free_energy(torch.as_tensor(x), 1.0).numpy()

    return exit_time(F, 1.0, -1.0, 1.0, -3.0), exit_time(lambda x: F(-x), 1.0, -1.0, 1.0, -3.0)
