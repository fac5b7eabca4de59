"""What removes the peak of least squares: the best ridge, and a long tail that acts as one.

Expectations over random designs are means over draws, with standard errors of these means.
"""

from math import log, sqrt

import numpy as np

from dlmath.claims.overparametrization_least_squares import tilted
from dlmath.generalization.least_squares import Design, best_ridge
from dlmath.ledger import Check, Evidence, claim

LENGTH = 8000
"""Of the tail, for 40 examples."""


@claim(
    "best-ridge",
    source="nakkiran2021optimal",
    breaks={
        "a tenth of the best ridge": dict(factor=0.1),
        "features of unequal size, the truth on the largest": dict(tilt=3.0),
    },
)
def best_ridge_has_no_peak(*, factor: float = 1.0, tilt: float = 1.0, seed: int = 0) -> Evidence:
    r"""Let $y = X\beta+\epsilon$, $X$ of shape $n\times p$ with a law that no rotation of the
    features changes, $\epsilon$ independent of $X$ with mean zero and covariance $\sigma^2I$. Of
    all $\lambda>0$ $\lambda^* = \sigma^2p/\|\beta\|^2$ gives $\hat\beta_\lambda =
    (X^\top X+\lambda I)^{-1}X^\top y$ the least expected risk (of the coefficients),
    which is
    $$\mathbb E\|\hat\beta_{\lambda^*}-\beta\|^2 =
    \sigma^2\,\mathbb E\operatorname{tr}(X^\top X+\lambda^*I)^{-1} \le \|\beta\|^2.$$
    If the entries of $X$ are independent and standard normal, it falls with $n$ and rises
    with $p$ at fixed $\|\beta\|$: there is no peak.
    """
    n, signal, noise, draws = 30, 1.0, 0.25, 200
    rng = np.random.default_rng(seed)
    off, regret, means = [], [], {}
    for p in (6, 15, 30, 60, 120):
        direct, formula = [], []
        ridge = factor * best_ridge(p, signal, noise)
        for _ in range(draws):
            design = Design(rng.standard_normal((n, p)) * tilted(p, tilt))
            s = design.singular_values
            direct.append([_risk(design, noise, t * ridge) for t in (1, 0.5, 2)])
            formula.append(noise * ((1 / (s**2 + ridge)).sum() + (p - len(s)) / ridge))
        risks = np.array(direct)
        off.append(_in_errors(risks[:, 0] - formula))
        regret += [_in_errors(risks[:, t] - risks[:, 0]) for t in (1, 2)]
        means[p] = float(risks[:, 0].mean())
    fewer = [
        _mean_trace(m, 30, noise, factor * best_ridge(30, signal, noise), rng) for m in (15, 30, 60)
    ]
    checks = (
        Check("risk less its formula, in s.e., largest of five p", float(np.abs(off).max()), 0, 4),
        Check("gain of half and double the ridge, in s.e., largest", -min(regret), 4, 0, "<="),
        Check("least rise of the risk from p to p", min(np.diff(list(means.values()))), 0, 0, ">="),
        Check("largest rise from n to n, 15, 30, 60", max(np.diff(fewer)), 0, 0, "<="),
        Check("largest risk over |beta|^2", max(means.values()), signal, 0, "<="),
    )
    return Evidence(checks, means)


def _risk(design: Design, noise: float, ridge: float) -> float:
    """The squared distance of the coefficients from the first unit vector, given the design."""
    miss = np.eye(design.features.shape[1])[0] - design.solve(design.features[:, 0], ridge)
    return float(miss @ miss + noise * design.noise_gain(ridge))


def _in_errors(values: np.ndarray) -> float:
    """Their mean in standard errors."""
    return float(values.mean() / (values.std() / sqrt(len(values))))


def _mean_trace(n: int, p: int, noise: float, ridge: float, rng: np.random.Generator) -> float:
    """The mean of the formula for the risk over 100 Gaussian designs."""
    found = []
    for _ in range(100):
        s = Design(rng.standard_normal((n, p))).singular_values
        found.append(noise * ((1 / (s**2 + ridge)).sum() + (p - len(s)) / ridge))
    return float(np.mean(found))


@claim(
    "tail-is-ridge",
    source="kobak2020optimal",
    breaks={
        "a tail along few directions": dict(concentrated=True),
        "a tail shorter than the sample": dict(short=True),
        "four times the ridge": dict(ridge=4.0),
    },
)
def tail_is_ridge(
    *, concentrated: bool = False, short: bool = False, ridge: float = 1.0, seed: int = 0
) -> Evidence:
    r"""Let $U$ be $n\times k$, $W$ be $n\times m$, $y\in\mathbb R^n$, $\tau>0$, and let
    $D = \|WW^\top-\tau^2I\| < \tau^2$ in the operator norm. The least-norm solution of
    $U\beta+W\gamma = y$ exists, and with $\hat\beta_\lambda = U^\top(UU^\top+\lambda I)^{-1}y$
    $$\|\hat\beta-\hat\beta_{\tau^2}\| \le
    \frac{D\,\|(UU^\top+\tau^2I)^{-1}y\|}{\sqrt{\tau^2-D}},
    \qquad \|\hat\gamma\|^2\le\frac{\|y\|^2}{\tau^2-D}.$$
    If the entries of $W$ are independent normal of variance $\tau^2/m$, then
    $\mathbb E\|WW^\top-\tau^2I\|_F^2 = \tau^4\frac{n(n+1)}m$.
    """
    n, k, m, draws = 40, 5, 20 if short else LENGTH, 12
    rng = np.random.default_rng(seed)

    def tail(length: int) -> np.ndarray:
        W = rng.standard_normal((n, length)) / sqrt(length)
        return rng.standard_normal((n, n)) @ W / sqrt(n) if concentrated else W

    found, rate = [], []
    for _ in range(draws):
        U, W = 0.25 * rng.standard_normal((n, k)), tail(m)
        y = 4 * U.sum(axis=1) + 0.5 * rng.standard_normal(n)
        found.append(_compare(U, W, y, ridge))
        rate.append(log(2 * _compare(U, tail(4 * m), y, ridge)[1] / found[-1][1]))
    miss, _, near, part, _ = np.max(found, axis=0)
    error = 4 * float(np.std(rate)) / sqrt(draws)
    spread = np.array(found)[:, -1]
    noise = 4 * float(spread.std()) / sqrt(draws)
    proxy = float(np.mean([spiked_variance(100, 5, 1000, rng) for _ in range(20)]))
    return Evidence(
        (
            Check("largest training error", miss, 0, 1e-9),
            Check("distance from ridge over its bound, largest", near, 1, 0, "<="),
            Check("squared norm of the tail's part over its bound", part, 1, 0, "<="),
            Check(
                "log of 2 x distance with four times the tail (4 s.e.)",
                float(np.mean(rate)),
                0,
                error,
            ),
            Check("m |WW' - I|^2 over n(n + 1) (4 s.e.)", spread.mean(), 1, noise),
            Check("beside the theorem: variance over the rule of thumb (8 %)", proxy, 1, 0.08),
        )
    )


def _compare(U: np.ndarray, W: np.ndarray, y: np.ndarray, ridge: float) -> tuple[float, ...]:
    """The least-norm fit beside ridge from U alone, for a tail of total variance 1.

    Returns:
        The training error, the distance of the coefficients, the same and the squared norm of the
        tail's part, each over its bound, and the squared distance of the Gram matrix from I over
        its mean. If D is 1 or more there is no bound, and that of the tail asked for is taken.
    """
    n, m = W.shape
    gram = W @ W.T
    a = np.linalg.lstsq(U @ U.T + gram, y, rcond=None)[0]
    beta, gamma = U.T @ a, W.T @ a
    D = float(np.linalg.norm(gram - np.eye(n), 2))
    D = D if D < 1 else 2 * sqrt(n / LENGTH) + n / LENGTH
    b = np.linalg.solve(U @ U.T + ridge * np.eye(n), y)
    off = float(np.linalg.norm(beta - U.T @ b))
    return (
        np.abs(U @ beta + W @ gamma - y).max(),
        off,
        off * sqrt(1 - D) / (D * float(np.linalg.norm(b))),
        float(gamma @ gamma * (1 - D) / (y @ y)),
        ((gram - np.eye(n)) ** 2).sum() * m / (n * (n + 1)),
    )


def spiked_variance(n: int, k: int, p: int, rng: np.random.Generator) -> float:
    """The conditional variance of interpolation over k/n + n/(p - k - n - 1), for one design.

    The features have variance 1 in k directions and 1/(p - k) in the others.
    """
    scale = np.where(np.arange(p) < k, 1.0, 1 / (p - k))
    X = rng.standard_normal((n, p)) * np.sqrt(scale)
    inverse = np.linalg.inv(X @ X.T)
    variance = float(np.trace(inverse @ (X * scale) @ X.T @ inverse))
    return variance / (k / n + n / (p - k - n - 1))
