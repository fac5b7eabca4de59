"""The theorems of the chapter on depth separation, measured: two hidden layers against one."""

from math import ceil, comb, gamma, log, pi, sqrt

import numpy as np

from dlmath.approximation.sphere import (
    coefficients,
    deep_oscillation,
    harmonics,
    legendre,
    oscillation,
    quadrature,
    random_neurons,
    response,
    tube_fraction,
    two_spheres,
)
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-9


def single(d: int, n: int) -> np.ndarray:
    """The coefficients of ``sqrt(N_n) P_n``, which has norm 1."""
    return (np.arange(n + 1) == n).astype(float)


def _share(g: np.ndarray, d: int, a: np.ndarray, cosine: float) -> float:
    """How much of its bound, for degrees from d on, a neuron's inner product reaches."""
    inner, norm = response(g, d, a, cosine)
    return abs(inner) * sqrt(harmonics(d, d)) / (norm * float(np.linalg.norm(a)))


def _best_for_the_target(d: int, nodes: int) -> float:
    """How far the neuron that is best for the cosine is from the share that the proof gives it."""
    a = coefficients(oscillation(d), d, d + 30)
    a[:d] = 0
    P = legendre(d, d + 30, quadrature(d, nodes)[0])
    N = np.array([float(harmonics(d, k)) for k in range(d + 31)])
    share = _share(np.einsum("k,ki,kj->ij", a * np.sqrt(N), P, P), d, a, 1.0)
    return abs(share - sqrt((a**2 / N).sum() * N[d]) / float(np.linalg.norm(a)))


def _low_degrees() -> float:
    """The cosine's energy in degrees below d over the bound by Bessel functions, at most."""
    found = []
    for d in range(3, 41):
        energy = (coefficients(oscillation(d), d, d - 1) ** 2).sum()
        found.append(energy / (3 * gamma(d / 2) ** 2 * d ** (2.0 - d) * comb(2 * d - 2, d - 1)))
    return max(found)


def _funk_hecke(nodes: int) -> tuple[float, float]:
    """The mean of a neuron times P_3 over two spheres: by the formula, and by brute force."""
    v, w = np.array([0.0, 0.6, 0.8]), np.array([0.0, 0.0, 1.0])
    brute = two_spheres(
        lambda x, y: np.exp(x @ v + 2 * (y @ w)) * legendre(3, 3, (x * y).sum(-1))[3]
    )
    t = quadrature(3, nodes)[0]
    formula = response(np.exp(t[:, None] + 2 * t), 3, single(3, 3), float(v @ w))[0]
    return formula / sqrt(harmonics(3, 3)), brute


def _two_layers(d: int, error: float, rng: np.random.Generator) -> tuple[Check, ...]:
    """The network with two hidden layers: its error at random points, its size."""
    deep, K = deep_oscillation(d, error), ceil(2 * d * sqrt(sqrt(2) / error))
    x, y = (p / np.linalg.norm(p, axis=1)[:, None] for p in rng.standard_normal((2, 4000, d)))
    y[:1000], y[1000:2000] = x[:1000], -x[1000:2000]
    gap = np.abs(deep(np.hstack([x, y])) - oscillation(d)((x * y).sum(1))).max()
    return (
        Check(f"largest error of two hidden layers, d = {d}", gap, error, ROUNDING, "<="),
        Check("their units", deep.units, (2 * d + 1) * K + 1, 0),
        Check("their largest weight", deep.largest_weight, 4 * sqrt(2) * d, 0, "<="),
    )


@claim(
    "sphere-depth",
    source="daniely2017depth",
    breaks={
        "a unit that sees the inner product": dict(unit="inner product"),
        "a slow target, all its degrees kept": dict(slow=True),
        "N in place of its root": dict(power=1.0),
    },
)
def sphere_depth(
    *, unit: str = "neuron", slow: bool = False, power: float = 0.5, seed: int = 0
) -> Evidence:
    r"""Let $d \ge 3$, let $x, x'$ be independent and uniform on the unit sphere of $\mathbb R^d$,
    $F(x, x') = h(\langle x, x'\rangle)$ with $h$ square integrable, and $F_n$ its part of degree
    at least $n$. Every network with one hidden layer, $f = \sum_i c_i g_i$ with
    $g_i(\langle v_i, x\rangle, \langle v_i', x'\rangle)$ for unit vectors $v_i, v_i'$, has
    $\|F - f\| \ge \|F_n\| - B / \sqrt{N_{d,n}}$, where $B = \sum_i |c_i| \|g_i\|$. For
    $h(t) = \sqrt2 \cos(2dt + 0.7)$ and every $\varepsilon > 0$ a network with two hidden layers
    and $(2d+1)K + 1$ units, $K = \lceil 2d (\sqrt2/\varepsilon)^{1/2} \rceil$, has
    $|F - f| \le \varepsilon$ everywhere, with no weight above $4\sqrt2\,d$.
    """
    rng, nodes = np.random.default_rng(seed), 60
    shares, best, own = [], [], []
    for d in (4, 6, 10):
        a = coefficients(oscillation(1 if slow else d), d, d + 30)
        a[: 0 if slow else d] = 0
        neurons = random_neurons(d, 80, nodes, rng)
        neurons.append(np.ones((nodes, nodes)))
        shares += [_share(g, d, a, c) for g in neurons for c in (1.0, rng.uniform(-1, 1))]
        t, w = quadrature(d, nodes)
        P = legendre(d, d, t)[d]
        inner, norm = response(np.outer(P, P), d, single(d, d), 1.0)
        if unit == "inner product":  # the unit P_n(<x, x'>) itself
            inner, norm = sqrt(harmonics(d, d)) * (w @ P**2), sqrt(w @ P**2)
        best.append(inner / norm * harmonics(d, d) ** power)
        own.append(_best_for_the_target(d, nodes))
    formula, brute = _funk_hecke(nodes)
    rounding = ROUNDING
    return Evidence(
        (
            Check("Funk and Hecke against four angles, d = 3", formula, brute, 1e-12),
            Check(
                f"largest share of the bound, {len(shares)} neurons", max(shares), 1, rounding, "<="
            ),
            Check("share of the best neuron, least over d", min(best), 1, rounding),
            Check("share of the best neuron, largest over d", max(best), 1, rounding),
            Check("best neuron for the cosine, off its share", max(own), 0, rounding),
            Check("low-degree energy / its bound, d to 40", _low_degrees(), 1, 0, "<="),
            *_two_layers(8, 0.5, rng),
        )
    )


@claim(
    "tube-fraction",
    source="eldan2016power",
    breaks={
        "a sphere only 1.5 times as wide as the tube": dict(ratio=1.5),
        "the root of d left out": dict(root=0.0),
    },
)
def tube_share(*, ratio: float = 2.0, root: float = 0.5, seed: int = 0) -> Evidence:
    r"""Let $d \ge 3$. The part of the sphere $|\xi| = 2R$ in $\mathbb R^d$ within distance $R$ of a
    line through the origin is
    $p_d = \theta_d \frac8{\sqrt{6\pi}} \frac{2^{-d}}{\sqrt{d-1}}$ with
    $1 - \frac1{d-1} \le \theta_d \le 1$.
    """
    ds = np.arange(3, 201)
    p = np.array([tube_fraction(int(d), ratio) for d in ds])
    theta = p * 2.0**ds * (ds - 1) ** root * sqrt(6 * pi) / 8
    z = np.random.default_rng(seed).standard_normal((200_000, 6))
    near = ((z[:, 1:] ** 2).sum(1) <= (z**2).sum(1) / 4).mean()
    # four standard errors of a frequency over 200,000 points
    noise = 4 * sqrt(p[3] * (1 - p[3]) / len(z))
    # d = 101 against d = 100; theta = 1 - (7/12)/(d-1) + ..., so the remainder is below 2/d^2
    step = np.log2(p[98] / p[97])
    return Evidence(
        (
            Check("p_3 against two caps", tube_fraction(3, ratio), 1 - sqrt(3) / 2, 1e-12),
            Check("p_6 against random points (4 s.e.)", near, p[3], noise),
            Check("largest theta, d from 3 to 200", theta.max(), 1, 0, "<="),
            Check("least theta + 1/(d-1)", (theta + 1 / (ds - 1)).min(), 1, 0, ">="),
            Check("log2 of p_101 / p_100", step, -1 - 1 / (200 * log(2)), 2e-4),
        ),
        data={"d": ds, "p": p},
    )
