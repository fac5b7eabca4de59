"""Which minima SGD can rest at, where label noise takes it, and what flatness is not."""

import math

import numpy as np

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
    from curvatures $a_i\ge0$ of mean $m>0$ and variance $s^2$. (1) $\mathbb Ew_k^2 = \rho^kw_0^2$
    with $\rho = (1-\eta m)^2+\eta^2s^2/b$; it tends to 0 if and only if
    $0<\eta<2m/(m^2+s^2/b)$. (2) Let $\lambda = \mathbb E\log|1-\eta a_B|$, where
    $\lambda=-\infty$ is allowed. If $\lambda<0$, then $w_k\to0$ almost surely; if $\lambda>0$, then
    $|w_k|\to\infty$ almost surely. (3) $\lambda\le\frac12\log\rho$. For $a\in\{0.4,3.6\}$, $b=1$
    the set $\{\eta>0:\lambda<0\}$ consists of two intervals.
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
    for eta, sign in ((0.63, -1), (0.7, 1), (far, -1)):
        wanted, sd = st.exponent(a, eta, 1)
        w = st.products(a, eta, 1, chains=500, steps=200, rng=rng)
        rate = float(np.log(np.abs(w)).mean()) / 200
        se = sd / math.sqrt(500 * 200)
        checks.append(Check(f"log|w_200| / 200 at eta = {eta:g}, z = 4", rate, wanted, 4 * se))
        relation = "<=" if sign < 0 else ">="
        checks.append(Check(f"its sign at eta = {eta:g}", rate, 0, 0, relation))
    growing = st.moment(a, 0.63, 1)
    checks.append(Check("rho at eta = 0.63: E w_k^2 grows", growing, 1, 0, ">="))
    return Evidence(tuple(checks))


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
    u, v = label_noise.start(4.25, 1)
    top = np.linalg.eigvalsh(np.array([[v[0] ** 2, u[0] * v[0]], [u[0] * v[0], u[0] ** 2]]))
    whole = math.sqrt(float(u[0] ** 2 - v[0] ** 2) ** 2 + 4)
    checks.append(Check("largest eigenvalue at trace 4.25", top[1], whole, 1e-12))
    return Evidence(tuple(checks))


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
    u, v = label_noise.start(4.25, chains)
    gap = float(u[0] ** 2 - v[0] ** 2)
    found, errors = {}, {}
    for eta in (0.16, 0.08, 0.04):
        steps = round(tau / eta**order)
        size = s if noisy else 0.0
        a, b = label_noise.run(u, v, eta=eta, s=size, steps=steps, rng=rng)
        logs = np.log(np.abs(a**2 - b**2) / gap)
        found[eta], errors[eta] = float(logs.mean()), float(logs.std()) / math.sqrt(chains)
    # the mean is a smooth function of the step: two extrapolations differ by the remainder
    coarse = 2 * found[0.08] - found[0.16]
    fine = 2 * found[0.04] - found[0.08]
    se = math.hypot(2 * errors[0.04], errors[0.08])
    slack = abs(fine - coarse) + 4 * se
    checks = [Check("log of the decay at tau, steps to 0", fine, -(s**2) * tau, slack)]
    slow = label_noise.slow_path(gap, eta=0.04, s=s, steps=round(tau / 0.04**2))
    wanted = math.log(slow[-1] / gap)
    rest = 4 * errors[0.04] + (0.04 * 4.25) ** 2
    checks.append(Check("at eta = 0.04, quasi-stationary, to (eta q)^2", found[0.04], wanted, rest))
    return Evidence(tuple(checks), {"found": found, "errors": errors})


@claim(
    "flatness-rescaled",
    source="dinh2017sharp",
    breaks={
        "a sigmoid in place of the rectifier": dict(smooth=True),
        "only the sharpness of the balanced weights": dict(balance=True),
    },
)
def flatness_rescaled(*, smooth: bool = False, balance: bool = False, seed: int = 0) -> Evidence:
    r"""Let $f(x) = \sum_ju_j\max(0,\langle w_j,x\rangle)$ fit the data, let $V$ be the mean of
    $\frac12(f(x_i)-y_i)^2$, differentiable near $(W,u)$, and $A$, $B$ the blocks of the Hessian by
    $W$ and by $u$. For $c>0$ the weights $(cW,u/c)$ have the same $f$ and
    $$c^2\|B\|\le\lambda_{\max}\big(\nabla^2V(cW,u/c)\big)\le c^2\|B\|+c^{-2}\|A\|.$$
    """
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((20, 3))
    W, u = rng.standard_normal((6, 3)), rng.standard_normal(6)
    A, B = flatness.block_sharpness(W, u, X)
    checks = []
    phi = np.tanh if smooth else flatness.relu
    before = flatness.output(W, u, X, phi)
    for c in (2.0, 8.0, 32.0):
        after = flatness.output(c * W, u / c, X, phi)
        V, q = flatness.balanced(c * W, u / c) if balance else (c * W, u / c)
        top = flatness.sharpness(V, q, X)
        change = float(np.abs(after - before).max())
        checks.append(Check(f"change of f, c = {c:g}", change, 0, 1e-12))
        checks.append(Check(f"sharpness / c^2, c = {c:g}", top / c**2, B, 1e-12 * B, ">="))
        checks.append(Check(f"and at most, c = {c:g}", top / c**2, B + A / c**4, 1e-12 * B, "<="))
    return Evidence(tuple(checks))
