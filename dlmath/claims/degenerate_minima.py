"""The Hessian at a fit and near one: how many of its eigenvalues are zero, and how nearly."""

import numpy as np

from dlmath.landscapes.degenerate_minima import (
    hessian,
    hessian_rank,
    interpolate,
    kernel,
    small_eigenvalues,
    to_zero_set,
    walk,
)
from dlmath.landscapes.shallow import Network
from dlmath.ledger import Check, Evidence, claim

SHAPES = ((10, 10, 1), (20, 10, 1), (20, 20, 1), (30, 25, 1), (8, 12, 2))
"""Examples, hidden neurons and outputs of the networks that are fitted."""
GAP = 1e8


def random_task(
    n: int, width: int, outputs: int, seed: int, kind: type = np.float64
) -> tuple[Network, np.ndarray]:
    """A tanh network on n normal points of the plane, and normal targets."""
    rng = np.random.default_rng([seed, n, width])
    net = Network(rng.standard_normal((n, 2)).astype(kind), width, outputs)
    return net, rng.standard_normal(n * outputs).astype(kind)


@claim(
    "hessian-at-interpolation",
    source="cooper2018loss",
    breaks={
        "a fit that stops at a residual of one thousandth": dict(stop=1e-3),
        "examples counted, and not outputs": dict(count="examples"),
        "single precision": dict(precision="float32"),
    },
)
def hessian_at_interpolation(
    *, stop: float = 1e-13, count: str = "outputs", precision: str = "float64", seed: int = 0
) -> Evidence:
    r"""Let $F:\mathbb R^p\to\mathbb R^N$ be twice continuously differentiable, $N = nm$,
    $E(\theta) = \frac1n\|F(\theta)-y\|^2$ and $F(\theta) = y$. Then the Hessian is
    $H = \frac2nJ^\top J$, its positive eigenvalues are $\frac2n\sigma_k(J)^2$, its kernel is
    $\ker J$, and its nullity is $p - \operatorname{rank}J\ge p-N$, with equality if and only if $J$
    is onto. In that case the zero set of $E$ near $\theta$ is a manifold of dimension $p-N$ whose
    tangent space at $\theta$ is $\ker H$.
    """
    checks, gaps, off, spectra = [], [], [], []
    for n, width, outputs in SHAPES:
        net, y = random_task(n, width, outputs, seed, np.dtype(precision).type)
        theta = interpolate(net, y, net.start(seed), stop=stop).theta
        found = hessian_rank(hessian(net, theta, y))
        squares = np.linalg.svd(net.jacobian(theta), compute_uv=False) ** 2
        p, N = net.parameters, net.targets
        lost = n if count == "examples" else N
        checks.append(
            Check(f"nullity, n = {n}, m = {outputs}, p = {p}", found.nullity, p - lost, 0)
        )
        gaps.append(found.gap)
        predicted = np.append(2 / n * squares, np.zeros(p - N))
        apart = np.abs(np.abs(found.values) - predicted).max()
        # rounding of p terms in each entry; the residual that is left, times second derivatives
        left = 2 / n * np.linalg.norm(net.bend(theta, net(theta) - y), 2)
        off.append(apart / (p * 2.3e-16 * predicted[0] + left))
        spectra.append(np.abs(found.values))
    checks += [
        Check("least gap behind the last one counted", min(gaps), GAP, 0, ">="),
        Check("distance from 2 s^2 / n, over rounding", max(off), 1, 0, "<="),
    ]
    return Evidence(tuple(checks), {"spectra": spectra})


@claim(
    "zero-set-is-a-manifold",
    source="cooper2018loss",
    breaks={
        "labels that are a critical value": dict(singular=True),
        "one neuron: four weights, three labels that rise and fall": dict(narrow=True),
    },
)
def zero_set_is_a_manifold(
    *, singular: bool = False, narrow: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $F:\mathbb R^p\to\mathbb R^N$ be smooth and $p\ge N$. For almost every $y$ the set
    $\{F=y\}$ is empty or a manifold of dimension $p-N$, and at each of its points the Hessian of
    $E$ has rank $N$. Let $F$ be a network with one hidden layer of $h\ge n$ neurons with biases,
    a smooth activation that is no polynomial, and $n$ distinct examples. Then the set is not empty,
    for any $y$.
    """
    n, width = (3, 1) if narrow else (12, 12)
    net, y = random_task(n, width, 1, seed)
    if narrow:
        net, y = Network(np.array([[-1.0], [0.0], [1.0]]), 1), np.array([0.0, 1.0, 0.0])
    fits = [interpolate(net, y, net.start(seed + 100 * k), steps=200) for k in range(4)]
    theta = min(fits, key=lambda fit: fit.residual).theta
    if singular:
        theta, y = np.zeros(net.parameters), np.zeros(n)
    checks = [Check("least residual of four fits", float(np.linalg.norm(net(theta) - y)), 0, 1e-12)]
    if not checks[0].ok:
        return Evidence(tuple(checks))
    p, N = net.parameters, net.targets
    length, moves = 1e-3, []
    for v in kernel(net.jacobian(theta)).T:
        moves.append(to_zero_set(net, y, theta + length * v) - theta)
    free = (np.linalg.svd(np.array(moves), compute_uv=False) > length / 2).sum()
    path = walk(net, y, theta, 40, 0.05)
    ranks = [hessian_rank(hessian(net, at, y)) for at in path[::4]]
    worst = max(float(np.square(net(at) - y).mean()) for at in path)
    wrong = max(abs(found.nullity - (p - N)) for found in ranks)
    far = float(np.linalg.norm(path[-1] - path[0]))
    return Evidence(
        (
            *checks,
            Check("independent moves that stay at E = 0, of p - N", free, p - N, 0, ">="),
            Check("largest loss on a walk of 40 steps", worst, 0, 1e-24),
            Check("how far the walk leads", far, 1, 0, ">="),
            Check("nullity less p - N along it, largest", wrong, 0, 0),
            Check("least gap along it", min(found.gap for found in ranks), GAP, 0, ">="),
        ),
        {"path": path},
    )


@claim(
    "almost-interpolation",
    source="lawson1995solving",
    breaks={
        "zeros predicted, as at a fit": dict(order=0),
        "second derivatives not restricted to the kernel": dict(projected=False),
        "single precision, residuals down to 1e-9": dict(precision="float32"),
    },
)
def almost_interpolation(
    *, order: int = 1, projected: bool = True, precision: str = "float64", seed: int = 0
) -> Evidence:
    r"""Let $r = F(\theta)-y$, $B = \sum_ir_i\nabla^2F_i$, let $J$ have rank $N$ with smallest
    singular value $\sigma$, and $2\|B\|<\sigma^2$. Then $N$ eigenvalues of $H$ are at least
    $\frac2n(\sigma^2-\|B\|)$. The other $p-N$, in order, are at most the eigenvalues of
    $\frac2nPBP$ on $\ker J$, $P$ the projector onto it, and less by at most
    $\frac2n\|B\|^2/(\sigma^2-2\|B\|)$; so they are of the order of the residual, or less.
    """
    net, y = random_task(20, 20, 1, seed)
    theta = interpolate(net, y, net.start(seed)).theta
    rng = np.random.default_rng([seed, 3])
    direction = rng.standard_normal(len(y))
    direction /= np.linalg.norm(direction)
    used = Network(net.X.astype(precision), net.width)
    checks, data = [], {}
    for size in (1e-5, 1e-7, 1e-9):
        target = y - size * direction
        guess, slack = small_eigenvalues(net, theta, target, projected=projected)
        H = hessian(used, theta.astype(precision), target.astype(precision))
        values = np.linalg.eigvalsh(H)
        small = np.sort(values[np.argsort(np.abs(values))[: net.parameters - net.targets]])
        wanted = np.sort(guess[np.argsort(np.abs(guess))[-len(small) :]]) if order else 0 * small
        rounding = net.parameters * 2.3e-16 * values[-1]
        worst = np.abs(small - wanted).max()
        what = f"small ones less those of P B P, |r| = {size:g}"
        checks.append(Check(what, worst / size, 0, (slack + rounding) / size))
        over = (small - wanted).max()
        checks.append(Check(f"largest excess over P B P, |r| = {size:g}", over, 0, rounding, "<="))
        data[size] = (small, wanted)
    return Evidence(tuple(checks), data)
