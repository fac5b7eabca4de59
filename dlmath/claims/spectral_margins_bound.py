"""The margin bound for networks: the steps of its proof, its order, and how little it says."""

import functools
from math import e, log, sqrt

import numpy as np

from dlmath.generalization.double_descent import split_digits
from dlmath.generalization.label_noise import Runs, train_noisy
from dlmath.generalization.linear_margins import rules
from dlmath.generalization.spectral_margins import (
    margin_bound,
    margins,
    rademacher_bound,
    ramp,
)
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-9


def steepest_margin(seed: int) -> float:
    """The largest change of a margin over the change of the outputs, of 100,000 random pairs."""
    rng = np.random.default_rng([seed, 33])
    f = rng.standard_normal((100_000, 5))
    g = f + 0.1 * rng.standard_normal(f.shape)
    y = rng.integers(0, 5, len(f))
    change = np.abs(margins(f, y) - margins(g, y))
    return float((change / np.linalg.norm(f - g, axis=1)).max())


def list_of_vectors(seed: int, length: int = 2000, n: int = 200) -> tuple[float, float]:
    """How well a list of unit vectors follows coin flips, over the root of log of its length.

    Returns:
        The mean over 400 draws of signs of the largest inner product, and its standard error.
    """
    rng = np.random.default_rng([seed, 34])
    U = rng.choice([-1.0, 1.0], (length, n)) / sqrt(n)
    top = (U @ rng.choice([-1.0, 1.0], (n, 400))).max(0) / sqrt(log(length))
    return float(top.mean()), float(top.std()) / 20


def cost_of_rounding(seed: int, fine: bool, layers: int = 3) -> float:
    """R/gamma with norms rounded up and gamma down to the grid, over R/gamma; largest of 20,000.

    Args:
        seed: Of the norms, which are spread over four powers of e.
        fine: Whether the logarithms of the norms are rounded to multiples of 1/L, or of 1.
        layers: The number L of layers.
    """
    rng = np.random.default_rng([seed, 35])
    s, b = np.exp(rng.uniform(-2, 2, (2, 20_000, layers)))
    gamma = np.exp(rng.uniform(-2, 2, 20_000))
    step = layers if fine else 1

    def up(v: np.ndarray) -> np.ndarray:
        return np.exp(np.ceil(step * np.log(v)) / step)

    def R(s: np.ndarray, b: np.ndarray) -> np.ndarray:
        return s.prod(1) * ((b / s) ** (2 / 3)).sum(1) ** 1.5

    rounded = R(up(s), up(b)) / np.exp(np.floor(np.log(gamma)))
    return float((rounded / (R(s, b) / gamma)).max())


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


@functools.cache
def small_networks(seed: int) -> Runs:
    """Two networks of two layers, for true and for random labels of 100 digits."""
    return train_noisy([0.0, 1.0], [seed], n=100, hidden=(32,), steps=120)


def least_bound(norms: bool, seed: int) -> tuple[float, np.ndarray]:
    """The bound on the error of the two small networks.

    Args:
        norms: Whether the term with the norms is counted.
        seed: Of the digits, the labels and the weights.

    Returns:
        Its least value over both and over 41 margins between 1e-4 and 1e10; and by
        network at the margin that a tenth of the examples do not exceed.
    """
    runs = small_networks(seed)
    X = split_digits(100, seed).train
    plain = 3 * sqrt(log(40) / 200)

    def bound(k: int, gamma: float) -> float:
        added = margin_bound(runs.weights[k], X, gamma) if norms else plain
        return float(ramp(runs.margin[-1, k], gamma).mean()) + added

    grid = np.geomspace(1e-4, 1e10, 41)
    least = min(bound(k, gamma) for k in (0, 1) for gamma in grid)
    return least, np.array([bound(k, float(runs.quantile(0.1)[-1, k])) for k in (0, 1)])


@claim(
    "spectral-margin-bound",
    source="bartlett2017spectrally",
    breaks={
        "without the norms": dict(norms="none"),
        "the sum of the norms in place of their product": dict(norms="sum"),
        "margins taken to change no faster than outputs": dict(steep=1.0),
        "the 2 under the root of a list's length forgotten": dict(two=1.0),
        "norms of layers rounded to powers of e": dict(fine=False),
    },
)
def spectral_margin_bound(
    *,
    norms: str = "product",
    steep: float = sqrt(2),
    two: float = 2.0,
    fine: bool = True,
    seed: int = 0,
) -> Evidence:
    r"""Let $\sigma_i$ be $\rho_i$-Lipschitz with $\rho_i>0$ and $\sigma_i(0)=0$, and let the
    $M_i$ be fixed before the data. For $(x,y),(x_1,y_1),\dots,(x_n,y_n)$ independent with one
    law on $\mathbb R^d\times\{1,\dots,k\}$, $k,n\ge2$, $0<\delta<1$, with probability at least
    $1-\delta$ every $\gamma>0$ and every network with $A_i\ne0$ and the given $L$, shapes and
    $\sigma_i$ satisfy
    $$P[\arg\max_jF_{\mathcal A}(x)_j\ne y] \le \hat R_\gamma(F_{\mathcal A}) + \frac2n
    + 24e^2\lceil\log_2n\rceil\sqrt{\log2W^2}\;\frac{\|X\|_FR_{\mathcal A}}{\gamma n}
    + 3\sqrt{\frac{\log(2/\delta)+\Gamma}{2n}} ,$$
    with $\Gamma = \sum_{j=0}^{2L}\log(4(1+k_j^2))$, where the $k_j$ are the $L\log\|A_i\|_\sigma$
    and $L\log\|A_i^\top-M_i^\top\|_{2,1}$ rounded up and $\log\gamma$ rounded down; for a layer
    with $A_i=M_i$ the term of $\Gamma$ is $\log5$.
    """
    follow, error = list_of_vectors(seed)
    n, size, layers = 1024, 1000.0, 3
    follows, frobenius, gamma = rank_one_noise(n, size, layers, seed)
    product = size**layers if norms != "sum" else layers * size
    bound = rademacher_bound(frobenius, product * layers**1.5, gamma, n, 2)
    least, examples = least_bound(norms != "none", seed)
    return Evidence(
        (
            Check("change of margins over that of outputs, largest of 100,000",
                  steepest_margin(seed), steep, ROUNDING, "<="),
            Check("2,000 unit vectors on signs, over root log 2,000, 4 s.e.", follow, sqrt(two),
                  4 * error, "<="),
            Check("R/gamma on the grid over R/gamma, largest of 20,000",
                  cost_of_rounding(seed, fine), e**2, ROUNDING, "<="),
            Check("Rad of rank-one networks over the class's bound", follows / bound, 1, 0, "<="),
            Check("bound on the error, least of two networks and 41 margins", least, 1, 0, ">="),
        ),
        data={"looseness": bound / follows, "bounds": examples},
    )  # fmt: skip
