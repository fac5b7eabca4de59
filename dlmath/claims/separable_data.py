"""The theorems of the chapter on separable data, measured: margins, counts, minima at infinity.

What happens where the data are not separable stands in ``separable_data_minima``.
"""

import itertools
from math import log, sqrt

import numpy as np

from dlmath.generalization.linear_risk import gradient, ridge_path, risk
from dlmath.generalization.losses import LOSSES
from dlmath.generalization.random_features import relu_features
from dlmath.generalization.separable_data import (
    max_margin,
    separable_share,
    vanishing_combination,
)
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-9


def cloud(n: int, d: int, gap: float, seed: int) -> np.ndarray:
    """Gaussian examples, labels absorbed, each at least ``gap`` beyond a random hyperplane."""
    rng = np.random.default_rng(seed)
    u = rng.standard_normal(d)
    u /= np.linalg.norm(u)
    Z = 2 * rng.standard_normal((n, d))
    return Z + (np.abs(Z @ u) - Z @ u + gap)[:, None] * u


def turned(w: np.ndarray, angle: float) -> np.ndarray:
    """The vector turned by an angle towards the axis that it is least along."""
    away = np.eye(len(w))[np.abs(w).argmin()]
    away -= (away @ w) / (w @ w) * w
    return np.cos(angle) * w + np.sin(angle) * away * np.linalg.norm(w) / np.linalg.norm(away)


@claim(
    "hard-margin-duality",
    source="cortes1995support",
    breaks={
        "a vector 0.01 rad off": dict(angle=0.01),
        "a support vector left out": dict(forget=True),
    },
)
def hard_margin_duality(*, angle: float = 0.0, forget: bool = False, seed: int = 0) -> Evidence:
    r"""Let $z_i = y_i x_i \in \mathbb R^d$, $i \le n$, and let some $w$ have
    $\langle w, z_i\rangle > 0$ for every $i$. There is exactly one $\hat w$ of least norm with
    $\langle w, z_i\rangle \ge 1$ for every $i$. A vector $w$ is $\hat w$ if and only if it is
    feasible and there are $\alpha_i \ge 0$ with $w = \sum_i \alpha_i z_i$ and
    $\alpha_i(\langle w, z_i\rangle - 1) = 0$. Moreover $\sum_i \alpha_i = \|\hat w\|^2$ and
    $$\max_{\|u\| = 1} \min_i \langle u, z_i\rangle = \gamma = \frac1{\|\hat w\|}
    = \min_{p \ge 0,\ \sum p_i = 1} \Big\|\sum_i p_i z_i\Big\|.$$
    """
    stationary, slack, total, gap, above = [], [], [], [], []
    for n, d in ((30, 2), (30, 8), (20, 40)):
        Z = cloud(n, d, 0.2, seed)
        kept = Z
        if forget and d == 2:
            kept = np.delete(Z, max_margin(Z, np.ones(n)).support.argmax(), axis=0)
        found = max_margin(kept, np.ones(len(kept)))
        w = turned(found.w, angle)
        alpha = found.alpha
        stationary.append(np.abs(alpha @ kept - w).max())
        slack.append(np.abs(alpha * (kept @ w - 1)).max())
        total.append(abs(alpha.sum() / (w @ w) - 1))
        p = alpha / alpha.sum()
        gap.append(abs(np.linalg.norm(p @ kept) * np.linalg.norm(w) - 1))
        above.append((Z @ w).min())
    exact = max_margin(np.array([[1.0, 3.0], [1.0, -1.0], [2.0, 0.5]]), np.ones(3))
    return Evidence(
        (
            Check("least score of the vector found", min(above), 1, ROUNDING, ">="),
            Check("w less the sum of alpha z, largest entry", max(stationary), 0, ROUNDING),
            Check("largest alpha times slack", max(slack), 0, ROUNDING),
            Check("sum of alpha over |w|^2, less 1", max(total), 0, ROUNDING),
            Check("shortest combination times |w|, less 1", max(gap), 0, ROUNDING),
            Check("alpha of (1, 3) by hand", exact.alpha[0], 0.25, ROUNDING),
        )
    )


@claim(
    "separable-share",
    source="cover1965geometrical",
    breaks={
        "labels that follow a hyperplane half of the time": dict(leaning=0.5),
        "points in a subspace of one dimension less": dict(flat=True),
    },
)
def separable_labels(
    *, leaning: float = 0.0, flat: bool = False, draws: int = 3000, seed: int = 0
) -> Evidence:
    r"""For $z_1, \dots, z_n \in \mathbb R^d$ exactly one of the following holds: some $w$ has
    $\langle w, z_i\rangle > 0$ for every $i$; or $\sum_i p_i z_i = 0$ for some $p \ge 0$ with
    $\sum_i p_i = 1$. If any $\min(n, d)$ of the points $x_i$ are linearly independent and the
    labels $y_i$ are independent fair signs, the first holds for $z_i = y_i x_i$ with probability
    $$P_{n,d} = 2^{1-n} \sum_{k=0}^{d-1} \binom{n-1}k,$$
    which is $1$ for $n \le d$ and $\frac12$ for $n = 2d$. For points in any position the
    probability is at most $P_{n,d}$.
    """
    rng = np.random.default_rng(seed)
    checks, certified = [], 0.0
    for n, d in ((5, 5), (8, 5), (10, 5), (14, 5), (40, 20)):
        separated = 0
        for _ in range(draws):
            X = rng.standard_normal((n, d))
            if flat:
                X[:, -1] = X[:, 0]
            follow = rng.uniform(size=n) < leaning
            y = np.where(follow, np.sign(X[:, 0]), rng.choice([-1.0, 1.0], n))
            p = vanishing_combination(y[:, None] * X)
            separated += p is None
            if p is not None:
                certified = max(certified, float(np.abs(p @ (y[:, None] * X)).max()))
        share = separable_share(n, d)
        noise = 4 * sqrt(share * (1 - share) / draws)
        what = f"share separated, n = {n}, d = {d} (4 s.e.)"
        checks.append(Check(what, separated / draws, share, noise))
    checks.append(
        Check("ReLU features of noise, n = 10, d = 5, all labels", _enumerated(), 0.5, 0, "<=")
    )
    checks.append(Check("vanishing mixtures of the others, largest entry", certified, 0, 1e-7))
    checks.append(
        Check("share on the line n = 2d, d = 500", separable_share(1000, 500), 0.5, 1e-12)
    )
    return Evidence(tuple(checks))


def _enumerated() -> float:
    """The share of all labellings of ten points that are separated; some neurons are silent."""
    X = relu_features(np.random.default_rng(3).standard_normal((10, 5)), 5, seed=3)
    signs = itertools.product([-1.0, 1.0], repeat=10)
    return float(np.mean([vanishing_combination(np.array(y)[:, None] * X) is None for y in signs]))


@claim(
    "no-finite-minimiser",
    source="soudry2018implicit",
    breaks={
        "one label turned": dict(turn=True),
        "the mean margin as the rate": dict(rate="mean"),
    },
)
def no_finite_minimiser(*, turn: bool = False, rate: str = "least", seed: int = 0) -> Evidence:
    r"""Let $\ell > 0$ be differentiable with $\ell' < 0$ and $\ell(u) \to 0$ as $u \to \infty$, let
    $L(w) = \sum_i \ell(\langle w, z_i\rangle)$, and let $\langle w_+, z_i\rangle > 0$
    for every $i$. Then $\langle w_+, \nabla L(w)\rangle < 0$ for every $w$. So $L$ has no critical
    point, its infimum $0$ is not attained, and $L(s v) \to 0$ as $s \to \infty$ for *every*
    separating $v$. For $\ell(u) = e^{-u}$ and $m = \min_i\langle v, z_i\rangle$,
    $$m - \frac{\log n}s \le -\frac1s \log L(s v) \le m.$$
    """
    rng = np.random.default_rng([seed, 1])
    Z = cloud(30, 3, 0.2, seed)
    best = max_margin(Z, np.ones(30)).w
    if turn:
        Z[0] *= -1
    points = rng.standard_normal((200, 3)) * rng.choice([0.1, 1.0, 10.0], (200, 1))
    slopes = {
        name: max(best @ gradient(w, Z, loss) for w in points) for name, loss in LOSSES.items()
    }
    rays = [best / np.linalg.norm(best)] + [
        turned(best, a) / np.linalg.norm(best) for a in (0.01, 0.02)
    ]
    s, over, under = 200.0, [], []
    for v in rays:
        m = float((Z @ v).min() if rate == "least" else (Z @ v).mean())
        fall = -log(risk(s * v, Z, LOSSES["exponential"])) / s
        over.append(fall - m)
        under.append(fall - m + log(30) / s)
    return Evidence(
        (
            Check(
                "largest slope towards a separator, 200 points, five losses",
                float(max(slopes.values())),
                0,
                0,
                "<=",
            ),
            Check(
                "rate along a ray less its least score, largest of three", max(over), 0, 1e-12, "<="
            ),
            Check("the same plus log n / s, least of three", min(under), 0, 1e-12, ">="),
        )
    )


@claim(
    "regularisation-path",
    source="rosset2003margin",
    breaks={
        "a loss with a polynomial tail": dict(loss="polynomial"),
        "a tenth more than the largest margin": dict(factor=1.1),
    },
)
def regularisation_path(
    *, loss: str = "exponential", factor: float = 1.0, seed: int = 0
) -> Evidence:
    r"""Let the data be separable with margin $\gamma$, $\hat u = \hat w/\|\hat w\|$, let $\ell > 0$
    be convex and differentiable with $\ell' < 0$ and $\ell(u) \to 0$ as $u \to \infty$, and let
    $w_\lambda$ minimise $L(w) + \frac\lambda2\|w\|^2$. If
    $\ell((1-\varepsilon)s)/\ell(s) \to \infty$ as $s \to \infty$ for every
    $\varepsilon \in (0, 1)$, then $w_\lambda/\|w_\lambda\| \to \hat u$ as $\lambda \to 0$. For
    $\ell(u) = e^{-u}$ and $R = \|w_\lambda\|$, which tends to infinity,
    $$0 \le R\gamma - \min_i \langle w_\lambda, z_i\rangle \le \log n \quad\text{and}\quad
    \Big\|\frac{w_\lambda}R - \hat u\Big\|^2 \le \frac{4\log n}{\gamma R}.$$
    """
    penalties = [10.0**-k for k in range(0, 31, 2)]
    ahead, near, others = [], [], []
    for n, d in ((30, 2), (30, 5), (12, 20)):
        Z = cloud(n, d, 0.3, seed)
        best = max_margin(Z, np.ones(n))
        W = ridge_path(Z, LOSSES[loss], penalties)
        R = np.linalg.norm(W, axis=1)
        ahead.append((factor * R * best.margin - (W @ Z.T).min(1)) / log(n))
        off = ((W / R[:, None] - best.w * best.margin) ** 2).sum(1)
        near.append(off * best.margin * R / (4 * log(n)))
        for other in ("logistic", "probit"):  # the general step: l(R m) <= n l(R gamma)
            V, value = ridge_path(Z, LOSSES[other], penalties), LOSSES[other].value
            least, most = (V @ Z.T).min(1), np.linalg.norm(V, axis=1) * best.margin
            others.append((np.log(value(least)) - np.log(value(most))).max() / log(n))
    a, b = ridge_path(np.array([[1.0, 3.0], [1.0, -1.0]]), LOSSES["exponential"], penalties).T
    balance = np.abs(np.exp(4 * b) * (a + b) / (3 * a - b) - 1).max()
    return Evidence(
        (
            Check("(R gamma - least score) / log n, least", np.min(ahead), 0, ROUNDING, ">="),
            Check("(R gamma - least score) / log n, largest", np.max(ahead), 1, 0, "<="),
            Check("squared distance of directions over its bound", np.max(near), 1, 0, "<="),
            Check(
                "log l(least score) / l(R gamma) over log n, other losses", max(others), 1, 0, "<="
            ),
            Check("two points by hand: their equation", balance, 0, ROUNDING),
            # b = log(3 - 4b/(a+b))/4, so it is short of log(3)/4 by b/(3a) to first order
            Check("two points: the second coordinate", b[-1], log(3) / 4, b[-1] / a[-1]),
        )
    )
