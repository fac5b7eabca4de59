import numpy as np
import pytest

from dlmath.approximation.depth_separation import square_values
from dlmath.approximation.piecewise_linear import along, pieces, rational
from dlmath.check import depth_separation as check
from dlmath.check._words import PRAISE


def count_nodes(hidden, output):
    return len(along(rational(hidden, output))[0]) - 1


def count_in_the_first_layer(hidden, output):
    return pieces(along(rational(hidden[:1], output[: len(hidden[0][1])])))


def count_the_kinks(hidden, output):
    return pieces(along(rational(hidden, output))) - 1


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (count_nodes, "no kink if the slope is the same"),
        (count_in_the_first_layer, "any"),
        (count_the_kinks, "On the sawtooth with three folds the count is 7, wanted 8"),
    ],
)
def test_a_piece_counter(wrong, words):
    assert check.piece_counter(lambda h, w: pieces(along(rational(h, w)))) == PRAISE
    with pytest.raises(AssertionError, match=words):
        check.piece_counter(wrong)


def folded_product(x, y, folds, M):
    s = [square_values(np.abs(t) / (2 * M), folds) for t in (x + y, x, y)]
    return 2 * M**2 * (s[0] - s[1] - s[2])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda x, y, k, M: folded_product(x, y, k, M).ravel(), "shape"),
        (lambda x, y, k, M: folded_product(x, y, k, M) + 0.1, "axes"),
        (lambda x, y, k, M: folded_product(x, y, k, M) / (2 * M**2), "factor in front"),
        (lambda x, y, k, M: folded_product(x, y, k + 1, M), "one term for every fold"),
        (lambda x, y, k, M: x * y, "largest error"),
    ],
)
def test_a_product_by_folding(wrong, words):
    assert check.product_by_folding(folded_product) == PRAISE
    with pytest.raises(AssertionError, match=words):
        check.product_by_folding(wrong)
