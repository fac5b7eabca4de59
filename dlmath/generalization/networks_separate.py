"""Two-layer ReLU networks on data that no line separates, and the widest margin they can reach.

A network of q neurons without biases is ``f(x) = sum_j a_j relu(<w_j, x>)``. Its normalised margin
is the least ``y f(x)`` over the examples, divided by the product of the Frobenius norms of its
two layers. :func:`variation_margin_lp` finds the largest one of any width, with a certificate.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from dlmath.generalization.separable_data import absorbed

CENTRES = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, -1.0], [-1.0, 1.0]])
"""The corners of a square, of labels 1, -1, 1, -1."""

HIGHEST = 3
"""The dimension up to which the largest response is found exactly."""

ALIKE = 1e-9
"""Below this a neuron counts as orthogonal to an example."""

MOST = 60
"""How many directions join the linear programme at once."""


def xor(n: int, seed: int, noise: float = 0.25) -> tuple[np.ndarray, np.ndarray]:
    """Four clouds round the corners of a square; opposite corners have the same label.

    Returns:
        The examples, of shape (n, 2), and their labels, of shape (n,).
    """
    corner = np.arange(n) % 4
    cloud = noise * np.random.default_rng(seed).standard_normal((n, 2))
    return CENTRES[corner] + cloud, np.where(corner % 2 == 0, 1.0, -1.0)


def rings(n: int, seed: int, *, paired: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Two noisy circles, the inner one labelled 1, the outer one -1.

    Args:
        n: How many examples, of which every other one is on the inner circle.
        seed: Of the radii and the angles.
        paired: Let each example of the inner circle share its angle with one of the outer circle.

    Returns:
        The examples, of shape (n, 2), and their labels, of shape (n,).
    """
    rng = np.random.default_rng(seed)
    inner = np.arange(n) % 2 == 0
    radius = np.where(inner, 0.6, 1.6) + 0.1 * rng.standard_normal(n)
    angle = rng.uniform(0, 2 * np.pi, n)
    if paired:
        angle = angle[np.arange(n) // 2 * 2]
    X = radius[:, None] * np.column_stack([np.cos(angle), np.sin(angle)])
    return X, np.where(inner, 1.0, -1.0)


def with_constant(X: np.ndarray) -> np.ndarray:
    """The examples with a feature that is always 1 appended: biases for the first layer."""
    return np.column_stack([X, np.ones(len(X))])


def normalised_margin(W: np.ndarray, a: np.ndarray, X: np.ndarray, y: np.ndarray) -> float:
    """The least ``y f(x)`` over the product of the Frobenius norms.

    Args:
        W: First layer, of shape (q, d).
        a: Second layer, of shape (q,).
        X: Examples, of shape (n, d).
        y: Labels, of shape (n,).
    """
    scores = np.maximum(X @ W.T, 0) @ a
    return float((y * scores).min() / (np.linalg.norm(W) * np.linalg.norm(a)))


@dataclass(frozen=True)
class VariationMargin:
    """The widest margin of two-layer networks, between a network and a certificate.

    Attributes:
        margin: What the network attains: no width allows more than ``bound``.
        bound: The largest response of any neuron to the weighted examples.
        directions: The neurons' directions, of shape (q, d), of norm one.
        outputs: Their output weights, of shape (q,); their absolute values sum to one.
        p: Weights of the examples, of shape (n,), nonnegative, of sum one.
    """

    margin: float
    bound: float
    directions: np.ndarray
    outputs: np.ndarray
    p: np.ndarray

    def layers(self) -> tuple[np.ndarray, np.ndarray]:
        """The network with its weights balanced: W of shape (q, d) and a of shape (q,)."""
        size = np.sqrt(np.abs(self.outputs))
        return size[:, None] * self.directions, size * np.sign(self.outputs)


def variation_margin_lp(
    X: np.ndarray, y: np.ndarray, *, directions: int = 200, rounds: int = 40, gap: float = 1e-8
) -> VariationMargin:
    """The widest normalised margin of two-layer ReLU networks of any width, certified.

    A linear programme over a list of directions gives a network and weights of the examples; the
    neurons that respond most to these weights join the list, until none responds more than the
    network's margin.

    Args:
        X: Examples, of shape (n, d), with d at most 3.
        y: Labels, plus or minus one, of shape (n,).
        directions: How many random directions to start from.
        rounds: How often at most to add some.
        gap: Where to stop: bound less margin.

    Raises:
        ValueError: If the shapes or labels are wrong, or d is larger than 3.
    """
    absorbed(X, y)
    U = _units(np.random.default_rng(0).standard_normal((directions, X.shape[1])))
    margin, outputs, p = layer_margin(X, y, U)
    for _ in range(rounds):
        candidates = _extremes(X, p * y)
        responses = _responses(X, p * y, candidates)
        if responses.max() <= margin + gap:
            break
        strong = np.argsort(responses)[::-1][:MOST]
        # What the programme did not use goes, but for the first list.
        kept = U[(np.arange(len(U)) < directions) | (np.abs(outputs) > 0)]
        U = np.vstack([kept, candidates[strong[responses[strong] > margin + gap]]])
        margin, outputs, p = layer_margin(X, y, U)
    bound, _ = largest_response(X, p * y)
    used = np.abs(outputs) > 1e-9
    U, outputs = _merged(X, U[used], outputs[used])
    margin = float((y * (np.maximum(X @ U.T, 0) @ outputs)).min())
    return VariationMargin(margin, bound, U, outputs, p)


def _merged(X: np.ndarray, U: np.ndarray, outputs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same network, with neurons of one sign that see the same examples made one.

    Their sum is one neuron on these examples, of no larger norm; what is saved, all share.
    """
    if not len(U):
        return U, outputs
    kinds = np.column_stack([U @ X.T > ALIKE, outputs > 0])
    _, kind = np.unique(kinds, axis=0, return_inverse=True)
    total = np.zeros((kind.max() + 1, X.shape[1]))
    np.add.at(total, kind.ravel(), np.abs(outputs)[:, None] * U)
    signs = np.zeros(len(total))
    signs[kind.ravel()] = np.sign(outputs)
    sizes = np.linalg.norm(total, axis=1)
    return total / sizes[:, None], signs * sizes / sizes.sum()


def layer_margin(
    X: np.ndarray, y: np.ndarray, W: np.ndarray
) -> tuple[float, np.ndarray, np.ndarray]:
    """The best output layer for a given first layer, by a linear programme and its dual.

    Args:
        X: Examples, of shape (n, d).
        y: Labels, plus or minus one, of shape (n,).
        W: First layer, of shape (q, d).

    Returns:
        The largest ``min(y f(x))`` with output weights of absolute sum at most one; these weights,
        of shape (q,); and the dual weights of the examples, of shape (n,).
    """
    features = y[:, None] * np.maximum(X @ W.T, 0)
    n, q = features.shape
    rows = np.hstack([-features, features, np.ones((n, 1))])
    budget = np.append(np.ones(2 * q), 0.0)
    found = linprog(
        np.append(np.zeros(2 * q), -1.0),
        A_ub=np.vstack([rows, budget]),
        b_ub=np.append(np.zeros(n), 1.0),
        bounds=[(0, None)] * (2 * q) + [(None, None)],
        method="highs-ds",
        options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10},
    )
    p = np.maximum(-found.ineqlin.marginals[:n], 0)
    return float(found.x[-1]) + 0.0, found.x[:q] - found.x[q : 2 * q], p / p.sum()


def largest_response(X: np.ndarray, weights: np.ndarray) -> tuple[float, np.ndarray]:
    r"""The largest $\lvert\sum_i c_i (\langle x_i, u\rangle)_+\rvert$ over unit vectors u, exactly.

    The hyperplanes orthogonal to the examples cut the sphere into cells, on each of which the sum
    is linear in u. Its extremes lie at the gradient of a cell, or at that of a face of a cell.

    Args:
        X: Examples in general position, of shape (n, d), with d at most 3.
        weights: The numbers c, of shape (n,).

    Returns:
        The largest value and a direction u where it is taken.

    Raises:
        ValueError: If d is larger than 3.
    """
    U = _extremes(X, weights)
    values = _responses(X, weights, U)
    best = int(values.argmax())
    return float(values[best]), U[best]


def _responses(X: np.ndarray, weights: np.ndarray, U: np.ndarray) -> np.ndarray:
    """How much each neuron responds to the weighted examples, of shape (m,)."""
    return np.abs(np.maximum(U @ X.T, 0) @ weights)


def _units(U: np.ndarray) -> np.ndarray:
    """The rows that are not zero, at norm one."""
    sizes = np.linalg.norm(U, axis=1)
    return U[sizes > 1e-12] / sizes[sizes > 1e-12, None]


def _extremes(X: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Unit vectors among which the largest and the least response lie, of shape (m, d)."""
    n, d = X.shape
    if d > HIGHEST:
        raise ValueError(f"X: wanted examples of dimension 3 or less, got {d}")
    if d == 1:
        return np.array([[1.0], [-1.0]])
    if d == 2:  # the cells are arcs, and each begins at a direction orthogonal to an example
        corners = X @ np.array([[0.0, 1.0], [-1.0, 0.0]])
        rims = [[i] for i in range(n)]
    else:
        first, second = np.triu_indices(n, 1)
        corners = np.cross(X[first], X[second])
        rims = [list(pair) for pair in zip(first, second, strict=True)]
    corners = corners / np.linalg.norm(corners, axis=1)[:, None]
    corners, rims = np.vstack([corners, -corners]), np.array(rims + rims)
    found = [corners]
    for choice in np.ndindex(*[2] * (d - 1)):  # the cells that meet in a corner
        active = (corners @ X.T > 0).astype(float)
        for k, on in enumerate(choice):
            active[np.arange(len(active)), rims[:, k]] = on
        slope = (active * weights) @ X
        found += [slope, -slope]
        for k in range(d - 1 if d == HIGHEST else 0):  # the arcs between two of these cells
            x = X[rims[:, k]]
            along = slope - ((slope * x).sum(1) / (x * x).sum(1))[:, None] * x
            found += [along, -along]
    return _units(np.vstack(found))
