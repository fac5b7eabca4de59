"""Equilibria without a zero eigenvalue, with zeros from a symmetry, and losses without any."""

import numpy as np

from dlmath.claims.degenerate_minima import GAP
from dlmath.generalization.losses import LOSSES
from dlmath.landscapes.degenerate_minima import (
    balanced_targets,
    hessian,
    hessian_rank,
    interpolate,
)
from dlmath.landscapes.shallow import ACTIVATIONS, Network, Squares
from dlmath.ledger import Check, Evidence, claim

EPS = float(np.finfo(float).eps)


def crossing(net: Network, seed: int) -> np.ndarray:
    """Weights whose neurons, in turned directions, all have their kinks inside the square."""
    rng, turns = np.random.default_rng([seed, 29]), np.arange(net.width) / net.width
    angles = 2 * np.pi * (turns + rng.uniform())
    V = np.column_stack([np.cos(angles), np.sin(angles), rng.uniform(-0.3, 0.3, net.width)])
    U = rng.choice([-1, 1], net.width) * rng.uniform(0.5, 1.5, net.width)
    return np.concatenate([2 * V.reshape(-1), U, rng.standard_normal(1)])


def velocities(net: Network, theta: np.ndarray) -> np.ndarray:
    """For each neuron of a network on the plane, the velocity of its rescaling, one a row."""
    V, U, _ = net.split(theta)
    degree = ACTIVATIONS[net.activation].degree or 1
    moves, h = np.zeros((net.width, net.parameters)), net.width
    for j in range(h):
        moves[j, 3 * j : 3 * j + 3] = V[j]
        moves[j, 3 * h + j] = -degree * U[0, j]
    return moves


@claim(
    "equilibria-that-are-not-degenerate",
    source="baldi1989neural",
    breaks={
        "squares, and positive targets: a maximum": dict(sign=1.0),
        "more inputs than examples": dict(d=6),
    },
)
def equilibria_that_are_not_degenerate(
    *, sign: float = -1.0, d: int = 2, seed: int = 0
) -> Evidence:
    r"""1. $E(u,v) = (uv-1)^2$, with $p=2>n=1$: at the equilibrium $0$ the Hessian has the
    eigenvalues $\pm2$; at a minimum, $0$ and $2(u^2+v^2)$.
    2. Let $F_i(W) = \sum_{j\le k}\langle w_j, x_i\rangle^2$, $y_i = -1$, and let $X$ have rank $d$.
    The only global minimum of $E$ is $W=0$, there $H = \frac4n\,I_k\otimes X^\top X$ is positive
    definite, and $E(W)-1\ge\frac12\langle W, HW\rangle$; and $p = dk$ may be as large as we like.
    """

    def cross(u: float, v: float) -> np.ndarray:
        return np.array([[2 * v * v, 4 * u * v - 2], [4 * u * v - 2, 2 * u * u]])

    rng, n, k = np.random.default_rng(seed), 4, 3
    u = np.exp(rng.standard_normal())
    saddle, valley = np.linalg.eigvalsh(cross(0, 0)), np.linalg.eigvalsh(cross(u, 1 / u))
    X, targets = rng.standard_normal((n, d)), np.full(n, sign)
    model = Squares(X, k)
    origin = np.zeros(model.parameters)
    H = hessian(model, origin, targets)
    found = np.linalg.eigvalsh(H)
    squares = np.linalg.svd(X, compute_uv=False) ** 2
    predicted = np.sort(np.repeat(4 / n * squares, k))
    ratios = []
    for _ in range(200):
        W = rng.standard_normal(model.parameters) * np.exp(rng.uniform(-3, 1))
        rise = np.square(model(W) - targets).mean() - np.square(targets).mean()
        ratios.append(rise / (W @ H @ W / 2))
    share, rounding = found[0] / np.abs(found).max(), 1e-14 * max(found[-1], 1)
    apart = np.abs(found[-len(predicted) :] - predicted).max()
    top = 2 * (u * u + 1 / u**2)
    return Evidence(
        (
            Check("(uv-1)^2 at 0, lower eigenvalue", saddle[0], -2, 1e-15),
            Check("the same, upper one", saddle[1], 2, 1e-15),
            Check("at a minimum, lower one", valley[0], 0, 1e-14 * top),
            Check("at a minimum, upper one", valley[1], top, 1e-14 * top),
            Check("squares: eigenvalues less 4 s^2 / n", apart, 0, rounding),
            Check("squares: least eigenvalue at 0", found[0], predicted[0], rounding, ">="),
            Check("least eigenvalue over the largest size", share, 1e-9, 0, ">="),
            Check("rise over its quadratic bound, least", min(ratios), 1, 1e-9, ">="),
        ),
        {"p": model.parameters, "n": n, "eigenvalues": found},
    )


@claim(
    "symmetry-forces-zeros",
    source="kunin2021neural",
    breaks={
        "tanh, which does not rescale": dict(activations=("tanh",)),
        "a point that is no equilibrium": dict(balanced=False),
    },
)
def symmetry_forces_zeros(
    *,
    activations: tuple[str, ...] = ("relu", "cubed"),
    balanced: bool = True,
    seed: int = 0,
) -> Evidence:
    r"""Let $E$ be twice continuously differentiable near an equilibrium $\theta$, and let $g_s$ be
    smooth families of maps with $g_0$ the identity and $E(g_s\theta') = E(\theta')$ near $\theta$.
    Then $H$ vanishes on their velocities at $\theta$. For a network with $h$ neurons and an
    activation with $\rho(cz) = c^k\rho(z)$, $c>0$, the $h$ velocities $(v_j, -ku_j)$ are
    independent if no neuron is zero: the nullity at any equilibrium is at least $h$, whatever $n$
    and $p$ are. At a point with $F(\theta) = y$ they lie in $\ker J$.
    """
    n, width, checks = 60, 3, []
    X = np.random.default_rng([seed, 5]).uniform(-1, 1, (n, 2))
    for name in activations:
        net = Network(X, width, activation=name)
        theta = crossing(net, seed)
        y = balanced_targets(net, theta, 1e-3, seed)
        if not balanced:
            y = net(theta) - 1e-3 * np.random.default_rng(seed).standard_normal(n)
        H = hessian(net, theta, y)
        found = hessian_rank(H)
        moves = velocities(net, theta)
        bent = np.abs(moves @ H).max() / np.abs(H).max()
        rounding = net.parameters * 2.3e-16 * np.abs(moves).max()
        few = Network(X[:8], 12, activation=name)
        at = few.start(seed)
        turns = velocities(few, at)
        tilt = np.abs(turns @ few.jacobian(at).T).max()
        scale = few.parameters * np.abs(turns).max() * np.abs(few.jacobian(at)).max()
        checks += [
            Check(f"nullity, {name}, n = {n}, p = {net.parameters}", found.nullity, width, 0, ">="),
            Check(f"H on the velocities over |H|, {name}", bent, 0, 100 * rounding),
            Check(
                f"least eigenvalue counted, {name}", found.values[: found.rank].min(), 0, 0, ">="
            ),
            Check(f"gap, {name}", found.gap, GAP, 0, ">="),
            Check(f"at a fit, J on the velocities, {name}", tilt, 0, EPS * scale),
        ]
    return Evidence(tuple(checks))


@claim(
    "no-equilibrium-of-a-right-network",
    source="lyu2020gradient",
    breaks={
        "a bias at the output: no longer homogeneous": dict(offset=True),
        "every label turned after the fit": dict(turned=True),
    },
)
def no_equilibrium_of_a_right_network(
    *, offset: bool = False, turned: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $f(x;c\theta) = c^Lf(x;\theta)$ for $c>0$, $L\ge1$, $f$ differentiable at $\theta$,
    $q_i = y_if(x_i;\theta)$ and $\mathcal L = \sum_i\ell(q_i)$ with $\ell'<0$. Then
    $\langle\theta,\nabla\mathcal L\rangle = L\sum_i\ell'(q_i)q_i$. If all $q_i>0$ this is negative,
    so that $\theta$ is no equilibrium, and $\|\theta\|\|\nabla\mathcal L\|\ge
    L\sum_i|\ell'(q_i)|q_i$. If $L\ge2$ and $f$ is
    differentiable at $0$, then $\theta=0$ is one.
    """
    logistic, rng = LOSSES["logistic"], np.random.default_rng([seed, 7])
    net = Network(rng.standard_normal((12, 2)), 20, activation="relu", offset=offset)
    y, checks = rng.choice([-1.0, 1.0], 12), []
    off, products, shares = [], [], []
    for k in range(5):
        theta = interpolate(net, y, net.start(seed + 50 * k), stop=0.3).theta
        labels = -y if turned else y
        q = labels * net(theta)
        force = (logistic.slope(q) * labels) @ net.jacobian(theta)
        along, predicted = theta @ force, 2 * float((logistic.slope(q) * q).sum())
        products.append(along)
        off.append(abs(along / predicted - 1))
        shares.append(np.linalg.norm(theta) * np.linalg.norm(force) / abs(predicted))
    zero = (logistic.slope(0 * y) * y) @ net.jacobian(np.zeros(net.parameters))
    checks = [
        Check("relative error of Euler's identity", max(off), 0, 1e-12),
        Check("largest <theta, gradient>", max(products), 0, 0, "<="),
        Check("gradient over its bound, least", min(shares), 1, 1e-12, ">="),
        Check("gradient at zero weights", float(np.linalg.norm(zero)), 0, 0),
    ]
    return Evidence(tuple(checks))
