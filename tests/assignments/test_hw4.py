"""Wrong answers to the fourth homework fail for the right reason."""

from itertools import pairwise

import numpy as np
import pytest
from homeworks import ROOT
from scipy.optimize import linprog

from dlmath.check import hw4 as check
from dlmath.generalization.separable_data import max_margin
from dlmath.grade.judge import Trusted, mark
from dlmath.grade.tests import load

QUESTIONS = load(ROOT / "assignments/hw4").questions


def why(question, function):
    """What a wrong answer is told, by the public check and the hidden tests."""
    marks = mark(QUESTIONS[question], Trusted({question.split()[1]: function}))
    assert any(m.why for m in marks)
    return "\n".join(m.why for m in marks)


def euclidean(Z, norm):
    """The hard-margin vector, scaled to the norm: another margin."""
    found = max_margin(Z, np.ones(len(Z)))
    w = found.w / np.linalg.norm(found.w, check.ORDERS[norm])
    return (Z @ w).min(), w, found.alpha / found.alpha.sum()


def primal(Z, norm, *, bound=1.0, l1_for_both=False):
    """A right vector; the certificate is made up."""
    n, d = Z.shape
    size = np.append(np.ones(2 * d), 0)[None]
    A = np.hstack([-Z, Z, np.ones((n, 1))])
    box = bound
    if norm == "l1" or l1_for_both:
        A, box = np.vstack([A, size]), None
    b = np.append(np.zeros(n), bound)[: len(A)]
    bounds = [(0, box)] * (2 * d) + [(None, None)]
    x = linprog(-np.eye(2 * d + 1)[-1], A_ub=A, b_ub=b, bounds=bounds).x
    return x[-1], x[:d] - x[d : 2 * d], np.full(n, 1 / n)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (euclidean, "p proves only that the margin is at most"),
        (primal, "p proves only that the margin is at most"),
        (lambda Z, norm: primal(Z, norm, bound=2.0), "norm of w is 2"),
        (lambda Z, norm: primal(Z, norm, l1_for_both=True), "For l"),
        (lambda Z, norm: primal(Z, norm)[:2], "a tuple of three"),
        (lambda Z, norm: (0.0, np.zeros(Z.shape[1]), np.eye(len(Z))[0]), "accepts what it should"),
    ],
)
def test_wrong_margins(wrong, message):
    assert message in why("1 margin", wrong)


def sweep(weights, rounds=1, root=0.5, hush=True):
    """The right step, as often and with the exponent that is asked for."""
    W = [np.array(A, float) for A in weights]
    for _ in range(rounds):
        for A, B in pairwise(W):
            come, go = np.linalg.norm(A, axis=1), np.linalg.norm(B, axis=0)
            dead = (come == 0) | (go == 0)
            if hush:
                A[dead], B[:, dead] = 0, 0
            c = np.where(dead, 1, (go / np.where(dead, 1, come)) ** root)
            A[:], B[:] = A * c[:, None], B / c
    return W


def whole_layers(weights):
    """One factor a layer: balanced layers, not neurons."""
    size = np.exp(np.mean([np.log(np.linalg.norm(W)) for W in weights]))
    return [W * size / np.linalg.norm(W) for W in weights]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (list, "norms in and out differ"),
        (whole_layers, "norms in and out differ"),
        (sweep, "In hidden layer 1"),
        (lambda W: sweep(W, 3000, hush=False), "differ"),
        (lambda W: sweep(W, 1, root=1.0), "norms in and out differ"),
        (lambda W: [A / 2 for A in sweep(W)], "The function has changed"),
        (lambda W: [A * 0 for A in W], "The function has changed"),
    ],
)
def test_wrong_balances(wrong, message):
    assert message in why("2 balance", wrong)


def all_subsets(W, a):
    """The largest gradient over all sets of neurons, also those that are never on together."""
    sets = (
        (np.arange(2 ** len(a))[:, None] >> np.arange(len(a))) & 1 if len(a) < 8 else np.eye(len(a))
    )
    return float(np.linalg.norm((sets * a) @ W, axis=1).max())


def on_a_grid(W, a):
    t = np.linspace(0, 2 * np.pi, 5000)
    x = np.stack([np.cos(t), np.sin(t)])
    return float(np.linalg.norm(((W @ x > 0) * a[:, None]).T @ W, axis=1).max())


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda W, a: float(np.linalg.norm(a) * np.linalg.norm(W, 2)), "For |x_1|"),
        (lambda W, a: float(np.abs(a) @ np.linalg.norm(W, axis=1)), "For |x_1|"),
        (all_subsets, "The constant for 5 neurons"),
        (on_a_grid, "A narrow sector"),
        (lambda W, a: np.array([on_a_grid(W, a)]), "it is ["),
    ],
)
def test_wrong_constants(wrong, message):
    assert message in why("3 lipschitz", wrong)


@pytest.mark.parametrize("name", ["margin", "balance", "lipschitz"])
def test_public_checks_say_that_nothing_is_written(name):
    def blank(*_):
        raise NotImplementedError

    with pytest.raises(AssertionError, match="is not written yet"):
        getattr(check, name)(blank)
