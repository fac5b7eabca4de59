"""Wrong answers to the sixth homework fail for the right reason."""

import numpy as np
import pytest
from homeworks import ROOT
from scipy.linalg import solve_continuous_lyapunov
from scipy.stats import gamma

from dlmath.check import hw6 as check
from dlmath.grade.judge import Trusted, mark
from dlmath.grade.tests import load

QUESTIONS = load(ROOT / "assignments/hw6").questions


def why(question, function):
    """What a wrong answer is told, by the public check and the hidden tests."""
    marks = mark(QUESTIONS[question], Trusted({question.split()[1]: function}))
    assert any(m.why for m in marks)
    return "\n".join(m.why for m in marks)


def lyapunov(A, D, factor=2.0, transpose=False):
    """The right matrices, or with a factor or a transpose that is wrong; it refuses nothing."""
    S = solve_continuous_lyapunov(A.T if transpose else A, factor * D)
    return S, A @ S - D


def symmetric_only(A, D):
    """Right where A and D commute and A is symmetric."""
    S = np.linalg.solve(A, D)
    return S, A @ S - D


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lyapunov, "accepts what it should refuse"),
        (lambda A, D: lyapunov(A, D, factor=1.0), "misses 2 D"),
        (lambda A, D: lyapunov(A, D, transpose=True), "misses 2 D"),
        (symmetric_only, "misses 2 D"),
        (lambda A, D: (lyapunov(A, D)[0], 0 * A), "Q is not A S - D"),
        (lambda A, D: lyapunov(A, D)[0], "It returns ndarray"),
    ],
)
def test_wrong_laws(wrong, message):
    assert message in why("1 rest", wrong)


def radius(eta, a, b, beta, *, spread=None, old=False):
    """The radius, with a spread that may be wrong; ``old``: x moves by the old v."""
    m, s = eta * np.mean(a), eta**2 * (np.var(a) / b if spread is None else spread(a, b))
    M = np.array([[1.0, 1.0], [-m, beta]]) if old else np.array([[1 - m, beta], [-m, beta]])
    noise = np.array([[0.0, 0.0], [1.0, 0.0]]) if old else np.array([[1.0, 0.0], [1.0, 0.0]])
    both = np.kron(M, M) + s * np.kron(noise, noise)
    return float(np.abs(np.linalg.eigvals(both)).max())


def of_the_mean(eta, a, b, beta):
    m = eta * np.mean(a)
    return float(np.abs(np.linalg.eigvals([[1 - m, beta], [-m, beta]])).max() ** 2)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (of_the_mean, "here 1/4, the radius is 0.0"),
        (
            lambda eta, a, b, beta: radius(eta, a, b, beta, spread=lambda a, b: np.var(a)),
            "for b = 4",
        ),
        (
            lambda eta, a, b, beta: radius(
                eta, a, b, beta, spread=lambda a, b: np.var(a, ddof=1) / b if len(a) > 1 else 0.0
            ),
            "no momentum",
        ),
        (lambda eta, a, b, beta: np.sqrt(radius(eta, a, b, beta)), "not 0.25"),
        (lambda eta, a, b, beta: np.array([radius(eta, a, b, beta)]), "the radius is ["),
        (lambda eta, a, b, beta: radius(eta, a, b, 0.0), "momentum 1/2"),
    ],
)
def test_wrong_radii(wrong, message):
    assert message in why("2 growth", wrong)


def fractions(k, t):
    """Partial fractions: they divide by zero where two powers are equal."""
    rates = 1 / (2 * np.asarray(k, float))
    if len(set(rates)) < len(rates):
        rates = rates * (1 + 1e-9 * np.arange(len(rates)))
    parts = [np.prod([r / (r - own) for r in rates if r != own]) for own in rates]
    return float(parts @ t**rates)


def largest_only(k, t):
    return float(t ** (1 / (2 * max(k))))


def complement(k, t):
    """Right, as one less the distribution function: nothing is left where it is small."""
    from scipy.linalg import expm

    rates = 1 / (2 * np.asarray(k, float))
    G = np.diag(-rates) + np.diag(rates[:-1], 1)
    return float(1 - (1 - np.float32(expm(-np.log(t) * G)[0].sum())))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (largest_only, "x^2 y^2"),
        (fractions, "times the power"),
        (complement, "no 1 - p"),
        (lambda k, t: float(gamma.sf(-np.log(t) / (2 * np.mean(k)), len(k))), "x^4 y^2"),
        (
            lambda k, t: float(
                np.mean(
                    np.prod(
                        np.random.default_rng(0).random((10**5, len(k))) ** (2 * np.asarray(k)),
                        axis=1,
                    )
                    < t
                )
            ),
            "not 0.",
        ),
    ],
)
def test_wrong_volumes(wrong, message):
    assert message in why("3 volume", wrong)


@pytest.mark.parametrize("name", ["rest", "growth", "volume"])
def test_public_checks_say_that_nothing_is_written(name):
    def blank(*_):
        raise NotImplementedError

    with pytest.raises(AssertionError, match="is not written yet"):
        getattr(check, name)(blank)
