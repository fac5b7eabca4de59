"""How long a well holds: the mean time to cross a barrier, exactly and after Kramers."""

import math
from typing import Any

import torch

from dlmath.claims.langevin import generator, to_zero
from dlmath.landscapes.gibbs import exit_time, kramers
from dlmath.landscapes.langevin import first_passage
from dlmath.ledger import Check, Evidence, claim


@claim(
    "exit-times",
    source="kramers1940brownian",
    breaks={
        "the noise is the square root of T dt": dict(half=True),
        "the exponential without its factor": dict(factor=False),
    },
)
def exit_times(*, half: bool = False, factor: bool = True, seed: int = 0) -> Evidence:
    r"""Let $V\in C^2(\mathbb R)$, $a<b$, and let $V(x)\to\infty$ and
    $\int_{-\infty}^0e^{-V/T}<\infty$ as $x\to-\infty$. The mean time from $a$ to $b$ is
    $\frac1T\int_a^be^{V(y)/T}\int_{-\infty}^ye^{-V(z)/T}\,dz\,dy$. If on $(-\infty,b]$ the point
    $a$ is the only global minimum and on $[a,b]$ the point $c$, $a<c<b$, the only global maximum,
    both non-degenerate, and $V$ is $C^4$ near both, it is, as $T\to0$,
    $$\frac{2\pi}{\sqrt{V''(a)|V''(c)|}}\,e^{(V(c)-V(a))/T}\,(1+O(T)).$$
    """
    h, hot = 3.0, 1.5

    def V(x: Any) -> Any:
        return h * (x * x - 1) ** 2

    def ratio(cold: float) -> float:
        right = kramers(h, 8 * h, 4 * h, cold) if factor else math.exp(h / cold)
        return exit_time(V, cold, -1.0, 0.9, -2.5) / right

    # to 0.9, short of the second bottom, where the first integral would have another minimum
    colds = [0.4, 0.2, 0.1]
    rates = [(ratio(cold) - 1) / cold for cold in colds]
    rate, slack = to_zero(rates)
    chains, step = 2_000, 0.004
    times = first_passage(
        lambda w: 4 * h * w * (w * w - 1),
        torch.full((chains, 1), -1.0),
        0.9,
        T=hot / 2 if half else hot,
        step=step,
        steps=round(100 / step),
        generator=generator(seed),
    )
    times = times.clamp(max=100.0)
    exact = exit_time(V, hot, -1.0, 0.9, -2.5)
    se = exact / math.sqrt(chains)
    # the level is only looked at each step: on average it is overshot by .583 sqrt(2 T tau)
    late = exit_time(V, hot, -1.0, 0.9 + 0.583 * math.sqrt(2 * hot * step), -2.5) - exact
    mean = float(times.mean())
    return Evidence(
        (
            Check("time over Kramers's, less 1, over T", rate, 3 / (8 * h), slack),
            Check("mean time of chains, barrier 2 T, z = 4", mean, exact + late, 4 * se),
        ),
        {"times": times.numpy()},
    )
