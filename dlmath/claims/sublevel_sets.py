"""The theorems of the chapter on sublevel sets: what one component says, and what it does not.

What can be counted on a grid, and with what certainty, stands in ``sublevel_sets_counts``; when a
valley without a minimiser is the only obstacle, in ``sublevel_sets_tame``.
"""

from math import pi

import numpy as np
from scipy import ndimage

from dlmath.landscapes.examples import (
    TwoNeurons,
    saddle_ring,
    saddle_ring_minimum,
    saddle_ring_way_out,
)
from dlmath.landscapes.grid_paths import (
    filled,
    leaves_on_the_level,
    no_spurious_valley,
    poor_minima,
)
from dlmath.landscapes.sublevel_sets import bars, components, sample
from dlmath.ledger import Check, Evidence, claim


@claim(
    "layer-cake",
    source="freeman2017topology",
    breaks={
        "inside in place of outside, as on the slide": dict(inside=True),
        "a loss that is negative somewhere": dict(shift=-0.5),
    },
)
def layer_cake(*, inside: bool = False, shift: float = 0.0, seed: int = 0) -> Evidence:
    r"""Let $E\ge0$ and $\Omega_u = \{E\le u\}$. Then at every $\theta$
    $$E(\theta) = \int_0^\infty\mathbf 1(\theta\notin\Omega_u)\,du,$$
    while $\int_0^\infty\mathbf 1(\theta\in\Omega_u)\,du = \infty$. If moreover $E\le M$, then
    $M - E(\theta) = \int_0^M\mathbf 1(\theta\in\Omega_u)\,du$.
    """
    rng = np.random.default_rng(seed)
    t = np.array([0.0, 0.5, 1.0, 2.0, *rng.uniform(-2, 2, 4)])
    loss = TwoNeurons()(*rng.uniform(-3, 3, (2, 8)))
    E = np.concatenate([(t**2 - 1) ** 2, loss]) + shift
    M, layers = 20.0, 20_000
    u = (np.arange(layers) + 0.5) * M / layers
    within = E[:, None] <= u
    total = (within if inside else ~within).sum(1) * M / layers
    rest = within.sum(1) * M / layers
    half = M / layers / 2 + 1e-9
    by_hand = [1, 0.5625, 0, 9]
    return Evidence(
        (
            Check("worst error of the sum of layers", np.abs(total - E).max(), 0, half),
            Check("the same at t = 0, 1/2, 1, 2", np.abs(total[:4] - by_hand).max(), 0, half),
            Check("worst error of M less the layers inside", np.abs(M - rest - E).max(), 0, half),
        )
    )


@claim(
    "one-component",
    source="freeman2017topology",
    breaks={
        "basins left as they are": dict(fill=False),
        "no poor minimum at all, as on the slide": dict(slide=True),
    },
)
def one_component(*, fill: bool = True, slide: bool = False, seed: int = 0) -> Evidence:
    r"""Let $E:D\to\mathbb R$, $D\subset\mathbb R^d$, be continuous, with its minimum attained, and
    let $\Omega_u$ be path-connected for all $u\ge\min E$. Then
    (a) $E$ has no spurious valley;
    (b) every strict local minimiser is a global one;
    (c) every other local minimiser $y$ with $E(y)>\min E$ is joined, inside $\{E = E(y)\}$, to a
    point that is no local minimiser.
    """
    noise = np.random.default_rng(seed).standard_normal((30, 30))
    values = ndimage.gaussian_filter(noise, 1.5)
    if fill:
        values = filled(values)
    found = bars(values)
    poor = poor_minima(values)
    stuck = poor & ~leaves_on_the_level(values)
    checks = [
        Check("components, at the worst level", max(map(found.count, found.births)), 1, 0),
        Check("every component holds a global minimiser", no_spurious_valley(values), 1, 0),
        Check("strict poor minima", poor_minima(values, strict=True).sum(), 0, 0),
        Check("poor minima that no level path leaves", stuck.sum(), 0, 0),
        Check("poor minima that one does leave", (poor & ~stuck).sum(), 1, 0, ">="),
    ]
    if slide:
        checks.append(Check("poor minima, strict or not", poor.sum(), 0, 0))
    return Evidence(tuple(checks))


def descend(x: np.ndarray, y: np.ndarray, pull: float) -> np.ndarray:
    """Four hundred steps of gradient descent on the saddle ring, and the levels where they end."""
    for _ in range(400):
        square = (x**2).sum(1, keepdims=True)
        force = 4 * ((y**2).sum(1, keepdims=True) - 1) * y
        force[:, 1:] += pull * square
        x = x - 0.05 * (2 * pull * y[:, 1:] + 4 * square) * x
        y = y - 0.05 * force
    return saddle_ring(np.linalg.norm(x, axis=1), y[:, 0], y[:, 1], pull)


@claim(
    "poor-minima-in-one-piece",
    source="freeman2017topology",
    breaks={
        "x on a line: its sphere has two points": dict(line=True),
        "starts in the lower half": dict(lower=True),
    },
)
def poor_minima_in_one_piece(*, line: bool = False, lower: bool = False, seed: int = 0) -> Evidence:
    r"""On $\mathbb R^k\times\mathbb R^2$, $k\ge2$, $\beta>0$, let
    $$E(x,y) = (|y|^2-1)^2 + \beta y_2|x|^2 + |x|^4 .$$
    Then $E$ tends to infinity at infinity, $\min E = -\frac{\beta^2}4-\frac{\beta^4}{64}$, and
    every non-empty $\Omega_u$ is path-connected. Yet every $(0,y)$ with $|y|=1$, $y_2>0$ is a local
    minimiser with $E = 0$; from it a path leads to a global minimiser along which $E$ never rises;
    and gradient flow from an open set of starts ends at such points.
    """
    rng = np.random.default_rng(seed)
    pull = 1.0 if seed == 0 else float(rng.uniform(0.8, 1.25))
    least = saddle_ring_minimum(pull)
    box = [(-1.3 if line else 0.0, 1.3), (-1.7, 1.7), (-1.7, 1.7)]
    values, _ = sample(lambda r, y1, y2: saddle_ring(r, y1, y2, pull), box, 53)
    levels = (0.8 * least, 0.5 * least, 0.1 * least, 0.1, 0.5, 1.2)
    most = max(components(values, u).max() for u in levels)
    angle = rng.uniform(pi / 6, 5 * pi / 6, 200)
    ball = rng.standard_normal((50, 200, 4))
    ball *= np.sin(angle)[:, None] / np.linalg.norm(ball, axis=2, keepdims=True)
    ball *= rng.uniform(0, 1, (50, 200, 1))
    near = ball[..., 2:] + np.stack([np.cos(angle), np.sin(angle)], axis=1)
    reach = np.linalg.norm(ball[..., :2], axis=2)
    lowest = saddle_ring(reach, near[..., 0], near[..., 1], pull)
    out = saddle_ring_way_out(float(angle[0]), pull)
    way = saddle_ring(out[:, 0], out[:, 1], out[:, 2], pull)
    start = np.stack([np.cos(angle), (-1 if lower else 1) * np.sin(angle)], axis=1)
    ends = descend(0.1 * rng.standard_normal((200, 2)), start, pull)
    return Evidence(
        (
            Check("components at six levels, the most", most, 1, 0),
            Check("least E within reach of the poor minima", lowest.min(), 0, 1e-12, ">="),
            Check("largest rise on the way out", np.diff(way).max(), 0, 1e-12, "<="),
            Check("where it ends, above the minimum", way[-1] - least, 0, 1e-12),
            # the slowest direction contracts by e^(-20 * 2 * 0.4 * 0.8): squared, 1e-11
            Check("gradient descent from 200 starts ends at", np.abs(ends).max(), 0, 1e-9),
        )
    )
