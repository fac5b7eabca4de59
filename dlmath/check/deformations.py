"""Checks for the coding exercises on deformations.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.invariance.deformations import uniform_bank


@judge
def warping(warp: Callable[..., np.ndarray]) -> str:
    r"""Judge ``warp(x, tau)``: the band-limited periodic signal ``x`` at the times n - tau(n).

    Raises:
        AssertionError: With the first property that fails.
    """
    for n in (48, 45):
        t = np.arange(n)
        x = np.random.default_rng(n).standard_normal(n)
        tau = 1.7 * np.sin(2 * np.pi * t / n)
        found = np.asarray(warp(x, tau))
        if found.shape != (n,):
            fail(f"The result has shape {found.shape}, wanted {(n,)}", "one value for each n")
        if np.iscomplexobj(found) and np.abs(np.imag(found)).max() > 1e-9:
            fail("The result is complex", "x is real: take the real part of the sum")
        shifted = np.asarray(warp(x, np.full(n, 3.0)))
        if np.allclose(shifted, np.roll(x, -3)):
            fail("The signal moves the wrong way", "the value at n is x at n - tau, not n + tau")
        if not np.allclose(shifted, np.roll(x, 3)):
            fail(
                "A shift by three samples is not a shift by three samples",
                "frequencies run from -N/2 to N/2: use numpy.fft.fftfreq, and divide by N",
            )
        for k in (1, 9, 20):
            tone = np.cos(2 * np.pi * k * t / n + 0.3)
            exact = np.cos(2 * np.pi * k * (t - tau) / n + 0.3)
            if not np.allclose(np.asarray(warp(tone, tau)), exact, atol=1e-9):
                fail(
                    f"A tone of {k} periods is not exact between the samples",
                    "evaluate the Fourier series at n - tau(n); neighbours are not enough",
                )
    return PRAISE


@judge
def equal_bands(bank: Callable[..., tuple[np.ndarray, np.ndarray]]) -> str:
    r"""Judge ``bank(n, b)``: the Fourier transforms (phi, psi) of a tight bank of equal bands.

    Raises:
        AssertionError: With the first property that fails.
    """
    for n, b in ((128, np.pi / 8), (256, np.pi / 16)):
        phi, psi = (np.asarray(a) for a in bank(n, b))
        bands = round(np.pi / b)
        if phi.shape != (n,) or psi.shape != (bands, n):
            fail(
                f"The shapes are {phi.shape} and {psi.shape}, wanted {(n,)} and {(bands, n)}",
                "one window at each multiple of b up to pi",
            )
        if np.abs(psi[:, n // 2 + 1 :]).max() > 1e-12:
            fail("A window answers to negative frequencies", "analytic windows are 0 there")
        power = (np.abs(psi) ** 2).sum(0)
        total = np.abs(phi) ** 2 + (power + np.roll(power[::-1], 1)) / 2
        inside = np.arange(n) != n // 2
        if not np.allclose(total[inside], 1):
            fail(
                "The Littlewood-Paley sum is not 1",
                "two neighbours are cos and sin of one angle, times the root of 2; phi has no root",
            )
        if not np.isclose(total[n // 2], 1):
            fail("The sum is 1 except at pi", "pi is its own mirror image: divide psi by root 2")
        wanted = uniform_bank(n, b)
        if not np.allclose(np.abs(psi), wanted.psi):
            fail("The bank is tight, but not Meyer's", "the angle is pi/2 times meyer(w / b - k)")
    return PRAISE
