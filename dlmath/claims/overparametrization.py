"""The theorems of the chapter on over-parametrisation, measured: gaps, interpolators, counts.

What least squares does stands in ``overparametrization_least_squares``.
"""

from math import sqrt

import numpy as np
import torch

from dlmath.generalization.cifar_nets import (
    STAGES,
    caffe_quick,
    convolution_count,
    parameters,
    small_inception,
)
from dlmath.generalization.double_descent import split_digits
from dlmath.generalization.overparametrization import (
    Interpolator,
    coin_gap_probability,
    gap_radius,
    interpolate_along,
)
from dlmath.ledger import Check, Evidence, claim


@claim(
    "finite-class-gap",
    source="hoeffding1963probability",
    breaks={
        "the rule was chosen on the sample, and the class forgotten": dict(forget=True),
        "a loss that reaches 2": dict(scale=2.0),
    },
)
def finite_class_gap(
    *, forget: bool = False, scale: float = 1.0, draws: int = 4000, seed: int = 0
) -> Evidence:
    r"""Let $F$ be a finite class of rules, fixed before the sample, with losses in $[0,1]$, and
    let $R_n$ be the mean loss over $n$ independent examples. With probability at least
    $1-\delta$, for every $\theta\in F$ at once,
    $$R(\theta) \le R_n(\theta) + \sqrt{\frac{\log|F| + \log(1/\delta)}{2n}}.$$
    """
    rng = np.random.default_rng(seed)
    checks = []
    for n, count, delta in ((100, 1, 0.05), (100, 50, 0.05), (400, 2000, 0.01)):
        radius = gap_radius(n, delta, 1 if forget else count)
        exact = coin_gap_probability(n, radius / scale, count)
        best = rng.binomial(n, 0.5, (draws, count)).min(axis=1) / n
        share = float((0.5 - best > radius / scale + 1e-12).mean())
        what = f"how often the gap exceeds the radius, n = {n}, |F| = {count}"
        checks.append(Check(f"{what}, exactly", exact, delta, 0, "<="))
        noise = 4 * sqrt(exact * (1 - exact) / draws) + 1 / draws
        checks.append(Check(f"{what}: drawn, against exact (4 s.e.)", share, exact, noise))
    checks.append(Check("radius for 10,000 test images", gap_radius(10_000, 0.05), 0.0122, 5e-5))
    return Evidence(tuple(checks))


@claim(
    "interpolates-any-labels",
    source="zhang2017understanding",
    breaks={
        "two equal inputs with different labels": dict(twins=True),
        "one neuron fewer": dict(fewer=1),
    },
)
def interpolates_any_labels(
    *, n: int = 300, twins: bool = False, fewer: int = 0, seed: int = 0
) -> Evidence:
    r"""For any $n$ distinct points $x_i \in \mathbb R^d$ and any $y_i \in \mathbb R$ there are
    $a\in\mathbb R^d$ and $b, w\in\mathbb R^n$, $2n+d$ numbers, such that
    $f(x) = \sum_jw_j(\langle a, x\rangle - b_j)_+$ has $f(x_i) = y_i$ for every $i$. So on
    distinct points the class of the signs of such $f$ has Rademacher complexity $1$; and if the
    inputs are distinct and the labels are fair coins, independent of them, then
    $R(f) = \frac12$ for every $f$, and some $f$ has $R_n(f) = 0$.
    """
    data = split_digits(n, seed)
    rng = np.random.default_rng([seed, 3])
    X = data.train.copy()
    coins = rng.choice([-1.0, 1.0], n)
    if twins:
        X[1], coins[1] = X[0], -coins[0]
    keep = np.delete(np.arange(n), 1) if twins else np.arange(n)
    a = np.random.default_rng(seed).standard_normal(X.shape[1])
    net = _along(X[keep], coins[keep], a, fewer)
    alternating = np.where(np.argsort(np.argsort(X @ a)) % 2, -1.0, 1.0)[keep]
    wrong = (_along(X[keep], alternating, a, fewer)(X[keep]) * alternating <= 0).sum()
    spare = net.weights - 2 * len(net.b) - X.shape[1]
    correlations = []
    for _ in range(20):
        signs = rng.choice([-1.0, 1.0], len(keep))
        other = _along(X[keep], signs, a, fewer)
        correlations.append(float(np.mean(signs * np.sign(other(X[keep])))))
    smooth = _along(X[keep], np.sin(X[keep].sum(axis=1)), a, fewer)
    fresh = rng.choice([-1.0, 1.0], len(data.test))
    error = float((np.sign(net(data.test)) != fresh).mean())
    hand = interpolate_along(np.arange(3.0)[:, None], np.array([1.0, -1.0, 1.0]), np.ones(1))
    off = float(np.abs(net(X) - coins).max())
    off_smooth = float(np.abs(smooth(X) - np.sin(X.sum(axis=1))).max())
    return Evidence(
        (
            Check("largest miss of coin labels (rounding)", off, 0, net.rounding(X)),
            Check("largest miss of real labels (rounding)", off_smooth, 0, smooth.rounding(X)),
            Check("wrong signs of alternating labels", wrong, 0, 0),
            Check("numbers less 2q + d, q neurons", spare, 0, 0),
            Check("least of 20 correlations with random signs", min(correlations), 1, 0),
            Check("error on fresh coins (4 s.e.)", error, 0.5, 2 / sqrt(len(fresh))),
            Check("last weight of the example by hand", hand.w[-1], 14, 1e-12),
        )
    )


def _along(X: np.ndarray, y: np.ndarray, a: np.ndarray, fewer: int) -> Interpolator:
    """The network that interpolates, or the best in squares without some of its middle neurons."""
    net = interpolate_along(X, y, a)
    if not fewer:
        return net
    first = (len(y) - fewer) // 2
    b = np.delete(net.b, range(first, first + fewer))
    hidden = np.maximum((X @ a)[:, None] - b, 0)
    return Interpolator(a, b, np.linalg.lstsq(hidden, y, rcond=None)[0])


@claim(
    "cifar-parameter-counts",
    source="zhang2017understanding",
    breaks={
        "pooling that rounds down": dict(ceil_mode=False),
        "a shift and a scale a channel": dict(per_channel=2),
    },
)
def cifar_parameter_counts(*, ceil_mode: bool = True, per_channel: int = 1) -> Evidence:
    r"""Caffe's network `cifar10_quick`, with pooling that rounds the size of its output up, has
    $145{,}578$ parameters. The small Inception of Zhang et al., with one parameter a channel
    besides the weights of the convolutions, has $1{,}649{,}402$.
    """
    quick, inception = caffe_quick(ceil_mode), small_inception(per_channel)
    side = 32
    for _ in range(3):
        side = (side - 3) // 2 + 1 if not ceil_mode else -(-(side - 3) // 2) + 1
    layers, width = [(3, 96, 3)], 96
    for stage in STAGES:
        sides = (1, 3) if len(stage) == 2 else (3,)
        layers += [(width, c, k) for c, k in zip(stage, sides, strict=True)]
        width = sum(stage) if len(stage) == 2 else width + stage[0]
    by_hand = convolution_count([(3, 32, 5), (32, 32, 5), (32, 64, 5)])
    by_hand += convolution_count([(64 * side**2, 64, 1), (64, 10, 1)])
    with torch.no_grad():
        shapes = [
            quick(torch.zeros(2, 3, 32, 32)).shape[1],
            inception(torch.zeros(2, 3, 28, 28)).shape[1],
        ]
    inception_by_hand = convolution_count([*layers, (width, 10, 1)])
    return Evidence(
        (
            Check("cifar10_quick, built, less 145,578", parameters(quick) - 145_578, 0, 0),
            Check("the same by arithmetic", by_hand - 145_578, 0, 0),
            Check(
                "small Inception, built, less 1,649,402", parameters(inception) - 1_649_402, 0, 0
            ),
            Check("the same by arithmetic", inception_by_hand - 1_649_402, 0, 0),
            Check("outputs of both", sum(shapes), 20, 0),
            Check("parameters an example, cifar10_quick", parameters(quick) / 50_000, 2.9, 0.05),
            Check("parameters an example, Inception", parameters(inception) / 50_000, 33, 0.5),
        )
    )
