"""Two-layer networks and the dimension that their neurons span: ways down and ways across."""

from collections.abc import Callable

import numpy as np

from dlmath.landscapes.neuron_moves import Walk
from dlmath.landscapes.paths import Path, Weights, straight
from dlmath.landscapes.two_layer_networks import (
    Family,
    basis_form,
    connect,
    descent_path,
    outputs_for,
    power_dimension,
)
from dlmath.ledger import Check, Evidence, claim

KINDS = ("linear", "quadratic", "ReLU", "tanh")
ROUNDING = 1e-9
"""Far above the rounding seen on these paths (1e-12), far below the loss (about 1)."""


def relu(z: np.ndarray) -> np.ndarray:
    """The positive part."""
    return np.maximum(z, 0)


def with_ones(X: np.ndarray) -> np.ndarray:
    """The data with a row of ones below: biases for the neurons."""
    return np.vstack([X, np.ones(X.shape[1])])


def family(kind: str, rng: np.random.Generator) -> tuple[Family, int]:
    """A family on random data, and the dimension that the theorem predicts for it."""
    if kind in ("ReLU", "tanh"):
        N = 5
        rho = relu if kind == "ReLU" else np.tanh
        X = with_ones(rng.standard_normal((2, N)))
        return Family(X, rho, 2 * rng.standard_normal((200, 3))), N
    n, k = {"linear": (4, 1), "quadratic": (3, 2), "cubic": (3, 3)}[kind]
    X = rng.standard_normal((n, 30))
    if kind == "cubic":
        X = with_ones(X[:2])
    return Family(X, lambda z: z**k, rng.standard_normal((80, n))), power_dimension(n, k)


@claim(
    "intrinsic-dimension",
    source="venturi2019spurious",
    breaks={
        "squares on data on three axes": dict(data="axes"),
        "squares on four examples": dict(data="few"),
    },
)
def intrinsic_dimension(*, data: str = "generic", seed: int = 0) -> Evidence:
    r"""Let $q$ be the dimension of the span of all neurons $\rho(\langle w, x\rangle)$ on $N$
    examples in $\mathbb R^n$. Then $q\le N$. For $\rho(z) = z^k$,
    $q\le\binom{n+k-1}k$, with equality if and only if no form of degree $k$ other than 0 vanishes
    on the examples. For ReLU neurons with biases and $N$ different examples, $q = N$.
    """
    rng = np.random.default_rng(seed)
    found = [(kind, *family(kind, rng)) for kind in (*KINDS, "cubic")]
    if data != "generic":
        special = np.repeat(np.eye(3), 10, 1) * rng.standard_normal(30)
        X = special if data == "axes" else rng.standard_normal((3, 4))
        found[1] = ("quadratic", Family(X, np.square, rng.standard_normal((80, 3))), 6)
    sure = min(f.gap for _, f, _ in found)
    return Evidence(
        (
            *(Check(f"dimension, {kind}", f.dimension, q, 0) for kind, f, q in found),
            Check("least gap after singular value q, factor", min(sure, 1e99), 1e5, 0, ">="),
        )
    )


def square(Y: np.ndarray) -> Callable[[np.ndarray], float]:
    """The square loss."""
    return lambda f: float(((f - Y) ** 2).mean())


def robust(Y: np.ndarray) -> Callable[[np.ndarray], float]:
    """Another convex loss: the mean of log cosh."""
    return lambda f: float((np.logaddexp(f - Y, Y - f) - np.log(2)).mean())


def start(kind: int, p: int, n: int, rng: np.random.Generator) -> Weights:
    """Weights to start from: generic, all neurons equal, no output, or all weights zero."""
    W, U = rng.standard_normal((p, n)), rng.standard_normal((2, p))
    if kind == 1:
        W = np.repeat(W[:1], p, 0)
    return [W * (kind != 3), U * (kind < 2)]


def _short(weights: Weights, f: Family, best: np.ndarray) -> Path:
    """The way down of a network that is too narrow: as far as its neurons reach."""
    walk = Walk(weights)
    chosen = basis_form(f, walk)
    walk.share(outputs_for(f, walk.W, chosen, best), "descend")
    return walk.path()


@claim(
    "width-q-has-a-way-down",
    source="venturi2019spurious",
    breaks={
        "one neuron fewer": dict(spare=-1),
        "weight decay in the loss": dict(decay=0.1),
    },
)
def width_q_has_a_way_down(*, spare: int = 0, decay: float = 0.0, seed: int = 0) -> Evidence:
    r"""Let $q < \infty$ be the dimension of $V$, the span of the neurons, and $E = L(f)$ with $L$
    convex on $V^m$ and its minimum attained. If $p\ge q$, then from every $(W, U)$ there is a
    continuous path to a global minimum along which $E$ does not increase.
    """
    rng = np.random.default_rng(seed)
    rise, off = {"square": 0.0, "log cosh": 0.0}, 0.0
    for kind in KINDS:
        f, q = family(kind, rng)
        for k in range(4):
            Y = rng.standard_normal((2, f.X.shape[1]))
            best = f.project(Y)
            begin = start(k, q + spare, len(f.X), rng)
            path = _short(begin, f, best) if spare < 0 else descent_path(begin, f, best)
            for name, loss in (("square", square(Y)), ("log cosh", robust(best))):

                def energy(now: Weights, loss=loss, f=f) -> float:
                    return loss(f.output(now)) + decay * sum(float((v**2).sum()) for v in now)

                rise[name] = max(rise[name], path.rise(energy, 11))
                least = loss(best)
                off = max(off, loss(f.output(path.end)) - least)
    return Evidence(
        (
            *(Check(f"largest rise on the way, {n}", r, 0, ROUNDING) for n, r in rise.items()),
            Check("loss at the end less the minimum", off, 0, ROUNDING),
        )
    )


@claim(
    "width-q-plus-one-is-connected",
    source="nguyen2021note",
    breaks={
        "the straight line in place of the path": dict(way="straight"),
        "a loss that is not convex": dict(convex=False),
    },
)
def width_q_plus_one_is_connected(
    *, way: str = "built", convex: bool = True, seed: int = 0
) -> Evidence:
    r"""Let $q = \dim V < \infty$ and $E = L(f)$ with $L$ convex on $V^m$. If $p\ge q+1$, then every
    $\{E\le u\}$ that is not empty is path-connected.
    """
    rng = np.random.default_rng(seed)
    over, missed, gap = {"square": 0.0, "absolute": 0.0}, 0.0, 0.0
    for kind in KINDS:
        f, q = family(kind, rng)
        Y = rng.standard_normal((2, f.X.shape[1]))
        losses = {"square": square(Y), "absolute": lambda g, Y=Y: float(np.abs(g - Y).mean())}
        if not convex:
            losses["square"] = lambda g, Y=Y: float(np.minimum((g - Y) ** 2, 0.1).mean())
        for k in range(4):
            ends = [start(k, q + 1, len(f.X), rng), _fitted(f, q + 1, Y, rng)]
            if k == 0:
                ends[0] = [ends[1][0][::-1], ends[1][1][:, ::-1]]  # the same neurons, reversed
            path = connect(ends[0], ends[1], f) if way == "built" else _line(ends[0], ends[1])
            gap = max(gap, path.gap)
            far = [np.abs(a - b).max() for a, b in zip(path.end, ends[1], strict=True)]
            missed = max(missed, *far)
            for name, loss in losses.items():
                _, seen = path.values(lambda now, loss=loss, f=f: loss(f.output(now)), 11)
                over[name] = max(over[name], float(seen.max() - max(seen[0], seen[-1])))
    return Evidence(
        (
            *(Check(f"most above the higher end, {n}", x, 0, ROUNDING) for n, x in over.items()),
            Check("gap between legs", gap, 0, 0),
            Check("distance of the end from the second network", missed, 0, 0),
        )
    )


def _fitted(f: Family, p: int, Y: np.ndarray, rng: np.random.Generator) -> Weights:
    """A network with random neurons and the output weights that fit best."""
    W = rng.standard_normal((p, len(f.X)))
    return [W, np.linalg.lstsq(f.features(W).T, Y.T, rcond=1e-9)[0].T]


def _line(first: Weights, second: Weights) -> Path:
    """The straight line between two networks."""
    return Path([straight("straight", first, second)])
