"""The theorems of the chapter on depth separation, measured: parity, and bumps in the plane."""

import numpy as np

from dlmath.approximation.parity import (
    bits,
    deep_parity,
    depth_three_parity,
    largest_implicant,
    majority,
    parity,
    shallow_parity,
)
from dlmath.approximation.piecewise_linear import Network
from dlmath.approximation.splines import (
    Ridges,
    bump_network,
    corners,
    cubic_bump,
    difference,
    least_distance,
    steps_along_level_lines,
)
from dlmath.ledger import Check, Evidence, claim


@claim(
    "parity-constant-depth",
    source="hastad1987computational",
    breaks={
        "majority in place of parity": dict(function="majority"),
        "a clause of the circuit left out": dict(left_out=1),
    },
)
def parity_constant_depth(*, n: int = 8, function: str = "parity", left_out: int = 0) -> Evidence:
    r"""An OR of ANDs of the bits and their negations that computes the parity of $n$ bits has at
    least $2^{n-1}$ ANDs, hence $2^{n-1} + 1$ gates, and that many suffice. For $n = q^2$ a circuit
    of depth 3 computes it with $2q\,2^{q-1} + 2^{q-1} + 1$ gates.
    """
    f = {"parity": parity, "majority": majority}[function]
    largest = largest_implicant(f, n)
    ones = int(f(bits(n)).sum())
    circuit, X = depth_three_parity(16), bits(16)
    if left_out:
        kept = tuple(term[left_out:] for term in circuit.terms)
        circuit = type(circuit)(circuit.clauses, kept)
    return Evidence(
        (
            Check(f"inputs that one AND can cover, n = {n}", largest, 1, 0),
            Check(f"so ANDs at least, n = {n}", ones / largest, 2 ** (n - 1), 0),
            Check("gates of the circuit of depth 3, n = 16", circuit.gates, 73, 0),
            Check("its mistakes on all inputs", (circuit(X) != parity(X)).sum(), 0, 0),
        )
    )


@claim(
    "parity-shallow-relu",
    source="hajnal1993threshold",
    breaks={
        "one unit fewer": dict(units=15),
        "one fold fewer": dict(missing=1),
    },
)
def parity_shallow_relu(*, n: int = 16, units: int | None = None, missing: int = 0) -> Evidence:
    r"""For every $n$ one hidden layer of $n$ ReLUs computes the parity of $n$ bits exactly. For
    $n = 2^k$ so do $k$ hidden layers of two ReLUs.
    """
    X = bits(n)
    flat, deep = shallow_parity(n, units), deep_parity(n)
    deep = Network(deep.hidden[: len(deep.hidden) - missing], deep.output)
    wrong = [np.abs(net.values(X) - parity(X)).max() for net in (flat, deep)]
    return Evidence(
        (
            Check(f"largest error of one layer of {flat.units} units", wrong[0], 0, 0),
            Check(f"largest error of {len(deep.widths)} layers of two units", wrong[1], 0, 0),
        )
    )


@claim(
    "no-local-bump",
    source="chui1994neural",
    breaks={
        "one dimension: no direction is perpendicular": dict(dimension=1),
        "steps that do not follow the level lines": dict(tilt=0.3),
        "steps shorter than the bump is wide": dict(shortest=0.4),
    },
)
def no_local_bump(
    *,
    units: int = 6,
    dimension: int = 2,
    tilt: float = 0.0,
    shortest: float = 6.0,
    seed: int = 0,
) -> Evidence:
    r"""Let $d \ge 2$, let $f : \mathbb R^d \to \mathbb R$ vanish outside a ball, and let $g(x) =
    \sum_{i \le m} \rho_i(\langle w_i, x\rangle)$ with any functions $\rho_i$ and vectors $w_i$.
    Then $\sup |f - g| \ge 2^{-m} \sup |f|$. So no network with one hidden layer is a bump. With
    $(t)_+^2$ and strict layers, 62 units in three hidden layers for $d = 2$, and 99 in four for
    $d = 3$, are exactly a tensor product of cubic B-splines.
    """
    rng = np.random.default_rng(seed)
    W, b, c = (rng.standard_normal(shape) for shape in ((units, 2), units, units))
    steps = steps_along_level_lines(W, shortest, tilt)[:, :dimension]
    top, weights = np.full(dimension, 2.0), W[:, :dimension]
    height = float(cubic_bump(top))
    points, _ = corners(top, steps)
    least = least_distance(cubic_bump(points), points @ weights.T)
    ridges = Ridges(weights, b, c)
    killed, kept = difference(ridges, top, steps), difference(cubic_bump, top, steps)
    X = rng.uniform(-1, 5, (4000, 3))
    exact, flat = bump_network(3), bump_network(2)
    errors = exact(X) - cubic_bump(X), flat(X[:, :2]) - cubic_bump(X[:, :2])
    rounding = 2**units * np.abs(c).sum() * 1e-15 * np.abs(points).max()
    return Evidence(
        (
            Check(f"difference of a network, {units} units", killed, 0, rounding),
            Check("difference of the bump over its height", kept / height, 1, 1e-12),
            Check(
                "least distance at the corners over the bound", least / height * 2**units, 1, 1e-9
            ),
            Check(
                "distance of the deep networks from the splines", np.max(np.abs(errors)), 0, 1e-11
            ),
            Check("units of the deep network, d = 2", flat.units, 62, 0),
            Check("units of the deep network, d = 3", exact.units, 99, 0),
        )
    )
