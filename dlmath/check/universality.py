"""Checks for the coding exercises on universality.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from dlmath.check._words import PRAISE, fail, judge


@judge
def relu_interpolant(build: Callable[..., tuple]) -> str:
    """Judge ``build(f, N)``: constant, kinks and weights of the interpolating ReLU network.

    Raises:
        AssertionError: With the first property that fails.
    """
    x = np.linspace(0, 1, 1001)
    for name, f in (
        ("a constant", np.ones_like),
        ("exp", np.exp),
        ("a wave", lambda t: np.sin(7 * t)),
    ):
        for N in (1, 5):
            constant, kinks, weights = build(f, N)
            kinks, weights = np.asarray(kinks, float), np.asarray(weights, float)
            if not kinks.shape == weights.shape == (N,):
                fail(
                    f"For N = {N} there are {kinks.size} kinks and {weights.size} weights",
                    "one neuron a cell suffices: the node 1 needs none",
                )
            network = constant + np.maximum(x[:, None] - kinks, 0) @ weights
            nodes = np.linspace(0, 1, N + 1)
            wanted = np.interp(x, nodes, f(nodes))
            if not np.isclose(network[0], wanted[0]):
                fail(f"{name}: the value at 0 is wrong", "no neuron is on at 0: what is left?")
            if not np.allclose(network, wanted):
                fail(
                    f"{name}, N = {N}: the network is not linear between the values of f",
                    "a weight is a change of slope, not a slope",
                )
    return PRAISE


@judge
def square_network(build: Callable[[Sequence[Fraction]], list]) -> str:
    """Judge ``build(coefficients)``: a network of squares, four wide, equal to the polynomial.

    Raises:
        AssertionError: With the first property that fails.
    """
    for coefficients in ([1, 0, 3], [0, 2, -1, 5], [3, -1, 4, 1, -5, 9]):
        layers = build([Fraction(c) for c in coefficients])
        degree = len(coefficients) - 1
        widest = max(len(bias) for _, bias in layers[:-1])
        if widest > 4:
            fail(f"A layer has {widest} neurons", "two hand on the input, two multiply")
        if len(layers) != degree:
            fail(
                f"Degree {degree}: there are {len(layers) - 1} hidden layers, wanted {degree - 1}",
                "start from the affine function a_n x + a_(n-1); each layer makes one product",
            )
        for x in (Fraction(-2), Fraction(1, 3), Fraction(5)):
            u = [x]
            for index, (weights, bias) in enumerate(layers):
                u = [
                    sum(w * v for w, v in zip(row, u, strict=True)) + b
                    for row, b in zip(weights, bias, strict=True)
                ]
                u = u if index == degree - 1 else [v * v for v in u]
            wanted = sum(c * x**k for k, c in enumerate(coefficients))
            if u[0] != wanted:
                fail(
                    f"Degree {degree}: the value at {x} is {u[0]}, wanted {wanted}",
                    "4uv = (u + v)^2 - (u - v)^2, and 4x = (x + 1)^2 - (x - 1)^2",
                )
    return PRAISE
