"""Learning from few labels: the split, and that both learners learn."""

import numpy as np
import pytest
import torch

from dlmath.data import digits
from dlmath.invariance.digits import few_labels, linear_accuracy, network_accuracy, split


def test_a_split_is_balanced_and_leaves_nothing_out():
    labels = digits().labels
    train, test = split(labels, 50, seed=1)
    assert sorted([*train, *test]) == list(range(len(labels)))
    np.testing.assert_array_equal(np.bincount(labels[train]), np.full(10, 5))
    np.testing.assert_array_equal(train, split(labels, 50, seed=1)[0])
    assert set(train) != set(split(labels, 50, seed=2)[0])


@pytest.mark.parametrize("n", [3, 1797])
def test_a_split_needs_every_class_and_something_to_test(n):
    with pytest.raises(ValueError, match="wanted 10 to 1796 labels"):
        split(digits().labels, n, seed=0)


def test_both_learners_beat_guessing_and_leave_the_generator_alone():
    data = digits()
    at = split(data.labels, 100, seed=0)
    before = torch.random.get_rng_state()
    assert linear_accuracy(data.images, data.labels, at) > 0.8
    assert network_accuracy(data.images, data.labels, at, steps=40) > 0.6
    assert torch.equal(before, torch.random.get_rng_state())


def test_shuffled_labels_teach_nothing():
    data = digits()
    shuffled = np.random.default_rng(0).permutation(data.labels)
    accuracy = linear_accuracy(data.images, shuffled, split(shuffled, 200, seed=0))
    assert abs(accuracy - 0.1) < 4 * np.sqrt(0.09 / 1597)


def test_curves_name_every_representation_and_number():
    data = digits()
    found = few_labels(data, {"pixels": data.images}, labels=(20, 30), draws=1)
    assert {name: list(curve) for name, curve in found.items()} == {
        "pixels": [20, 30],
        "trained network": [20, 30],
    }
