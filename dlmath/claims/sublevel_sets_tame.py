"""Tame landscapes have no surprises between valleys and paths; a landscape that is not tame has."""

from math import exp, log, pi

import numpy as np

from dlmath.landscapes.examples import hat
from dlmath.landscapes.grid_paths import (
    filled,
    no_spurious_valley,
    poor_minima,
    reaches_the_bottom,
)
from dlmath.ledger import Check, Evidence, claim


def small_fields(seed: int, many: int = 240) -> list[np.ndarray]:
    """Small fields with ties, half of them with their basins filled and one cell dug out again."""
    rng = np.random.default_rng(seed)
    found = []
    for k in range(many):
        values = np.floor(4 * rng.uniform(size=(5, 5)) ** 0.5)
        if k % 2:
            values = filled(values)
            values[tuple(rng.integers(0, 5, 2))] -= 1
        found.append(values)
    return found


@claim(
    "tame-landscapes",
    source="bochnak1998real",
    breaks={
        "decreasing paths in place of non-increasing ones": dict(strictly=True),
        "no poor strict minima in place of no valleys": dict(strict=True),
    },
)
def tame_landscapes(*, strictly: bool = False, strict: bool = False, seed: int = 0) -> Evidence:
    r"""Let $D\subset\mathbb R^d$ and $E:D\to\mathbb R$ be definable in an o-minimal structure, $E$
    continuous with its minimum attained. From every point a path leads to a global minimiser along
    which $E$ never rises (P.1), if and only if $E$ has no spurious valley. For every continuous $E$
    the first implies the second.
    """
    path, valley = [], []
    for values in small_fields(seed):
        path.append(reaches_the_bottom(values, strictly=strictly).all())
        free = not poor_minima(values, strict=True).any() if strict else no_spurious_valley(values)
        valley.append(free)
    path, valley = np.array(path), np.array(valley)
    return Evidence(
        (
            Check("fields on which the two disagree", (path != valley).sum(), 0, 0),
            Check("fields with both", (path & valley).sum(), 20, 0, ">="),
            Check("fields with neither", (~path & ~valley).sum(), 20, 0, ">="),
        )
    )


def crossing(angle: float, turn: int, twist: float) -> tuple[float, float]:
    """Along a ray of the hat: the peak after a groove, over the groove, and the rise between.

    A turn of the spiral takes ``2 pi / twist`` in ``s``. Without a twist there is no groove, and
    the same stretch of ``s`` is looked at as with the twist 1.
    """
    phase = np.linspace(-0.5, pi, 20_001)  # after the groove
    s = (angle - pi / 2 + 2 * pi * turn + phase) / (twist or 1.0)
    E = hat(np.sqrt(1 - 1 / s), np.array(angle), twist)
    groove = int(E[phase < 0.5].argmin())
    return float(E[groove:].max() / E[groove]), float(E[groove:].max() - E[groove])


def wander(twist: float, rng: np.random.Generator) -> tuple[float, float]:
    r"""A path to the rim whose angle wanders: the largest factor by which it rises near the end.

    Also the factor that the theorem grants. Near the end, for :math:`s\ge62`, the angle stays
    within 0.27 of its limit, as the amplitude is at most 3 and :math:`(0.3)^2\cdot3 = 0.27`. So in
    each turn :math:`\omega'-\omega\le0.54`, while :math:`1/(1-r) = s(1+r)\ge2s-1`.
    """
    time = np.linspace(0, 1, 40_001)
    s = 20 + 60 * time
    swing = rng.uniform(0, 3) * (1 - time) ** 2 * np.sin(rng.uniform(6, 70) * time)
    E = hat(np.sqrt(1 - 1 / s), rng.uniform(0, 2 * pi) + swing, twist)[s >= 62]
    return float((E / np.minimum.accumulate(E)).max()), (2 * 62 - 1) * exp(-pi / 2 - 0.54)


@claim(
    "hat-without-tameness",
    source="absil2005convergence",
    breaks={
        "no spiral": dict(twist=0.0),
        "a slow spiral, the constant of the fast one": dict(twist=0.25),
    },
)
def hat_without_tameness(*, twist: float = 1.0, seed: int = 0) -> Evidence:
    r"""Let $r,\omega$ be polar coordinates, $E = e^{-s}(1-r\sin(\omega-s))$, $s = \frac1{1-r^2}$,
    on the open unit disc, and $E = (t-2)e^{-1/t}$, $t = r^2-1$, outside ($E = 0$ on the circle).
    $E$ is smooth, tends to infinity, attains its minimum $-1/e$ at $r=\sqrt2$, and has no spurious
    valley. But from no point of the disc does a non-increasing path lead to a global minimiser.
    Such a path winds about the centre infinitely often before it first reaches the circle.
    Whenever $\omega-s$ falls from $\frac\pi2$ to $0$ (modulo $2\pi$), from a groove $(\omega,s)$ to
    a point $(\omega',s')$, the height is multiplied by $e^{-\pi/2-(\omega'-\omega)}/(1-r)$; along
    one path, as $s\to\infty$, this is $2s\,e^{-\pi/2}(1+o(1))$. Along a ray the rise itself is
    smaller by a factor $e^{-2\pi}(1+o(1))$ on each further turn.
    """
    rng = np.random.default_rng(seed)
    over, falls = -np.inf, -np.inf
    for r, angle in zip(rng.uniform(0.1, 0.95, 20), rng.uniform(0, 2 * pi, 20), strict=True):
        s = 1 / (1 - r**2)
        height = float(hat(np.array(r), np.array(angle)))
        turn = np.linspace(0, 1, 200)
        phi = (angle - s - pi / 2 + pi) % (2 * pi) - pi  # how far from the groove
        to_groove = hat(r, angle - turn * phi)
        deep = np.linspace(s, max(s, log(2 / height)), 2000)
        groove = hat(np.sqrt(1 - 1 / deep), deep + pi / 2)
        out = hat(np.linspace(np.sqrt(1 - 1 / deep[-1]), np.sqrt(2), 400), deep[-1] + pi / 2)
        over = max(over, to_groove.max() - height, groove.max() - height, out.max() - height)
        falls = max(falls, np.diff(to_groove).max(), np.diff(groove).max())
    angle, turn = float(rng.uniform(0, 2 * pi)), 8
    s = (angle - pi / 2 + 2 * pi * turn) / (twist or 1.0)
    peak, rise = crossing(angle, turn, twist)
    _, later = crossing(angle, turn + 1, twist)
    ratio = log(rise / later) / (2 * pi) if min(rise, later) > 0 else np.nan
    wandering = [wander(twist, rng) for _ in range(20)]
    ray = np.linspace(0, 2 * np.sqrt(2), 4001)  # its middle is at the minimum
    least = float(hat(ray, np.array(angle), twist).min())
    return Evidence(
        (
            Check("minimum along a ray", least, -exp(-1), 1e-12),
            Check("height above the start, on a way down", over, 0, 1e-15, "<="),
            Check("largest rise into and down the groove", falls, 0, 1e-15, "<="),
            # by expansion in 1/s the errors of the next two are about 3/4 and 2.4, over s^2
            Check(
                "peak over groove, over 2 s e^(-pi/2)", peak * exp(pi / 2) / (2 * s), 1, 2 / s**2
            ),
            Check("log of the fall in a turn, over 2 pi", ratio, 1, 4 / s**2),
            Check(
                "least rise of 20 paths that wander",
                min(rise for rise, _ in wandering),
                wandering[0][1],
                0,
                ">=",
            ),
        )
    )
