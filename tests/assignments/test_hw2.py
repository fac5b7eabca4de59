"""The second homework: wrong answers fail, and for the right reason."""

from math import comb

import numpy as np
import pytest
from homeworks import complaints

from dlmath.check import hw2 as check


def public(name, answer):
    with pytest.raises(AssertionError) as raised:
        getattr(check, name)(answer)
    return str(raised.value)


# --- 1: the distance of two orbits --------------------------------------------------------------


def expanded(x, y):
    """The textbook's square, with its cancellation."""
    best = np.fft.ifft(np.conj(np.fft.fft(x)) * np.fft.fft(y)).real.max()
    return np.sqrt(max(x @ x + y @ y - 2 * best, 0))


def unshifted(x, y):
    return np.linalg.norm(x - y)


def other_way(x, y):
    """The shift of the best correlation, taken backwards."""
    best = np.argmax(np.fft.ifft(np.fft.fft(x) * np.conj(np.fft.fft(y))).real)
    return np.linalg.norm(np.roll(x, best) - y)


def of_moduli(x, y):
    return np.linalg.norm(np.abs(np.fft.fft(x)) - np.abs(np.fft.fft(y))) / np.sqrt(len(x))


def up_to_sign(x, y):
    """The best shift of x or of -x."""
    best = np.argmax(np.abs(np.fft.irfft(np.conj(np.fft.rfft(x)) * np.fft.rfft(y), n=len(x))))
    moved = np.roll(x, best)
    return min(np.linalg.norm(moved - y), np.linalg.norm(moved + y))


def even_only(x, y):
    """Without the length, the inverse transform has an even one."""
    best = np.argmax(np.fft.irfft(np.conj(np.fft.rfft(x)) * np.fft.rfft(y)))
    return np.linalg.norm(np.roll(x, best) - y)


@pytest.mark.parametrize("answer", [unshifted, other_way, of_moduli, up_to_sign])
def test_other_distances_are_told(answer):
    assert "the distance is" in public("orbit_distance", answer)


def test_cancellation_is_told():
    assert "loses half of the digits" in public("orbit_distance", expanded)
    found = complaints("hw2", "1 orbit distance", orbit_distance=expanded)
    assert any(c.startswith("A copy at ") for c in found)


def test_a_tiny_distance_is_not_0():
    answer = lambda x, y: round(float(by_all_shifts(x, y)), 8)  # noqa: E731
    assert "is at the distance 0" in public("orbit_distance", answer)


def by_all_shifts(x, y):
    return min(np.linalg.norm(np.roll(x, c) - y) for c in range(len(x)))


def test_odd_lengths_are_tried():
    found = complaints("hw2", "1 orbit distance", orbit_distance=even_only)
    assert any("Invalid number of FFT data points" in c for c in found)


# --- 2: counting invariant features -------------------------------------------------------------


def series(g, k):
    found, seen = [1.0] + [0.0] * k, set()
    for start in range(len(g)):
        at, length = start, 0
        while at not in seen:
            seen.add(at)
            at, length = int(g[at]), length + 1
        for j in range(length, k + 1) if length else ():
            found[j] += found[j - length]
    return found


def in_floats(group, k):
    return round(sum(series(g, k)[k] for g in group) / len(group))


def no_group(group, k):
    return comb(group.shape[1] + k - 1, k)


def divided(group, k):
    """All monomials over the size of the group, rounded up."""
    return -(-no_group(group, k) // len(group))


def up_to_degree(group, k):
    return sum(int(series(g, j)[j]) for j in range(k + 1) for g in group) // len(group)


def products_of_different(group, k):
    """Polynomials without powers: subsets of pixels that stay fixed."""
    total = 0
    for g in group:
        poly, seen = [1] + [0] * k, set()
        for start in range(len(g)):
            at, length = start, 0
            while at not in seen:
                seen.add(at)
                at, length = int(g[at]), length + 1
            for j in range(k, length - 1, -1) if length else ():
                poly[j] += poly[j - length]
        total += poly[k]
    return total // len(group)


@pytest.mark.parametrize("answer", [no_group, divided, up_to_degree, products_of_different])
def test_other_counts_are_told(answer):
    assert "the number of monomials that stay fixed" in public("invariants", answer)


def test_floats_lose_the_last_digits():
    assert check.invariants(in_floats)
    found = complaints("hw2", "2 invariants", invariants=in_floats)
    assert ["count with integers" in c for c in found] == [True]


def test_a_float_is_no_count():
    answer = lambda group, k: sum(series(g, k)[k] for g in group) / len(group)  # noqa: E731
    assert "is no whole number" in public("invariants", answer)


# --- 3: a stride and its frame ------------------------------------------------------------------


def unstrided(filters, s):
    energy = (np.abs(filters) ** 2).sum(0)
    return energy.min() / s, energy.max() / s


def matrices(filters, s):
    K, N = filters.shape
    return filters.reshape(K, s, N // s).transpose(2, 0, 1)


def neighbours(filters, s):
    """Frequencies side by side in place of those that are N/s apart."""
    K, N = filters.shape
    values = np.linalg.svd(filters.reshape(K, N // s, s).transpose(1, 0, 2), compute_uv=False)
    return values.min() ** 2 / s, values.max() ** 2 / s


def no_factor(filters, s):
    values = np.linalg.svd(matrices(filters, s), compute_uv=False)
    return (values.min() ** 2 if len(filters) >= s else 0.0), values.max() ** 2


def singular_values(filters, s):
    values = np.linalg.svd(matrices(filters, s), compute_uv=False) / np.sqrt(s)
    return values.min(), values.max()


def few_channels(filters, s):
    """The least of the singular values that there are, where one is missing."""
    values = np.linalg.svd(matrices(filters, s), compute_uv=False) ** 2 / s
    return values.min(), values.max()


@pytest.mark.parametrize("answer", [unstrided, neighbours, no_factor, singular_values])
def test_other_bounds_are_told(answer):
    assert "what is the factor in front" in public("strided_bounds", answer)


def test_constant_energy_is_not_enough():
    found = complaints("hw2", "3 strided bounds", strided_bounds=unstrided)
    assert any("energy 1 at every frequency" in c for c in found)


def test_too_few_channels_forget():
    assert "at most K of s confused frequencies" in public("strided_bounds", few_channels)
    found = complaints("hw2", "3 strided bounds", strided_bounds=few_channels)
    assert any("(A, B) for K = 2, N = 12, s = 3" in c for c in found)
