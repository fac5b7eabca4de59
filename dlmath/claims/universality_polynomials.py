"""What networks with polynomial activations can do, and what they cannot, measured."""

from collections.abc import Callable
from fractions import Fraction
from math import comb

import numpy as np

from dlmath.approximation import bernstein
from dlmath.approximation.polynomial_networks import (
    cube_plus,
    horner_network,
    monomial_network,
    outputs_modulo,
    ramp,
    rank_modulo,
    run,
    square,
    width,
)
from dlmath.approximation.universality import (
    ACTIVATIONS,
    draw_neurons,
    fit,
    hidden,
    peak,
    peak_floor,
    square_grid,
)
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-10
POLYNOMIALS = {"u²": square, "u³ + u": cube_plus, "ReLU": ramp}


@claim(
    "polynomial-activation-floor",
    source="leshno1993multilayer",
    breaks={
        "ReLU in the place of the square": dict(replace="ReLU"),
        "no biases": dict(biased=False),
        "one neuron fewer than the dimension": dict(neurons=-1),
    },
)
def polynomial_activation_floor(
    *, replace: str = "u²", biased: bool = True, neurons: int = 0, seed: int = 0
) -> Evidence:
    r"""Let $\sigma$ be a polynomial of degree $q$. The networks
    $\sum_i c_i\,\sigma(\langle w_i, x\rangle + b_i)$ on $\mathbb R^d$, of every width, are exactly
    the polynomials of degree at most $q$, a space $\mathcal P_q$ of dimension
    $D = \binom{d+q}q$, and $D$ neurons span it unless their weights lie in a null set. Hence in
    every norm no network errs less than $\mathrm{dist}(f, \mathcal P_q)$, and almost every choice
    of the inner weights of $D$ neurons attains it.
    """
    rng, checks = np.random.default_rng([seed, 11]), []
    cases = ((2, 2, "u²", 0), (5, 2, "u²", 30), (2, 3, "u³ + u", 0), (3, 3, "u³ + u", 30))
    for d, q, name, more in cases:
        used = replace if name == "u²" else name
        size = comb(d + q, q)
        count = size + more + neurons
        x = rng.integers(-9, 10, (count + 20, d))
        values = outputs_modulo(x, count, 1, POLYNOMIALS[used], biased=biased, seed=seed)
        checks.append(
            Check(f"rank of {count} neurons {used}, d = {d}", rank_modulo(values), size, 0)
        )
    x, measure = square_grid(24)
    for q, name in ((2, "u²"), (3, "u³ + u")):
        r = comb(2 + q, q) + neurons
        features = hidden(x, *draw_neurons(2, r, seed, biased=biased), ACTIVATIONS[name])
        error = float(np.linalg.norm(fit(features, peak(x), measure=measure).residual))
        what = f"error of {r} neurons {name} over the distance to degree {q}"
        checks.append(Check(what, error / peak_floor(q), 1, ROUNDING))
    return Evidence(tuple(checks))


@claim(
    "depth-and-degree",
    source="leshno1993multilayer",
    breaks={
        "degrees that add instead of multiply": dict(add=True),
        "one layer fewer": dict(missing=1),
        "no biases": dict(biased=False),
    },
)
def depth_and_degree(
    *, add: bool = False, missing: int = 0, biased: bool = True, seed: int = 0
) -> Evidence:
    r"""Let $\sigma$ be a polynomial of degree $q \ge 1$. The networks with $L$ hidden layers of
    arbitrary widths and activation $\sigma$ on $\mathbb R^d$ are exactly the polynomials of degree
    at most $q^L$, a space of dimension $\binom{d+q^L}{d}$.
    """
    checks = []
    for d, q, L, name in ((2, 2, 2, "u²"), (2, 2, 3, "u²"), (1, 2, 5, "u²"), (2, 3, 2, "u³ + u")):
        degree = q * L if add else q**L
        x = np.random.default_rng([seed, d, L]).integers(-99, 100, (2 * comb(d + q**L, d), d))
        values = outputs_modulo(
            x, comb(d + q**L, d) + 20, L - missing, POLYNOMIALS[name], biased=biased, seed=seed
        )
        what = f"rank of networks {name}, d = {d}, {L} hidden layers"
        checks.append(Check(what, rank_modulo(values), comb(d + degree, d), 0))
    return Evidence(tuple(checks))


@claim(
    "deep-narrow",
    source="kidger2020universal",
    breaks={
        "three neurons a layer, the input handed on by one": dict(carry=Fraction(1, 100)),
        "an affine activation": dict(affine=True),
    },
)
def deep_narrow(
    *, carry: Fraction | None = None, affine: bool = False, h: float = 1e-4, seed: int = 0
) -> Evidence:
    r"""Let $\sigma$ be continuous, not affine, and continuously differentiable at some point,
    with a derivative that is not zero there. Networks with $d$ inputs, $m$ outputs, activation
    $\sigma$, $d + m + 2$ neurons in every hidden layer and arbitrary depth are dense in
    $C(K, \mathbb R^m)$ for every compact $K \subset \mathbb R^d$. For $\sigma(u) = u^2$ and
    $d = m = 1$, networks of width 4 with $n - 1$ hidden layers compute every polynomial of degree
    $n \ge 2$ exactly.
    """

    def activation(u: np.ndarray) -> np.ndarray:
        return u if affine else square(u)

    rng = np.random.default_rng(seed)
    coefficients = [Fraction(int(c), 7) for c in rng.integers(1, 30, 9)]
    network = horner_network(coefficients, carry=carry)
    x = np.array([[Fraction(k, 5)] for k in range(-5, 6)], dtype=object)
    wanted = sum(c * x[:, 0] ** i for i, c in enumerate(coefficients))
    gap = max(abs(run(network, x, activation) - wanted))
    pair = monomial_network({(2, 1): 1.0}, h)
    y = rng.uniform(-1, 1, (200, 2))
    drift = (run(pair, y, activation) - y[:, 0] ** 2 * y[:, 1]) / h
    limit = y[:, 0] ** 2 * y[:, 1] * (y[:, 0] + 2 * y[:, 1]) / 2
    four, full = _four_terms(y, h, activation), _four_terms(y, h / 2, activation)
    # next term: at most 1.1 h for inputs in [-1, 1]; decoding divides rounding by h twice
    tol = 1.1 * h + 100 * np.finfo(float).eps / h**2
    return Evidence(
        (
            Check("degree 8: neurons in a layer", width(network), 4, 0, "<="),
            Check("degree 8: largest error at 11 points, in fractions", float(gap), 0, 0),
            Check("x²y: neurons in a layer", width(pair), 5, 0, "<="),
            Check(
                "x²y: largest |error / h - x²y(x + 2y)/2|, 200 points",
                float(np.abs(drift - limit).max()), 0, tol,
            ),
            # the error is of order h, so half the step leaves half of it
            Check("four terms: error at h/2 over error at h", full / four, 0.5, 0.01),
        )
    )  # fmt: skip


def _four_terms(y: np.ndarray, h: float, activation: Callable[[np.ndarray], np.ndarray]) -> float:
    """Largest error of the network for ``2 + x^2 y - 1.5 y^3 + 0.5 x`` at points ``(n, 2)``."""
    network = monomial_network({(0, 0): 2.0, (2, 1): 1.0, (0, 3): -1.5, (1, 0): 0.5}, h)
    wanted = 2 + y[:, 0] ** 2 * y[:, 1] - 1.5 * y[:, 1] ** 3 + 0.5 * y[:, 0]
    return float(np.abs(run(network, y, activation) - wanted).max())


@claim(
    "bernstein-constant",
    source="bernstein1914meilleure",
    breaks={
        "the number near the constant, 1/(2 sqrt(pi))": dict(constant=bernstein.GUESS),
        "a kink that is rounded off": dict(rounded=0.001),
    },
)
def bernstein_constant(*, constant: float = bernstein.BETA, rounded: float = 0.0) -> Evidence:
    r"""The least uniform error on $[-1,1]$ with which networks of $L \ge 1$ hidden layers of
    squares, of every width, approximate $|x|$ is $E_n(|x|)$, $n = 2^L$, the distance to the
    polynomials of degree $n$. As $n \to \infty$ through the even numbers, $n\,E_n(|x|)$ tends to a
    constant $\beta$; numerically, $\beta = 0.28016949902\ldots$.
    """

    def target(t: np.ndarray) -> np.ndarray:
        return np.sqrt(t + rounded)

    curvature = 1 + rounded**-0.5 if rounded else 1.0
    degrees = 2 ** np.arange(1, 8)
    found = [bernstein.best_even(int(n), target, curvature) for n in degrees]
    scaled = np.array([n * best.lower for n, best in zip(degrees, found, strict=True)])
    certified = max(n * (b.upper - b.lower) for n, b in zip(degrees, found, strict=True))
    once = bernstein.richardson(scaled[:-1], scaled[1:])
    twice = bernstein.richardson(once[:-1], once[1:], 4)
    last = abs(float(twice[-1] - once[-1]))
    return Evidence(
        (
            Check("E_2(|x|), one layer", found[0].lower, 0.125, 1e-12),
            Check("n E_n, n = 2 to 128: widest interval", certified, 1e-9, 0, "<="),
            Check("limit of n E_n in two steps", twice[-1], constant, last),
        ),
        data={"degrees": degrees, "scaled": scaled, "best": found, "once": once, "twice": twice},
    )
