"""The theorems on what two-layer ReLU networks can separate, and by how much.

What gradient descent does to them stands in ``networks_separate_descent``.
"""

from math import sqrt

import numpy as np
import torch

from dlmath.generalization.homogeneous import descend, networks, scores
from dlmath.generalization.networks_separate import (
    CENTRES,
    largest_response,
    layer_margin,
    normalised_margin,
    rings,
    variation_margin_lp,
    with_constant,
    xor,
)
from dlmath.generalization.separable_data import vanishing_combination
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-9
PROGRAMME = 1e-7
"""What the linear programmes are solved to."""


@claim(
    "rays-never-separate",
    source="zhang2017understanding",
    breaks={
        "angles of their own for each circle": dict(paired=False),
        "a constant feature": dict(constant=True),
    },
)
def rays_never_separate(*, paired: bool = True, constant: bool = False, seed: int = 0) -> Evidence:
    r"""Let $f(\cdot;\theta)$ be a ReLU network without biases, of any depth and widths. Then
    $f(cx;\theta) = c\,f(x;\theta)$ for $c > 0$. So if the data contain $x$ with label $1$ and
    $cx$ with label $-1$, no $\theta$ has $y_if(x_i;\theta) > 0$ for every $i$; and if the data
    consist of such pairs, every $\theta$ is right on at most half of the examples.
    """
    X, y = rings(20, seed, paired=paired)
    X = with_constant(X) if constant else X
    rng = np.random.default_rng([seed, 1])
    margins = [layer_margin(X, y, rng.standard_normal((q, X.shape[1])))[0] for q in (50, 1000)]
    deep = networks([X.shape[1], 30, 30, 30, 1], range(50 * seed, 50 * seed + 50))
    points = torch.as_tensor(X)
    once, thrice = deep(points), deep(3 * points)
    rising = float(((thrice - 3 * once).abs() / once.abs().max()).max())
    right = scores(deep, points, torch.as_tensor(y)).gt(0).double().mean(1)
    return Evidence(
        (
            Check("margin of the best output layer on 50 random neurons", margins[0], 0, PROGRAMME),
            Check(
                "margin of the best output layer on 1000 random neurons", margins[1], 0, PROGRAMME
            ),
            Check("f(3x) less 3 f(x), 50 networks of 4 layers", rising, 0, ROUNDING),
            Check("share of examples right, best of these", float(right.max()), 0.5, 0, "<="),
        )
    )


def trained(X: np.ndarray, y: np.ndarray, q: int, seeds: range) -> np.ndarray:
    """Which networks of q neurons fit the data after gradient descent on the logistic loss."""
    model = networks([X.shape[1], q, 1], seeds)
    run = descend(model, X, y, 600, step=0.03, loss="logistic", record_at=[600])
    return run.least[-1] > 0


@claim(
    "four-neurons",
    source="minsky1969perceptrons",
    breaks={
        "a constant feature": dict(constant=True),
        "without one of the four clouds": dict(clouds=3),
    },
)
def four_neurons(*, constant: bool = False, clouds: int = 4, seed: int = 0) -> Evidence:
    r"""Let the convex hull of the examples with label $1$ contain the origin, and that of the
    examples with label $-1$ too. Then every ReLU network $f(x) = \sum_{j\le q}a_j
    (\langle w_j, x\rangle)_+$ with $y_if(x_i) > 0$ for every $i$ has $q \ge 4$: at least two
    neurons with $a_j > 0$ and two with $a_j < 0$. If $x_1x_2 > 0$ on the examples with
    label $1$ and $x_1x_2 < 0$ on those with label $-1$, four suffice.
    """
    X, y = xor(40, seed)
    X, y = X[np.arange(40) % 4 < clouds], y[np.arange(40) % 4 < clouds]
    four = np.abs(X @ [1.0, 1.0]) - np.abs(X @ [1.0, -1.0])
    X = with_constant(X) if constant else X
    hulls = [vanishing_combination(X[y == label]) for label in (1, -1)]
    apart = sum(p is None for p in hulls)
    fitting = trained(X, y, 3, range(40 * seed, 40 * seed + 40)).mean()
    return Evidence(
        (
            Check("classes whose hull misses the origin", apart, 0, 0),
            Check("share of 40 runs that fit, three neurons", fitting, 0, 0),
            Check("least score of |x1 + x2| - |x1 - x2|", (y * four).min(), 0, 0, ">="),
        )
    )


@claim(
    "variation-margin",
    source="chizat2020implicit",
    breaks={
        "equal weights on the examples": dict(weights="equal"),
        "the spectral norm of the first layer": dict(norm="spectral"),
    },
)
def variation_margin(*, weights: str = "dual", norm: str = "Frobenius", seed: int = 0) -> Evidence:
    r"""For examples $x_i$ with labels $y_i = \pm1$, $i \le n$, let $\gamma_*$ be the supremum of
    $\min_iy_if(x_i)/(\|W_1\|_F\|W_2\|_F)$ over the networks $f(x) = W_2(W_1x)_+$ of every width,
    and suppose that some network separates. Then
    $$\gamma_* = \min_p\max_{\|v\|=1}|R_p(v)| ,$$
    with $R_p(v) = \sum_ip_iy_i(\langle x_i,v\rangle)_+$ and the minimum over all $p\ge0$ with
    $\sum_ip_i = 1$; and some network with at most $n$ neurons attains $\gamma_*$. For the corners
    $\pm(1,1)$ against $\pm(1,-1)$, $\gamma_* = \sqrt2/4$.
    """
    rng = np.random.default_rng([seed, 2])
    gaps, attained, beaten, sizes, missed = [], [], [], [], []
    for X, y in (xor(20, seed), (with_constant(rings(20, seed)[0]), rings(20, seed)[1])):
        found = variation_margin_lp(X, y)
        p = found.p if weights == "dual" else np.full(len(y), 1 / len(y))
        bound, _ = largest_response(X, p * y)
        W, a = found.layers()
        gaps.append(bound / found.margin - 1)
        attained.append(normalised_margin(W, a, X, y) / found.margin)
        sizes.append(len(a) - len(y))
        U = rng.standard_normal((20_000, X.shape[1]))
        U /= np.linalg.norm(U, axis=1)[:, None]
        missed.append(np.abs(np.maximum(U @ X.T, 0) @ (p * y)).max() - bound)
        model = networks([X.shape[1], 20, 1], range(10))
        run = descend(model, X, y, 800, step=0.02, growth=0.3, record_at=[800])
        first = next(iter(model.params.values()))
        ratio = (
            torch.linalg.matrix_norm(first) / torch.linalg.matrix_norm(first, 2)
            if norm == "spectral"
            else torch.ones(10)
        )
        beaten.append(np.max(run.normalised[-1] * ratio.numpy()) / bound)
    corners = variation_margin_lp(CENTRES, np.array([1.0, -1.0, 1.0, -1.0]))
    return Evidence(
        (
            Check("certificate over the margin, less 1", max(gaps), 0, 1e-6),
            Check("margin of its network, balanced, over the margin", min(attained), 1, 1e-6),
            Check("its neurons less n, larger of two", max(sizes), 0, 0, "<="),
            Check("20,000 random neurons less the certificate", max(missed), 0, ROUNDING, "<="),
            Check("best of 10 trained networks over the certificate", max(beaten), 1, 1e-6, "<="),
            Check("four corners, by hand", corners.margin, sqrt(2) / 4, ROUNDING),
        )
    )
