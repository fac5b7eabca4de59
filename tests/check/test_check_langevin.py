"""The checks of the exercises praise what is right and say what is wrong."""

import numpy as np
import pytest
import torch

from dlmath.check import langevin as check
from dlmath.landscapes.gibbs import exit_time


def steps_with(noise, sign=-1.0):
    def run(gradient, w, T, step, steps, rng):
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(steps):
                xi = rng.standard_normal(w.shape)
                w = w + sign * step * gradient(w) + noise(T, step) * xi
        return w

    return run


def adjusted_with(reverse=True, refuse=True):
    def run(V, gradient, x, T, step, steps, rng):
        for _ in range(steps):
            xi = rng.standard_normal(x.shape)
            new = x - step * gradient(x) + np.sqrt(2 * T * step) * xi
            odds = (V(x) - V(new)) / T
            if reverse:
                back = (x - new + step * gradient(new)) ** 2 / (4 * T * step)
                odds = odds - back + xi**2 / 2
            taken = (np.log(rng.random(x.shape)) < odds) | (not refuse)
            x = np.where(taken, new, x)
        return x

    return run


right = steps_with(lambda T, step: np.sqrt(2 * T * step))


def test_right_answers_are_praised():
    assert check.chains(right) == "All checks passed."
    assert check.adjusted(adjusted_with()) == "All checks passed."


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (steps_with(lambda T, step: np.sqrt(T * step)), "where is the 2"),
        (steps_with(lambda T, step: np.sqrt(2 * T) * step), "root of the step"),
        (steps_with(lambda T, step: np.sqrt(2 * step)), "enter at all"),
        (steps_with(lambda T, step: T * np.sqrt(2 * step)), "under the root"),
        (steps_with(lambda T, step: 1.2 * np.sqrt(2 * T * step)), "On a parabola"),
        (lambda *a: right(*a)[:, 0], "The shape is"),
        (lambda *a: right(*a)[:, :1] * np.array([1, 3**-0.5]), "On a parabola|correlated"),
        (lambda *a: right(*a) * np.nan, "not finite"),
    ],
)
def test_wrong_chains_are_told_apart(run, message):
    with pytest.raises(AssertionError, match=message):
        check.chains(run)


@pytest.mark.parametrize(
    ("run", "message"),
    [
        (adjusted_with(refuse=False), "run off to infinity"),
        (adjusted_with(reverse=False), "the test compares"),
        (lambda V, g, x, *rest: x[:1], "The shape is"),
    ],
)
def test_wrong_tests_are_told_apart(run, message):
    with np.errstate(over="ignore", invalid="ignore"), pytest.raises(AssertionError, match=message):
        check.adjusted(run)


def predicted(tube, t, back=True, form="free_energy", halves=2):
    def V(x):
        x = torch.as_tensor(x)
        return (tube.free_energy(x, 1.0) if form == "free_energy" else tube.floor(x)[0]).numpy()

    rate = there = 1 / exit_time(V, 1.0, -1.0, 1.0, -3.0)
    if back:
        rate = there + 1 / exit_time(lambda x: V(-x), 1.0, -1.0, 1.0, -3.0)
    return there / rate * (1 - np.exp(-t * rate)), np.log(halves) / rate


@pytest.mark.parametrize(
    ("predict", "message"),
    [
        (lambda tube, t: predicted(tube, t, back=False), "two rates"),
        (lambda tube, t: predicted(tube, t, form="floor"), "free energy, which knows d"),
        (
            lambda tube, t: (predicted(tube, t)[0], predicted(tube, t, back=False)[1]),
            "the rates add up",
        ),
        (lambda tube, t: predicted(tube, t, halves=np.e), "one half"),
        (lambda tube, t: predicted(tube, t)[0], "another form"),
    ],
)
def test_wrong_barriers_are_told_apart(predict, message):
    assert check.barrier(predicted) == "All checks passed."
    with pytest.raises(AssertionError, match=message):
        check.barrier(predict)
