"""Hidden tests of the fifth homework."""

import itertools

import numpy as np
from scipy.optimize import linear_sum_assignment

from dlmath.check import hw5 as check
from dlmath.grade.judge import Test, close, refuses


def public(name):
    """The public check as a test."""
    return lambda student: getattr(check, name)(student.function(name))


def minimax(heights, edges):
    """Barriers by dynamic programming over the middle vertex, as shortest paths are found."""
    n = len(heights)
    M = np.full((n, n), np.inf)
    M[np.arange(n), np.arange(n)] = heights
    for i, j in edges:
        M[i, j] = M[j, i] = max(heights[i], heights[j]) if i != j else heights[i]
    for k in range(n):
        M = np.minimum(M, np.maximum(M[:, k, None], M[None, k, :]))
    return M


def connected(n, more, rng):
    """A random tree, and some more edges."""
    tree = [[i, rng.integers(i)] for i in range(1, n)]
    return np.array(tree + rng.integers(n, size=(more, 2)).tolist(), int).reshape(-1, 2)


def graphs(student):
    """Random graphs, with double edges and loops."""
    for n, more in ((2, 0), (12, 3), (60, 90), (200, 20)):
        rng = np.random.default_rng([50, n])
        heights, edges = rng.standard_normal(n), connected(n, more, rng)
        found = student("barriers", heights, edges)
        close(found, minimax(heights, edges), f"Barriers on {n} vertices", rtol=0, atol=0)


def plateaus(student):
    """Equal heights, one vertex, and a line of heights below zero."""
    rng = np.random.default_rng(51)
    heights, edges = rng.integers(-3, 3, 40).astype(float), connected(40, 25, rng)
    close(student("barriers", heights, edges), minimax(heights, edges), "Equal heights", rtol=0)
    close(student("barriers", np.array([2.5]), np.zeros((0, 2), int)), [[2.5]], "One vertex")
    line = np.stack([np.arange(9), np.arange(1, 10)], axis=1)
    heights = -np.arange(10.0)
    close(student("barriers", heights, line), minimax(heights, line), "A slope below zero")


def apart(student):
    """Graphs that are not connected."""
    refuses(student, "barriers", np.zeros(3), np.array([[0, 1]]))
    refuses(student, "barriers", np.arange(4.0), np.array([[0, 1], [2, 3]]))


def saddles(widths):
    """At zero, at random weights, at critical points of lower rank, at weights of any size."""

    def judge(student):
        n, h, m = widths
        rng = np.random.default_rng([52, n, m])
        X, Y = rng.standard_normal((n, 12)), rng.standard_normal((m, 12))
        go = student.function("escape")
        check.bends_down(go, np.zeros((h, n)), np.zeros((m, h)), X, Y)
        for size in (1.0, 30.0, 0.01):
            W1, W2 = size * rng.standard_normal((h, n)), size * rng.standard_normal((m, h))
            check.bends_down(go, W1, W2, X, Y)
        # near a global minimum, where R is small and only what W2 or W1 kills is a way out
        best = Y @ np.linalg.pinv(X)
        goal = best + 1e-3 * rng.standard_normal((m, n))
        W1, W2 = rng.standard_normal((h, n)), rng.standard_normal((m, h))
        if h > m:
            W1 += np.linalg.pinv(W2) @ (goal - W2 @ W1)
        else:
            W2 += (goal - W2 @ W1) @ np.linalg.pinv(W1)
        check.bends_down(go, W1, W2, X, Y)
        # a critical point: the second-best direction fitted by one neuron alone
        root = np.linalg.cholesky(X @ X.T)
        left, s, right = np.linalg.svd(best @ root)
        W1, W2 = np.zeros((h, n)), np.zeros((m, h))
        W1[0], W2[:, 0] = np.linalg.solve(root.T, right[1]), s[1] * left[:, 1]
        R = (W2 @ W1 @ X - Y) @ X.T
        assert max(np.abs(R @ W1.T).max(), np.abs(W2.T @ R).max()) < 1e-9, "no critical point"
        check.bends_down(go, W1, W2, X, Y)

    return judge


def optimal(student):
    """Global minima are refused."""
    rng = np.random.default_rng(53)
    X, Y = rng.standard_normal((2, 9)), rng.standard_normal((3, 9))
    W1, W2 = np.eye(4, 2), np.zeros((3, 4))
    W2[:, :2] = Y @ np.linalg.pinv(X)
    refuses(student, "escape", W1, W2, X, Y)
    wide = np.random.default_rng(54).standard_normal((5, 9))  # fewer hidden neurons than outputs
    refuses(student, "escape", np.eye(3, 2), wide @ np.linalg.pinv(X) @ np.eye(2, 3), X, wide)


def brute(A, B):
    """The least sum of squares over all orders and signs."""
    signed = np.abs(A @ B.T)
    orders = itertools.permutations(range(len(A)))
    most = max(sum(signed[j, k] for j, k in enumerate(order)) for order in orders)
    return float(np.sum(A**2) + np.sum(B**2) - 2 * most)


def few(student):
    """Against all orders."""
    for seed in range(4):
        rng = np.random.default_rng([54, seed])
        A, B = rng.standard_normal((6, 3)), rng.standard_normal((6, 3))
        check.nearest(student.function("align"), A, B, brute(A, B))
    zero = np.zeros((3, 2))
    check.nearest(student.function("align"), zero, zero, 0.0)


def many(student):
    """A hundred neurons; near copies, and unrelated ones."""
    rng = np.random.default_rng(55)
    A = rng.standard_normal((100, 5))
    near = rng.choice([-1, 1], 100)[:, None] * A[rng.permutation(100)]
    for B in (near + 0.05 * rng.standard_normal(A.shape), rng.standard_normal(A.shape)):
        signed = np.abs(A @ B.T)
        most = signed[linear_sum_assignment(-signed)].sum()
        least = np.sum(A**2) + np.sum(B**2) - 2 * most
        check.nearest(student.function("align"), A, B, float(least))


QUESTIONS = {
    "1 barriers": [
        Test(4, "the public check", public("barriers")),
        Test(6, "random graphs", graphs),
        Test(5, "equal heights, one vertex, a slope", plateaus),
        Test(3, "refuses a graph that is not connected", apart),
    ],
    "2 escape": [
        Test(4, "the public check", public("escape")),
        Test(6, "more hidden neurons than outputs", saddles((5, 4, 3))),
        Test(5, "more hidden neurons than inputs only", saddles((3, 4, 6))),
        Test(3, "refuses global minima", optimal),
    ],
    "3 align": [
        Test(4, "the public check", public("align")),
        Test(5, "six neurons, against all orders", few),
        Test(5, "a hundred neurons", many),
    ],
}
HAND = {
    "4 proof: barriers": 13,
    "5 proof: saddles of wide linear networks": 13,
    "6 proof: networks that can spare half": 14,
    "7 measured": 10,
}
