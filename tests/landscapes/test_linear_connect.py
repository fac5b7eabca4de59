"""Wide linear networks and the fibres of the product: ways across, and where there is none."""

import numpy as np
import pytest

from dlmath.landscapes.linear_connect import (
    canonical,
    connecting_path,
    descent_to,
    rank_margin,
    way_round,
)
from dlmath.landscapes.linear_fibres import (
    factors,
    fibre_path,
    joined_frames,
    random_factorisation,
    signature,
)
from dlmath.landscapes.linear_networks import product, random_weights

TIMES = np.linspace(0, 1, 33)


@pytest.mark.parametrize("sizes", [[5, 3, 2], [2, 4, 5], [4, 3, 5, 2], [3, 3, 3, 3, 2]])
def test_wide_networks_are_joined_below_the_higher_end(sizes):
    first, second = random_weights(sizes, 1), random_weights(sizes, 2)
    target = np.random.default_rng(0).standard_normal((sizes[-1], sizes[0]))

    def loss(weights):
        return float(np.abs(product(weights) - target).sum())

    for a, b in ((first, second), ([0 * W for W in first], second)):
        path = connecting_path(a, b)
        assert path.values(loss, 20)[1].max() <= max(loss(a), loss(b)) + 1e-10
        assert np.allclose(path.end[0], b[0])
        assert np.allclose(path.end[-1], b[-1])
        fine, coarse = path.largest_step(1600), path.largest_step(800)
        assert fine < 0.6 * coarse  # continuous: half the spacing, half the step
    down = descent_to(first, target)
    assert down.rise(loss) < 1e-10
    assert loss(down.end) < 1e-10


def test_the_rank_margin_is_a_lower_bound():
    rng = np.random.default_rng(6)
    for _ in range(5):
        a, b = ([rng.standard_normal(s) for s in ((4, 5), (2, 4))] for _ in range(2))
        seen = [
            np.linalg.svd(product([(1 - t) * p + t * q for p, q in zip(a, b, strict=True)]))[1][-1]
            for t in np.linspace(0, 1, 2000)
        ]
        assert rank_margin(a, b) <= min(seen)
        assert rank_margin(a, b) > 0 or min(seen) < 1e-3
    assert rank_margin([np.eye(2)], [np.diag([1.0, -1.0])]) <= 0


def test_at_the_limiting_width_determinants_stand_in_the_way():
    first, second = random_weights([3, 2, 2], 4), random_weights([3, 2, 2], 5)
    ends = [canonical(w)[1] for w in (first, second)]
    assert np.linalg.det(ends[0][1]) * np.linalg.det(ends[1][1]) < 0
    assert way_round(ends[0][1:], ends[1][1:])[1] <= 0
    with pytest.raises(ValueError, match="found no way"):
        connecting_path(first, second)


@pytest.mark.parametrize(
    ("rho", "widths"), [(1, [1, 1]), (2, [2, 3, 2]), (3, [3, 4]), (2, [2, 2, 2]), (2, [4])]
)
def test_a_fibre_falls_into_the_pieces_that_the_signs_tell(rho, widths):
    rng = np.random.default_rng(rho)
    M = rng.standard_normal((3, rho)) @ rng.standard_normal((rho, 4))
    points = [random_factorisation(M, widths, seed) for seed in range(40)]
    kinds = [signature(p, M) for p in points]
    assert len(set(kinds)) == 2 ** sum(h == rho for h in widths)
    for k in range(1, 8):
        if kinds[k] == kinds[0]:
            path = fibre_path(points[0], points[k])
            assert max(np.abs(product(path(t)) - M).max() for t in TIMES) < 1e-9
            assert {signature(path(t), M) for t in TIMES} == {kinds[0]}
            assert path.largest_step(300) < 0.7 * path.largest_step(150)
        else:
            with pytest.raises(ValueError, match="determinants of one sign"):
                fibre_path(points[0], points[k])


def test_frames_are_joined_and_orthonormal_ones_stay_so():
    rng = np.random.default_rng(8)
    for h, r in ((3, 3), (4, 2), (5, 4), (2, 1), (1, 1)):
        a, b = (np.linalg.qr(rng.standard_normal((h, r)))[0] for _ in range(2))
        if h == r and np.linalg.det(a) * np.linalg.det(b) < 0:
            b[:, 0] *= -1
        way = joined_frames(a, b)
        assert np.allclose(way(0), a)
        assert np.allclose(way(1), b)
        for t in TIMES:
            assert np.allclose(way(t).T @ way(t), np.eye(r))
    half = joined_frames(np.eye(2), -np.eye(2))  # a turn by pi: no logarithm is needed
    assert abs(np.linalg.det(half(0.5))) == pytest.approx(1)


def test_factors_and_bad_input():
    M = np.array([[1.0, 2.0], [2.0, 4.0]])
    B, A = factors(M)
    assert B.shape == (2, 1)
    assert np.allclose(B @ A, M)
    with pytest.raises(ValueError, match="not zero"):
        factors(np.zeros((2, 2)))
    with pytest.raises(ValueError, match="none below the rank 1"):
        random_factorisation(M, [0], 0)
    with pytest.raises(ValueError, match="the same product"):
        fibre_path(random_factorisation(M, [2], 0), random_factorisation(2 * M, [2], 0))
    with pytest.raises(ValueError, match="two of the same shapes"):
        fibre_path(random_factorisation(M, [2], 0), random_factorisation(M, [3], 0))
    with pytest.raises(ValueError, match="two of the same shapes"):
        connecting_path(random_weights([3, 3, 2], 0), random_weights([3, 4, 2], 0))
    with pytest.raises(ValueError, match=r"at least min\(n, m\) = 2"):
        connecting_path(random_weights([3, 1, 2], 0), random_weights([3, 1, 2], 0))
    with pytest.raises(ValueError, match=r"at least min\(n, m\) = 2"):
        descent_to(random_weights([3, 1, 2], 0), np.ones((2, 3)))
