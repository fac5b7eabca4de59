"""Margins of linear rules and of networks: what the bound says, and how its parts scale.

The bound for networks stands in ``spectral_margins_bound``, the covers that its proof is made of
in ``spectral_margins_covers``.
"""

import functools
from math import log, prod, sqrt

import numpy as np

from dlmath.generalization.homogeneous import descend, networks
from dlmath.generalization.linear_margins import population, uniformity
from dlmath.generalization.networks_separate import xor
from dlmath.generalization.spectral_margins import (
    complexity_term,
    forward,
    lipschitz_product,
    margins,
    ramp,
    spectral_complexity,
)
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-9


@claim(
    "linear-margin-bound",
    source="bartlett2002rademacher",
    breaks={
        "errors counted without a margin": dict(indicator=True),
        "the ramp's slope forgotten": dict(slope=False),
    },
)
def linear_margin_bound(*, indicator: bool = False, slope: bool = True, seed: int = 0) -> Evidence:
    r"""Let $(x_i, y_i)$, $y_i=\pm1$, $i\le n$, be independent with one law; let
    $\Lambda, \gamma > 0$ and $0<\delta<1$ be fixed. With probability at least $1-\delta$, for
    every $w$ with $\|w\|\le\Lambda$ at once,
    $$P(y\langle w,x\rangle\le0) \le \hat R_\gamma(w) + \frac{2\Lambda\|X\|_F}{\gamma n}
    + 3\sqrt{\frac{\log(2/\delta)}{2n}} ,$$
    where $\hat R_\gamma$ is the mean of the ramp loss on the sample.
    """
    radius, gamma, n, samples = 0.1, 0.3, 40, 1000
    found = uniformity(
        population(500, seed), radius, gamma, n=n, samples=samples, seed=seed, indicator=indicator
    )
    rules_bound = found.rules / (gamma if slope else 1.0)
    size = radius * found.size / n
    main = 2 * size / gamma

    def mean(what: str, values: np.ndarray, limit: float, relation: str = "<=") -> Check:
        error = 4 * float(values.std()) / sqrt(samples)
        return Check(f"{what}, 4 s.e.", values.mean(), limit, error, relation)

    return Evidence(
        (
            mean("gap minus 2 Rad(losses)", found.gap - 2 * found.losses, 0),
            mean("Rad(losses) minus Rad(rules)/gamma", found.losses - rules_bound, 0),
            mean("Rad(rules) over radius |X|/n", found.rules / size, 1),
            mean("the same from below", found.rules / size, sqrt(0.5), ">="),
            mean("gap over the main term of the bound", found.gap / main, 1),
        ),
        data={
            "symmetrising": 2 * found.losses.mean() / found.gap.mean(),
            "ramp": rules_bound.mean() / found.losses.mean(),
            "root": size.mean() / found.rules.mean(),
        },
    )


def random_network(rng: np.random.Generator, sizes: tuple[int, ...]) -> list[np.ndarray]:
    """Gaussian layers, of widely differing scales."""
    shapes = list(zip(sizes[1:], sizes[:-1], strict=True))
    return [10 ** rng.uniform(-1, 1) * rng.standard_normal(shape) for shape in shapes]


def rescaled(weights: list[np.ndarray], factors: tuple[float, ...], way: str) -> list[np.ndarray]:
    """The layers times the factors; or each hidden neuron's weights in times, out over, one."""
    if way == "layers":
        return [c * A for c, A in zip(factors, weights, strict=True)]
    c = np.geomspace(0.1, 10, weights[0].shape[0])
    return [c[:, None] * weights[0], weights[1] / c, *weights[2:]]


def one_entry() -> tuple[float, float]:
    """Three layers of a single entry each, on examples that all look at it.

    Returns:
        R over L^1.5 and the spectral norms; and the term over its floor, at the common margin.
    """
    net = [c * np.eye(4) * (np.arange(4) == 0) for c in (3.0, 0.2, 5.0)]
    X, gamma = np.ones((10, 1)) * np.eye(4)[0], lipschitz_product(net)
    floor = 3**1.5 / sqrt(2 * len(X))
    return spectral_complexity(net) / (3**1.5 * gamma), complexity_term(net, X, gamma) / floor


@functools.cache
def trained_on_clouds(seed: int) -> tuple[float, float, float, float]:
    """A network on the four clouds, early and late, under growing steps.

    Returns:
        How much R grows over how much |theta|^2 grows; the quotient of R over the least margin,
        late over early; how much the margin itself grows; and log n / u of the early network,
        the relative difference between its smoothed margin and its least.
    """
    X, y = xor(20, seed)
    model = networks([2, 20, 1], [seed])
    found = []
    for steps in (700, 2800):
        run = descend(model, X, y, steps, step=0.02, growth=0.3, loss="logistic",
                      record_at=[steps])  # fmt: skip
        net = [p[0].detach().numpy() for p in model.params.values()]
        R = spectral_complexity(net)
        found.append((R / run.squares[-1, 0].sum(), R, run.least[-1, 0], run.u[-1, 0]))
    (size, R, margin, u), (size_late, R_late, margin_late, _) = found
    grown = margin_late / margin
    return size_late / size, R_late / R / grown, grown, log(len(y)) / u


def fifty_networks(
    references: bool, way: str, bias: bool, seed: int
) -> tuple[float, float, float, float]:
    """Random networks of three layers, before and after a change of units, on random examples.

    Returns:
        The largest relative change of R over the factors and of the margins over the factors; the
        least R over L^1.5 and the spectral norms; and the least term over its floor.
    """
    rng = np.random.default_rng([seed, 31])
    factors, change, moved, low, floor = (7.0, 1 / 3, 0.5), [], [], [], []
    X = rng.standard_normal((40, 6))
    for _ in range(50):
        net = random_network(rng, (6, 9, 8, 4))
        fixed = random_network(rng, (6, 9, 8, 4)) if references else None
        other = rescaled(net, factors, way)
        c = prod(factors) if way == "layers" else 1.0
        ratio = spectral_complexity(other, fixed) / spectral_complexity(net, fixed)
        change.append(abs(ratio / c - 1))
        before, after = (forward(a, X) + bias * np.arange(4) for a in (net, other))
        labels = np.where(np.arange(40) < 8, 0, before.argmax(1))
        before, after = margins(before, labels), margins(after, labels)
        moved.append(np.abs(after / c - before).max() / np.abs(before).max())
        low.append(spectral_complexity(net) / (3**1.5 * lipschitz_product(net)))
        for gamma in np.quantile(before[before > 0], [0.1, 0.5, 0.9]):
            lowest = 3**1.5 * (1 - ramp(before, gamma).mean()) / sqrt(2 * len(X))
            floor.append(complexity_term(net, X, gamma) / lowest)
    return max(change), max(moved), min(low), min(floor)


@claim(
    "spectral-complexity-scales",
    source="bartlett2017spectrally",
    breaks={
        "references that are not zero": dict(references=True),
        "neuron by neuron in place of layer by layer": dict(way="neurons"),
        "a bias at the output": dict(bias=True),
        "the margin without the complexity": dict(raw=True),
    },
)
def spectral_complexity_scales(
    *,
    references: bool = False,
    way: str = "layers",
    bias: bool = False,
    raw: bool = False,
    seed: int = 0,
) -> Evidence:
    r"""For a network of $L$ layers without biases, $\sigma_i$ positively homogeneous with
    $\rho_i=1$ for $i<L$ and $\sigma_L$ the identity, references $M_i = 0$, all $A_i\ne0$:
    (a) if each $A_i$ is multiplied by $c_i>0$, $R_{\mathcal A}$ and all margins are multiplied by
    $\prod c_i$. (b) $R_{\mathcal A}\ge L^{3/2}\prod\|A_i\|_\sigma$, and for every $\gamma>0$
    $\|X\|_FR_{\mathcal A}/(\gamma n)\ge L^{3/2}(1-\hat R_\gamma)/\sqrt{2n}$. (c) If
    $\theta/\|\theta\|$ converges to a $\bar\theta$ whose least margin is positive,
    $R_{\mathcal A}/\min_im_i$ converges to its value at $\bar\theta$, while
    $R_{\mathcal A}/\|\theta\|^L$ tends to a positive number.
    """
    change, moved, low, floor = fifty_networks(references, way, bias, seed)
    growth, still, grown, slack = trained_on_clouds(seed)
    exact, near = one_entry()
    return Evidence(
        (
            Check("change of R over the factors, less 1", change, 0, ROUNDING),
            Check("change of the margins over the factors, less 1", moved, 0, ROUNDING),
            Check("R over L^1.5 times the spectral norms, least of 50", low, 1, ROUNDING, ">="),
            Check("the same for layers of one entry", exact, 1, ROUNDING),
            Check("|X| R/(gamma n) over its floor, least of 150", floor, 1, ROUNDING, ">="),
            Check("the same for one entry a layer and equal margins", near, sqrt(2), ROUNDING),
            Check("growth of R over growth of |theta|^L", growth, 1, slack),
            Check("growth of R over growth of the least margin", grown if raw else still, 1, slack),
        )
    )
