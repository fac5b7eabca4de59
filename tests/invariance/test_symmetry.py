"""Groups on finite sets, quarter turns and tangents, against their definitions written out."""

import numpy as np
import pytest

from dlmath.invariance.cascade import scatter, translate
from dlmath.invariance.filters import tight_bank, tight_bank_1d
from dlmath.invariance.symmetry import (
    beating_tone,
    chord,
    derivative,
    group_average,
    is_group,
    linear_range,
    off_tangent,
    orbit_count,
    principal_plane,
    quarter_turn,
    square,
    translations,
    turn_channels,
)


def orbits(action):
    """The orbits, found by walking."""
    left, found = set(range(action.shape[1])), []
    while left:
        orbit = {int(i) for i in action[:, min(left)]}
        found.append(orbit)
        left -= orbit
    return found


@pytest.mark.parametrize(
    "action", [translations(12, 4), translations(64, 64), square(4), square(8), square(5)]
)
def test_the_groups_are_groups_and_burnside_counts_their_orbits(action):
    assert is_group(action)
    assert orbit_count(action) == pytest.approx(len(orbits(action)))


def test_what_is_no_group_is_refused():
    assert not is_group(square(4)[:2])  # a quarter turn, and not its square
    assert not is_group(np.zeros((1, 3), int))  # not one to one
    assert not is_group(np.repeat(translations(4, 2), 2, axis=0))  # each element twice


def test_the_square_has_ten_orbits_on_eight_by_eight_pixels():
    assert orbit_count(square(8)) == 10
    assert orbit_count(translations(64, 8)) == 8


def test_the_average_is_constant_on_orbits_and_keeps_what_is():
    f, action = np.random.default_rng(0).standard_normal(36), square(6)
    Pf = group_average(f, action)
    for orbit in orbits(action):
        np.testing.assert_allclose(Pf[list(orbit)], f[list(orbit)].mean(), atol=1e-14)
    np.testing.assert_allclose(group_average(Pf, action), Pf, atol=1e-15)


@pytest.mark.parametrize("N", [5, 6])
def test_a_quarter_turn_is_its_formula(N):
    x = np.random.default_rng(1).standard_normal((N, N))
    wanted = [[x[b, -a % N] for b in range(N)] for a in range(N)]
    np.testing.assert_array_equal(quarter_turn(x), wanted)
    np.testing.assert_array_equal(quarter_turn(x, 4), x)
    np.testing.assert_array_equal(quarter_turn(quarter_turn(x), 3), x)
    np.testing.assert_array_equal(
        quarter_turn(np.stack([x, 2 * x])), [wanted, 2 * np.array(wanted)]
    )


def test_a_turn_conjugates_a_shift_into_the_turned_shift():
    x = np.random.default_rng(2).standard_normal((8, 8))
    left = quarter_turn(translate(x, (1, 3)))
    np.testing.assert_array_equal(left, translate(quarter_turn(x), (-3, 1)))
    assert not np.allclose(left, translate(quarter_turn(x), (1, 3)))


def test_channels_turn_path_by_path():
    J, L = 1, 4
    bank, x = tight_bank((16, 16), J, L), np.random.default_rng(3).standard_normal((16, 16))
    S, T = scatter(x, bank, 2), scatter(quarter_turn(x), bank, 2)
    for a in range(L):
        np.testing.assert_allclose(T[1 + (a + 2) % L], quarter_turn(S[1 + a]), atol=1e-13)
        for b in range(L):
            to = 1 + L + (a + 2) % L * L + (b + 2) % L
            np.testing.assert_allclose(T[to], quarter_turn(S[1 + L + a * L + b]), atol=1e-13)
    np.testing.assert_allclose(turn_channels(S, J, L, 2), T, atol=1e-13)


def test_the_derivative_is_that_of_a_trigonometric_polynomial():
    t = 2 * np.pi * np.arange(33) / 33
    wanted = -3 * np.sin(3 * t) + 5 * np.cos(5 * t)
    np.testing.assert_allclose(
        derivative(np.cos(3 * t) + np.sin(5 * t)) * 33 / (2 * np.pi), wanted, atol=1e-12
    )


def test_a_tone_moves_on_a_circle():
    w = 2 * np.pi * 5 / 64
    tone = np.cos(w * np.arange(64))[None]
    for c in (1, 3, -4):
        assert chord(tone, c) == pytest.approx(2 * abs(np.sin(w * c / 2)) / (w * abs(c)))
        wanted = abs(np.exp(-1j * w * c) - 1 + 1j * w * c) / (w * abs(c))
        assert off_tangent(tone, c) == pytest.approx(wanted)
    reach = linear_range(tone)
    assert chord(tone, reach) >= 0.9 > chord(tone, reach + 1)


def test_first_order_coefficients_of_a_beating_tone_are_a_tone():
    x = beating_tone(1024, 20, 448)
    S = scatter(x, tight_bank_1d(1024, 4), 1)
    spectrum = np.abs(np.fft.fft(S[1]))
    assert set(np.flatnonzero(spectrum > 1e-9)) == {0, 20, 1004}
    assert np.abs(S[[0, 2, 3, 4]]).max() < 1e-12


def test_the_principal_plane_is_that_of_the_singular_value_decomposition():
    path = np.cumsum(np.random.default_rng(4).standard_normal((9, 50)), axis=0)
    left, values, _ = np.linalg.svd(path - path.mean(0), full_matrices=False)
    plane, share = principal_plane(path)
    np.testing.assert_allclose(abs(plane), abs(left[:, :2] * values[:2]), atol=1e-10)
    assert share == pytest.approx(values[0] ** 2 / (values**2).sum())
    assert (plane[-1] >= plane[0]).all()
    assert principal_plane(np.outer(np.arange(5), np.ones(7)))[1] == pytest.approx(1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: translations(10, 4), "divisor of 10"),
        (lambda: group_average(np.zeros(5), square(2)), "wanted 4 values"),
        (lambda: quarter_turn(np.zeros((3, 4))), "square images"),
        (lambda: turn_channels(np.zeros((9, 4, 4)), 1, 2, 1), "wanted 7 channels"),
    ],
)
def test_bad_input_is_named(call, message):
    with pytest.raises(ValueError, match=message):
        call()
