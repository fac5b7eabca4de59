"""Checks for the coding exercises: each raises with a sentence that says what is wrong.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

import numpy as np

from dlmath.invariance.cascade import scatter
from dlmath.invariance.filters import tight_bank

PRAISE = "All checks passed."


def _fail(what: str, hint: str) -> None:
    raise AssertionError(f"{what}. Hint: {hint}")


def scattering_network(scattering: Callable[..., np.ndarray]) -> str:
    """Judge ``scattering(x, phi, psi, order)`` on images: every path, order by order.

    Raises:
        AssertionError: With the first property that fails.
    """
    bank = tight_bank((12, 16), 1, 4)
    x = np.random.default_rng(11).standard_normal((12, 16))
    for order, paths in ((0, 1), (1, 5), (2, 21)):
        found = np.asarray(scattering(x, bank.phi, bank.psi, order))
        wanted = scatter(x, bank, order)
        if found.shape != wanted.shape:
            _fail(
                f"At order {order} the shape is {found.shape}, wanted {wanted.shape}",
                f"orders 0 to {order} have {paths} paths, and every path keeps the whole grid",
            )
        if np.iscomplexobj(found):
            _fail("The coefficients are complex", "a modulus averaged by a real filter is real")
        if not np.allclose(found[0], wanted[0]):
            _fail("Order 0 is wrong", "it is x itself, convolved with the low-pass filter")
        if order == 2:
            _paths(found, wanted)
        if not np.allclose(found, wanted):
            _fail(
                f"Order {order} is wrong", "average *after* the modulus, feed the next layer before"
            )
    return PRAISE


def _paths(found: np.ndarray, wanted: np.ndarray) -> None:
    """Tell wrong numbers from right numbers in the wrong order."""
    same = np.allclose(np.sort(found.sum((1, 2))), np.sort(wanted.sum((1, 2))))
    if same and not np.allclose(found, wanted):
        _fail(
            "The paths of order 2 are right but in another order",
            "the last wavelet of a path changes fastest: reshape (paths, K) in this order",
        )


def phase_randomisation(randomise: Callable[..., np.ndarray]) -> str:
    """Judge ``randomise(x, rng)``: same Fourier modulus and mean, real, phases at random.

    Raises:
        AssertionError: With the first property that fails.
    """
    for shape in ((16, 16), (15, 18)):
        x = np.random.default_rng(5).standard_normal(shape) + 0.7
        rng = np.random.default_rng(6)
        first, second = np.asarray(randomise(x, rng)), np.asarray(randomise(x, rng))
        if np.iscomplexobj(first) and np.abs(np.imag(first)).max() > 1e-9:
            _fail("The result is complex", "phases of a real image are odd in the frequency")
        if not np.allclose(np.abs(np.fft.fft2(first)), np.abs(np.fft.fft2(x))):
            _fail(
                f"On a grid of {shape} the Fourier modulus has changed",
                "taking the real part halves what has no mirror image; draw odd phases instead, "
                "for instance those of a real white noise",
            )
        if not np.isclose(first.mean(), x.mean()):
            _fail("The mean has changed", "leave the phase at frequency 0 alone")
        if np.allclose(first, x) or np.allclose(first, second):
            _fail("The phases are not drawn anew", "use the generator rng, in every call")
    return PRAISE


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
                _fail(
                    f"For N = {N} there are {kinks.size} kinks and {weights.size} weights",
                    "one neuron a cell suffices: the node 1 needs none",
                )
            network = constant + np.maximum(x[:, None] - kinks, 0) @ weights
            nodes = np.linspace(0, 1, N + 1)
            wanted = np.interp(x, nodes, f(nodes))
            if not np.isclose(network[0], wanted[0]):
                _fail(f"{name}: the value at 0 is wrong", "no neuron is on at 0: what is left?")
            if not np.allclose(network, wanted):
                _fail(
                    f"{name}, N = {N}: the network is not linear between the values of f",
                    "a weight is a change of slope, not a slope",
                )
    return PRAISE


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
            _fail(f"A layer has {widest} neurons", "two hand on the input, two multiply")
        if len(layers) != degree:
            _fail(
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
                _fail(
                    f"Degree {degree}: the value at {x} is {u[0]}, wanted {wanted}",
                    "4uv = (u + v)^2 - (u - v)^2, and 4x = (x + 1)^2 - (x - 1)^2",
                )
    return PRAISE
