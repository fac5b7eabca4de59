"""Hidden tests of the third homework."""

import itertools
import math

import numpy as np
from scipy.optimize import linprog

from dlmath.check import hw3 as check
from dlmath.check._words import fail
from dlmath.generalization.separable_data import max_margin, separable_share
from dlmath.grade.judge import Test, close, numbers, refuses


def refits(X, y):
    """The residuals by fitting n times."""
    rows = range(len(y))
    left = [np.delete(np.arange(len(y)), i) for i in rows]
    fits = [np.linalg.lstsq(X[k], y[k], rcond=None)[0] for k in left]
    return np.array([y[i] - X[i] @ fits[i] for i in rows])


def left_out(sizes, seed):
    """Random data of these sizes, against n fits."""

    def judge(student):
        for n, p in sizes:
            rng = np.random.default_rng([seed, n, p])
            X, y = (
                rng.standard_normal((n, p)) @ np.diag(1 + np.arange(p) % 3),
                rng.standard_normal(n),
            )
            found = student("leave_one_out", X, y)
            close(found, refits(X, y), f"Residuals for n = {n}, p = {p}", "compare with n fits")

    return judge


def refused_fits(student):
    """Ranks that are too small, and an example that carries a direction alone."""
    wide = np.arange(12.0).reshape(3, 4)  # rank 2
    refuses(student, "leave_one_out", wide, np.ones(3))
    refuses(student, "leave_one_out", np.ones((5, 2)), np.arange(5.0))
    alone = np.array([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0], [3.0, 0.0]])
    refuses(student, "leave_one_out", alone, np.arange(4.0))


def public(name):
    """The public check as a test."""
    return lambda student: getattr(check, name)(student.function(name))


def rosenblatt(Z):
    """The perceptron by its definition: passes until one is quiet."""
    w, corrections, quiet = np.zeros(Z.shape[1]), 0, 0
    for z in itertools.cycle(Z):
        if quiet == len(Z):
            return w, corrections
        wrong = w @ z <= 0
        w, corrections, quiet = (
            (w + z, corrections + 1, 0) if wrong else (w, corrections, quiet + 1)
        )


def corrected(student):
    """Vector and number on random separable data; the bound of question 6 holds."""
    for seed, (n, d) in enumerate([(5, 3), (30, 4), (80, 2), (1, 2)]):
        rng = np.random.default_rng(100 + seed)
        Z = np.round(8 * rng.standard_normal((n, d)) + 12 * np.eye(d)[0])
        Z *= np.sign(Z[:, :1] + 0.5)  # the first axis separates
        Z[:, 0] += 1
        w, corrections = rosenblatt(Z)
        found = student("perceptron", Z, 10**6)
        if not (isinstance(found, (tuple, list)) and len(found) == 2):
            fail(f"perceptron returns {type(found).__name__}", "return w and the number, a tuple")
        close(found[0], w, f"The vector for {n} examples", "start at 0 and keep the order")
        close(found[1], corrections, f"The number of corrections for {n} examples")
        R, gamma = np.linalg.norm(Z, axis=1).max(), max_margin(Z, np.ones(n)).margin
        assert corrections <= (R / gamma) ** 2 * (1 + 1e-9), "the bound of question 6"


def at_the_limit(student):
    """As many corrections as allowed, one more, and no end."""
    m = 7
    found = student("perceptron", np.eye(m), m)
    numbers(found[1], (), "The number of corrections")
    close(
        found[1],
        m,
        "Seven unit vectors, limit 7: the number of corrections",
        "the limit itself is allowed",
    )
    refuses(student, "perceptron", np.eye(m), m - 1)
    refuses(student, "perceptron", np.array([[1.0, 1.0], [-1.0, 0.0], [0.0, -1.0]]), 1000)


def every_labelling(X):
    """The count by one linear programme for each labelling."""
    X = np.asarray(X, float)
    signs = itertools.product((1, -1), repeat=len(X))
    options = dict(b_ub=-np.ones(len(X)), bounds=(None, None))
    zero = np.zeros(X.shape[1])
    return sum(linprog(zero, A_ub=-np.array(y)[:, None] * X, **options).status == 0 for y in signs)


def counted(student):
    """Small dependent rows, against all labellings."""
    for seed in range(4):
        X = np.random.default_rng(200 + seed).integers(-1, 2, (6, 3))
        close(student("labellings", X), every_labelling(X), f"Six rows, entries -1, 0, 1 ({seed})")
    X = np.array([[1, 2], [-2, -4], [3, 1], [0, 0]])
    close(student("labellings", X), 0, "A row that is zero")
    close(student("labellings", X[:3]), 4, "Opposite rows")


def arrangements(student):
    """Orders of numbers, and Cover's count."""
    for n in (3, 4):
        pairs = itertools.combinations(range(n), 2)
        rows = np.array([np.eye(n, dtype=int)[i] - np.eye(n, dtype=int)[j] for i, j in pairs])
        close(student("labellings", rows), math.factorial(n), f"The orders of {n} numbers")
    for n, d in ((12, 3), (12, 6), (12, 11), (5, 9)):
        X = np.random.default_rng(n + d).integers(-9, 10, (n, d))
        wanted = round(2**n * separable_share(n, d))
        close(student("labellings", X), wanted, f"{n} rows in {d} dimensions, general position")


QUESTIONS = {
    "1 leave_one_out": [
        Test(3, "the public check", public("leave_one_out")),
        Test(
            5,
            "more features than examples, or as many",
            left_out([(7, 12), (20, 21), (8, 8), (1, 3)], 1),
        ),
        Test(5, "fewer features than examples", left_out([(12, 5), (40, 39), (9, 1)], 2)),
        Test(5, "refuses what breaks a hypothesis", refused_fits),
    ],
    "2 perceptron": [
        Test(4, "the public check", public("perceptron")),
        Test(6, "vector and corrections on other examples", corrected),
        Test(6, "the limit, reached and exceeded", at_the_limit),
    ],
    "3 labellings": [
        Test(4, "the public check", public("labellings")),
        Test(6, "dependent rows, against a linear programme for each labelling", counted),
        Test(6, "known arrangements, and general position", arrangements),
    ],
}
HAND = {
    "4 proof: leaving one out": 16,
    "5 proof: Cover's count": 14,
    "6 proof: the perceptron": 10,
    "7 measured": 10,
}
