"""Distances on tori and orbits, against integrals and loops."""

import numpy as np
import pytest
from scipy.integrate import quad

from dlmath.invariance import neighbours as near


@pytest.mark.parametrize("d", [1, 2, 4, 8])
def test_the_closed_form_is_the_integral(d):
    V, n = near.ball_volume(d), 200
    value = quad(lambda r: (1 - V * r**d) ** n, 0, V ** (-1 / d), epsabs=1e-12)[0]
    assert near.torus_mean(n, d) == pytest.approx(value, rel=1e-8)


def test_volumes_of_balls():
    assert [near.ball_volume(d) for d in (1, 2, 3)] == pytest.approx([2, np.pi, 4 * np.pi / 3])


def test_distances_on_the_torus_go_around():
    class Fixed:
        """Gives the same numbers as a generator would."""

        def __init__(self):
            self.rows = [np.array([[0.05, 0.5]]), np.array([[0.95, 0.5]])]

        def random(self, shape):
            return self.rows.pop(0).reshape(shape)

    assert near.torus_distances(1, 2, 1, Fixed()) == pytest.approx(0.1)
    assert near.torus_distances(1, 2, 1, Fixed(), border=True) == pytest.approx(0.9)


def test_nearest_is_the_nearest():
    rng = np.random.default_rng(0)
    points, queries = rng.standard_normal((30, 5)), rng.standard_normal((7, 5))
    wanted = [min(np.linalg.norm(q - p) for p in points) for q in queries]
    np.testing.assert_allclose(near.nearest(points, queries), wanted)


def test_shifts_are_isometries_and_whole_ones_permute():
    image = near.smooth_digit()
    whole = near.shifted(image, np.array([[3.0, -5.0]])).reshape(image.shape)
    np.testing.assert_allclose(whole, np.roll(image, (3, -5), (0, 1)), atol=1e-14)
    a, b, c = near.shifted(image, np.array([[0.3, 0.4], [1.7, -2.2], [1.4, -2.6]]))
    assert np.linalg.norm(a) == pytest.approx(1)
    still = near.shifted(image, np.zeros((1, 2)))[0]
    assert np.linalg.norm(b - a) == pytest.approx(np.linalg.norm(c - still))


def test_the_grid_of_returns_is_that_of_the_shifts():
    image = near.smooth_digit(3, side=32)
    fine = near.return_distances(image, fineness=2)
    grid = np.stack(np.meshgrid(np.arange(64), np.arange(64), indexing="ij"), -1).reshape(-1, 2) / 2
    copies = near.shifted(image, grid)
    wanted = np.sort(np.linalg.norm(copies - image.ravel(), axis=1))
    np.testing.assert_allclose(fine, wanted, atol=1e-7)


def test_the_exact_mean_of_equal_steps():
    distances = np.linspace(0, 1, 100_001)  # v(r) = r
    assert near.exact_mean(distances, 9) == pytest.approx(0.1, rel=1e-3)


def test_the_gram_matrix_is_the_second_order_of_the_distance():
    image = near.smooth_digit()
    G, bend = near.gradient_gram(image), near.bend(image)
    for c in (np.array([0.05, 0.02]), np.array([-0.3, 0.4])):
        moved = near.shifted(image, c[None])[0] - image.ravel()
        square = moved @ moved
        assert square <= c @ G @ c
        assert square >= c @ G @ c * (1 - bend * (c @ c) / 12)


def test_turning_by_nothing_is_shifting_and_a_quarter_is_a_quarter():
    image = near.smooth_digit()
    shifts = np.array([[2.0, -3.0]])
    still = near.turned(image, shifts, np.zeros(1))
    np.testing.assert_allclose(still, near.shifted(image, shifts), atol=1e-10)
    quarter = near.turned(image, np.zeros((1, 2)), np.array([np.pi / 2])).reshape(image.shape)
    turned = [np.rot90(image, k) for k in (1, 3)]
    assert min(np.abs(quarter - t).max() for t in turned) < 1e-10


def test_the_velocities_of_the_shifts_are_minus_the_gradient():
    image = near.smooth_digit()
    w = 2 * np.pi * np.fft.fftfreq(32)
    rows = np.fft.ifft2(1j * w[:, None] * np.fft.fft2(image)).real.ravel()
    T = near.generators(image)
    assert np.linalg.norm(T[0] + rows) < 0.02 * np.linalg.norm(rows)  # splines are not exact
    angle = np.array([1e-2])
    turned = near.turned(image, np.zeros((1, 2)), angle)[0]
    np.testing.assert_allclose(turned - image.ravel(), angle * T[2], atol=2e-3 * abs(T[2]).max())


def test_the_families_tell_their_number_of_parameters():
    found = near.families(near.smooth_digit(), 1024, 100, 0)
    assert [f.parameters for f in found] == [1024, 3, 2, 1]
    assert [sorted(f.means) for f in found] == [[64, 256, 1024]] * 4
    noise, _, shifts, axis = found
    assert noise.means[64] / noise.means[1024] < 1.1
    assert 3 < shifts.means[64] / shifts.means[1024] < 5.5
    assert axis.means[64] / axis.means[1024] > 8
    for family in (shifts, axis):
        limit = near.limit_mean(1024, family.parameters, family.density)
        assert family.means[1024] == pytest.approx(limit, rel=0.4)
