"""The theorems of the chapter on universality, measured.

What networks with polynomial activations can do stands in ``universality_polynomials``.
"""

from fractions import Fraction
from math import factorial

import numpy as np

from dlmath.approximation import differences
from dlmath.approximation.relu_interpolation import interpolate, modulus
from dlmath.approximation.universality import (
    ACTIVATIONS,
    draw_neurons,
    fit,
    hidden,
    legendre_features,
    peak,
    uniform_floor,
)
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-12
WIDTHS = {"ReLU": 320, "tanh": 160, "sin": 160, "step": 480}


@claim(
    "universality-criterion",
    source="leshno1993multilayer",
    breaks={
        "a polynomial in the place of tanh": dict(replace="u³ + u"),
        "no biases": dict(biased=False),
    },
)
def universality_criterion(
    *, error: float = 0.2, replace: str = "tanh", biased: bool = True, seed: int = 0
) -> Evidence:
    r"""Let $\sigma : \mathbb R \to \mathbb R$ be bounded on bounded sets, and let the closure of
    the set of its discontinuities be a null set. For each $d \ge 1$ the following are equivalent.
    (1) For every continuous $f$ on $\mathbb R^d$, compact $K$ and $\varepsilon > 0$ there is
    $g(x) = \sum_{i=1}^r c_i\,\sigma(\langle w_i, x\rangle + b_i)$ with $|f - g| < \varepsilon$
    almost everywhere on $K$. (2) $\sigma$ is not almost everywhere equal to a polynomial.
    """
    rng = np.random.default_rng([seed, 7])
    x, fresh = rng.uniform(-1, 1, (4000, 2)), rng.uniform(-1, 1, (2000, 2))

    def largest(activation: str, r: int, at: np.ndarray) -> float:
        neurons = *draw_neurons(2, r, seed, biased=biased), ACTIVATIONS[activation]
        outer = fit(hidden(x, *neurons), peak(x)).weights
        return float(np.abs(hidden(at, *neurons) @ outer - peak(at)).max())

    checks = []
    for name, r in WIDTHS.items():
        used = replace if name == "tanh" else name
        what = f"{used}, {r} neurons: largest error at 2000 points"
        checks.append(Check(what, largest(used, r, fresh), error, 0, "<="))
    floor = uniform_floor(legendre_features(x, 3), peak(x))
    stuck = largest("u³ + u", 320, x)
    what = "u³ + u, 320 neurons: largest error over its floor"
    checks.append(Check(what, stuck / floor, 1, 0, ">="))
    return Evidence(tuple(checks), data={"floor": floor})


@claim(
    "monomials-from-differences",
    source="leshno1993multilayer",
    breaks={
        "inner weights that are not centred": dict(centred=False),
        "an activation with only k derivatives": dict(kink=True),
    },
)
def monomials_from_differences(
    *, step: int = 256, centred: bool = True, kink: bool = False
) -> Evidence:
    r"""Let $\sigma$ have $k + 2$ continuous derivatives and $\sigma^{(k)}(b) \ne 0$. The network of
    $k + 1$ neurons
    $$N_h(x) = \frac{1}{h^k\sigma^{(k)}(b)} \sum_{j=0}^k (-1)^{k-j}\binom kj
    \sigma\big((j - \tfrac k2)hx + b\big)$$
    satisfies
    $|N_h(x) - x^k| \le \frac{k h^2}{24}\,|x|^{k+2} \max|\sigma^{(k+2)}| / |\sigma^{(k)}(b)|$, the
    maximum over the points within $\tfrac k2 h|x|$ of $b$, and $(N_h(x) - x^k)/h^2 \to
    \frac k{24}\,x^{k+2}\,\sigma^{(k+2)}(b)/\sigma^{(k)}(b)$ as $h \to 0$. The sum of its
    output weights in absolute value is $(2/h)^k/|\sigma^{(k)}(b)|$.
    """
    h, x, b = Fraction(1, step), Fraction(3, 4), differences.BIAS
    checks, shares, sums = [], [], []
    for k in (2, 4, 6):

        def activation(u: Fraction, k: int = k) -> Fraction:
            bend = abs(u - b) * (u - b) ** k if kink else 0
            return differences.bump(u) + bend

        inner, outer = differences.difference_network(k, h, centred=centred)
        error = differences.evaluate(x, inner, outer, b, activation) - x**k
        limit, slack = differences.leading_error(k, x), differences.next_error(k, x, h)
        what = f"x^{k}: error at 3/4 over h², h = 1/{step}"
        checks.append(Check(what, float(error / h**2), float(limit), float(slack)))
        size = abs(differences.bump_derivative(k, b))
        # for this activation |sigma^(m)| <= m! everywhere
        bound = k * h**2 / 24 * x ** (k + 2) * factorial(k + 2) / size
        shares.append(float(abs(error) / bound))
        sums.append(float(sum(map(abs, outer)) * size * (h / 2) ** k))
    checks.append(Check("largest error over its bound", max(shares), 1, 0, "<="))
    checks.append(Check("sum of the weights over the formula", max(sums), 1, ROUNDING))
    return Evidence(tuple(checks))


@claim(
    "relu-interpolation",
    source="pinkus1999approximation",
    breaks={
        "cells of random sizes": dict(even=False),
        "the last neuron left out": dict(dropped=1),
    },
)
def relu_interpolation(
    *, N: int = 64, even: bool = True, dropped: int = 0, seed: int = 0
) -> Evidence:
    r"""Let $f$ be continuous on $[0,1]$, and $s_N$ linear between the points $i/N$ with
    $s_N(i/N) = f(i/N)$. Then $s_N$ is a ReLU network with one hidden layer of $N$ neurons and an
    output bias, $\max|f - s_N| \le \omega(f, 1/N)$, and for every $N$ some $f$ attains this. If $f$
    has a Lipschitz constant $\Lambda$, $\max|f - s_N| \le \Lambda/2N$, and some $f$ attains this.
    """
    rng, fine = np.random.default_rng([seed, 3]), 64
    x = np.linspace(0, 1, fine * N + 1)
    nodes = np.linspace(0, 1, N + 1)
    if not even:
        nodes[1:-1] = np.sort(rng.random(N - 1))
    path = np.cumsum(rng.standard_normal(len(x))) / np.sqrt(len(x))
    functions = {
        "x²": x**2,
        "the root of x": np.sqrt(x),
        "the zigzag of slope 1": np.abs((N * x + 0.5) % 1 - 0.5) / N,
        "a zigzag eight times as wide": np.abs((N * x / 8 + 0.5) % 1 - 0.5) / N * 8,
        "sin²(πNx)": np.sin(np.pi * N * x) ** 2,
        "a random walk": path,
    }
    found, share = {}, {}
    for name, f in functions.items():
        values = np.interp(nodes, x, f)
        network = interpolate(nodes, values)
        kept = slice(0, N - dropped)
        ramps = np.maximum(x[:, None] - network.kinks[kept], 0)
        found[name] = float(np.abs(ramps @ network.weights[kept] + network.constant - f).max())
        share[name] = found[name] / modulus(f, fine)
    return Evidence(
        (
            Check("largest error over omega(f, 1/N), six functions", max(share.values()), 1,
                  ROUNDING, "<="),
            Check("sin²(πNx): error over omega(f, 1/N)", share["sin²(πNx)"], 1, ROUNDING),
            Check("zigzag of slope 1: N times the error", N * found["the zigzag of slope 1"], 0.5,
                  ROUNDING * N),
            Check("x²: N² times the error", N**2 * found["x²"], 0.25, ROUNDING * N**2),
            Check("root of x: error over omega(f, 1/N)", share["the root of x"], 0.25, ROUNDING),
        ),
        data={"error": found, "share": share},
    )  # fmt: skip
