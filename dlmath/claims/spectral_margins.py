"""Margins of linear rules and of networks: what the bound says, and how its parts scale.

The covers that its proof is made of stand in ``spectral_margins_covers``.
"""

from math import log, prod, sqrt

import numpy as np

from dlmath.generalization.double_descent import split_digits
from dlmath.generalization.homogeneous import descend, networks
from dlmath.generalization.label_noise import train_noisy
from dlmath.generalization.linear_margins import population, rules, uniformity
from dlmath.generalization.networks_separate import xor
from dlmath.generalization.spectral_margins import (
    complexity_term,
    forward,
    lipschitz_product,
    margin_bound,
    margins,
    rademacher_bound,
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
    r"""Let $(x_i, y_i)$, $y_i=\pm1$, $i\le n$, be independent with one law and
    $\mathbb E\|x\|^2<\infty$; let $\Lambda, \gamma > 0$ and $0<\delta<1$ be fixed. With
    probability at least $1-\delta$, for every $w$ with $\|w\|\le\Lambda$ at once,
    $$P(y\langle w,x\rangle\le0) \le \hat R_\gamma(w) + \frac{2\Lambda\|X\|_F}{\gamma n}
    + 3\sqrt{\frac{\log(2/\delta)}{2n}} ,$$
    where $\hat R_\gamma$ is the mean of the ramp loss on the sample.
    """
    radius, gamma, n, samples, delta = 0.1, 0.3, 40, 1000, 0.05
    found = uniformity(
        population(500, seed), radius, gamma, n=n, samples=samples, seed=seed, indicator=indicator
    )
    rules_bound = found.rules / (gamma if slope else 1.0)
    size = radius * found.size / n
    main = 2 * size / gamma

    def mean(what: str, values: np.ndarray, limit: float, relation: str = "<=") -> Check:
        error = 4 * float(values.std()) / sqrt(samples)
        return Check(f"{what}, 4 s.e.", values.mean(), limit, error, relation)

    late = float((found.gap > main + 3 * sqrt(log(2 / delta) / (2 * n))).mean())
    return Evidence(
        (
            mean("gap less 2 Rad(losses)", found.gap - 2 * found.losses, 0),
            mean("Rad(losses) less Rad(rules)/gamma", found.losses - rules_bound, 0),
            mean("Rad(rules) over radius |X|/n", found.rules / size, 1),
            mean("the same from below", found.rules / size, sqrt(0.5), ">="),
            mean("gap over the main term of the bound", found.gap / main, 1),
            Check("share of 1,000 samples above the bound", late, delta, 0, "<="),
        ),
        data={"gap": found.gap, "main": main},
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


def one_entry() -> float:
    """R over L^1.5 and the spectral norms, for three layers of a single entry each."""
    net = [c * np.eye(4) * (np.arange(4) == 0) for c in (3.0, 0.2, 5.0)]
    return spectral_complexity(net) / (3**1.5 * lipschitz_product(net))


def trained_on_clouds(seed: int) -> tuple[float, float, float]:
    """A network on the four clouds, early and late, under growing steps.

    Returns:
        How much R grows over how much |theta|^2 grows; the quotient of R over the least margin,
        late over early; and the early equivalent score's remainder, log n / u.
    """
    X, y = xor(20, seed)
    model = networks([2, 20, 1], [seed])
    found = []
    for steps in (700, 2800):
        run = descend(model, X, y, steps, step=0.02, growth=0.3, loss="logistic",
                      record_at=[steps])  # fmt: skip
        net = [p[0].detach().numpy() for p in model.params.values()]
        R = spectral_complexity(net)
        found.append((R / run.squares[-1, 0].sum(), R / run.least[-1, 0], run.u[-1, 0]))
    (size, quotient, u), (size_late, quotient_late, _) = found
    return size_late / size, quotient_late / quotient, log(len(y)) / u


@claim(
    "spectral-complexity-scales",
    source="bartlett2017spectrally",
    breaks={
        "the first weights as references": dict(references=True),
        "neuron by neuron in place of layer by layer": dict(way="neurons"),
        "biases in every layer": dict(bias=True),
    },
)
def spectral_complexity_scales(
    *, references: bool = False, way: str = "layers", bias: bool = False, seed: int = 0
) -> Evidence:
    r"""For a network of $L$ layers without biases, $\sigma_i$ positively homogeneous with
    $\rho_i=1$ for $i<L$ and $\sigma_L$ the identity, references $M_i = 0$, all $A_i\ne0$:
    (a) if each $A_i$ is multiplied by $c_i>0$, $R_{\mathcal A}$ and all margins are multiplied by
    $\prod c_i$. (b) $R_{\mathcal A}\ge L^{3/2}\prod\|A_i\|_\sigma$, and if a share $p>0$ of the
    examples has margins of at least $\gamma>0$, then
    $\|X\|_FR_{\mathcal A}/(\gamma n)\ge L^{3/2}\sqrt{p/2n}$. (c) If $\theta/\|\theta\|$
    converges to a $\bar\theta$ whose least margin is positive, $R_{\mathcal A}/\min_im_i$
    converges to its value at $\bar\theta$, while $R_{\mathcal A}/\|\theta\|^L$ tends to a
    positive number.
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
        gamma = np.quantile(before, 0.3)
        p = float((before >= gamma).mean())
        if gamma > 0:
            floor.append(complexity_term(net, X, gamma) / (3**1.5 * sqrt(p / (2 * len(X)))))
    growth, still, slack = trained_on_clouds(seed)
    return Evidence(
        (
            Check("change of R over the factors, less 1", max(change), 0, ROUNDING),
            Check("change of the margins over the factors, less 1", max(moved), 0, ROUNDING),
            Check("R over L^1.5 and the spectral norms, least", min(low), 1, ROUNDING, ">="),
            Check("the same for layers of one entry", one_entry(), 1, ROUNDING),
            Check("term over its floor, least", min(floor), 1, ROUNDING, ">="),
            Check("growth of R over growth of |theta|^L", growth, 1, slack),
            Check("change of R over the least margin", still, 1, slack),
        )
    )


def rank_one_noise(n: int, size: float, layers: int, seed: int) -> tuple[float, float, float]:
    """How the ramp losses of linear networks of rank one follow coin flips, from below.

    The layers have spectral norm ``size``, so do the (2,1) norms of their transposes. The ramp
    is as wide as the largest margin that they reach.

    Returns:
        The mean over 50 draws of signs, the Frobenius norm of the examples, and the ramp's width.
    """
    rng = np.random.default_rng([seed, 32])
    x = rng.standard_normal((n, 2))
    gamma = size**layers * float(np.linalg.norm(x, axis=1).max())
    losses = ramp(rules(size**layers, radii=1) @ x.T, gamma)
    found = [(losses @ rng.choice([-1.0, 1.0], n)).max() / n for _ in range(50)]
    return float(np.mean(found)), float(np.linalg.norm(x)), gamma


@claim(
    "spectral-margin-bound",
    source="bartlett2017spectrally",
    breaks={
        "without the norms": dict(norms="none"),
        "the sum of the norms in place of their product": dict(norms="sum"),
    },
)
def spectral_margin_bound(*, norms: str = "product", seed: int = 0) -> Evidence:
    r"""Let $\sigma_i$ be $\rho_i$-Lipschitz with $\sigma_i(0)=0$, and let the $M_i$ be fixed
    before the data. For $(x,y),(x_1,y_1),\dots,(x_n,y_n)$ independent with one law on
    $\mathbb R^d\times\{1,\dots,k\}$, $n\ge2$, $0<\delta<1$, with probability at least
    $1-\delta$ every $\gamma>0$ and every network with $A_i\ne0$, $A_i\ne M_i$ satisfy
    $$P[\arg\max_jF_{\mathcal A}(x)_j\ne y] \le \hat R_\gamma(F_{\mathcal A}) + \frac2n
    + 24e^2\lceil\log_2n\rceil\sqrt{\log2W^2}\;\frac{\|X\|_FR_{\mathcal A}}{\gamma n}
    + 3\sqrt{\frac{\log(2/\delta)+\Gamma}{2n}} ,$$
    with $\Gamma = \sum_{j=0}^{2L}\log(4(1+k_j^2))$ for the integers $k_j$ nearest above
    $L\log\|A_i\|_\sigma$ and $L\log\|A_i^\top-M_i^\top\|_{2,1}$ and below $\log\gamma$.
    """
    runs = train_noisy([0.0, 1.0], [seed], n=100, hidden=(32,), steps=120)
    X, gaps = split_digits(100, seed).train, []
    for e, net in enumerate(runs.weights):
        gamma = float(runs.quantile(0.1)[-1, e])
        added = margin_bound(net, X, gamma) if norms != "none" else 3 * sqrt(log(40) / 200)
        risk = float(ramp(runs.margin[-1, e], gamma).mean())
        gaps.append(float(runs.test[-1, e]) - risk - added)
    n, size, layers = 1024, 1000.0, 3
    follows, frobenius, gamma = rank_one_noise(n, size, layers, seed)
    product = size**layers if norms != "sum" else layers * size
    bound = rademacher_bound(frobenius, product * layers**1.5, gamma, n, 2)
    return Evidence(
        (
            Check("test error less the bound, true labels", gaps[0], 0, 0, "<="),
            Check("test error less the bound, random labels", gaps[1], 0, 0, "<="),
            Check("Rad of rank-one networks over the class's bound", follows / bound, 1, 0, "<="),
        ),
        data={"looseness": bound / follows},
    )
