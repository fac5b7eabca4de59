"""The theorems of the chapter on sublevel sets that count components: on grids, and exactly."""

import numpy as np

from dlmath.landscapes.examples import (
    TwoNeurons,
    chain,
    double_well,
    double_well_levels,
    inner_product_path,
)
from dlmath.landscapes.sublevel_sets import bars, interpolation_error, sample, survivors
from dlmath.ledger import Check, Evidence, claim

CHAIN_CURVATURE = {2: 56.0, 3: 168.0}
"""Bounds for the second derivative of the chains: two weights in [-3, 3], three in [-2, 2]."""
CHAIN_REACH = {2: 3.0, 3: 2.0}
CHAIN_POINTS = {2: 201, 3: 81}


def chain_on_grid(weights: int) -> tuple[np.ndarray, float]:
    """The chain on a grid, and how far its interpolant may be from it."""
    reach = CHAIN_REACH[weights]
    values, steps = sample(chain, [(-reach, reach)] * weights, CHAIN_POINTS[weights])
    return values, interpolation_error(CHAIN_CURVATURE[weights], steps)


@claim(
    "certified-bars",
    source="cohensteiner2007stability",
    breaks={
        "every bar counted": dict(every=True),
        "a bound four times smaller": dict(factor=0.25),
    },
)
def certified_bars(*, every: bool = False, factor: float = 1.0, seed: int = 0) -> Evidence:
    r"""Let $f$ be $C^2$ on a box, $\|f''\|\le\Lambda$ in the operator norm, and $f_h$ its
    interpolant on the Freudenthal triangulation of a grid with steps $\delta_1,\dots,\delta_d$.
    With $\varepsilon = \frac\Lambda8\sum\delta_i^2$, $|f-f_h|\le\varepsilon$. Let $N_{u,v}$ be the
    number of components of $\{f\le v\}$ that meet $\{f\le u\}$, $u\le v$. Then
    $$N_{u-\varepsilon,v+\varepsilon}(f_h)\le N_{u,v}(f)\le N_{u+\varepsilon,v-\varepsilon}(f_h),$$
    the right one if $v-u\ge2\varepsilon$. And $N_{u,v}(f_h)$ is the number of bars of $f_h$ that
    are born by $u$ and still alive at $v$.
    """
    rng = np.random.default_rng(seed)
    tilt = 0.3 if seed == 0 else float(rng.uniform(0.1, 0.6))
    low = -2 - rng.uniform(0, 0.05, 2)
    box = [(a, a + 4.05) for a in low]
    wells, steps = sample(lambda a, b: double_well(a, b, tilt), box, 101)
    bound = factor * interpolation_error(12 * 2.05**2 - 4, steps)
    corner = rng.integers(0, 100, (20_000, 2))
    share = rng.dirichlet([1, 1, 1], 20_000)
    way = np.where(rng.uniform(size=(20_000, 1)) < 0.5, [[1, 0]], [[0, 1]])
    corners = np.stack([corner, corner + way, corner + 1], axis=1)
    point = low + steps * (share[..., None] * corners).sum(1)
    flat = (share * wells[corners[..., 0], corners[..., 1]]).sum(1)
    gap = np.abs(flat - double_well(point[:, 0], point[:, 1], tilt)).max()
    found = bars(wells)
    kept = found.lengths > (0 if every else 2 * bound)
    _, birth, death = double_well_levels(tilt)
    thin, thin_bound = chain_on_grid(2)
    hyperbola = bars(thin)
    long = hyperbola.lengths > (0 if every else 2 * thin_bound)
    return Evidence(
        (
            Check("interpolation error over its bound", gap / bound, 1, 0, "<="),
            Check("bars of the double well", kept.sum(), 2, 0),
            Check("birth of its second bar", found.births[1], birth, bound),
            Check("death of its second bar", found.deaths[1], death, bound),
            Check("bars of the hyperbola", long.sum(), 2, 0),
            Check("death of its second bar", hyperbola.deaths[1], 1, thin_bound),
        ),
        data={"hyperbola": hyperbola, "bound": thin_bound},
    )


@claim(
    "chain-pieces",
    source="freeman2017topology",
    breaks={
        "every sign pattern counted": dict(factor=2),
        "a level above one": dict(level=1.5),
    },
)
def chain_pieces(*, factor: int = 1, level: float = 0.5) -> Evidence:
    r"""Let $E(w) = (w_1w_2\cdots w_K-1)^2$ on $\mathbb R^K$, $K\ge1$. Then $N_u = 2^{K-1}$ for
    $0\le u<1$ and $N_u = 1$ for $u\ge1$. There is no spurious valley.
    """
    checks = []
    for weights in (2, 3):
        values, bound = chain_on_grid(weights)
        below = survivors(values, level - bound, level + bound)
        above = survivors(values, 1.5 - bound, 1.5 + bound)
        pieces = factor * 2 ** (weights - 1)
        checks += [
            Check(f"components at level {level:g}, K = {weights}", below, pieces, 0),
            Check(f"components at level 1.5, K = {weights}", above, 1, 0),
        ]
    return Evidence(tuple(checks))


@claim(
    "slices-over-count",
    source="freeman2017topology",
    breaks={
        "a straight line in place of the path": dict(straight=True),
        "one neuron, opposite signs": dict(width=1),
    },
)
def slices_over_count(*, straight: bool = False, width: int = 2, seed: int = 0) -> Evidence:
    r"""Let $E(a,b) = (\langle a,b\rangle-1)^2$, $a,b\in\mathbb R^h$: a linear network with $h$
    hidden neurons. If $h\ge2$, $N_u = 1$ for every $u\ge0$. On the plane
    $a = (a_1,0,\dots,0)$, $b = (b_1,0,\dots,0)$ the same function has $N_u = 2$ for $0\le u<1$.
    """
    rng = np.random.default_rng(seed)
    worst = -np.inf
    for k in range(60):
        a, a_end = rng.standard_normal((2, width)) if width > 1 else np.array([[1.0], [-1.0]])
        if k % 3 == 0:
            a_end = -a
        b, b_end = ((1 + 0.5 * rng.uniform(-1, 1)) * v / (v @ v) for v in (a, a_end))
        if k == 1 and width > 1:  # a start where a has no direction
            a, b = np.zeros(width), rng.standard_normal(width)
        if straight or width == 1:
            t = np.linspace(0, 1, 51)[:, None]
            A, B = (1 - t) * a + t * a_end, (1 - t) * b + t * b_end
        else:
            A, B = inner_product_path((a, b), (a_end, b_end))
        E = ((A * B).sum(1) - 1) ** 2
        worst = max(worst, E.max() - max(E[0], E[-1]))
    values, bound = chain_on_grid(2)
    slice_ = [survivors(values, u - bound, u + bound) for u in (0.1, 0.5, 0.9)]
    return Evidence(
        (
            Check("path: height above the larger end", worst, 0, 1e-12, "<="),
            Check("components on the slice, fewest of three levels", min(slice_), 2, 0),
            Check("components on the slice, most", max(slice_), 2, 0),
        )
    )


@claim(
    "merged-neurons",
    source="simsek2021geometry",
    breaks={
        "a level above the wall": dict(share=1.5),
        "the height of the straight line as the barrier": dict(straight=True),
    },
)
def merged_neurons(*, share: float = 0.5, straight: bool = False, seed: int = 0) -> Evidence:
    r"""Let $\varphi_w(x) = \rho(wx)$ with a number $w$ and a continuous $\rho$, and let
    $L(w_1,w_2) = \mathbb E\,(\varphi_{w_1}+\varphi_{w_2}-\varphi_{w_1^*}-\varphi_{w_2^*})^2$ with
    $w_1^*\ne w_2^*$ be finite and continuous. Every path from $(w_1^*,w_2^*)$ to $(w_2^*,w_1^*)$
    rises at least to $m = \inf_wL(w,w)$, and $N_u\ge2$ for $0\le u<m$.
    """
    rng = np.random.default_rng(seed)
    w1, w2 = (0.5, 2.5) + (rng.uniform(-0.05, 0.05, 2) if seed else np.zeros(2))
    loss = TwoNeurons((float(w1), float(w2)))
    values, steps = sample(loss, [(-1, 4), (-1, 4)], 201)
    bound = interpolation_error(loss.curvature, steps)
    barrier = loss.merged()[1]
    if straight:
        t = np.linspace(0, 1, 201)
        barrier = float(loss((1 - t) * w1 + t * w2, (1 - t) * w2 + t * w1).max())
    found = bars(values)
    level = share * barrier
    apart = found.between(level - bound, level + bound)
    return Evidence(
        (
            Check("level less the error bound", level - bound, 0, 0, ">="),
            Check(f"components at {share:g} of the wall, at least", apart, 2, 0, ">="),
            Check("the level where the two merge", found.deaths[1], barrier, bound),
        ),
        data={"values": values, "bars": found, "bound": bound, "barrier": barrier},
    )
