"""The compressed matrix, against the matrix."""

import numpy as np
import pytest

from dlmath.approximation.multiscale import (
    LEAF,
    compress,
    corner,
    kernel,
    numerical_rank,
    rank_bound,
    storage_bound,
)


def test_the_kernel_entry_by_entry():
    K = kernel(5)
    assert K[1, 4] == 1 / 4
    assert K[3, 3] == 1
    np.testing.assert_array_equal(corner(kernel(4)), [[1 / 3, 1 / 4], [1 / 2, 1 / 3]])


def test_the_compressed_matrix_is_the_matrix():
    rng = np.random.default_rng(0)
    for K in (kernel(128), rng.standard_normal((64, 64))):
        x = rng.standard_normal((len(K), 3))
        np.testing.assert_allclose(compress(K, 1e-13) @ x, K @ x, atol=1e-9)
        np.testing.assert_allclose(compress(K, 1e-13) @ x[:, 0], K @ x[:, 0], atol=1e-9)


def test_what_is_stored_is_counted():
    d, eps = 256, 1e-6
    ranks = [numerical_rank(corner(kernel(b)), eps) for b in (32, 64, 128, 256)]
    small = compress(kernel(d), eps)
    assert small.numbers == d * (LEAF + 2 * sum(ranks))
    assert compress(kernel(LEAF), eps).numbers == LEAF**2


def test_the_rank_counts_singular_values_above_a_share_of_the_largest():
    A = np.diag([5.0, 1.0, 1e-3])
    assert [numerical_rank(A, eps) for eps in (0.5, 0.1, 1e-4)] == [1, 2, 3]


def test_the_bound_is_the_first_index_past_which_the_singular_values_are_small():
    for b, eps in ((32, 1e-6), (4096, 1e-9), (64, 0.5)):
        gamma = (b / 2 + 1) ** 2 / (2 * b)
        decay = [4 * np.exp(-(np.pi**2) * k / np.log(16 * gamma)) for k in range(80)]
        assert rank_bound(b, eps) == sum(value >= eps for value in decay)


def test_the_bound_on_storage_by_hand():
    assert storage_bound(16, 1e-6) == 16 * 16
    wanted = 64 * (16 + 2 * rank_bound(32, 1e-6) + 2 * rank_bound(64, 1e-6))
    assert storage_bound(64, 1e-6) == wanted


@pytest.mark.parametrize("shape", [(24, 24), (48, 48), (32, 16), (8, 8)])
def test_sides_that_do_not_halve_are_refused(shape):
    with pytest.raises(ValueError, match="side 16 times a power of two"):
        compress(np.ones(shape), 1e-3)


@pytest.mark.parametrize(("b", "eps"), [(32, 0.0), (32, 1.0), (1, 0.1)])
def test_accuracies_are_refused(b, eps):
    with pytest.raises(ValueError, match="0 < eps < 1 and b >= 2"):
        rank_bound(b, eps)
