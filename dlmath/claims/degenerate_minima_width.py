"""What a trained last layer does: it makes minima degenerate, and fits of equilibria."""

import numpy as np

from dlmath.claims.degenerate_minima import random_task
from dlmath.landscapes.degenerate_minima import (
    balanced_targets,
    gradient,
    hessian,
    hessian_rank,
    interpolate,
)
from dlmath.landscapes.shallow import Network, idle_moves
from dlmath.ledger import Check, Evidence, claim

ROUNDING = 1e-13
"""Of an eigenvalue relative to the largest: the number of weights times the unit of rounding, with
a factor of ten to spare."""

Place = tuple[Network, np.ndarray, np.ndarray]
"""A network, weights, and targets for which they are an equilibrium."""


def copies(net: Network, seed: int, kinds: int = 1) -> np.ndarray:
    """Weights whose hidden neurons are copies of the first few."""
    V, U, c = net.split(net.start(seed))
    alike = V[np.arange(net.width) % kinds]
    return np.concatenate([alike.reshape(-1), U.reshape(-1), c])


def sharp(seed: int, outputs: int = 1) -> Place:
    """More neurons than examples, and a minimum that is no fit: F >= 0 nearby, and targets < 0."""
    rng = np.random.default_rng([seed, 31])
    X = rng.standard_normal((4, 2))
    net = Network(X, 6, outputs, activation="logcosh", offset=False)
    theta = np.concatenate([np.zeros(18), rng.uniform(0.5, 1.5, 6 * outputs)])
    return net, theta, -rng.uniform(0.5, 1.5, net.targets)


def repeated(seed: int, kinds: int, silent: int = 0) -> Place:
    """Ten neurons for ten examples, copies of a few; some with an output weight of zero."""
    net, _ = random_task(10, 10, 1, seed)
    theta = copies(net, seed, kinds)
    theta[30 : 30 + silent] = 0
    return net, theta, balanced_targets(net, theta, 1.0, seed)


def _places(seed: int, bare: bool) -> dict[str, Place]:
    if bare:
        net = Network(np.ones((1, 1)), 5, offset=False)
        return {"all weights zero": (net, np.zeros(15), np.ones(1))}
    return {
        "a minimum": sharp(seed),
        "a minimum, two outputs": sharp(seed, 2),
        "neurons all alike": repeated(seed, 1),
        "neurons of two kinds": repeated(seed, 2),
        "two kinds, four silent": repeated(seed, 2, 4),
    }


def _signs(m: int, seed: int) -> Check:
    """Count what is not positive at random weights of twenty neurons on ten examples."""
    net, y = random_task(10, 20, m, seed)
    values = np.linalg.eigvalsh(hessian(net, net.start(seed), y))
    low = int((values <= ROUNDING * values[-1]).sum())
    what = f"eigenvalues not positive, random weights, m = {m}"
    return Check(what, low, m * (20 + 1 - 10), 0, ">=")


@claim(
    "trained-output-weights",
    source="venturi2019spurious",
    breaks={
        "output weights that are fixed": dict(fixed=True),
        "one input and no biases: a saddle": dict(bare=True),
    },
)
def trained_output_weights(*, fixed: bool = False, bare: bool = False, seed: int = 0) -> Evidence:
    r"""Let $f(x) = U\varphi_v(x)+c$ with $m$ outputs and $h$ features, $\Phi$ the matrix, of shape
    $n\times h$, of the features $\varphi_v(x_i)$, $E$ twice continuously differentiable at
    $\theta$, and $q = h+1-\operatorname{rank}(\Phi,\mathbf 1)$, which is at least $h+1-n$.
    1. The nullity of $H$ and the number of its negative eigenvalues are together at least $mq$. So
    at every local minimum, fit or not, the nullity is at least $mq$.
    2. Let $m=1$, $\varphi_j(x) = \rho(\langle w_j,x\rangle+b_j)$ and $d\ge1$ inputs. Then the
    nullity is at least $q$ at every equilibrium.

    Without the weight $c$, $(\Phi,\mathbf 1)$ is $\Phi$ and $q = h-\operatorname{rank}\Phi$.
    """
    checks = [_signs(m, seed) for m in (1, 2)]
    for name, (net, theta, y) in _places(seed, bare).items():
        H, kept = hessian(net, theta, y), np.ones(net.parameters, bool)
        outer = net.width * net.outputs + net.outputs * net.offset
        kept[-outer:] = not fixed
        if bare:
            kept[1 : 2 * net.width : 2] = False  # the biases
        found = hessian_rank(H[np.ix_(kept, kept)])
        force = float(np.linalg.norm(gradient(net, theta, y)))
        off = float(np.linalg.norm(net(theta) - y))
        wanted = idle_moves(net, theta).shape[1]
        zeros = np.abs(found.values[-wanted:]).max() / np.abs(found.values[0])
        checks += [
            Check(f"gradient, {name}", force, 0, 1e-12),
            Check(f"residual, {name}", off, 0.5, 0, ">="),
            Check(f"nullity, {name}", found.nullity, wanted, 0, ">="),
            Check(f"the {wanted} least ones over the largest, {name}", zeros, 0, ROUNDING),
        ]
        if "minimum" in name:
            least = found.values.min() / found.values.max()
            what = f"lowest eigenvalue over the largest, {name}"
            checks.append(Check(what, least, 0, ROUNDING, ">="))
    return Evidence(tuple(checks))


@claim(
    "wide-equilibria",
    source="nguyen2017loss",
    breaks={
        "all neurons alike: features of rank one": dict(alike=True),
        "a penalty on the weights": dict(ridge=1e-2),
    },
)
def wide_equilibria(*, alike: bool = False, ridge: float = 0.0, seed: int = 0) -> Evidence:
    r"""Let $f(x) = U\varphi_v(x)+c$, $n$ examples, $m$ outputs, $\Phi$ the $n\times h$ matrix of
    the features $\varphi_v(x_i)$, $\sigma_n(\Phi)$ its $n$-th singular value, and
    $E = \frac1n\sum_i\|f(x_i)-y_i\|^2$. Then
    $$\|\nabla E\|\ge\frac2{\sqrt n}\,\sigma_n(\Phi)\sqrt E .$$
    So every equilibrium at which $\operatorname{rank}\Phi = n$ is a global minimum with $E=0$, and
    there the nullity of the Hessian is $p-nm$ exactly.
    """
    n, checks, shares = 10, [], []
    for outputs in (1, 2):
        net, y = random_task(n, n, outputs, seed)
        for k in range(50):
            theta = net.start(1000 * seed + k, 0.3 + 0.05 * k)
            r = np.linalg.norm(net(theta) - y)
            least = np.linalg.svd(net.features(theta), compute_uv=False)[-1]
            shares.append(np.linalg.norm(gradient(net, theta, y)) * n / (2 * least * r))
        theta = interpolate(net, y, net.start(seed), ridge=ridge).theta
        if alike:
            theta = copies(net, seed)
            y = balanced_targets(net, theta, 1.0, seed)
        force = np.linalg.norm(gradient(net, theta, y) + 2 * ridge * theta)
        found = hessian_rank(hessian(net, theta, y) + 2 * ridge * np.eye(len(theta)))
        p = net.parameters
        what = f"at an equilibrium, m = {outputs}"
        checks += [
            Check(f"gradient {what}", float(force), 0, 1e-6 if ridge else 1e-12),
            Check(f"residual {what}", float(np.linalg.norm(net(theta) - y)), 0, 1e-12),
            Check(f"nullity {what}", found.nullity, p - n * outputs, 0),
        ]
    net, _ = random_task(n, n, 1, seed)
    theta = net.start(seed)
    U, s, _ = np.linalg.svd(net.features(theta))
    outer = slice(net.parameters - n - 1, net.parameters - 1)
    sharp = gradient(net, theta, net(theta) - U[:, -1])[outer]
    bounds = (
        Check("gradient over its bound, least of 100", min(shares), 1, 1e-9, ">="),
        # rounding of the gradient, relative to a bound as small as the last singular value
        Check(
            "the same for output weights, worst residual",
            float(np.linalg.norm(sharp) * n / (2 * s[-1])),
            1,
            n * 2.3e-16 * s[0] / s[-1],
        ),
    )
    return Evidence((*bounds, *checks))
