"""What the proof of the margin bound is made of: sparse averages, a fair split, and covers."""

from math import sqrt

import numpy as np
from scipy.optimize import minimize

from dlmath.generalization.network_covers import (
    approximate,
    best_split,
    least_cost,
    net,
    outputs,
    pieces,
    sparse,
    sparsification_error,
    tolerances,
)
from dlmath.generalization.spectral_margins import columns_norm, spectral_complexity, spectral_norm
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-9


@claim(
    "maurey-cover",
    source="zhang2002covering",
    breaks={
        "the rows' norms in place of the columns'": dict(transpose=True),
        "every piece as likely as any other": dict(uniform=True),
    },
)
def maurey_cover(*, transpose: bool = False, uniform: bool = False, seed: int = 0) -> Evidence:
    r"""Let $X\in\mathbb R^{n\times d}$ with $\|X\|_F\le b$, and $a,b,\epsilon>0$. The
    set of all $XA$ with $A\in\mathbb R^{d\times m}$, $\|A\|_{2,1}\le a$, has a cover of radius
    $\epsilon$ in Frobenius norm with at most $(2dm)^K$ elements,
    $K = \lceil a^2b^2/\epsilon^2\rceil$: for $X\ne0$ the averages of $K$ of the at most $2dm$
    matrices of norm $ab$ that have a single column, which is a multiple of a column of $X$ that
    is not zero. The average of $K$ pieces of $XA\ne0$, drawn independently, each in
    proportion to its norm and then stretched to the sum $s\le\|A\|_{2,1}\|X\|_F$ of the norms,
    has the mean $XA$ and the mean squared distance $(s^2-\|XA\|_F^2)/K$ from it.
    """
    rng = np.random.default_rng([seed, 41])
    X = rng.standard_normal((30, 8)) * np.geomspace(3, 0.1, 8)
    spread = np.outer(np.arange(8) == 0, np.ones(12))  # one input, used by every output
    draws, ratios, shares, best = 2000, [], [], []
    for A in (rng.standard_normal((8, 12)), spread):
        budget = columns_norm(A.T if transpose else A) * float(np.linalg.norm(X))
        shares.append(pieces(X, A)[0] / budget)
        tries = X @ sparse(X, A, 10, draws, rng, uniform=uniform)
        squares = ((tries - X @ A) ** 2).sum((1, 2))
        error = 5 * float(squares.std()) / sqrt(draws)
        exact = sparsification_error(X, A, 10)
        ratios.append((squares.mean() - exact) / error)
        best.append(sqrt(squares.min() * 10) / budget)
    aligned = np.outer(np.linalg.norm(X, axis=0), rng.standard_normal(5))
    mass = pieces(X, aligned)[0] / (columns_norm(aligned) * float(np.linalg.norm(X)))
    Y, far = rng.standard_normal((6, 2)), []
    for terms in (1, 2, 3, 4):
        points = net(Y, 2, float(np.linalg.norm(Y)), terms).reshape(-1, 12)
        A = rng.standard_normal((1000, 2, 2))
        A /= np.linalg.norm(A, axis=1).sum(-1)[:, None, None]
        each = ((Y @ A).reshape(1000, 1, 12) - points) ** 2
        far.append(sqrt(each.sum(-1).min(1).max() * terms) / np.linalg.norm(Y))
    return Evidence(
        (
            Check("mean squared error less the exact one, over 5 s.e.", max(ratios, key=abs), 0, 1),
            Check(
                "sum s of the pieces' norms over the budget ab, larger of two",
                max(shares),
                1,
                ROUNDING,
                "<=",
            ),
            Check("the same where |a_jk| is in proportion to |x_j|", mass, 1, ROUNDING),
            Check("best of 2,000 averages over ab/sqrt(K)", max(best), 1, 0, "<="),
            Check("1,000 matrices, farthest from a net over ab/sqrt(K)", max(far), 1, 0, "<="),
        )
    )


@claim(
    "two-thirds",
    source="bartlett2017spectrally",
    breaks={
        "the same share for every layer": dict(power=0.0),
        "shares in proportion to b": dict(power=1.0),
    },
)
def two_thirds(*, power: float = 2 / 3, seed: int = 0) -> Evidence:
    r"""For $b_1,\dots,b_L>0$ and $\epsilon>0$,
    $$\min\Big\{\sum_i\frac{b_i^2}{\eta_i^2} : \eta_i>0,\ \sum_i\eta_i=\epsilon\Big\}
    = \frac{1}{\epsilon^2}\Big(\sum_ib_i^{2/3}\Big)^3 ,$$
    and the minimum is taken at $\eta_i = \epsilon\,b_i^{2/3}/\sum_jb_j^{2/3}$ alone.
    """
    rng = np.random.default_rng([seed, 42])
    costs = [rng.uniform(0.2, 3, L) for L in (2, 3, 5)]
    split, beaten, found = [], [], []
    for b in costs:
        least = least_cost(b, 0.7)
        eta = best_split(b, 0.7, power)
        split.append(((b / eta) ** 2).sum() / least)
        tries = 0.7 * rng.dirichlet(np.ones(len(b)), 20_000)
        beaten.append(((b / tries) ** 2).sum(1).min() / least)
        free = minimize(
            lambda z, b=b: np.log(((b * np.exp(z).sum() / np.exp(z)) ** 2).sum()),
            np.zeros(len(b)), options={"gtol": 1e-10},
        )  # fmt: skip
        found.append(float(np.exp(free.fun)) / 0.7**2 / least)
    return Evidence(
        (
            Check("cost at the split over the formula", max(split), 1, ROUNDING),
            Check("20,000 random splits over the formula, least", min(beaten), 1, ROUNDING, ">="),
            Check("a minimiser's cost over the formula", max(found, key=lambda v: abs(v - 1)), 1,
                  1e-8),
        )
    )  # fmt: skip


def aligned_chain(sizes: np.ndarray, spent: np.ndarray) -> float:
    """The output error of a linear chain of rank one in which all the layers' errors add up."""
    e = np.eye(3)[0]
    Z, near = e[None], e[None]
    for s, eps in zip(sizes, spent, strict=True):
        Z, near = s * Z, s * near - eps * e
    return float(np.linalg.norm(Z - near))


@claim(
    "covering-networks",
    source="bartlett2017spectrally",
    breaks={
        "the (2,1) norms without the transpose": dict(transpose=False),
        "errors split as if later layers did not stretch": dict(stretch=False),
    },
)
def covering_networks(*, transpose: bool = True, stretch: bool = True, seed: int = 0) -> Evidence:
    r"""Let $\sigma_i$ be $\rho_i$-Lipschitz with $\sigma_i(0)=0$, $\mathcal A(s,b)$ the set of
    all $(A_1,\dots,A_L)$ with $\|A_i\|_\sigma\le s_i$ and $\|A_i^\top-M_i^\top\|_{2,1}\le b_i$,
    where no dimension exceeds $W$, all $s_i>0$ and $b_i\ge0$, and
    $R = \prod_i\rho_is_i\,(\sum_i(b_i/s_i)^{2/3})^{3/2}$. For every $X\in\mathbb R^{n\times d}$
    and $\epsilon>0$ the outputs $F_{\mathcal A}(X)$, $\mathcal A\in\mathcal A(s,b)$, have a
    cover of radius $\epsilon$ in Frobenius norm whose number of elements has a logarithm of at
    most $2\|X\|_F^2R^2\log(2W^2)/\epsilon^2$.
    """
    rng = np.random.default_rng([seed, 43])
    X = rng.standard_normal((20, 8)) * np.append(3, np.full(7, 0.05))
    error, count, aligned, each = [], [], [], []
    for kind in ("spread", "one input"):
        shapes = ((9, 8), (7, 9), (4, 7))
        weights: list[np.ndarray] = [rng.standard_normal(a) / sqrt(a[1]) for a in shapes]
        if kind == "one input":
            weights[0] = np.outer(np.ones(9), np.arange(8) == 0) * 2.0
        s = np.array([spectral_norm(A) for A in weights])
        b = np.array([columns_norm(A.T if transpose else A) for A in weights])
        accuracy = float(np.linalg.norm(X)) * spectral_complexity(weights) / 40
        layers = tolerances(s if stretch else s / s, b / s if not stretch else b, accuracy)
        Y, terms, errors = approximate(weights, X, layers, b, rng)
        each.append(max(errors))
        error.append(float(np.linalg.norm(Y - outputs(weights, X))) / accuracy)
        R = spectral_complexity(weights)
        count.append(sum(terms) / (float(np.linalg.norm(X)) * R / accuracy) ** 2)
        aligned.append(aligned_chain(s, layers) / accuracy)
    return Evidence(
        (
            Check("error of a layer over its share, largest of six", max(each), 1, 0, "<="),
            Check("output error over epsilon, larger of two", max(error), 1, 0, "<="),
            Check(
                "pieces over |X|^2 R^2/epsilon^2, farther from 1",
                max(count, key=lambda v: abs(v - 1)),
                1,
                3 / 1600,
            ),
            Check("output error of an aligned chain over epsilon", max(aligned), 1, ROUNDING),
        )
    )
