"""Langevin dynamics: the law that it leaves as it is, and what steps do to it."""

import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from dlmath.landscapes.gibbs import gibbs, one_step, stationary, step_bias
from dlmath.landscapes.langevin import langevin
from dlmath.ledger import Check, Evidence, claim

GRID = np.linspace(-4.5, 4.5, 451)
T = 0.5
STEPS = (0.01, 0.005, 0.0025)


def _bump(x: Any) -> Any:
    """``exp(-4 x^2)`` of an array or a tensor."""
    return torch.exp(-4 * x**2) if isinstance(x, Tensor) else np.exp(-4 * x**2)


def hill(x: Any) -> Any:
    """Two unequal wells with a Lipschitz gradient: a parabola, a hill in the middle, a tilt."""
    return x**2 / 2 + 2 * _bump(x) + 0.2 * x


def hill_slope(x: Any) -> Any:
    """Its derivative."""
    return x - 16 * x * _bump(x) + 0.2


def hill_bend(x: np.ndarray) -> np.ndarray:
    """Its second derivative."""
    return 1 - (16 - 128 * x**2) * _bump(x)


def generator(seed: int) -> torch.Generator:
    """A source of noise on the CPU."""
    return torch.Generator().manual_seed(seed)


def to_zero(values: list[Any]) -> tuple[Any, float]:
    """Extrapolate values at h, h/2, h/4 linearly to 0; and how far the two extrapolations differ.

    The remainder is of second order, so it is a quarter as large for the second of them.
    """
    first, second = 2 * values[1] - values[0], 2 * values[2] - values[1]
    return second, float(np.abs(second - first).sum())


@claim(
    "gibbs-law",
    source="pavliotis2014stochastic",
    breaks={
        "the noise is the square root of T dt": dict(noise="half"),
        "the noise depends on the place": dict(noise="place"),
        "the drift turns as well": dict(turn=1.0),
    },
)
def gibbs_law(*, noise: str = "constant", turn: float = 0.0, seed: int = 0) -> Evidence:
    r"""Let $V\in C^2(\mathbb R^d)$ with $Z = \int e^{-V/T} < \infty$. For
    $dw = -\nabla V(w)\,dt+\sqrt{2T}\,dB$ the density $p = e^{-V/T}/Z$ has zero flux,
    $p\nabla V+T\nabla p = 0$, and it is the only probability density in $C^1$ without flux. So
    $p$ solves the Fokker-Planck equation at rest, and $\int g\,Lf\,p = -T\int\langle\nabla f,
    \nabla g\rangle p$ for $f,g\in C_c^\infty$, $Lf = T\Delta f-\langle\nabla V,\nabla f\rangle$.
    Along smooth, decaying solutions $p_t$ the relative entropy, if finite, satisfies
    $\frac d{dt}\mathrm{KL}(p_t\|p) = -T\int\|\nabla\log\frac{p_t}p\|^2p_t$. If
    $\nabla^2V\succeq\kappa I$ with $\kappa>0$, two solutions with the same noise approach like
    $e^{-\kappa t}$.
    """
    diffusions = {
        "constant": lambda x: T + 0 * x,
        "half": lambda x: T / 2 + 0 * x,
        "place": lambda x: T * (1 + x**2 / 2),
    }
    p, right = gibbs(hill, T, GRID), GRID > 0
    laws = [
        stationary(one_step(lambda x: -hill_slope(x), diffusions[noise], step, GRID))
        for step in STEPS
    ]
    law, slack = to_zero(laws)
    share, rest = to_zero([q[right].sum() for q in laws])
    energy, more = to_zero([q @ hill(GRID) for q in laws])
    (lag, late), (gain, later) = _in_the_plane(T / 2 if noise == "half" else T, turn, seed)
    return Evidence(
        (
            Check("distance to Gibbs, steps to 0, in L1", np.abs(law - p).sum(), 0, slack),
            Check("mass on the right, steps to 0", share, p[right].sum(), rest),
            Check("mean of V, steps to 0", energy, p @ hill(GRID), more),
            Check("E x(0)y(t) - y(0)x(t), in the plane, z = 4", lag, 0, 4 * late),
            Check("growth of the mean of V, in the plane, z = 4", gain, 0, 4 * later),
        ),
        {"laws": laws, "gibbs": p},
    )


def _in_the_plane(heat: float, turn: float, seed: int) -> list[tuple[float, float]]:
    """Circulation and growth of V in the time 0.5, each with its standard error.

    The loss is ``hill(x) + (y - x / 2)^2``, so x and y depend on each other. Chains start from its
    Gibbs law at T. Steps are so short that their bias is well below a standard error.
    """
    noise = generator(seed)
    chains = 10_000
    places = torch.as_tensor(GRID)[
        torch.multinomial(torch.as_tensor(gibbs(hill, T, GRID)), chains, True, generator=noise)
    ]
    y = math.sqrt(T / 2) * torch.randn(chains, generator=noise, dtype=torch.float64)
    start = torch.stack([places, places / 2 + y], 1)

    def energy(w: Tensor) -> Tensor:
        return hill(w[:, 0]) + (w[:, 1] - w[:, 0] / 2).square()

    def gradient(w: Tensor) -> Tensor:
        off = w[:, 1] - w[:, 0] / 2
        gx, gy = hill_slope(w[:, 0]) - off, 2 * off
        return torch.stack([gx + turn * gy, gy - turn * gx], 1)

    end = langevin(gradient, start, T=heat, step=STEPS[2], steps=200, generator=noise)
    area = start[:, 0] * end[:, 1] - start[:, 1] * end[:, 0]
    pair = (area, energy(end) - energy(start))
    return [(float(v.mean()), float(v.std()) / math.sqrt(chains)) for v in pair]


@claim(
    "step-bias",
    source="roberts1996exponential",
    breaks={
        "a Metropolis test after each step": dict(adjusted=True),
        "the law of the diffusion itself": dict(exact=True),
    },
)
def step_bias_law(*, adjusted: bool = False, exact: bool = False, seed: int = 0) -> Evidence:
    r"""Let $w' = w-\tau\nabla V(w)+\sqrt{2T\tau}\,\xi$. (1) For $V = \frac12\langle w,Hw\rangle$,
    $H\succ0$, there is a stationary law if and only if $\tau\lambda_{\max}<2$; it is normal with
    covariance $TH^{-1}(I-\frac\tau2H)^{-1}$. (2) For $V = \frac14x^4$ and every $\tau>0$ there is
    none: from every start $|x_k|\to\infty$ almost surely, and from $|x|\ge2/\sqrt\tau$ the chain
    doubles at each step with probability at least
    $1-\sum_{k\ge0}P(|\xi|>2^{k+1}/(\tau\sqrt{2T}))$. (3) On the line let $V$ be smooth, its
    derivatives from the second on bounded, $Z_T<\infty$, $p$ the Gibbs density. For all small
    $\tau$ let the stationary density be $p(1+\tau f)+\rho_\tau$, $f$ smooth,
    $\int x^2|f|p<\infty$, $\int(1+x^2)|\rho_\tau| = O(\tau^2)$. Then
    $f = \frac{V'^2}{4T}-\frac{V''}2+c$ with $\int fp = 0$.
    """
    noise, checks = generator(seed), []
    chains = 10_000
    for step in (0.1, 0.3):
        H = torch.tensor([4.0, 1.0])
        w = langevin(
            lambda w, H=H: w * H,
            torch.zeros(chains, 2),
            T=T,
            step=step,
            steps=round(15 / step),
            generator=noise,
            potential=(lambda w, H=H: (w * w) @ H / 2) if adjusted else None,
        )
        for k, h in enumerate((4.0, 1.0)):
            wanted = 1.0 if exact else 1 / (1 - step * h / 2)
            got = float(w[:, k].square().mean()) * h / T
            se = wanted * math.sqrt(2 / chains)
            checks.append(
                Check(f"variance H / T, tau H = {step * h:.1f}, z = 4", got, wanted, 4 * se)
            )
    checks += [_bias_on_the_right(exact), *_runaways(adjusted, noise)]
    return Evidence(tuple(checks))


def _bias_on_the_right(exact: bool) -> Check:
    """The mass on the right: its derivative in the step, at step 0."""
    p, right = gibbs(hill, T, GRID), GRID > 0
    rates = []
    for step in STEPS:
        q = stationary(one_step(lambda x: -hill_slope(x), lambda x: T + 0 * x, step, GRID))
        rates.append((q - p)[right].sum() / step)
    found, slack = to_zero(rates)
    f = step_bias(hill_slope(GRID), hill_bend(GRID), p, T)
    wanted = 0.0 if exact else (p * f)[right].sum()
    return Check("mass on the right, derivative in tau", found, wanted, slack)


def _runaways(adjusted: bool, noise: torch.Generator) -> list[Check]:
    """The share of chains on a quartic that leave for good from beyond ``2 / sqrt(tau)``."""
    checks, chains = [], 10_000
    for step in (0.5, 0.1):
        far = 2 / math.sqrt(step)
        end = langevin(
            lambda w: w**3,
            torch.full((chains, 1), far, dtype=torch.float64),
            T=1.0,
            step=step,
            steps=4,
            generator=noise,
            potential=(lambda w: w[:, 0] ** 4 / 4) if adjusted else None,
        )
        left = float((end[:, 0].abs() >= 2**4 * far).double().mean())
        sizes = [2 ** (k + 1) / (step * math.sqrt(2)) for k in range(20)]
        bound = 1 - sum(math.erfc(a / math.sqrt(2)) for a in sizes)
        se = math.sqrt(bound * (1 - bound) / chains)
        checks.append(Check(f"share that runs off, tau = {step}, z = 4", left, bound, 4 * se, ">="))
    return checks
