from itertools import product

import numpy as np
import pytest

from dlmath.approximation.simplicial import kuhn
from dlmath.check import compositionality as check
from dlmath.check._words import PRAISE


def without_far_face(f, x, n):
    corner = np.floor(n * x) / n
    return f(corner) + 0 * x[:, 0]


def every_coordinate_its_own_die(f, x, n):
    """The multilinear interpolant: affine functions and vertices are right, the inside is not."""
    corner = np.minimum(np.floor(n * x), n - 1)
    offset = n * x - corner
    total = np.zeros(len(x))
    for up in product((0, 1), repeat=x.shape[1]):
        weight = np.where(up, offset, 1 - offset).prod(axis=1)
        total += weight * f((corner + up) / n)
    return total


def last_cell_forgotten(f, x, n):
    found = kuhn(f, x, n)
    return np.where((x == 1).any(axis=1), f(np.where(x == 1, 1 - 1 / n, x)), found)


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda f, x, n: kuhn(f, x, n)[:, None], "one value a point"),
        (without_far_face, "affine function is not reproduced"),
        (last_cell_forgotten, "vertices are not kept"),
        (every_coordinate_its_own_die, "values inside the cells differ"),
    ],
)
def test_wrong_interpolants_are_told(answer, hint):
    assert check.kuhn_interpolation(kuhn) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.kuhn_interpolation(answer)


def null_vector(A):
    c = np.linalg.svd(A)[2][-1]
    return c / np.abs(c).max()


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (lambda A: np.ones(len(A)), "one number a bump"),
        (lambda A: np.ones(A.shape[1]), "null space"),
        (lambda A: np.zeros(A.shape[1]), "zero is invisible too"),
        (lambda A: null_vector(A) / 2, "scale c"),
    ],
)
def test_wrong_invisible_functions_are_told(answer, hint):
    assert check.invisible_function(null_vector) == PRAISE
    with pytest.raises(AssertionError, match=hint):
        check.invisible_function(answer)
