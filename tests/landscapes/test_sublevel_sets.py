"""Components, bars and downhill paths on grids, against slow and obvious counts."""

from itertools import product

import numpy as np
import pytest
from scipy import ndimage

from dlmath.landscapes import examples, grid_paths, sublevel_sets


def slow_components(values, level):
    """Grow each component from a seed, one neighbour at a time."""
    left = {v for v in np.ndindex(values.shape) if values[v] <= level}
    count = 0
    while left:
        count += 1
        todo = [left.pop()]
        while todo:
            v = todo.pop()
            for o in product((-1, 0, 1), repeat=values.ndim):
                w = tuple(i + k for i, k in zip(v, o, strict=True))
                if w in left and (min(o) >= 0 or max(o) <= 0):
                    left.remove(w)
                    todo.append(w)
    return count


def field(shape, seed, levels=None):
    values = ndimage.gaussian_filter(np.random.default_rng(seed).standard_normal(shape), 1.0)
    return values if levels is None else np.digitize(values, np.quantile(values, levels)) * 1.0


@pytest.mark.parametrize("shape", [(40,), (13, 17), (7, 6, 8), (4, 5, 3, 4)])
@pytest.mark.parametrize("levels", [None, (0.2, 0.4, 0.6, 0.8)])
def test_three_counts_agree(shape, levels):
    values = field(shape, seed=len(shape), levels=levels)
    bars = sublevel_sets.bars(values)
    for level in np.quantile(values, [0, 0.1, 0.3, 0.5, 0.8, 1]):
        wanted = slow_components(values, level)
        assert sublevel_sets.components(values, level).max() == wanted
        assert bars.count(level) == wanted


def test_survivors_are_the_bars_that_last():
    values = field((20, 20), seed=3)
    bars = sublevel_sets.bars(values)
    for low, high in [(-0.3, -0.1), (-0.1, 0.0), (0.0, 0.2), (0.1, 0.1)]:
        assert sublevel_sets.survivors(values, low, high) == bars.between(low, high)


def test_bars_on_a_line_by_hand():
    bars = sublevel_sets.bars(np.array([2.0, 4, 1, 3, 0, 5, 3.5]))
    assert bars.births.tolist() == [0, 1, 2, 3.5]
    assert bars.deaths.tolist() == [np.inf, 3, 4, 5]
    assert bars.sites.ravel().tolist() == [4, 2, 0, 6]


def test_ties_make_no_bar():
    assert len(sublevel_sets.bars(np.zeros((5, 5))).births) == 1
    assert len(sublevel_sets.bars(np.array([1.0, 0, 0, 1, 0])).births) == 2


def test_strict_minima_are_the_bars_where_there_are_no_ties():
    values = field((25, 25), seed=5)
    bars = sublevel_sets.bars(values)
    found = np.argwhere(grid_paths.local_minima(values, strict=True))
    assert sorted(map(tuple, found)) == sorted(map(tuple, bars.sites))


def test_bars_move_less_than_the_values():
    values = field((20, 20), seed=6)
    noise = np.random.default_rng(6).uniform(-0.01, 0.01, values.shape)
    old, new = sublevel_sets.bars(values), sublevel_sets.bars(values + noise)
    for u in np.linspace(-0.4, 0.4, 9):
        assert old.between(u - 0.01, u + 0.03) <= new.between(u, u + 0.02)
        assert new.between(u, u + 0.02) <= old.between(u + 0.01, u + 0.01)


@pytest.mark.parametrize("values", [np.array(1.0), np.array([]), np.array([0.0, np.nan])])
def test_what_is_no_grid_is_refused(values):
    with pytest.raises(ValueError, match="values: wanted"):
        sublevel_sets.bars(values)
    with pytest.raises(ValueError, match="values: wanted"):
        sublevel_sets.components(values, 0.0)


def test_other_bad_input_is_refused():
    with pytest.raises(ValueError, match="low <= high"):
        sublevel_sets.survivors(np.zeros(3), 1.0, 0.0)
    with pytest.raises(ValueError, match="low < high"):
        sublevel_sets.sample(examples.chain, [(1.0, 0.0)], 5)
    with pytest.raises(ValueError, match="2 or more"):
        sublevel_sets.sample(examples.chain, [(0.0, 1.0)], 1)
    with pytest.raises(ValueError, match="8 / sqrt"):
        examples.double_well_levels(1.6)
    with pytest.raises(ValueError, match="length 2 or more"):
        examples.inner_product_path((np.ones(1), np.ones(1)), (np.ones(1), np.ones(1)))


def test_sample_is_the_function_at_the_grid():
    values, steps = sublevel_sets.sample(lambda a, b: a + 10 * b, [(0, 1), (0, 2)], 3)
    assert values.tolist() == [[0, 10, 20], [0.5, 10.5, 20.5], [1, 11, 21]]
    assert steps.tolist() == [0.5, 1.0]
    # at the middle of the main diagonal of a paraboloid the bound is attained
    bound = sublevel_sets.interpolation_error(2.0, [0.5, 0.5])
    assert np.isclose((0 + 0.5) / 2 - 2 * 0.25**2, bound)


@pytest.mark.parametrize("seed", range(12))
def test_downhill_on_a_small_grid(seed):
    values = field((5, 5), seed, levels=(0.3, 0.6, 0.8))
    n = values.size
    joined = np.zeros((n, n), bool)
    for v, w in product(np.ndindex(values.shape), repeat=2):
        o = np.subtract(w, v)
        near = max(abs(o)) == 1 and (o.min() >= 0 or o.max() <= 0)
        joined[np.ravel_multi_index(v, (5, 5)), np.ravel_multi_index(w, (5, 5))] = near
    f = values.ravel()
    down = joined & (f[:, None] >= f[None, :])
    paths = np.linalg.matrix_power((down | np.eye(n, dtype=bool)).astype(float), n) > 0
    wanted = paths[:, f == f.min()].any(axis=1).reshape(5, 5)
    assert (grid_paths.reaches_the_bottom(values) == wanted).all()
    assert grid_paths.no_spurious_valley(values) == wanted.all()
    lower = (joined & (f[:, None] > f[None, :])).any(axis=1).reshape(5, 5)
    assert (grid_paths.local_minima(values) == ~lower).all()


def test_filled_is_the_least_pass():
    values = field((12, 12), seed=2)
    filled = grid_paths.filled(values)
    bottom = np.unravel_index(values.argmin(), values.shape)
    for v in np.ndindex(values.shape):
        labels = sublevel_sets.components(values, filled[v])
        assert labels[v] == labels[bottom] > 0
        below = sublevel_sets.components(values, filled[v] - 1e-12)
        assert below[v] == 0 or below[v] != below[bottom]
    assert len(sublevel_sets.bars(filled).births) == 1
    assert grid_paths.reaches_the_bottom(filled).all()


def test_double_well_levels():
    low, high, pass_ = examples.double_well_levels(0.3)
    assert np.allclose([high, pass_], [0.2941465, 1.0112820])
    assert low < 0


def test_saddle_ring():
    grid = np.meshgrid(*[np.linspace(-2, 2, 81)] * 3, indexing="ij")
    for pull in (0.8, 1.0, 1.3):
        least = examples.saddle_ring_minimum(pull)
        assert examples.saddle_ring(*grid, pull).min() >= least
        way = examples.saddle_ring_way_out(1.0, pull)
        heights = examples.saddle_ring(*way.T, pull)
        assert np.diff(heights).max() < 1e-12
        assert np.isclose(heights[-1], least)
        assert np.abs(np.diff(way, axis=0)).max() < 0.05


def test_hat_is_smooth_where_its_parts_meet():
    angle = np.linspace(0, 6, 50)
    inside, outside = examples.hat(0.97, angle), examples.hat(1.03, angle)
    assert np.abs(inside).max() < 1e-6
    assert np.abs(outside).max() < 1e-6
    assert (examples.hat(1.0, angle) == 0).all()
    r = np.linspace(1.001, 3, 5000)
    assert np.isclose(examples.hat(r, 0.0).min(), -np.exp(-1), atol=1e-6)
    assert np.isclose(r[examples.hat(r, 0.0).argmin()], np.sqrt(2), atol=1e-3)


def test_two_neurons_and_their_curvature():
    loss = examples.TwoNeurons()
    assert loss(0.5, 2.5) == 0 == loss(2.5, 0.5)
    w, height = loss.merged()
    assert np.isclose(height, 0.0183166, atol=1e-7)
    assert 0.5 < w < 2.5
    h, at = 1e-4, np.random.default_rng(0).uniform(-2, 4, (200, 2)).T
    second = (loss(at[0] + h, at[1]) - 2 * loss(*at) + loss(at[0] - h, at[1])) / h**2
    assert np.abs(second).max() < loss.curvature


@pytest.mark.parametrize("kind", ["random", "opposite", "zero", "same"])
def test_inner_product_path(kind):
    rng = np.random.default_rng(7)
    a, b, c, d = rng.standard_normal((4, 3))
    ends = {
        "random": ((a, b), (c, d)),
        "opposite": ((a, b), (-2 * a, d)),
        "zero": ((0 * a, b), (c, 0 * d)),
        "same": ((a, b), (a, b)),
    }[kind]
    A, B = examples.inner_product_path(*ends, points=400)
    inner = (A * B).sum(axis=1)
    first, last = (float(x @ y) for x, y in ends)
    assert inner.min() > min(first, last) - 1e-12
    assert inner.max() < max(first, last) + 1e-12
    assert np.allclose([A[0], B[0], A[-1], B[-1]], [*ends[0], *ends[1]])
    assert np.abs(np.diff(A, axis=0)).max() < 0.05
    assert np.abs(np.diff(B, axis=0)).max() < 0.2
