"""Quadratic neurons in the plane: a certified valley, a poor minimum, and signs that freeze."""

import itertools

import numpy as np
from scipy.optimize import minimize

from dlmath.landscapes.paths import Path, Weights, straight
from dlmath.landscapes.quadratic_neurons import Planar, escape, flow, invariants, starts
from dlmath.landscapes.two_layer_networks import connect, descent_path
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-9
Z = 4
"""How many standard errors a loss found by simulation may be off."""


def best_of_sign(model: Planar, sign: float, p: int, seed: int) -> float:
    """The least loss that descent finds with all output weights of one sign, from ten starts."""
    rng = np.random.default_rng(seed)
    u = np.full(p, sign)

    def both(v: np.ndarray) -> tuple[float, np.ndarray]:
        w = v.reshape(p, 2)
        return float(model.loss(u, w)), model.gradient(u, w)[1].ravel()

    draws = rng.standard_normal((10, 2 * p))
    runs = [minimize(both, v, jac=True, method="BFGS", options={"gtol": 1e-9}) for v in draws]
    return float(min(run.fun for run in runs))


def way_out(model: Planar, width: int) -> Path:
    """From the bottom of the negative valley to the best that the width allows; parts [W, U]."""
    u, w = model.poor_point(width)
    begin = [w, u[None]]
    f = model.family()
    if width >= f.dimension:
        return descent_path(begin, f, model.target())
    top = np.sqrt((3 * model.a - model.b) / 3)
    stops: list[Weights] = [
        begin,
        [0 * w, u[None]],
        [0 * w, -u[None]],
        [np.array([[top, 0.0]]), -u[None]],
    ]
    return Path(
        straight(f"leg {k + 1}", a, b) for k, (a, b) in enumerate(itertools.pairwise(stops))
    )


@claim(
    "valley-below-q",
    source="venturi2019spurious",
    breaks={
        "three neurons, as many as q": dict(width=3),
        "a teacher of one sign": dict(b=-0.5),
    },
)
def valley_below_q(*, width: int = 1, b: float = 0.8, seed: int = 0) -> Evidence:
    r"""Let $x\sim\mathcal N(0, I_2)$, $\rho(z) = z^2$ ($q = 3$), $f^*(x) = ax_1^2 - bx_2^2$ with
    $0<b<a<3b$, $E = \mathbb E(f - f^*)^2$, and $p = 1$. Then $\{u_1<0\}$ holds a spurious valley:
    its least loss is $E_0 - \frac13(3b-a)^2$, that of $\{u_1>0\}$ is $E_0-\frac13(3a-b)^2$, where
    $E_0 = 2(a^2+b^2) + (a-b)^2$; and every path between the two passes a point with $E\ge E_0$.
    """
    model = Planar(b=b)
    levels = model.levels
    rng = np.random.default_rng(seed)
    u, w = np.array([0.7, -0.3]), rng.standard_normal((2, 2))
    x = rng.standard_normal((200_000, 2))
    seen = ((x @ w.T) ** 2 @ u - ((x @ model.teacher) * x).sum(1)) ** 2
    border = rng.standard_normal((10_000, width)) * (np.arange(width) > 0)
    wall = float(model.loss(border, rng.standard_normal((10_000, width, 2))).min())
    rise = way_out(model, width).rise(lambda now: float(model.loss(now[1][0], now[0])), 51)
    return Evidence(
        (
            Check(
                "loss by simulation, 4 standard errors",
                seen.mean(),
                float(model.loss(u, w)),
                Z * seen.std() / len(seen) ** 0.5,
            ),
            Check("least loss, u < 0", best_of_sign(model, -1, 1, seed), levels.negative, ROUNDING),
            Check("least loss, u > 0", best_of_sign(model, 1, 1, seed), levels.positive, ROUNDING),
            Check("least loss where u_1 = 0", wall, levels.zero, 1e-12),
            Check(
                "rise of a path out of the valley", rise, levels.zero - levels.negative, ROUNDING
            ),
        )
    )


@claim(
    "poor-minimum-at-q-plus-one",
    source="venturi2019spurious",
    breaks={
        "one neuron has changed its sign": dict(turned=True),
        "a box that reaches past zero": dict(box=1.6),
    },
)
def poor_minimum_at_q_plus_one(
    *, box: float = 1.0, turned: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $x\sim\mathcal N(0, I_2)$, $\rho(z) = z^2$, $f^*(x) = ax_1^2 - bx_2^2$ with
    $0<b<a<3b$, $E = \mathbb E(f - f^*)^2$. Let $p$ be any width, $u_j = -1$ for all $j$,
    $w_1 = \sqrt{(3b-a)/3}\,e_2$ and $w_j = 0$ otherwise. Then $E\ge\frac83a^2$, with equality
    here, on the whole set $\{|u_j + 1|<1\}$: a poor local minimum, although for $p\ge4$ every
    $\{E\le v\}$ is path-connected. For $p\ge2$ a path leads from it to a global minimum along
    which $E$ does not increase.
    """
    model, rng = Planar(), np.random.default_rng(seed)
    level = model.levels.negative
    lowest = {p: _lowest(model, p, box, turned, rng) for p in (4, 6)}
    u, w = _poor(model, 4, turned)
    flat = max(float(np.abs(part).max()) for part in model.gradient(u, w))
    curvature = np.linalg.eigvalsh(model.hessian(u, w))[0]
    path = escape(model, 4)
    joined = connect([w, u[None]], [path.end[1], path.end[0][None]], model.family())
    seen = joined.values(lambda now: float(model.loss(now[1][0], now[0])), 11)[1]
    rise = path.rise(lambda now: float(model.loss(*now)), 101)
    return Evidence(
        (
            Check("gradient", flat, 0, 1e-12),
            Check("least eigenvalue of the Hessian", curvature, 0, 1e-12, ">="),
            *(
                Check(f"p = {p}: least loss in the box", low, level, 1e-12, ">=")
                for p, low in lowest.items()
            ),
            Check("rise on the way out", rise, 0, 1e-12),
            Check("loss at its end", float(model.loss(*path.end)), 0, 1e-12),
            Check("most above the ends, joined in one piece", seen.max() - seen[0], 0, ROUNDING),
        )
    )


def _poor(model: Planar, p: int, turned: bool) -> tuple[np.ndarray, np.ndarray]:
    """The poor point, or the place at the end of the flat leg out of it."""
    u, w = model.poor_point(p)
    return np.where((np.arange(p) == 1) & turned, 1.0, u), w


def _lowest(model: Planar, p: int, box: float, turned: bool, rng: np.random.Generator) -> float:
    """The least loss at 40,000 places around the poor point: steps of every size, in the box."""
    u, w = _poor(model, p, turned)
    size = 10.0 ** rng.uniform(-4, 0, (40_000, 1))
    U = u + box * np.clip(size * rng.standard_normal((40_000, p)), -1, 1)
    W = w + size[..., None] * rng.standard_normal((40_000, p, 2))
    return float(model.loss(U, W).min())


WIDTHS = (1, 2, 3, 4, 6)
RUNS = 400
DRIFT = 1e-2
"""Far above the error of the steps of Runge and Kutta (6e-4), far below what turns a sign (1)."""


@claim(
    "signs-freeze",
    source="du2018algorithmic",
    breaks={
        "first layers that are too large": dict(ratio=1.3, step=0.01),
        "a teacher of one sign": dict(b=-0.8),
    },
)
def signs_freeze(
    *, ratio: float | None = None, b: float = 0.8, step: float = 0.04, seed: int = 0
) -> Evidence:
    r"""Let $x\sim\mathcal N(0, I_2)$, $\rho(z) = z^2$, $f^*(x) = ax_1^2 - bx_2^2$ with
    $0<b<a<3b$, $E = \mathbb E(f - f^*)^2$. Gradient flow keeps $u_j^2 - \frac12|w_j|^2$. If this
    is positive for every $j$ at the start, no $u_j$ ever changes its sign; if all $u_j$ have one
    sign, $E\ge\frac83b^2 > 0$ for ever. So, for $p\ge2$, where the minimum is 0, if the signs are
    independent and fair, the flow fails to reach it with probability at least $2^{1-p}$.
    """
    model, checks, data = Planar(b=b), [], {}
    turns, drift, low = 0, 0.0, np.inf
    for p in WIDTHS:
        u, w = starts(p, RUNS, ratio, seed)
        U, W = flow(model, u, w, step=step)
        loss = model.loss(U, W)
        failed = loss > 1e-6
        one = (u > 0).all(1) | (u < 0).all(1)
        before = invariants(u, w)
        turns += int((np.sign(u) != np.sign(U)).sum())
        drift = max(drift, float(np.abs(invariants(U, W) - before).max() / np.abs(before).min()))
        low = min(low, float(loss[one].min(initial=np.inf)))
        what = f"p = {p}: of {one.sum()} one-signed runs, how many reach E = 0"
        checks.append(Check(what, int((one & ~failed).sum()), 0, 0))
        data[p] = (float(failed.mean()), int((failed != one).sum()), loss)
    level = Planar().levels.positive
    return Evidence(
        (
            *checks,
            Check("output weights that changed their sign", turns, 0, 0),
            Check("drift of the invariant, in units of the least", drift, 0, DRIFT),
            Check("least final loss of one-signed networks", low, level, 1e-6, ">="),
        ),
        data,
    )
