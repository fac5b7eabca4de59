"""Checks for the coding exercises on networks of general frames.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.invariance.deep_frames import layers, random_network
from dlmath.invariance.deep_frames_strided import subsample


@judge
def frame_network(features: Callable[..., list[np.ndarray]]) -> str:
    """Judge ``features(x, outputs, filters, rho, strides)``: every layer, all paths.

    Raises:
        AssertionError: With the first property that fails.
    """
    x = 2 * np.random.default_rng(12).standard_normal(48)
    for rho, stride in (("ReLU", 1.0), ("modulus", 2.0), ("tanh", 1.5)):
        net = random_network(3, rho=rho, stride=stride, count=2, seed=5)
        found = features(
            x, [m.output for m in net], [m.filters for m in net], net[0].rho, [stride] * 3
        )
        wanted = layers(x, net)
        if len(found) != 3:
            fail(f"There are {len(found)} layers, wanted 3", "the input itself is layer 0")
        for k, (mine, theirs) in enumerate(zip(found, wanted, strict=True)):
            _layer(np.asarray(mine), theirs.values, k, rho, stride)
    return PRAISE


def _layer(found: np.ndarray, wanted: np.ndarray, k: int, rho: str, stride: float) -> None:
    """Judge one layer."""
    where = f"Layer {k} ({rho}, stride {stride:g})"
    if found.shape != wanted.shape:
        fail(
            f"{where} has the shape {found.shape}, wanted {wanted.shape}",
            "every path keeps all samples; pooling by dilation drops none",
        )
    if np.iscomplexobj(found):
        fail(f"{where} is complex", "real filters and a real signal: use irfft, with its length")
    if np.allclose(found, wanted):
        return
    if np.allclose(found * np.sqrt(stride) ** k, wanted) and stride > 1:
        fail(f"{where} is too small", "pooling multiplies by the root of the stride")
    mine, theirs = (a[np.argsort((a**2).sum(-1))] for a in (found, wanted))
    if np.allclose(mine, theirs):
        fail(f"{where} has its paths in another order", "the last filter changes fastest")
    if stride > 1 and k > 0:
        fail(
            f"{where} is wrong",
            "after a pooling the samples lie closer, so the frequencies of the grid are multiplied "
            "by the stride; and the root of the stride multiplies before the next non-linearity",
        )
    fail(f"{where} is wrong", "filter, then non-linearity; the output filter comes before neither")


@judge
def adaptive_stride(adaptive: Callable[..., np.ndarray]) -> str:
    """Judge ``adaptive(x, s)``: the phase with the largest norm, blind to shifts but for order.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(13)
    for s in (2, 3, 4):
        x = rng.standard_normal(24)
        phases = [subsample(x, s, p) for p in range(s)]
        best = max(phases, key=lambda y: float((y**2).sum()))
        found = np.asarray(adaptive(x, s))
        if found.shape != (24 // s,):
            fail(f"For s = {s} the shape is {found.shape}, wanted {(24 // s,)}", "keep one in s")
        if not _same_up_to_a_turn(found, best):
            if any(_same_up_to_a_turn(found, y) for y in phases):
                fail(f"For s = {s} another phase has a larger norm", "compare sums of squares")
            fail(f"For s = {s} the result is none of the phases", "keep samples, do not mix them")
        for c in range(1, 2 * s):
            moved = np.asarray(adaptive(np.roll(x, c), s))
            if not _same_up_to_a_turn(moved, found):
                fail(
                    f"For s = {s} a shift by {c} changes more than the place",
                    "choose by the norm alone, not by the first sample or its place",
                )
    return PRAISE


def _same_up_to_a_turn(x: np.ndarray, y: np.ndarray) -> bool:
    return any(np.allclose(np.roll(x, k), y) for k in range(len(x)))
