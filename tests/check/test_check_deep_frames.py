"""The exercises' checks: right answers pass, and each wrong one is told what is wrong with it."""

import numpy as np
import pytest

from dlmath.check import deep_frames as check
from dlmath.check._words import PRAISE


def features(x, outputs, filters, rho, strides, root=True, late=False, closer=True, order="ij"):
    n, step, U, found = len(x), 1.0, x[None], []
    for output, bank, s in zip(outputs, filters, strides, strict=True):
        w = 2 * np.pi * np.fft.rfftfreq(n, step)
        spectrum = np.fft.rfft(U)
        found.append(np.fft.irfft(spectrum * output(w), n))
        v = np.fft.irfft(spectrum[:, None] * bank(w), n)
        v = v if late else rho(v)
        v = v if order == "ij" else v.swapaxes(0, 1)
        U = (np.sqrt(s) if root else 1) * v.reshape(-1, n)
        step /= s if closer else 1
    return found


def no_root(*arguments):
    return features(*arguments, root=False)


def linear(*arguments):
    return features(*arguments, late=True)


def same_grid(*arguments):
    return features(*arguments, closer=False)


def first_filter_fastest(*arguments):
    return features(*arguments, order="ji")


def complex_output(*arguments):
    return [f + 0j for f in features(*arguments)]


def drops(*arguments):
    return [f[:, :: 2**k] for k, f in enumerate(features(*arguments))]


def without_input(*arguments):
    return features(*arguments)[1:]


def adaptive(x, s):
    return max((x[p::s] for p in range(s)), key=lambda y: (y**2).sum())


def plain(x, s):
    return x[::s]


def weakest(x, s):
    return min((x[p::s] for p in range(s)), key=lambda y: (y**2).sum())


def averaged(x, s):
    return x.reshape(-1, s).mean(1)


def too_long(x, s):
    return x


def by_the_first(x, s):
    phases = [x[p::s] for p in range(s)]
    best = max(phases, key=lambda y: (y**2).sum())
    return best if abs(x[0]) > 0.3 else phases[0]


def test_right_answers_pass():
    assert check.frame_network(features) == PRAISE
    assert check.adaptive_stride(adaptive) == PRAISE


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (no_root, "too small"),
        (linear, "filter, then non-linearity"),
        (same_grid, "the samples lie closer"),
        (first_filter_fastest, "another order"),
        (complex_output, "complex"),
        (drops, "drops none"),
        (without_input, "There are 2 layers"),
    ],
)
def test_wrong_networks_are_told(answer, hint):
    with pytest.raises(AssertionError, match=hint):
        check.frame_network(answer)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (plain, "another phase has a larger norm|changes more than the place"),
        (weakest, "another phase"),
        (averaged, "none of the phases"),
        (too_long, "the shape is"),
        (by_the_first, "phase has a larger norm|changes more than the place"),
    ],
)
def test_wrong_strides_are_told(answer, hint):
    with pytest.raises(AssertionError, match=hint):
        check.adaptive_stride(answer)
