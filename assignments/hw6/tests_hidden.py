"""Hidden tests of the sixth homework."""

import numpy as np
from scipy.stats import gamma

from dlmath.check import hw6 as check
from dlmath.grade.judge import Test, close, refuses


def public(name):
    """The public check as a test."""
    return lambda student: getattr(check, name)(student.function(name))


def flows(student):
    """Random drifts and noises, also of low rank."""
    for d, rank in ((1, 1), (2, 1), (5, 5), (8, 3)):
        rng = np.random.default_rng([60, d])
        A, B = rng.standard_normal((d, d)), rng.standard_normal((d, rank))
        A += (0.5 - np.linalg.eigvals(A).real.min()) * np.eye(d)
        check.balanced(student.function("rest"), A, B @ B.T)


def kinetic(student):
    """Langevin dynamics with momentum: the law of question 4 (c)."""
    H, friction, T = np.diag([1.0, 4.0, 9.0]), 0.7, 0.3
    zero, one = np.zeros((3, 3)), np.eye(3)
    A, D = np.block([[zero, -one], [H, friction * one]]), np.zeros((6, 6))
    D[3:, 3:] = friction * T * one
    S, Q = student("rest", A, D)
    close(S, T * np.block([[np.linalg.inv(H), zero], [zero, one]]), "S with momentum", atol=1e-8)
    close(Q, T * np.block([[zero, -one], [one, zero]]), "Q with momentum", atol=1e-8)
    S, Q = student("rest", H, np.diag([2.0, 1.0, 0.0]))
    close(Q, zero, "Q where A and D are diagonal", "then the flow is reversible", atol=1e-9)


def no_rest(student):
    """No law at rest, and noises that are none."""
    one = np.eye(2)
    refuses(student, "rest", np.diag([1.0, -0.1]), one)
    refuses(student, "rest", np.array([[0.0, 1.0], [-1.0, 0.0]]), one)
    refuses(student, "rest", one, np.array([[1.0, 0.5], [0.0, 1.0]]))
    refuses(student, "rest", one, np.array([[1.0, 2.0], [2.0, 1.0]]))


def radius(eta, a, b, beta):
    """The radius by applying the mean of the pairs of steps to a basis of symmetric matrices."""
    steps = [np.array([[1 - eta * h, beta], [-eta * h, beta]]) for h in a]
    mean = sum(steps) / len(steps)
    basis = [np.array(S) for S in ([[1, 0], [0, 0]], [[0, 1], [1, 0]], [[0, 0], [0, 1]])]
    columns = []
    for S in basis:
        one = sum(M @ S @ M.T for M in steps) / len(steps)
        after = one / b + (1 - 1 / b) * mean @ S @ mean.T
        columns.append([after[0, 0], after[0, 1], after[1, 1]])
    return np.abs(np.linalg.eigvals(np.array(columns).T)).max()


def moments(student):
    """Random curvatures, batches and momenta."""
    rng = np.random.default_rng(61)
    for b, beta in ((1, 0.0), (1, 0.9), (4, 0.5), (100, 0.99), (3, 0.2)):
        a = rng.exponential(size=7)
        for eta in (0.01, 0.7, 3.0):
            what = f"The radius for b = {b}, beta = {beta}, eta = {eta}"
            close(student("growth", eta, a, b, beta), radius(eta, a, b, beta), what, rtol=1e-7)


def thresholds(student):
    """The radius is 1 at the threshold of question 5; one curvature: no noise, a double root."""
    a = np.array([0.0, 1.0, 1.0, 6.0])
    m, spread = a.mean(), a.var()
    for b, beta in ((1, 0.3), (8, 0.9)):
        limit = 2 * m * (1 + beta) / (m**2 + spread / b * (1 + beta) / (1 - beta))
        close(student("growth", limit, a, b, beta), 1.0, f"The radius at the threshold, b = {b}")
    close(student("growth", 0.25, np.ones(3), 1, 0.25), 0.25, "Critical damping", atol=1e-4)


def known(student):
    """Equal powers, by the Gamma law, and different ones, by partial fractions."""
    for k, d, t in ((1, 1, 1.0), (1, 3, 0.1), (2, 5, 1e-3), (3, 8, 1e-6)):
        wanted = gamma.sf(-np.log(t) / (2 * k), d)
        close(student("volume", np.full(d, k), t), wanted, f"{d} times the power {2 * k}, t = {t}")
    for k, t in (([1, 2, 4], 0.02), ([5, 1, 3, 2], 1e-5), ([7, 2], 0.9)):
        rates = 1 / (2 * np.array(k))
        parts = [np.prod([r / (r - own) for r in rates if r != own]) for own in rates]
        close(student("volume", np.array(k), t), parts @ t**rates, f"Powers twice {k}, t = {t}")


def small(student):
    """Volumes of about 1e-12, to a relative error of 1e-4."""
    for k, t in (([1, 1, 1], 1e-29), ([1, 2], 1e-48), ([1], 1e-24)):
        s, rates = -np.log(t), 1 / (2 * np.array(k))
        if len(set(k)) == 1:
            wanted = gamma.sf(s / 2, len(k))
        else:
            wanted = np.exp(-s / 4) * 2 - np.exp(-s / 2)
        assert 1e-13 < wanted < 1e-10, rates
        close(student("volume", np.array(k), t), wanted, f"t = {t}", "no 1 - p", rtol=1e-4, atol=0)


QUESTIONS = {
    "1 rest": [
        Test(4, "the public check", public("rest")),
        Test(5, "random flows", flows),
        Test(4, "Langevin dynamics with momentum; a reversible flow", kinetic),
        Test(4, "refuses what has no law at rest", no_rest),
    ],
    "2 growth": [
        Test(5, "the public check", public("growth")),
        Test(7, "other curvatures, batches and momenta", moments),
        Test(5, "at the threshold, and without noise", thresholds),
    ],
    "3 volume": [
        Test(4, "the public check", public("volume")),
        Test(7, "equal and different powers", known),
        Test(5, "very small volumes", small),
    ],
}
HAND = {
    "4 proof: reversible or not": 13,
    "5 proof: the threshold with momentum": 14,
    "6 proof: the volume, exactly": 13,
    "7 measured": 10,
}
