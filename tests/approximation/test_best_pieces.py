"""Best fits against brute force over a grid of affine functions and over all sets of breaks."""

from itertools import combinations, pairwise, product

import numpy as np
import pytest

from dlmath.approximation.best_pieces import best_l1, best_sup, integral_of_modulus, l1_fit


def test_the_integral_of_a_modulus():
    values = np.array([1.0, -1.0, 2.0, 2.0, 0.0])
    t = np.linspace(0, 4, 400_001)
    brute = np.trapezoid(np.abs(np.interp(t, np.arange(5), values)), t)
    assert integral_of_modulus(values) == pytest.approx(brute, abs=1e-8)


@pytest.mark.parametrize("seed", range(4))
def test_no_line_of_a_grid_beats_the_fit(seed):
    f = np.random.default_rng(seed).uniform(0, 1, 7)
    fit = l1_fit(tuple(f))
    own = integral_of_modulus(f - np.linspace(fit.left, fit.right, 7))
    assert fit.high == pytest.approx(own)
    grid = np.linspace(-0.5, 1.5, 81)
    brute = min(integral_of_modulus(f - np.linspace(a, b, 7)) for a, b in product(grid, repeat=2))
    assert fit.low <= fit.high + 1e-12 <= brute + 2e-12
    assert brute - fit.high < 6 * 0.025  # no farther than the mesh of the grid allows


def test_two_cells_of_a_tent():
    fit = l1_fit((0.0, 1.0, 0.0))
    # the best constant is 1/2, with the error 1/4 a cell; no slope helps, by symmetry
    assert fit.high == pytest.approx(0.5)


def test_an_affine_function_is_fitted_exactly():
    fit = l1_fit((1.0, 2.0, 3.0, 4.0))
    assert (fit.high, fit.left, fit.right) == pytest.approx((0, 1, 4))


def test_breaks_are_the_best_of_all():
    rng = np.random.default_rng(5)
    heights = rng.uniform(0, 1, 13)

    def f(x):
        return np.interp(x, np.linspace(0, 1, 13), heights)

    found = best_l1(f, cells=6, most=3, fine=2)
    for p in (1, 2, 3):
        errors = []
        for inner in combinations(range(1, 6), p - 1):
            path = [0, *inner, 6]
            parts = [l1_fit(tuple(heights[2 * a : 2 * b + 1])) for a, b in pairwise(path)]
            errors.append(sum(part.high for part in parts) / 12)
        assert found.high[p - 1] == pytest.approx(min(errors))
        assert found.low[p - 1] <= found.high[p - 1] + 1e-12
        assert len(found.ends[p - 1]) == p == len(found.breaks[p - 1]) - 1


def test_the_certificate_is_below_breaks_between_the_nodes():
    # one jump in the slope, off the grid of breaks: two pieces are exact there
    def f(x):
        return np.abs(np.asarray(x) - 0.375)

    found = best_l1(f, cells=4, most=2, fine=2)
    assert found.low[1] == pytest.approx(0, abs=1e-12)
    assert found.high[1] > 1e-4


def test_sup_against_chebyshev_by_hand():
    x = np.linspace(0, 1, 9)
    np.testing.assert_allclose(best_sup(x**2, 4)[[0, 1, 3]], [1 / 8, 1 / 32, 1 / 128])
    assert best_sup(np.abs(x - 0.5), 2)[1] == pytest.approx(0)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: l1_fit((1.0,)), "two nodes"),
        (lambda: best_l1(np.sin, cells=4, most=5), "refine"),
        (lambda: best_sup(np.zeros(4), 1), "odd number"),
        (lambda: best_sup(np.zeros(5), 3), "odd number"),
    ],
)
def test_bad_input(call, words):
    with pytest.raises(ValueError, match=words):
        call()
