"""Pictures of the covers in the proof of the margin bound."""

from collections.abc import Sequence

import numpy as np

from dlmath.figures.picture import Picture
from dlmath.figures.style import BLUE, GRAY, VERMILLION, figure, measured, predicted
from dlmath.generalization.network_covers import best_split, least_cost, sparse
from dlmath.generalization.network_covers import sparsification_error as exact_error


def averages(X: np.ndarray, A: np.ndarray, costs: Sequence[float]) -> Picture:
    """Left, Maurey's averages near X A; right, what two layers pay for a split of the accuracy."""
    rng = np.random.default_rng(0)
    with figure(1, 2, width=7.2, height=3.3) as (fig, (left, right)):
        terms = np.array([1, 2, 4, 8, 16, 32, 64])
        for K in terms.tolist():
            tries = X @ sparse(X, A, K, 12, rng)
            off = np.linalg.norm(tries - X @ A, axis=(1, 2))
            measured(left, np.full(12, K), off, color=BLUE, markersize=3)
        root = np.sqrt([exact_error(X, A, int(K)) for K in terms])
        predicted(left, terms, root, color=GRAY)
        left.set(xscale="log", yscale="log", xlabel="pieces $K$", ylabel="distance from $XA$")
        left.set_xticks(terms[::2].tolist(), [str(K) for K in terms[::2]])
        ticks = [v for v in (2, 5, 10, 20, 50, 100, 200) if root[-1] < v < 2 * root[0]]
        left.set_yticks(ticks, [str(v) for v in ticks])
        left.minorticks_off()
        t = np.linspace(0.12, 0.88, 90)
        b = np.asarray(costs)
        predicted(right, t, (b[0] / t) ** 2 + (b[1] / (1 - t)) ** 2, color=GRAY)
        measured(right, [best_split(b)[0]], [least_cost(b)], color=VERMILLION, markersize=7)
        right.set(xlabel="first layer's share of the accuracy", ylabel="pieces of both layers")
        right.set(ylim=(0, 5 * least_cost(b)))
    return Picture(
        fig,
        "Left, distances of random averages from the product against the number of pieces, on "
        "logarithmic axes: clouds of points about a straight line that falls. Right, a curve with "
        "one minimum, and a point at it.",
    )
