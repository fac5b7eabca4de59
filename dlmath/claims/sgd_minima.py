"""Which minima SGD can rest at, where label noise takes it, and what flatness is not."""

import math

import numpy as np
import torch
from torch import Tensor

from dlmath.landscapes import flatness, label_noise
from dlmath.landscapes import stability as st
from dlmath.ledger import Check, Evidence, claim


@claim(
    "sgd-stability",
    source="wu2018sgd",
    breaks={
        "the threshold of gradient descent": dict(descent=True),
        "examples drawn without replacement": dict(replace=False),
        "a step between the two intervals": dict(far=1.5),
    },
)
def sgd_stability(
    *, descent: bool = False, replace: bool = True, far: float = 2.3, seed: int = 0
) -> Evidence:
    r"""Let $w_{k+1} = (1-\eta a_{B_k})w_k$, $w_0\ne0$, with $a_B$ the mean of $b$ independent draws
    from numbers $a_i$ of mean $m>0$ and variance $s^2$. (1) $\mathbb Ew_k^2 = \rho^kw_0^2$ with
    $\rho = (1-\eta m)^2+\eta^2s^2/b$; it tends to 0 if and only if $0<\eta<2m/(m^2+s^2/b)$. (2) Let
    $\lambda = \mathbb E\log|1-\eta a_B|$, where $\lambda=-\infty$ is allowed. If $\lambda<0$, then
    $w_k\to0$ almost surely; if $\lambda>0$, then $|w_k|\to\infty$ almost surely; if $\lambda=0$,
    then almost surely $w_k$ does not tend to 0. (3) $\lambda\le\frac12\log\rho$. For
    $a\in\{0.4,3.6\}$, $b=1$ the set $\{\eta>0:\lambda<0\}$ consists of two intervals.
    """
    a, chains, k = list(st.SHARP), 50_000, 4
    rng = np.random.default_rng(seed)
    pool = a * 2
    checks = []
    for b in (1, 2, 4):
        eta = 2 / float(np.mean(a)) if descent else st.mean_square_threshold(a, b)
        if replace:
            w = st.products(a, eta, b, chains=chains, steps=k, rng=rng)
        else:
            order = rng.random((k, chains, 4)).argsort(2)[..., :b]
            w = np.prod(1 - eta * np.array(pool)[order].mean(2), 0)
        se = math.sqrt((st.moment(a, eta, b, 4) ** k - 1) / chains)
        checks.append(Check(f"E w_4^2 at the threshold, b = {b}, z = 4", (w**2).mean(), 1, 4 * se))
    rates = {}
    for eta in (0.63, 0.7, far):
        wanted, sd = st.exponent(a, eta, 1)
        w = st.products(a, eta, 1, chains=500, steps=200, rng=rng)
        rates[eta] = float(np.log(np.abs(w)).mean()) / 200
        se = sd / math.sqrt(500 * 200)
        what = f"log|w_200| / 200 at eta = {eta:g}, z = 4"
        checks.append(Check(what, rates[eta], wanted, 4 * se))
    checks.append(Check(f"and below 0 at eta = {far:g}", rates[far], 0, 0, "<="))
    growing = st.moment(a, 0.63, 1)
    checks.append(Check("rho at eta = 0.63: E w_k^2 grows", growing, 1, 0, ">="))
    return Evidence(tuple(checks), {"rates": rates})


def trace_and_top(u: float, v: float) -> tuple[float, float]:
    """Trace and largest eigenvalue of the Hessian of ``(uv - 1)^2 / 2``."""

    def V(w: Tensor) -> Tensor:
        return (w[0] * w[1] - 1) ** 2 / 2

    where = torch.tensor([u, v], dtype=torch.float64)
    H = torch.autograd.functional.hessian(V, where).numpy()
    return float(np.trace(H)), float(np.linalg.eigvalsh(H)[-1])


@claim(
    "label-noise-identity",
    source="blanc2020implicit",
    breaks={
        "white noise on the weights": dict(shake=0.05),
        "weight decay on one layer": dict(decay=0.1),
    },
)
def label_noise_identity(
    *, shake: float = 0.0, decay: float = 0.0, s: float = 0.5, seed: int = 0
) -> Evidence:
    r"""Let $f = uv$ and let a step be one of gradient descent on $\frac12(uv-y_k)^2$, whatever the
    labels $y_k$; $r_k = u_kv_k-y_k$. Then
    $$u_{k+1}^2-v_{k+1}^2 = (1-\eta^2r_k^2)(u_k^2-v_k^2).$$
    On the minima $uv=y$ the Hessian of $\frac12(uv-y)^2$ has the eigenvalues 0 and
    $u^2+v^2 = \sqrt{(u^2-v^2)^2+4y^2}$. So it is least, $2|y|$, where $u^2=v^2$.
    """
    eta, chains, steps = 0.1, 50, 300
    rng = np.random.default_rng(seed)
    u, v = label_noise.start(4.25, chains)
    factor, gap, worst = np.ones(chains), u**2 - v**2, 0.0
    first = gap
    for _ in range(steps):
        label = 1 + s * rng.standard_normal(chains)
        r = u * v - label
        u, v = label_noise.step(u, v, label, eta)
        u = (1 - eta * decay) * u + shake * rng.standard_normal(chains)
        v = v + shake * rng.standard_normal(chains)
        now = u**2 - v**2
        worst = max(worst, float(np.abs(now - (1 - (eta * r) ** 2) * gap).max()))
        gap, factor = now, factor * (1 - (eta * r) ** 2)
    long = float(np.abs(gap - factor * first).max())
    # rounding: each of the steps loses a few units of the last place of u^2, at most about 8
    checks = [
        Check("largest error of a step", worst, 0, 64 * np.finfo(float).eps),
        Check(f"largest error of {steps} steps", long, 0, steps * 64 * np.finfo(float).eps),
    ]
    other = 0.0
    for u0 in (0.5, 1.0, 2.0):
        whole, top = trace_and_top(u0, 1 / u0)
        wanted = math.hypot(u0**2 - u0**-2, 2)
        checks.append(Check(f"largest eigenvalue, u = 1 / v = {u0:g}", top, wanted, 1e-12))
        other = max(other, abs(whole - top))
    checks.append(Check("largest of the other one", other, 0, 1e-12))
    return Evidence(tuple(checks))


def drifted(
    eta: float, s: float, steps: int, chains: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """For each run, log of what is left of u^2 - v^2; mean (uv - y)^2 in the last quarter."""
    u, v = label_noise.start(4.25, chains)
    gap, squares, late = u**2 - v**2, np.zeros(chains), steps - steps // 4

    def watch(k: int, u: np.ndarray, v: np.ndarray) -> None:
        if k > late:
            squares[:] += (u * v - 1) ** 2 / (steps - late)

    u, v = label_noise.run(u, v, eta=eta, s=s, steps=steps, rng=rng, watch=watch)
    return np.log(np.abs(u**2 - v**2) / gap), squares


def mean_and_error(samples: np.ndarray) -> tuple[float, float]:
    """The mean of independent samples and its standard error."""
    return float(samples.mean()), float(samples.std(ddof=1)) / math.sqrt(len(samples))


def to_zero(found: dict[float, tuple[float, float]]) -> tuple[float, float]:
    """The limit of a mean that is smooth in the step, and its slack.

    Two extrapolations, from 0.16 and 0.08 and from 0.08 and 0.04, differ by the remainder; to it
    come four standard errors.
    """
    (far, _), (half, se), (near, least) = found[0.16], found[0.08], found[0.04]
    coarse, fine = 2 * half - far, 2 * near - half
    return fine, abs(fine - coarse) + 4 * math.hypot(2 * least, se)


@claim(
    "label-noise-drift",
    source="li2022happens",
    breaks={
        "no noise in the labels": dict(noisy=False),
        "a drift of the first order in the step": dict(order=1),
    },
)
def label_noise_drift(
    *, noisy: bool = True, order: int = 2, s: float = 0.5, seed: int = 0
) -> Evidence:
    r"""Let steps $\eta$ go down $\frac12(uv-y_k)^2$ and $y_k = y+s\varepsilon_k$ with independent
    fair signs $\varepsilon_k$, $y>0$, and let $u_0v_0=y$. Fix $\tau>0$. As $\eta\to0$, at the
    step $k = \lfloor\tau/\eta^2\rfloor$,
    $$u_k^2-v_k^2\to(u_0^2-v_0^2)\,e^{-s^2\tau},\qquad u_kv_k\to y$$
    in probability. Without label noise nothing moves.
    """
    tau, chains = 4.0, 100
    rng = np.random.default_rng(seed)
    gap = math.sqrt(4.25**2 - 4)
    found, off, rest = {}, {}, {}
    for eta in (0.16, 0.08, 0.04):
        steps = round(tau / eta**order)
        logs, squares = drifted(eta, s if noisy else 0.0, steps, chains, rng)
        found[eta], off[eta] = mean_and_error(logs), mean_and_error(squares / eta)
        slow = label_noise.slow_path(gap, eta=eta, s=s, steps=round(tau / eta**2))
        rest[eta] = math.log(slow[-1] / gap)
    limit, slack = to_zero(found)
    checks = [Check("log of the decay at tau, steps to 0, z = 4", limit, -(s**2) * tau, slack)]
    # e' = (1 - eta q) e + eta q s eps has the variance eta q s^2 / (2 - eta q) at rest
    traces = np.hypot(gap * np.exp(-(s**2) * np.linspace(3 * tau / 4, tau, 201)), 2)
    limit, slack = to_zero(off)
    what = "E (uv - y)^2 / eta, last quarter, steps to 0, z = 4"
    checks.append(Check(what, limit, float(traces.mean()) * s**2 / 2, slack))
    # the approximation drops terms of order eta^2: at half the step a quarter is left, not half
    (mean, se), (mean_2, se_2) = found[0.04], found[0.08]
    slack = abs(mean_2 - rest[0.08]) / 2 + 4 * math.hypot(se, se_2 / 2)
    checks.append(Check("at eta = 0.04, quasi-stationary, z = 4", mean, rest[0.04], slack))
    return Evidence(tuple(checks))


@claim(
    "flatness-rescaled",
    source="dinh2017sharp",
    breaks={
        "tanh in place of the rectifier": dict(smooth=True),
        "only the sharpness of the balanced weights": dict(balance=True),
    },
)
def flatness_rescaled(*, smooth: bool = False, balance: bool = False, seed: int = 0) -> Evidence:
    r"""Let $f(x) = \sum_ju_j\max(0,\langle w_j,x\rangle)$ fit the data, let $V$, the mean of
    $\frac12(f(x_i)-y_i)^2$, be twice differentiable at $(W,u)$, and let $A$, $B$ be the blocks of
    its Hessian there by $W$ and by $u$. For $c>0$ the weights $(cW,u/c)$ have the same $f$ and
    $$c^2\|B\|\le\lambda_{\max}\big(\nabla^2V(cW,u/c)\big)\le c^2\|B\|+c^{-2}\|A\|.$$
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((20, 3))
    W, u = rng.standard_normal((6, 3)), rng.standard_normal(6)
    phi = torch.tanh if smooth else torch.relu
    before = flatness.output(W, u, X, phi)
    H, k = flatness.hessian(W, u, X, before, phi), W.size
    A, B = (float(np.linalg.norm(block, 2)) for block in (H[:k, :k], H[k:, k:]))
    checks = []
    for c in (2.0, 8.0, 32.0):
        after = flatness.output(c * W, u / c, X, phi)
        V, q = flatness.balanced(c * W, u / c) if balance else (c * W, u / c)
        top = float(np.linalg.eigvalsh(flatness.hessian(V, q, X, before, phi))[-1])
        change = float(np.abs(after - before).max())
        checks.append(Check(f"change of f, c = {c:g}", change, 0, 1e-12))
        checks.append(Check(f"sharpness / c^2, c = {c:g}", top / c**2, B, 1e-12 * B, ">="))
        checks.append(Check(f"and at most, c = {c:g}", top / c**2, B + A / c**4, 1e-12 * B, "<="))
    return Evidence(tuple(checks))
