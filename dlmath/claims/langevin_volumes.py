"""Which minima a Gibbs law prefers: the volumes of wells, of manifolds and of crossings."""

import math

import numpy as np
import torch

from dlmath.claims.langevin import generator, to_zero
from dlmath.landscapes.langevin import Tube, langevin
from dlmath.landscapes.volumes import laplace, monomial_law, monomial_mass, ring_mass, well_mass
from dlmath.ledger import Check, Evidence, claim

UNEVEN = 0.8
RING = 2 * math.pi / math.sqrt(8 * (1 - UNEVEN**2))
"""The integral of one over the root of the normal Hessian, 8 (1 + uneven cos)^2, over the ring."""


@claim(
    "laplace-volumes",
    source="pavliotis2014stochastic",
    breaks={
        "the length of the ring in place of the integral": dict(length=True),
        "a minimum that is degenerate and isolated": dict(flat=True),
    },
)
def laplace_volumes(*, length: bool = False, flat: bool = False) -> Evidence:
    r"""Let $K\subset\mathbb R^d$ be compact, $V\in C^3$ near $K$, and let the minimum $V_0$ of $V$
    on $K$ be taken exactly on a compact $C^3$ manifold $M$ without boundary, of dimension $k$, in
    the interior of $K$. Let the Hessian across $M$, $H_N$, be positive definite. As $T\to0$,
    $$\int_Ke^{-V/T} = e^{-V_0/T}(2\pi T)^{\frac{d-k}2}\Big(\int_M\det(H_N)^{-\frac12}
    +o(1)\Big).$$
    """
    size = 1 / math.sqrt(8 * 2)

    def point(T: float) -> float:
        if flat:  # x^4 + y^2
            return 2 * math.gamma(1.25) * T**0.25 * math.sqrt(math.pi * T)
        return well_mass(T, 1.0)

    # the length over the root of the mean Hessian
    ring = 2 * math.pi / math.sqrt(8 * (1 + UNEVEN**2 / 2)) if length else RING
    colds = [4e-3, 2e-3, 1e-3]
    mass, slack = to_zero([point(T) / laplace(T, 2, size) for T in colds])
    around, rest = to_zero([ring_mass(T, UNEVEN) / laplace(T, 1, ring) for T in colds])
    odds = [math.log(ring_mass(T, UNEVEN) / point(T)) for T in (1e-3, 1e-4)]
    return Evidence(
        (
            Check("mass of a point over Laplace's, T to 0", mass, 1, slack),
            Check("mass of a ring over Laplace's, T to 0", around, 1, rest + 1e-10),
            Check(
                "odds of ring to point, power of T", np.diff(odds)[0] / math.log(0.1), -0.5, 1e-3
            ),
        )
    )


CASES = ((1, 0.0), (5, 0.0), (10, 0.0), (20, 0.0), (8, 1.0))
"""Dimension of the tube, and how much deeper its narrow end is."""


@claim(
    "wide-well-odds",
    source="pavliotis2014stochastic",
    breaks={
        "coordinates in which both wells are equally wide": dict(stretched=True),
        "a barrier of 8 T": dict(height=8.0),
        "no noise": dict(T=0.0),
    },
)
def wide_well_odds(
    *, stretched: bool = False, height: float = 2.0, T: float = 1.0, seed: int = 0
) -> Evidence:
    r"""Let $V(x,y) = U(x)+\frac\Delta2(1+s(x))+\frac{\|y\|^2}{2\,\sigma(x)^2}$ on
    $\mathbb R\times\mathbb R^d$ with $U$ even, $s$ odd, $s = 1$ for $x\ge\frac12$,
    $\sigma = \varrho^{s/2}$ and $Z<\infty$. For every $T>0$ the density of $x$ under the Gibbs law
    is proportional to $e^{-F(x)/T}$, $F = U+\frac\Delta2(1+s)-Td\log\sigma$, and the odds of
    $x>\frac12$ to $x<-\frac12$ are exactly $\varrho^d e^{-\Delta/T}$.
    """
    noise, checks, ends = generator(seed), [], {}
    chains = 2_000
    for d, tilt in CASES:
        tube = Tube(d, 1.0 if stretched else 1.25, height, tilt)
        w = langevin(
            tube.gradient,
            tube.start(chains, T, noise),
            T=T,
            step=0.05,
            steps=200 + 30 * d,  # the narrow well is left the more slowly the larger d is
            generator=noise,
            potential=tube.potential if T else None,
        )
        wide, narrow = int((w[:, 0] > 0.5).sum()), int((w[:, 0] < -0.5).sum())
        got = math.log(max(wide, 1) / max(narrow, 1))
        wanted = d * math.log(1.25) - tilt
        odds = math.exp(wanted)
        _, _, right = Tube(d, 1.25, 2.0, tilt).shares(1.0)
        se = math.sqrt((1 + odds) / (chains * right))
        words = f"log odds of the wide well, d = {d}, Delta = {tilt:g}, z = 4"
        checks.append(Check(words, got, wanted, 4 * se))
        ends[d, tilt] = (wide, narrow)
    return Evidence(tuple(checks), {"ends": ends, "chains": chains})


@claim(
    "singular-volumes",
    source="watanabe2009algebraic",
    breaks={
        "no logarithm": dict(logarithms=False),
        "the largest exponent in place of the least": dict(largest=True),
    },
)
def singular_volumes(*, logarithms: bool = True, largest: bool = False) -> Evidence:
    r"""Let $V = u_1^{2k_1}\cdots u_d^{2k_d}$ on $[0,1]^d$, $k_i\ge1$ integers,
    $\lambda = \min_i\frac1{2k_i}$, $m$ the number of $i$ that attain it. As $T\to0$,
    $$\int e^{-V/T}\sim C\,T^\lambda\Big(\log\frac1T\Big)^{m-1},$$
    with $C = \frac{\lambda^{m-1}\Gamma(1+\lambda)}{(m-1)!}\prod_{r_i>\lambda}
    \frac{r_i}{r_i-\lambda}$, $r_i = \frac1{2k_i}$.
    """
    # the mass comes from the law of -log V; the tests compare it with quadrature over u
    checks, far = [], math.log(100)
    for powers in ((1, 1), (1, 2), (2, 2, 1), (1, 1, 1)):
        low, m, C = monomial_law(powers)
        if largest:
            low = 1 / (2 * min(powers))
        at = [1e-14 * math.exp(-far * k) for k in range(m)]
        left = [monomial_mass(powers, T) / (C * T**low) for T in at]
        # the (m-1)-th difference of a polynomial of degree m-1 in log(1/T)
        found = float(np.diff(left, n=m - 1)[0]) / far ** (m - 1) / math.factorial(m - 1)
        wanted = 1.0 if logarithms or m == 1 else 0.0
        # what is left is of the order of T to the next exponent less the least
        other = [1 / (2 * k) for k in powers if 1 / (2 * k) > low] or [low + 1]
        gap = min(min(other) - monomial_law(powers)[0], 1.0)
        words = f"leading coefficient over C, powers {', '.join(str(2 * k) for k in powers)}"
        checks.append(Check(words, found, wanted, at[0] ** gap + 1e-8))
    return Evidence(tuple(checks))


def chains_against_tube(
    tube: Tube, times: list[float], *, step: float = 0.02, chains: int = 1_000, seed: int = 0
) -> list[float]:
    """The share of chains in the wide half at each time, from a start with all in the narrow."""
    noise, shares = generator(seed), []
    w, done = tube.start(chains, 1.0, noise, wide=0.0), 0.0
    for time in times:
        steps = round((time - done) / step)
        w = langevin(tube.gradient, w, T=1.0, step=step, steps=steps, generator=noise)
        done = time
        shares.append(float((w[:, 0] > 0).to(torch.float64).mean()))
    return shares
