"""Hidden tests of the fourth homework."""

import itertools

import numpy as np

from dlmath.check import hw4 as check
from dlmath.grade.judge import Test, close, refuses


def public(name):
    """The public check as a test."""
    return lambda student: getattr(check, name)(student.function(name))


def margins(norm):
    """Certificates on other data: many examples, few, ties, one."""

    def judge(student):
        rng = np.random.default_rng(40)
        tall = np.sign(rng.standard_normal((60, 1))) * rng.standard_normal((60, 5))
        tall *= np.sign(tall @ [3, 1, -1, 0.5, 2])[:, None]
        wide = rng.standard_normal((4, 12))
        for Z in (tall, wide, np.eye(3), np.ones((5, 2)), 1e-4 * wide, np.array([[2.0, -1.0]])):
            check.certified(student("margin", Z, norm), Z, norm)

    return judge


def inseparable(student):
    """No rule, and a rule without a margin."""
    for norm in ("l1", "linf"):
        refuses(student, "margin", np.array([[1.0, 0.0], [-1.0, 0.0]]), norm)
        refuses(student, "margin", np.array([[1.0, 1.0], [-1.0, 1.0], [0.0, 0.0]]), norm)


def network(sizes, seed, scale=1.0):
    """Random matrices for the widths in ``sizes``, inputs first."""
    rng = np.random.default_rng(seed)
    pairs = itertools.pairwise(sizes)
    return [rng.standard_normal((m, n)) * scale**k for k, (n, m) in enumerate(pairs)]


def two_layers(student):
    """One hidden layer, also with very unequal layers."""
    for sizes, scale in (((3, 5, 2), 1.0), ((1, 7, 1), 1e3), ((4, 1, 3), 1e-3)):
        check.lightest(student.function("balance"), network(sizes, 41, scale))


def deep(student):
    """Two and more hidden layers."""
    for sizes, scale in (((2, 3, 3, 1), 1.0), ((3, 4, 2, 5, 2), 4.0), ((2, 2, 2, 2, 2, 2), 0.3)):
        check.lightest(student.function("balance"), network(sizes, 42, scale))
    close(np.shape(student("balance", network((3, 2), 1))[0]), (2, 3), "No hidden layer: shape")


def dead(student):
    """Neurons that do nothing, and those that do nothing because of them."""
    weights = network((3, 4, 3, 2), 43)
    weights[0][1] = 0  # no input
    weights[2][:, 0] = 0  # no output
    weights[1][1, :] = [0, 5, 0, 0]  # fed by a dead neuron only
    check.lightest(student.function("balance"), weights)
    found = student("balance", weights)
    close(found[1][:, 1], np.zeros(3), "Outgoing weights of a neuron without input")
    close(found[2][:, 1], np.zeros(2), "Outgoing weights of a neuron fed by a dead one")


def steepest(W, a):
    """The constant by trying a fine grid of directions and all kinks' neighbours."""
    angles = np.linspace(0, 2 * np.pi, 20_001) + 1e-5
    near = np.arctan2(W[:, 0], -W[:, 1])
    near = np.concatenate([near + s + t for s in (0, np.pi) for t in (1e-9, -1e-9)])
    x = np.stack([np.cos(np.append(angles, near)), np.sin(np.append(angles, near))])
    return np.linalg.norm(((W @ x > 0) * a[:, None]).T @ W, axis=1).max()


def constants(student):
    """Random networks of several widths."""
    for h in (1, 2, 5, 40, 200):
        rng = np.random.default_rng([44, h])
        W, a = rng.standard_normal((h, 2)), rng.choice([-1.0, 1.0], h)
        close(student("lipschitz", W, a), steepest(W, a), f"The constant for {h} neurons")


def coincidences(student):
    """Zero, parallel and opposite rows; a sector so narrow that a grid misses it."""
    W = np.array([[1.0, 0.0], [2.0, 0.0], [-1.0, 0.0], [0.0, 0.0], [0.0, 1.0]])
    close(student("lipschitz", W, np.array([1.0, 1, 1, 9, 0])), 3.0, "Parallel and zero rows")
    close(student("lipschitz", np.zeros((2, 2)), np.ones(2)), 0.0, "The zero function")
    t = 1e-7  # both are on only where x is almost along a direction that no grid contains
    turn = np.array([[np.cos(1), np.sin(1)], [-np.sin(1), np.cos(1)]])
    W = np.array([[np.sin(t), 1.0], [np.sin(t), -1.0]]) @ turn
    close(student("lipschitz", W, np.array([1.0, -1.0])), 2.0, "A narrow sector", atol=1e-6)


QUESTIONS = {
    "1 margin": [
        Test(4, "the public check", public("margin")),
        Test(5, "l1 on other data, each with its certificate", margins("l1")),
        Test(5, "linf on other data, each with its certificate", margins("linf")),
        Test(4, "refuses data that are not separable", inseparable),
    ],
    "2 balance": [
        Test(3, "the public check", public("balance")),
        Test(4, "one hidden layer", two_layers),
        Test(5, "several hidden layers", deep),
        Test(4, "neurons that do nothing", dead),
    ],
    "3 lipschitz": [
        Test(4, "the public check", public("lipschitz")),
        Test(6, "random networks", constants),
        Test(6, "parallel rows, zero rows, a narrow sector", coincidences),
    ],
}
HAND = {
    "4 proof: the certificate": 10,
    "5 proof: balanced is lightest": 14,
    "6 proof: the product of norms": 16,
    "7 measured": 10,
}
