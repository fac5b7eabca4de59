"""What the limit of the residual implies for losses, directions and margins; and where it fails.

Other methods, and what happens to validation data, stand in ``max_margin_beyond``.
"""

from math import log

import numpy as np

from dlmath.claims.max_margin import STEPS, designed, remainder, short_step
from dlmath.claims.separable_data import cloud
from dlmath.generalization.linear_risk import gradient_descent, risk
from dlmath.generalization.losses import LOSSES
from dlmath.generalization.max_margin import (
    Limit,
    entropies,
    limit,
    log_time_flow,
    margin_of,
)
from dlmath.generalization.separable_data import max_margin
from dlmath.ledger import Check, Evidence, claim

DEPENDENT = np.array([[1.0, 3.0], [1.0, -1.0], [1.0, 1.0]])
"""Three support vectors in the plane: the dual variables are not unique."""


def far_away(
    Z: np.ndarray, step: float, found: Limit, begin: float = 0.0
) -> tuple[float, np.ndarray, np.ndarray]:
    """A time s = log t at which the residual of the flow has settled, the vector and the limit.

    Of the limit, what lies off the span of the support vectors is taken from the run: no formula
    predicts it. All coordinates of the residual are ``begin`` at s = 0.
    """
    s = 1e4 + 40 / found.rate
    start = np.full(Z.shape[1], begin)
    rho = log_time_flow(Z, step, start, np.array([0.0, s]))[1]
    return s, found.w_hat * s + rho, found.w_tilde + rho - found.projector @ rho


def along_and_across(rho: np.ndarray, w_hat: np.ndarray) -> tuple[float, float]:
    """The part of a residual along the hard-margin vector, in its units; the size of the rest."""
    part = rho @ w_hat / (w_hat @ w_hat)
    return float(part), float(np.linalg.norm(rho - part * w_hat))


@claim(
    "loss-and-direction",
    source="soudry2018implicit",
    breaks={
        "the whole residual, not its part across": dict(across=False),
        "a loss with a polynomial tail": dict(tail="polynomial"),
    },
)
def loss_and_direction(*, across: bool = True, tail: str = "logistic", seed: int = 0) -> Evidence:
    r"""Under the hypotheses of the theorem, $t\,\eta\,L(w_t)\to\|\hat w\|^2$, and
    $$\log t\;\Big\|\frac{w_t}{\|w_t\|} - \frac{\hat w}{\|\hat w\|}\Big\| \to
    \frac{\|(I - \hat u\hat u^\top)\rho_\infty\|}{\|\hat w\|},\qquad\hat u = \frac{\hat w}
    {\|\hat w\|}.$$ If the support vectors span $\mathbb R^d$, the second limit does not depend on
    $\eta$ or $w_0$. (The direction is measured on the flow, whose limits on $V$ are the same.)
    """
    Z = designed(seed)
    checks = []
    for loss in ("exponential", tail):
        start = np.array([2.0, 0.0])
        step = short_step(Z, start, "exponential" if loss == "exponential" else "logistic")
        w = gradient_descent(Z, LOSSES[loss], step, [STEPS], start)[0]
        slack = remainder(Z, step, limit(Z, step), STEPS)
        value = STEPS * step * risk(w, Z, LOSSES[loss])
        checks.append(Check(f"t eta L, {loss}, t = {STEPS:,}", value, 1, slack))
    for n, d, factor, begin in ((30, 2, 1.0, 0.0), (30, 2, 0.01, 1.0), (40, 5, 1.0, 0.0)):
        Z = cloud(n, d, 0.5, seed)
        step = factor / float(np.linalg.norm(Z, 2)) ** 2
        found = limit(Z, step)
        s, w, rho = far_away(Z, step, found, begin)
        gap = w / np.linalg.norm(w) - found.w_hat / np.linalg.norm(found.w_hat)
        off = float(np.linalg.norm(gap))
        part, rest = along_and_across(rho, found.w_hat)
        size = float(np.linalg.norm(found.w_hat))
        constant = (rest if across else float(np.linalg.norm(rho))) / size
        slack = constant * (2 * abs(part) + constant**2) / s + 1e-9
        what = f"{n} in R^{d}, step {factor:g}, start {begin:g}"
        checks.append(Check(f"direction: {what}", s * off, constant, slack))
    return Evidence(tuple(checks))


@claim(
    "margin-gap-entropy",
    source="ji2021characterizing",
    breaks={
        "Shannon's entropy alone": dict(least=False),
        "dual variables taken as equal": dict(shares="equal"),
        "the dual variables that the solver prints": dict(shares="solver"),
    },
)
def margin_gap_entropy(*, least: bool = True, shares: str = "limit", seed: int = 0) -> Evidence:
    r"""Under the hypotheses of the theorem let $p_i = \alpha_i/\|\hat w\|^2$, $i\in S$, with
    $\alpha_i = \eta e^{-\langle\tilde w, z_i\rangle}$; they add up to one. Let
    $\gamma(w) = \min_i\langle w, z_i\rangle/\|w\|$ and $\gamma = 1/\|\hat w\|$. Then
    $$\log t\;\big(\gamma - \gamma(w_t)\big)\to
    \frac{\mathrm{Ent}(p) - \mathrm{Ent}_\infty(p)}{\|\hat w\|},\qquad
    \mathrm{Ent} = -\sum p_i\log p_i,\quad \mathrm{Ent}_\infty = -\log\max p_i.$$
    The limit does not depend on $\eta$, $w_0$ or the examples off $S$, and is zero if and only if
    all $\alpha_i$, $i\in S$, are equal. (Measured on the flow, whose limits on $V$ are the same.)
    """
    small, wide = cloud(30, 2, 0.5, seed), cloud(40, 5, 0.5, seed)
    sets = ((small, 1.0, 0.0), (small, 0.01, 1.0), (wide, 1.0, 0.0), (DEPENDENT, 1.0, 0.0))
    checks = []
    for Z, factor, begin in sets:
        step = factor / float(np.linalg.norm(Z, 2)) ** 2
        found = limit(Z, step)
        s, w, rho = far_away(Z, step, found, begin)
        p = mixture(Z, found, shares)
        shannon, smallest = entropies(p)
        size = float(np.linalg.norm(found.w_hat))
        constant = (shannon - (smallest if least else 0)) / size
        part, rest = along_and_across(rho, found.w_hat)
        slack = 2 * (constant * abs(part) + rest**2 / size**3) / s
        gap = 1 / size - float(margin_of(w, Z))
        what = f"{len(Z)} in R^{Z.shape[1]}, step {factor:g}, start {begin:g}"
        checks.append(Check(f"margin gap: {what}", s * gap, constant, slack))
    return Evidence(tuple(checks))


def mixture(Z: np.ndarray, found: Limit, shares: str) -> np.ndarray:
    """Positive shares of the support vectors: those of the limit, equal ones, or the solver's."""
    if shares == "equal":
        return np.full(found.support.sum(), 1 / found.support.sum())
    if shares == "solver":
        alpha = max_margin(Z, np.ones(len(Z))).alpha
        return alpha[alpha > 1e-9] / alpha.sum()
    return found.shares


@claim(
    "degenerate-residual",
    source="soudry2018implicit",
    breaks={
        "nearly degenerate data taken for degenerate": dict(nudge=1e-3),
        "twice the logarithm": dict(factor=2.0),
    },
)
def degenerate_residual(*, nudge: float = 0.0, factor: float = 1.0) -> Evidence:
    r"""Let $z_1 = (1,0)$, $z_2 = (1+\delta, 1)$, $0\le\delta\le\frac12$, and let $\rho$ be the
    residual of the flow of the exponential loss with $\eta = 1$ from $\rho = 0$ at $s = \log t =
    0$. Then $\hat w = (1,0)$. If $\delta = 0$, the dual variable of $z_2$ is zero and
    $\rho_2 = \log s + O(\frac{\log s}s)$: the residual grows like $\log\log t$. If $\delta > 0$,
    $\rho_2\to\log\frac1\delta + O(\delta\log\frac1\delta)$.
    """
    times = np.concatenate([[0.0], np.geomspace(1, 1e6, 7)])
    Z = np.array([[1.0, 0.0], [1.0 + nudge, 1.0]])
    second = log_time_flow(Z, 1.0, np.zeros(2), times)[:, 1]
    # e^rho_2 = s - log s + O(1), as the force on the first example falls like 1 / s
    checks = [
        Check(f"rho_2 less log s, s = {s:g}", r - factor * log(s), -log(s) / s, 2 / s)
        for s, r in zip(times[4:], second[4:], strict=True)
    ]
    for delta in (0.1, 0.01, 0.001):
        Z = np.array([[1.0, 0.0], [1.0 + delta, 1.0]])
        end = log_time_flow(Z, 1.0, np.zeros(2), np.array([0.0, 40 / delta]))[1, 1]
        what = f"rho_2 at the end, delta = {delta:g}"
        checks.append(Check(what, end, factor * log(1 / delta), 1.5 * delta * log(1 / delta)))
    return Evidence(tuple(checks))
