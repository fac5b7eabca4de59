"""The theorems on linear networks with weight decay, and with a square loss of unequal weights."""

from collections.abc import Callable

import numpy as np

from dlmath.claims.linear_networks import ROUNDING, example
from dlmath.landscapes import linear_traps as traps
from dlmath.landscapes.linear_networks import random_weights
from dlmath.landscapes.linear_ridge import (
    nuclear_minimum,
    ridge_connection,
    ridge_loss,
    ridge_path,
)
from dlmath.landscapes.paths import Path, Weights, straight
from dlmath.ledger import Check, Evidence, claim

ANGLES = np.linspace(0, np.pi, 20_001)[:-1]
"""Directions of a neuron: opposite ones are the same. A right angle is among them."""


@claim(
    "weight-decay-on-wide-networks",
    source="freeman2017topology",
    breaks={
        "the straight line between a minimiser and its mirror image": dict(direct=True),
        "decay on the second layer alone": dict(both=False),
        "the least-squares map as the end": dict(nuclear=False),
    },
)
def weight_decay_on_wide_networks(
    *, direct: bool = False, both: bool = True, nuclear: bool = True, seed: int = 0
) -> Evidence:
    r"""Let $f:\mathbb R^{m\times n}\to\mathbb R$ be convex, $\lambda>0$, $s=\min(n,m)$ and
    $$E(W_1,W_2) = f(W_2W_1)+\lambda(\|W_1\|_F^2+\|W_2\|_F^2)$$
    with $h$ hidden neurons. (a) If $h\ge s$ and $f$ is bounded below, a path along which $E$ never
    increases leads from every point to a global minimiser, and
    $\min E = \min_M f(M)+2\lambda\|M\|_*$. (b) If $h>s$, every non-empty $\Omega_u$ is
    path-connected.
    """
    rises, ends, over, gaps = [], [], [], []
    for sizes, decay in (([3, 3, 3], 5.0), ([5, 3, 2], 0.5), ([2, 3, 6], 20.0), ([4, 9, 3], 200.0)):
        X, Y = example(sizes[0], sizes[-1], seed)
        M, value, bound = nuclear_minimum(X, Y, decay)
        gaps.append((value - bound) / value)
        goal = M if nuclear else Y @ np.linalg.pinv(X)
        first = random_weights(sizes, seed)

        def loss(w: Weights, X: np.ndarray = X, Y: np.ndarray = Y, decay: float = decay) -> float:
            """The loss with weight decay, on one layer or on both."""
            less = 0.0 if both else decay * float(np.square(w[0]).sum())
            return ridge_loss(w, X, Y, decay) - less

        path = ridge_path(first, goal)
        rises.append(path.rise(loss, 40) / loss(first))
        ends.append((loss(path.end) - bound) / bound)
        if sizes[1] > min(sizes[0], sizes[2]):
            mirror = [-W for W in path.end]
            across = ridge_connection(path.end, mirror)
            if direct:
                across = Path([straight("direct", path.end, mirror)])
            over.append(across.values(loss, 41)[1].max() / loss(mirror) - 1)
    return Evidence(
        (
            Check("largest rise, of the first loss", max(rises), 0, ROUNDING),
            Check("last loss less the proved minimum", max(ends, key=abs), 0, 1e-9),
            Check("between mirror images, above the ends", max(over), 0, ROUNDING, "<="),
            Check("gap of the convex problem", max(gaps), 0, 1e-9),
        )
    )


def curvature(weights: Weights, decay: float, step: float = 1e-4) -> np.ndarray:
    """Eigenvalues of the Hessian of the loss with decay on the two examples, by differences."""
    W1, W2 = weights
    Y = traps.TEACHER @ traps.INPUTS
    centre = np.concatenate([W1.ravel(), W2.ravel()])

    def loss(v: np.ndarray) -> float:
        """The loss as a function of one vector."""
        pair = [v[: W1.size].reshape(W1.shape), v[W1.size :].reshape(W2.shape)]
        return ridge_loss(pair, traps.INPUTS, Y, decay)

    moves = step * np.eye(len(centre))
    H = [
        [
            (loss(centre + p + q) - loss(centre + p - q) - loss(centre - p + q))
            + loss(centre - p - q)
            for q in moves
        ]
        for p in moves
    ]
    return np.linalg.eigvalsh(np.array(H) / (4 * step**2))


def passes(
    start: Weights, end: Weights, loss: Callable[[Weights], float], seed: int, tries: int = 100
) -> float:
    """The lowest of the highest losses on random broken lines from start to end."""
    rng = np.random.default_rng([seed, 5])
    tops = []
    for k in range(tries):
        size = 0.2 + 0.02 * k
        middle = [
            (p + q) / 2 + size * rng.standard_normal(p.shape)
            for p, q in zip(start, end, strict=True)
        ]
        line = Path([straight("out", start, middle), straight("home", middle, end)])
        tops.append(line.values(loss, 60)[1].max())
    return float(min(tops))


@claim(
    "one-neuron-with-weight-decay",
    source="freeman2017topology",
    breaks={
        "no weight decay": dict(decay=0.0),
        "weight decay beyond the interval": dict(decay=0.2),
        "two hidden neurons": dict(neurons=2),
    },
)
def one_neuron_with_weight_decay(
    *, decay: float | None = None, neurons: int = 1, seed: int = 0
) -> Evidence:
    r"""Let $X = \operatorname{diag}(\frac13,1)$, $Y = \operatorname{diag}(3.6,1)X$, one hidden
    neuron, $0.055<\lambda<0.1375$, and
    $$E = \|W_2W_1X-Y\|_F^2+\lambda(\|W_1\|^2+\|W_2\|^2).$$
    Up to the sign of the neuron $E$ has exactly two local minima, of levels
    $1+7.2\lambda-9\lambda^2$ and $1.44+2\lambda-\lambda^2$. Every path from the one to the other
    climbs to $1.495+\frac{189}{11}\lambda^2$ or higher, and this is above both. For
    $\lambda\ne0.1$ one of them is not global. For $0<\lambda\le0.055$ and for
    $0.1375\le\lambda<1$ there is one local minimum only.
    """
    if decay is None:
        decay = 0.09 if seed == 0 else float(np.random.default_rng(seed).uniform(0.07, 0.125))
    low, _ = traps.extrema(traps.reduced_loss(ANGLES, decay))
    minima = Check("minima over the angle", len(low), 2, 0)
    if not traps.OPENS < decay < traps.CLOSES:
        return Evidence((minima,))
    found = traps.levels(decay)
    # gradients of 1e-7 and curvatures above 0.02 leave less than 1e-11 of the loss
    ends = traps.descend(neurons, decay, 100, seed)
    off = np.abs(ends[:, None] - [found.first, found.second]).min(1).max()
    a, b = (traps.neuron(angle, decay) for angle in (0.0, np.pi / 2))
    Y = traps.TEACHER @ traps.INPUTS

    def loss(w: Weights) -> float:
        """The loss with weight decay on the two examples."""
        return ridge_loss(w, traps.INPUTS, Y, decay)

    pass_ = float(traps.reduced_loss(np.array(found.turn), decay))
    top = traps.reduced_loss(ANGLES, decay).max()
    return Evidence(
        (
            minima,
            Check("first level", loss(a), found.first, 1e-12),
            Check("second level", loss(b), found.second, 1e-12),
            Check(
                "least curvature at the two",
                min(curvature(p, decay)[0] for p in (a, b)),
                0,
                0,
                ">=",
            ),
            Check("barrier, at its angle", pass_, found.barrier, 1e-12),
            Check("highest of all angles", top, found.barrier, 1e-12, "<="),
            Check("lowest pass of 100 random lines", passes(a, b, loss, seed), pass_, 0, ">="),
            Check("descent, distance from the levels", off, 0, 1e-9),
        )
    )


@claim(
    "unequal-weights-make-a-valley",
    source="srebro2003weighted",
    breaks={
        "equal weights": dict(emphasis=((1, 1), (1, 1))),
        "weights that are products": dict(emphasis=((2, 1), (4, 2))),
    },
)
def unequal_weights_make_a_valley(
    *, emphasis: tuple[tuple[float, float], tuple[float, float]] = ((2, 1), (1, 2)), seed: int = 0
) -> Evidence:
    r"""On $\mathbb R^2\times\mathbb R^2$ let
    $$E(u,v) = 2(u_1v_1-1)^2+(u_1v_2-1.1)^2+(u_2v_1-1)^2+2(u_2v_2+1)^2.$$
    For $v\propto(1,t)$ the least value over $u$ is
    $$3.48-\frac{0.06\,(4t^2+10t-3)^2}{(2+t^2)(1+2t^2)}.$$
    Hence $\min E\le2.27$, the value at $v=(1,2)$, $u=(0.7,-\frac13)$. From $v=(2,-1)$,
    $u=(\frac{29}{90},\frac23)$, where $E<2.61$, every path to a point with $E<2.3$ climbs to 3.48
    or higher.
    """
    e = np.array(emphasis, float)
    loss, slope = traps.weighted_reduced(ANGLES, e), np.tan(ANGLES)
    low, _ = traps.extrema(loss)
    square = (4 * slope**2 + 10 * slope - 3) ** 2 / ((2 + slope**2) * (1 + 2 * slope**2))
    off = np.abs(loss - (3.48 - 0.06 * square)).max()
    a, b = (traps.weighted_neuron(angle, e) for angle in (np.arctan(2), np.arctan(-0.5)))
    first, second = traps.weighted_loss(a, e), traps.weighted_loss(b, e)
    edges = np.roots([4, 10, -3])
    inside = (slope > edges.min()) & (slope < edges.max())
    top = passes(a, b, lambda w: traps.weighted_loss(w, e), seed)
    return Evidence(
        (
            Check("minima over the angle", len(low), 2, 0),
            Check("closed form, largest error", off, 0, 1e-12),
            Check("level at v = (1, 2)", first, 2.27, 1e-12),
            Check("level at v = (2, -1)", second, 2.61, 0, "<="),
            Check("least of the valley of (2, -1)", loss[inside].min(), 2.3, 0, ">="),
            Check("lowest pass of 100 random lines", top, 3.48, 0, ">="),
        )
    )
