"""Where no Gibbs law exists: unbounded minima, rescaling, the walk in the kernel of the data."""

import math

import numpy as np
import torch
from scipy.special import erf
from torch import Tensor

from dlmath.claims.langevin import generator
from dlmath.landscapes.langevin import langevin
from dlmath.landscapes.volumes import hyperbola_mass
from dlmath.ledger import Check, Evidence, claim


def strip_mass(T: float, radius: float) -> float:
    """The integral of ``exp(-(u - 1)^2 / T)`` over the disc: one example and two weights."""
    nodes, weights = np.polynomial.legendre.leggauss(400)
    wide = min(9 * math.sqrt(T), radius - 1)
    u = 1 + wide * nodes
    return float(wide * weights @ (np.exp(-((u - 1) ** 2) / T) * 2 * np.sqrt(radius**2 - u**2)))


def cliff_mass(T: float, radius: float) -> float:
    """The integral of ``exp(-u^2 exp(2 v^2) / T)`` over |v| < radius: pi sqrt(T) erf(radius)."""
    return math.pi * math.sqrt(T) * float(erf(radius))


@claim(
    "no-gibbs-law",
    source="dinh2017sharp",
    breaks={
        "weight decay": dict(decay=0.01),
        "walls that steepen without bound": dict(cliffs=True),
    },
)
def no_gibbs_law(*, decay: float = 0.0, cliffs: bool = False) -> Evidence:
    r"""(1) If $\nabla V$ is Lipschitz and $V$ attains its minimum on an unbounded set, then
    $\int e^{-V/T} = \infty$ for every $T>0$. (2) So it is if $V$ is continuous and finite and
    invariant under $(w,u)\mapsto(cw,u/c)$, $c>0$, for the weights $w\in\mathbb R^n$ into and
    $u\in\mathbb R^m$ out of one neuron, $n,m\ge1$. (3) If $V\ge0$, then
    $\int e^{-(V+\lambda\|\theta\|^2)/T}\le(\pi T/\lambda)^{p/2}$ for $\lambda>0$. For
    $V = \frac12(uv-1)^2$ the integral over $u^2+v^2<R^2$ is
    $4\sqrt{2\pi T}\log R+O(1)$.
    """
    checks = []
    for T in (1.0, 0.25):
        growth = hyperbola_mass(T, 1e3, decay) - hyperbola_mass(T, 1e2, decay)
        wanted = 4 * math.sqrt(2 * math.pi * T) * math.log(10)
        # arsinh(x) = log(2x) + O(x^-2), x = R^2 / 2 over |uv|
        checks.append(Check(f"mass a decade of R, T = {T:g}", growth, wanted, 1e-4))
        mass = cliff_mass if cliffs else strip_mass
        slope = (mass(T, 200.0) - mass(T, 100.0)) / 100
        checks.append(
            Check(
                f"mass a unit of R, line of minima, T = {T:g}",
                slope,
                2 * math.sqrt(math.pi * T),
                2 * math.sqrt(math.pi * T) / 100**2,
            )
        )
        bound = math.pi * T / 0.01
        held = hyperbola_mass(T, 1e3, 0.01)
        checks.append(Check(f"mass with weight decay 0.01, T = {T:g}", held, bound, 0, "<="))
    return Evidence(tuple(checks))


@claim(
    "kernel-diffusion",
    source="pavliotis2014stochastic",
    breaks={
        "the noise of minibatches in place of white noise": dict(batch=4),
        "weight decay": dict(decay=1.0),
    },
)
def kernel_diffusion(*, batch: int | None = None, decay: float = 0.0, seed: int = 0) -> Evidence:
    r"""Let $V(w) = \frac1n\|Xw-y\|^2$ with $X$ of shape $(n,p)$ and rank $r<p$, $P$ the projector
    onto $\ker X$. Along $dw = -\nabla V\,dt+\sqrt{2T}\,dB$ the part $P(w_t-w_0)$ is Brownian motion
    at $2T$, so $\mathbb E\|P(w_t-w_0)\|^2 = 2Tt\,(p-r)$; with steps $\tau$ the same holds at
    $t = k\tau$, for every $\tau$. The part $(I-P)w_t$ converges in law, to the Gibbs law on the row
    space.
    """
    n, p, T, step, chains = 20, 60, 0.01, 0.05, 400
    noise = generator(seed)
    X = torch.randn(n, p, generator=noise, dtype=torch.float64)
    y = torch.randn(n, generator=noise, dtype=torch.float64)
    svd = torch.linalg.svd(X, full_matrices=False)

    def gradient(w: Tensor) -> Tensor:
        if batch is None:
            return 2 / n * (w @ X.T - y) @ X + 2 * decay * w
        chosen = torch.randint(n, (chains, batch), generator=noise)
        rows = X[chosen]  # of shape (chains, batch, p)
        off = (rows @ w[:, :, None])[:, :, 0] - y[chosen]
        return 2 / batch * (off[:, None, :] @ rows)[:, 0]

    start = torch.zeros(chains, p, dtype=torch.float64)
    found = {}

    def watch(k: int, w: Tensor) -> None:
        if k in (250, 500, 1000):
            inside = w - (w @ svd.Vh.T) @ svd.Vh
            found[k * step] = float(inside.square().sum(1).mean())
            found["row"] = (w @ svd.Vh.T - svd.U.T @ y / svd.S).square().sum(1)

    langevin(
        gradient,
        start,
        T=T if batch is None else 0.0,
        step=step,
        steps=1000,
        generator=noise,
        watch=watch,
    )
    checks = []
    for t in (12.5, 25.0, 50.0):
        wanted = 2 * T * t * (p - n)
        se = wanted * math.sqrt(2 / ((p - n) * chains))
        checks.append(Check(f"E |P(w_t - w_0)|^2, t = {t:g}, z = 4", found[t], wanted, 4 * se))
    h = 2 / n * svd.S**2
    across = T / (h * (1 - step * h / 2))
    se = math.sqrt(2 * float(across.square().sum()) / chains)
    got = float(found["row"].mean())
    checks.append(Check("E |(I - P)w - X^+ y|^2, z = 4", got, float(across.sum()), 4 * se))
    return Evidence(tuple(checks), {"walk": {t: found[t] for t in (12.5, 25.0, 50.0)}})
