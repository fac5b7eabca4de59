"""Descent on least squares, against torch's optimizers and against the normal equations."""

import numpy as np
import pytest
import torch

from dlmath.landscapes import row_space
from dlmath.landscapes.row_space import descend, kernel_part, nearest_solution


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    return rng.standard_normal((4, 9)), rng.standard_normal(4), rng.standard_normal(9)


def torch_path(X, y, start, make, steps):
    w = torch.tensor(start, requires_grad=True)
    optimizer = make([w])
    for _ in range(steps):
        optimizer.zero_grad()
        (torch.as_tensor(X) @ w - torch.as_tensor(y)).square().mean().backward()
        optimizer.step()
    return w.detach().numpy()


@pytest.mark.parametrize(
    ("rule", "make"),
    [
        (lambda: row_space.plain(0.01, 0.3), lambda p: torch.optim.SGD(p, 0.01, weight_decay=0.3)),
        (lambda: row_space.momentum(0.01, 0.8), lambda p: torch.optim.SGD(p, 0.01, momentum=0.8)),
        (lambda: row_space.adam(0.05), lambda p: torch.optim.Adam(p, 0.05)),
    ],
)
def test_rules_are_those_of_torch(data, rule, make):
    assert descend(*data, rule(), 30)[-1] == pytest.approx(torch_path(*data, make, 30), rel=1e-9)


def test_batches_are_means_over_examples_of_the_data(data):
    X, y, start = data
    path = descend(X, y, start, row_space.plain(0.01), 1, batch=1, seed=3)
    each = [start - 0.01 * 2 * (x @ start - t) * x for x, t in zip(X, y, strict=True)]
    assert min(np.abs(path[1] - w).max() for w in each) < 1e-15
    whole = descend(X, y, start, row_space.plain(0.01), 1, batch=4)[1]
    assert whole == pytest.approx(descend(X, y, start, row_space.plain(0.01), 1)[1])


def test_kernel_part_and_nearest_solution(data):
    X, y, start = data
    P = np.eye(9) - np.linalg.pinv(X) @ X
    assert kernel_part(X, start) == pytest.approx(P @ start)
    assert kernel_part(X, np.stack([start, 2 * start])) == pytest.approx(
        np.outer([1, 2], P @ start)
    )
    best = nearest_solution(X, y, start)
    assert X @ best == pytest.approx(y)
    for seed in range(5):
        other = best + P @ np.random.default_rng(seed).standard_normal(9)
        assert np.linalg.norm(other - start) >= np.linalg.norm(best - start)


def test_adam_rests_where_there_is_no_gradient():
    X, y = np.array([[2.0, 0.0]]), np.array([1.0])
    path = descend(X, y, np.zeros(2), row_space.adam(0.1, 0.0), 5)
    assert (path[:, 1] == 0).all()
    assert path[1, 0] == pytest.approx(0.1)


def test_bad_input_is_refused(data):
    X, y, start = data
    with pytest.raises(ValueError, match="wanted y"):
        descend(X, y[:2], start, row_space.plain(0.1), 1)
    with pytest.raises(ValueError, match="batch"):
        descend(X, y, start, row_space.plain(0.1), 1, batch=5)
    with pytest.raises(ValueError, match="epsilon"):
        row_space.adam(0.1, -1.0)


def test_a_first_velocity_leaves_a_displacement_in_the_kernel(data):
    X, y, start = data
    velocity = np.random.default_rng(6).standard_normal(9)
    path = descend(X, y, start, row_space.momentum(0.01, 0.8, velocity), 400)
    left = -0.01 * 0.8 / (1 - 0.8) * kernel_part(X, velocity)
    assert kernel_part(X, path[-1] - start) == pytest.approx(left, abs=1e-12)
