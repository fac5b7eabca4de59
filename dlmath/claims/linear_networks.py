"""The theorems of the chapter on linear networks: ways down, ways across, and pieces.

Those on weight decay and on unequal weights stand in ``linear_networks_traps``.
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from scipy import ndimage

from dlmath.landscapes.linear_connect import (
    canonical,
    connecting_path,
    descent_to,
    transposed,
    way_round,
)
from dlmath.landscapes.linear_fibres import fibre_path, random_factorisation, signature
from dlmath.landscapes.linear_networks import (
    descent_path,
    learnt,
    optimum,
    product,
    random_weights,
    row_space,
    square_loss,
)
from dlmath.landscapes.paths import Path, Weights, straight
from dlmath.ledger import Check, Evidence, claim

SIZES = ([5, 1, 4], [5, 2, 4], [6, 3, 2, 5], [6, 4, 2, 5, 2, 5], [4, 5, 5])
"""Dimensions of the networks, input first: bottlenecks, wide layers, two to five layers.

The second and the fourth get inputs of deficient rank, larger still than their bottlenecks.
"""

ROUNDING = 1e-10
"""Rounding, in units of the loss at the start: a few hundred products of well-scaled matrices."""


def example(n: int, m: int, seed: int, *, singular: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Twenty examples with noisy linear answers; two inputs repeated if ``singular``."""
    rng = np.random.default_rng([seed, n, m])
    X = rng.standard_normal((n, 20))
    if singular:
        X[-2:] = X[:2]
    return X, rng.standard_normal((m, n)) @ X + rng.standard_normal((m, 20))


def starts(sizes: list[int], X: np.ndarray, Y: np.ndarray, seed: int) -> list[Weights]:
    """A random network, two that are partly or wholly zero, and two equilibria."""
    any_one = random_weights(sizes, seed)
    room = min([*sizes[1:-1], len(row_space(X)[1])])
    gone = [any_one[0], 0 * any_one[1], *any_one[2:]]
    nothing = [0 * W for W in any_one]
    wrong = learnt(sizes, X, Y, list(range(1, room + 1))[: len(row_space(X)[1]) - 1])
    return [any_one, gone, nothing, wrong, learnt(sizes, X, Y, [2])]


@claim(
    "linear-networks-have-no-spurious-valleys",
    source="venturi2019spurious",
    breaks={
        "the straight line to the same end": dict(direct=True),
        "the best map of a rank that the widths forbid": dict(extra=1),
    },
)
def linear_networks_have_no_spurious_valleys(
    *, direct: bool = False, extra: int = 0, seed: int = 0
) -> Evidence:
    r"""Let $K\ge2$, $X\in\mathbb R^{n\times N}$ and $Y\in\mathbb R^{m\times N}$ arbitrary, hidden
    widths $n_1,\dots,n_{K-1}\ge1$ and $E(W) = \|W_K\cdots W_1X - Y\|_F^2$. From every $W$ there is
    a continuous path along which $E$ never increases and which ends at a global minimiser. With
    $r = \min(n_1,\dots,n_{K-1},\operatorname{rank}X)$ the minimum is
    $\|Y\|_F^2 - (g_1+\dots+g_r)$, where $g_1\ge g_2\ge\dots$ are the eigenvalues of $PY^\top YP$
    on the row space of $X$. The path has at most $7+r$ legs.
    """
    rises, ends, legs = [], [], []
    for k, sizes in enumerate(SIZES):
        X, Y = example(sizes[0], sizes[-1], seed, singular=k % 2 == 1)
        r = min([*sizes[1:-1], len(row_space(X)[1])])
        best = optimum(X, Y, r + extra)
        for weights in starts(sizes, X, Y, 10 * seed + k):
            path = descent_path(weights, X, Y)
            scale = square_loss(weights, X, Y)
            legs.append(len(path) - r)
            if direct:
                path = Path([straight("direct", weights, path.end)])
            rises.append(path.rise(lambda w, X=X, Y=Y: square_loss(w, X, Y), 25) / scale)
            ends.append(abs(square_loss(path.end, X, Y) - best) / scale)
    return Evidence(
        (
            Check("largest rise, of the first loss", max(rises), 0, ROUNDING),
            Check("last loss less the minimum", max(ends), 0, ROUNDING),
            Check("legs, less r", max(legs), 7, 0, "<="),
        )
    )


def convex_losses(n: int, m: int, seed: int) -> list[Callable[[Weights], float]]:
    """The logistic, the absolute and the square loss on a few random examples."""
    rng = np.random.default_rng([seed, 7])
    X, Y = rng.standard_normal((n, 8)), rng.standard_normal((m, 8))
    return [
        lambda w: float(np.logaddexp(0, -np.sign(Y) * (product(w) @ X)).sum()),
        lambda w: float(np.abs(product(w) @ X - Y).sum()),
        lambda w: square_loss(w, X, Y),
    ]


def mirrored(weights: Weights) -> list[np.ndarray]:
    """The same map, the first hidden neuron turned round: both its weights change sign."""
    flip = np.ones(len(weights[0]))
    flip[0] = -1
    return [flip[:, None] * weights[0], weights[1] * flip, *weights[2:]]


def proved_margin(first: Weights, second: Weights, seed: int) -> float:
    """What :func:`~dlmath.landscapes.linear_connect.way_round` proves for the two."""
    if len(first[-1]) > first[0].shape[1]:
        first, second = transposed(first), transposed(second)
    a, b = canonical(first, seed)[1], canonical(second, seed + 1)[1]
    return way_round(a[1:], b[1:], seed)[1]


def parted(first: Weights, second: Weights) -> int:
    """1 if ``T = W_K ... W_2`` is square and its determinant has opposite signs at the two."""
    a, b = product(first[1:]), product(second[1:])
    return int(a.shape[0] == a.shape[1] and np.linalg.det(a) * np.linalg.det(b) < 0)


def rise_to_zero(sizes: list[int], seed: int) -> float:
    """The largest rise of the sum of absolute entries on the way to the map zero, its minimiser."""
    down = descent_to(random_weights(sizes, 2 * seed, 1.5), np.zeros((sizes[-1], sizes[0])), seed)
    return down.rise(lambda w: float(np.abs(product(w)).sum()))


@claim(
    "wide-linear-networks-are-connected",
    source="freeman2017topology",
    breaks={
        "a width equal to min(n, m), the map of a mirrored neuron": dict(narrow=True),
        "a loss that is not convex": dict(convex=False),
        "the straight line between the two": dict(direct=True),
    },
)
def wide_linear_networks_are_connected(
    *, narrow: bool = False, convex: bool = True, direct: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $f:\mathbb R^{m\times n}\to\mathbb R$ be convex, $E(W) = f(W_K\cdots W_1)$, $K\ge2$ and
    $s = \min(n,m)$. (a) If every hidden width exceeds $s$, every non-empty
    $\Omega_u = \{E\le u\}$ is path-connected. (b) If every hidden width is at least $s$ and $f$
    attains its minimum, a path along which $E$ never increases leads from every $W$ to a global
    minimiser.
    """
    over, margins, signs = [], [], []
    rises = [rise_to_zero(sizes, seed) for sizes in ([5, 2, 2], [4, 2, 5, 2], [4, 3, 5, 2])]
    for sizes in ([5, 2, 2],) if narrow else ([5, 3, 2], [2, 3, 4], [4, 3, 5, 2]):
        first, second = (random_weights(sizes, 2 * seed + k, 1.5) for k in (0, 1))
        if narrow:
            second = mirrored(first)
        margins.append(proved_margin(first, second, seed))
        signs.append(parted(first, second))
        losses = convex_losses(sizes[0], sizes[-1], seed)
        if not convex:
            goals = [product(first), product(second)]
            losses = [lambda w, g=goals: min(float(np.abs(product(w) - M).sum()) for M in g)]
        path = connecting_path(first, second, seed) if margins[-1] > 0 else None
        if direct:
            path = Path([straight("direct", first, second)])
        for loss in losses:
            top = max(loss(first), loss(second))
            high = path.values(loss, 40)[1].max() if path else np.nan
            over.append((high - top) / (1 + top))
    return Evidence(
        (
            Check("loss above its larger end", max(over, key=_badness), 0, ROUNDING, "<="),
            Check("least singular value of T, proved", min(margins), 0, 0, ">="),
            Check("pairs parted by the sign of det T", sum(signs), 0, 0),
            Check("rise on the way to a minimiser", max(rises), 0, ROUNDING),
        )
    )


def _badness(value: float) -> float:
    """Larger is worse, and NaN is worst."""
    return np.inf if np.isnan(value) else value


def grid_pieces(factors: int, level: float) -> int:
    """Pieces of ``{(a b ... - 1)^2 <= level}`` in a box, counted on a grid with face neighbours."""
    axis = np.linspace(-2, 2, 81)
    grids = np.meshgrid(*[axis] * factors, indexing="ij", sparse=True)
    value = np.ones([1] * factors)
    for grid in grids:
        value = value * grid
    found: Any = ndimage.label((value - 1) ** 2 <= level)
    return int(found[1])


@claim(
    "pieces-of-a-fibre",
    source="trager2020pure",
    breaks={
        "one hidden layer a neuron wider": dict(wider=True),
        "counting layers as wide as min(n, m), at a lower rank": dict(lower=True),
    },
)
def pieces_of_a_fibre(*, wider: bool = False, lower: bool = False, seed: int = 0) -> Evidence:
    r"""Let $M\in\mathbb R^{m\times n}$ have rank $\rho\ge1$ and let every hidden width be at least
    $\rho$. Then $\{W : W_K\cdots W_1 = M\}$ has exactly $2^b$ path components, with $b$ the number
    of hidden widths equal to $\rho$. If $f$ is convex and every $M$ in a non-empty $\{f\le u\}$ has
    rank $s = \min(n,m)$, and every hidden width is at least $s$, then $\Omega_u$ has $2^b$ path
    components, with $b$ the number of hidden widths equal to $s$.
    """
    rng = np.random.default_rng([seed, 3])
    pieces, wanted, worst = [], [], []
    for rho, widths in ((2, [2, 3, 2]), (1, [1, 1, 1]), (2, [3, 4])):
        used = [widths[0] + 1, *widths[1:]] if wider else widths
        rank = 1 if lower else rho
        M = rng.standard_normal((3, rank)) @ rng.standard_normal((rank, 4))
        points = [random_factorisation(M, used, 100 * seed + k) for k in range(60)]
        first: dict[tuple[int, ...], Weights] = {}
        for point in points:
            kind = signature(point, M)
            if kind in first and len(worst) < 12:
                path = fibre_path(first[kind], point)
                off = path.values(lambda w, M=M: float(np.abs(product(w) - M).max()), 20)[1].max()
                worst.append(off / np.abs(M).max())
            first.setdefault(kind, point)
        pieces.append(len(first))
        wanted.append(2 ** sum(h == rho for h in widths))
    return Evidence(
        (
            *(
                Check(f"kinds of signs, example {k + 1}", p, w, 0)
                for k, (p, w) in enumerate(zip(pieces, wanted, strict=True))
            ),
            Check("largest error of the product on the paths", max(worst), 0, 1e-8),
            Check("pieces of abc near 1, on a grid", grid_pieces(3, 0.5), 4, 0),
            Check("the same at the level 1", grid_pieces(3, 1.0), 1, 0),
        )
    )
