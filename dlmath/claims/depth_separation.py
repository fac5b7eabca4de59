"""The theorems of the chapter on depth separation, measured: what happens on the line.

Parity and bumps stand in ``depth_separation_parity``, spheres in ``depth_separation_sphere``.
"""

from fractions import Fraction

import numpy as np

from dlmath.approximation.best_pieces import best_l1, best_sup
from dlmath.approximation.depth_separation import (
    product,
    product_plain,
    sawtooth,
    square,
    square_values,
    sup_distance_to_square,
    zigzag,
)
from dlmath.approximation.piecewise_linear import along, pieces, random_network, rational
from dlmath.ledger import Check, Evidence, claim

SOLVER = 1e-9
"""What the linear programmes may be off by."""


@claim(
    "sawtooth-pieces",
    source="telgarsky2016benefits",
    breaks={
        "a fold that does not come back to zero": dict(steep=Fraction(39, 10)),
        "m in place of m + 1: a unit makes one piece": dict(extra=0),
    },
)
def sawtooth_pieces(
    *, steep: Fraction | int = 4, extra: int = 1, folds: int = 10, seed: int = 0
) -> Evidence:
    r"""On a segment, a ReLU network with $L$ hidden layers of width $m$ has at most $(m+1)^L$
    affine pieces. For all $K \ge 2$ and $L \ge 1$ some network with $L$ layers of width $K$ has
    exactly $K^L$ pieces on $[0, 1]$; for $K = 2$ it is the sawtooth $f_L$, with $2L$ units.
    """
    m, L = 8, 3
    rng = np.random.default_rng(seed)
    random = [pieces(along(random_network(m, L, rng), (-5,), (5,))) for _ in range(20)]
    kinks = rational([([[1]] * m, [Fraction(-2 * j - 1, 2 * m) for j in range(m)])], [1] * m)
    shares = [max(random) / (m + extra) ** L, pieces(along(kinks)) / (m + extra)]
    saw = pieces(along(sawtooth(folds, steep)))
    return Evidence(
        (
            Check(f"pieces of the sawtooth, {2 * folds} units", saw, 2**folds, 0),
            Check("pieces of the zigzag, K = 4, L = 3", pieces(along(zigzag(4, 3))), 4**3, 0),
            Check("most pieces over the bound, 20 at random", shares[0], 1, 0, "<="),
            Check("pieces over the bound, one layer of 8", shares[1], 1, 0, "<="),
        ),
        data={"random": random, "width": m, "depth": L},
    )


def teeth(count: int, x: np.ndarray) -> np.ndarray:
    """The sawtooth with ``count`` monotone pieces on [0, 1], as a formula."""
    return 1 - np.abs(1 - np.mod(count * x, 2))


@claim(
    "sawtooth-lower-bound",
    source="telgarsky2016benefits",
    breaks={
        "as many pieces, but of a parabola": dict(target="parabola"),
        "a bound that does not depend on p": dict(lost=0),
    },
)
def sawtooth_lower_bound(*, folds: int = 4, target: str = "sawtooth", lost: int = 3) -> Evidence:
    r"""Let $f$ be the sawtooth with $N = 2^k$ monotone pieces on $[0, 1]$. Every $g$ with at most
    $p$ affine pieces, continuous or not, has
    $\int_0^1 |f - g| \ge \tfrac14 (1 - \tfrac{3p}{N})$, and some $g$ has
    $\int_0^1 |f - g| \le \tfrac14 (1 - \tfrac{p-1}{N})$. So a ReLU network with $L$ hidden layers
    of width $m$ that comes closer than $\tfrac18$ has $m \ge (2^k / 6)^{1/L} - 1$.
    """
    N = 2**folds
    f = {"sawtooth": lambda x: teeth(N, x), "parabola": lambda x: square_values(x, folds)}[target]
    found, p = best_l1(f, cells=2 * N, most=N), np.arange(1, N + 1)
    lower, upper = (1 - lost * p / N) / 4, (1 - (p - 1) / N) / 4
    says = lower > 0
    nodes, heights = along(sawtooth(folds))
    teeth_of_network = (Fraction(i % 2) for i in range(N + 1))
    wrong = max(abs(y - t) for y, t in zip(heights, teeth_of_network, strict=True))
    return Evidence(
        (
            Check("the network at its nodes, off the teeth", float(wrong), 0, 0),
            Check("nodes of the network", len(nodes), N + 1, 0),
            Check(
                f"certified error over the bound, least, p <= {says.sum()}",
                (found.low[says] / lower[says]).min(),
                1,
                SOLVER,
                ">=",
            ),
            Check(
                "best error over (1 - (p-1)/N)/4, largest",
                (found.high / upper).max(),
                1,
                SOLVER,
                "<=",
            ),
        ),
        data={"N": N, "p": p, "low": found.low, "high": found.high},
    )


@claim(
    "square-error",
    source="yarotsky2017error",
    breaks={
        "terms that shrink by 3.9 and not by 4": dict(shrink=Fraction(39, 10)),
        "no curvature: |x - 1/2| in place of the square": dict(target="kink"),
    },
)
def square_error(*, folds: int = 8, shrink: Fraction | int = 4, target: str = "square") -> Evidence:
    r"""The network $s_k$ with $k$ hidden layers of width 3 has
    $\max_{[0,1]} |s_k(x) - x^2| = 2^{-2k-2}$. Every $g$ with at most $p$ affine pieces has
    $\sup_{[0,1]} |g(x) - x^2| \ge \tfrac1{8p^2}$, with equality for some $g$. So no ReLU network
    with $L$ hidden layers of width $m$ comes closer to the square than
    $\tfrac18 (m+1)^{-2L}$.
    """
    depths = range(1, folds + 1)
    errors = [sup_distance_to_square(along(square(k, shrink))) for k in depths]
    scaled = [e * 4 ** (k + 1) for e, k in zip(errors, depths, strict=True)]
    x, p = np.linspace(0, 1, 33), np.arange(1, 17)
    best = best_sup({"square": x**2, "kink": np.abs(x - 0.5)}[target], 16) * 8 * p**2
    whole = 16 % p == 0  # then the best breaks, at equal distances, lie on the grid
    rounding = 1e-12
    return Evidence(
        (
            Check(f"error of s_k times 2^(2k+2), largest, k <= {folds}", max(scaled), 1, 0),
            Check(f"error of s_k times 2^(2k+2), least, k <= {folds}", min(scaled), 1, 0),
            Check("best of p pieces times 8 p^2, least, p <= 16", best.min(), 1, rounding, ">="),
            Check("the same where p divides 16, largest", best[whole].max(), 1, rounding),
        ),
        data={"depths": list(depths), "errors": [float(e) for e in errors]},
    )


@claim(
    "product-error",
    source="yarotsky2017error",
    breaks={
        "the plain formula, asked to vanish on the axes": dict(formula="plain"),
        "without the factor 2 M^2": dict(factor=False),
    },
)
def product_error(
    *, folds: int = 5, M: float = 2.0, formula: str = "three moduli", factor: bool = True
) -> Evidence:
    r"""Let $s_k$ be the network of the square. On $[0, 1]^2$ the largest distance of
    $2 s_k(\tfrac{x+y}2) - \tfrac12 s_k(x) - \tfrac12 s_k(y)$ from $xy$ is $2^{-2k-1}$, and it is
    attained where $y = 0$. For $M > 0$ the network
    $2M^2 \big( s_k(\tfrac{|x+y|}{2M}) - s_k(\tfrac{|x|}{2M}) - s_k(\tfrac{|y|}{2M}) \big)$
    vanishes where $x = 0$ or $y = 0$, and on $[-M, M]^2$ its largest distance from $xy$ is
    $M^2 2^{-2k}$.
    """
    t = np.linspace(0, 1, 2 ** (folds + 2) + 1)  # dyadic: every operation below is exact
    x, y = np.meshgrid(t, t)
    plain = product_plain(x, y, folds) - x * y
    wide = np.concatenate([-t[:0:-1], t])
    u, v = np.meshgrid(M * wide, M * wide)
    if formula == "plain":
        u, v, M = x, y, 1.0
        found = product_plain(u, v, folds)
    else:
        found = product(u, v, folds, M) / (1 if factor else 2 * M**2)
    worst = np.abs(plain).max() * 2 ** (2 * folds + 1)
    edge = np.abs(plain[0]).max() * 2 ** (2 * folds + 1)
    error = np.abs(found - u * v).max() / M**2 * 4**folds
    return Evidence(
        (
            Check(f"plain formula: error times 2^(2k+1), k = {folds}", worst, 1, 0),
            Check("plain formula: the same where y = 0", edge, 1, 0),
            Check("three moduli: largest value on the axes", np.abs(found[u * v == 0]).max(), 0, 0),
            Check("three moduli: error over M^2, times 2^(2k)", error, 1, 0),
        )
    )
