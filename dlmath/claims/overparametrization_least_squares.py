"""Least squares around the interpolation threshold: its exact risk, and where the peak is.

Expectations over random designs are means over draws, with standard errors of these means.
"""

from math import sqrt

import numpy as np

from dlmath.generalization.double_descent import split_digits
from dlmath.generalization.least_squares import (
    Design,
    gaussian_bias,
    gaussian_variance,
)
from dlmath.generalization.random_features import relu_features
from dlmath.ledger import Check, Evidence, claim


def risk_parts(X: np.ndarray, sizes: np.ndarray) -> tuple[float, float]:
    """Variance and squared bias at a new example, for noise of variance 1.

    Args:
        X: A design.
        sizes: The standard deviations of its features at a new example. The truth is the first
            feature, divided by its own.
    """
    n, p = X.shape
    if p <= n:
        return float((sizes**2 * np.diag(np.linalg.inv(X.T @ X))).sum()), 0.0
    inverse = X.T @ np.linalg.inv(X @ X.T)
    miss = np.eye(p)[0] - inverse @ X[:, 0]
    variance = (sizes[:, None] ** 2 * inverse**2).sum()
    return float(variance), float((sizes**2 * miss**2).sum() / sizes[0] ** 2)


def tilted(p: int, tilt: float) -> np.ndarray:
    """Standard deviations of features: the tilt for the first tenth, 1 for the others."""
    return np.where(np.arange(p) < max(1, p // 10), tilt, 1.0)


@claim(
    "least-squares-risk",
    source="breiman1983variables",
    breaks={
        "features of unequal size": dict(tilt=3.0, counts=(50, 80, 120, 400)),
        "the limit law p/(n - p) in place of p/(n - p - 1)": dict(lost=1, counts=(50, 80, 120)),
    },
)
def least_squares_risk(
    *,
    tilt: float = 1.0,
    lost: int = 0,
    counts: tuple[int, ...] = (20, 50, 80, 120, 200, 400, 1000),
    draws: int = 200,
    seed: int = 0,
) -> Evidence:
    r"""Let the $n\times p$ matrix $X$ have independent standard normal entries, let
    $y = X\beta + \epsilon$ with $\epsilon$ independent of $X$, of mean zero and covariance
    $\sigma^2I$, and $\hat\beta = X^+y$, $p\ge1$. For a new $x$ of the same law, independent of
    $X$ and $\epsilon$,
    $$\mathbb E\langle x,\hat\beta - \beta\rangle^2 = \begin{cases}
    \sigma^2\frac p{n-p-1}, & p\le n-2,\\
    \|\beta\|^2\big(1-\frac np\big) + \sigma^2\frac n{p-n-1}, & p\ge n+2,\end{cases}$$
    and it is infinite for $|p-n|\le1$ if $\sigma>0$.
    """
    n, checks, data = 100, [], {}
    rng = np.random.default_rng(seed)
    for p in counts:
        sizes = tilted(p, tilt)
        found = [risk_parts(rng.standard_normal((n, p)) * sizes, sizes) for _ in range(draws)]
        variance, bias = np.mean(found, axis=0)  # the bias of beta = e_1
        few, many = min(n, p), max(n, p)
        predicted = few / (many - few) if lost else gaussian_variance(n, p)
        what = f"variance / sigma^2, p = {p} (3 %, over 4 s.e.)"
        checks.append(Check(what, variance, predicted, 0.03 * predicted))
        if p > n:
            share = gaussian_bias(n, p)
            noise = 4 * sqrt(2 * share * (1 - share) / (p + 2) / draws)
            checks.append(Check(f"bias^2 / |beta|^2, p = {p} (4 s.e.)", bias, share, noise))
        data[p] = (float(variance), float(bias))
    return Evidence(tuple(checks), data)


@claim(
    "noise-gain-peak",
    source="greville1960",
    breaks={
        "digits not centred, so that neurons repeat each other": dict(centred=False),
        "a ridge": dict(ridge=1.0),
    },
)
def noise_gain_peak(*, centred: bool = True, ridge: float = 0.0, seed: int = 0) -> Evidence:
    r"""For a matrix $\Phi$ let $V(\Phi) = \|\Phi^+\|_F^2 = \sum_i s_i^{-2}$ over its positive
    singular values. If $\mathbb E\epsilon = 0$ and $\mathbb E\epsilon\epsilon^\top = \sigma^2I$,
    then $\mathbb E\|\Phi^+\epsilon\|^2 = \sigma^2V(\Phi)$. Let $c\ne0$ be a further column. If
    $c\notin\operatorname{col}\Phi$, with $r = c - \Phi\Phi^+c$,
    $$V([\Phi, c]) = V(\Phi) + \frac{1 + \|\Phi^+c\|^2}{\|r\|^2};$$
    if $c\in\operatorname{col}\Phi$,
    $$V([\Phi, c]) = V(\Phi) - \frac{\|(\Phi^+)^\top\Phi^+c\|^2}{1 + \|\Phi^+c\|^2}.$$
    So as features are added $V$ rises while the rank does and falls when it does not: if the first
    $n$ features of $n$ examples are independent and no later one is zero, $V$ rises strictly up to
    $p=n$ and falls strictly after.
    """
    n, last = 40, 100
    data = split_digits(n, seed, centred)
    F = relu_features(data.train, last, seed, 0.0 if centred else 1.0)
    designs = [Design(F[:, :p]) for p in range(1, last + 1)]
    curve, ranks = [d.noise_gain(ridge) for d in designs], [d.rank for d in designs]
    steps, errors, conditions = np.diff(curve), [], []
    for p in (10, 20, 30, 39, 40, 60, 90):
        old, c = designs[p - 1], F[:, p]
        if ridge or not c.any():
            continue
        inverse = np.linalg.pinv(F[:, :p], rcond=1e-12)
        image = inverse @ c
        r = c - F[:, :p] @ image
        if np.linalg.norm(r) > 1e-6 * np.linalg.norm(c):
            formula = (1 + image @ image) / (r @ r)
        else:
            formula = -((inverse.T @ image) ** 2).sum() / (1 + image @ image)
        conditions.append(old.singular_values[0] / old.singular_values[-1])
        errors.append(abs(steps[p - 1] - formula) / max(abs(formula), 1e-3 * old.noise_gain()))
    noise = np.random.default_rng([seed, 5]).standard_normal((n, 2000))
    sizes = (Design(F[:, :30]).solve(noise, ridge) ** 2).sum(axis=0)
    mean, error = float(sizes.mean()), float(sizes.std() / sqrt(len(sizes)))
    peak, flat = int(np.argmax(curve)) + 1, int((steps[: n - 1] <= 0).sum())
    checks = [
        Check("number of features at the peak", peak, n, 0),
        Check("the same, less that at which the rank is n", peak - 1 - ranks.index(n), 0, 0),
        Check("features up to n that do not raise V", flat, 0, 0),
        Check("later features that do not lower it", (steps[n - 1 :] >= 0).sum(), 0, 0),
        Check("noise in the coefficients, p = 30 (4 s.e.)", mean, curve[29], 4 * error),
    ]
    if not ridge:  # the formulas are for none
        # V moves by its condition number times n roundings; steps are compared on V / 1000
        rounding = 2e3 * n * max(conditions) * float(np.finfo(float).eps)
        checks.append(Check("relative error of the formulas, 7 steps", max(errors), 0, rounding))
    return Evidence(tuple(checks), {"n": n, "curve": np.array(curve)})
