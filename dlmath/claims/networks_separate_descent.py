"""The theorems on gradient flow on homogeneous networks: what grows and what is conserved.

How fast it grows stands in ``networks_separate_rates``.
"""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from dlmath.generalization.homogeneous import (
    LOSSES,
    descend,
    log_loss,
    networks,
    scores,
)
from dlmath.generalization.homogeneous_flow import drift, gradients, growth, neuron_products
from dlmath.generalization.networks_separate import xor
from dlmath.ledger import Check, Evidence, claim
from dlmath.training import Ensemble

ROUNDING = 1e-9
SHAPES = ([3, 1], [3, 8, 1], [3, 8, 8, 1], [3, 6, 6, 6, 1])
THRESHOLD = {"exponential": 1.0, "logistic": np.log(2)}
"""The loss of an example with score zero."""
STEP = 0.001


Place = tuple[Ensemble, Tensor, Tensor]
"""Networks, the examples (n, d) and the labels, (n,) or (E, n)."""


def fitted(
    sizes: list[int],
    loss: str,
    share: float,
    seed: int,
    *,
    bias: bool = False,
    activation: Callable[[], nn.Module] = nn.ReLU,
) -> Place:
    """Random networks, sixty or fewer, with examples that each is right on, at a chosen loss.

    Each network labels eight random examples by its own sign; then all of its weights are scaled
    until the sum of the losses is the given share of the loss at zero.
    """
    seeds = range(60 * seed, 60 * seed + 60)
    model = networks(sizes, seeds, bias=bias, activation=activation)
    X = torch.as_tensor(np.random.default_rng([seed, 3]).standard_normal((8, sizes[0])))
    awake = model(X)[..., 0].abs().min(1).values > 1e-3  # of the others an answer is zero
    model = Ensemble({name: p[awake].clone() for name, p in model.params.items()}, model.base)
    q = model(X)[..., 0]
    y = torch.sign(q)
    layers = len(sizes) - 1
    target = np.log(share * THRESHOLD[loss])
    low, high = torch.full((len(q), 1), -30.0).double(), torch.full((len(q), 1), 30.0).double()
    for _ in range(60):
        middle = (low + high) / 2
        costly = (log_loss((y * q) * middle.exp(), loss) > target)[:, None]
        low, high = torch.where(costly, middle, low), torch.where(costly, high, middle)
    for p in model.params.values():
        p.mul_((high / layers).exp().reshape(-1, *[1] * (p.ndim - 1)))
    return model, X, torch.sign(model(X)[..., 0])


def turned(f: Tensor, y: Tensor) -> Tensor:
    """The labels with that of the example nearest to zero turned."""
    return torch.where(f.abs() == f.abs().min(1, keepdim=True).values, -y, y)


def along_descent(loss: str, seed: int) -> list[Place]:
    """Ten networks on XOR at places that gradient descent passes below the threshold."""
    X, y = (torch.as_tensor(a) for a in xor(20, seed))
    model, places = networks([2, 8, 1], range(10 * seed, 10 * seed + 10)), []
    threshold = np.log(THRESHOLD[loss])
    for _ in range(8):
        descend(model, X.numpy(), y.numpy(), 75, step=0.02, loss=loss, record_at=[75])
        below = log_loss(scores(model, X, y), loss) < threshold
        if below.any():
            kept = {name: p[below].clone() for name, p in model.params.items()}
            places.append((Ensemble(kept, model.base), X, y))
    return places


@claim(
    "smoothed-margin-grows",
    source="lyu2020gradient",
    breaks={
        "the exponential's smoothing for the logistic loss": dict(smoothing="exponential"),
        "one label turned, so a loss above the threshold": dict(turn=True),
        "biases in every layer": dict(bias=True),
    },
)
def smoothed_margin_grows(
    *, smoothing: str = "own", turn: bool = False, bias: bool = False, seed: int = 0
) -> Evidence:
    r"""Let $s_i(\theta) = y_if(x_i;\theta)$ be locally Lipschitz, with
    $s_i(c\theta) = c^Ls_i(\theta)$ for $c > 0$ and a chain rule along the flow (true of ReLU
    networks without biases). Let $g(s) = e^{-s}$ or $\log(1+e^{-s})$, $\mathcal L = \sum_ig(s_i)$,
    and let $\theta(t)$ follow $\dot\theta\in-\partial\mathcal L$, with $\mathcal L < g(0)$ at
    time $t_0$. From then on, with $\rho = \|\theta\|$ and $u = g^{-1}(\mathcal L)$,
    $\tilde\gamma = u/\rho^L$ never decreases. At almost every time, with
    $\nu = \sum_i-g'(s_i)s_i > 0$,
    $$\dot{\tilde\gamma} \ge \frac{u}{\nu\rho^L}
    \Big(\|\dot\theta\|^2 - \langle\theta/\rho,\dot\theta\rangle^2\Big) \ge 0 .$$
    """
    found, one, datum = [], networks([1, 1, 1], [0]), torch.ones(1, 1).double()
    for p in one.params.values():
        p.fill_(2.0)
    for loss in LOSSES:
        told = loss if smoothing == "own" else smoothing
        places = [fitted(k, loss, s, seed, bias=bias) for k in SHAPES for s in (0.99, 0.1, 1e-3)]
        if turn:
            places = [(m, X, turned(m(X)[..., 0], y)) for m, X, y in places]
        places += [(one, datum, torch.ones(1).double()), *along_descent(loss, seed)]
        found += [growth(m, X, y, loss, told) for m, X, y in places]
    gain, turning = (torch.cat([getattr(f, k) for f in found]) for k in ("gain", "turning"))
    euler = torch.cat([f.euler.abs() for f in found]).max()
    return Evidence(
        (
            Check(
                "derivative of the smoothed margin times rho^L, over that of u",
                float(gain.min()),
                0,
                ROUNDING,
                ">=",
            ),
            Check(
                "that, less what the theorem says it is at least",
                float((gain - turning).min()),
                0,
                ROUNDING,
                ">=",
            ),
            Check("failure of Euler's identity", float(euler), 0, ROUNDING),
            Check("networks and losses looked at", len(gain), 1000, 0, ">="),
        )
    )


@claim(
    "balanced-neurons",
    source="du2018algorithmic",
    breaks={
        "hyperbolic tangents": dict(activation=nn.Tanh),
        "biases left out of the account": dict(biases=False),
    },
)
def balanced_neurons(
    *,
    activation: Callable[[], nn.Module] = nn.ReLU,
    biases: bool = True,
    seed: int = 0,
) -> Evidence:
    r"""Let $f = W_L\sigma(W_{L-1}\cdots\sigma(W_1x))$ with $\sigma$ continuous and
    $\sigma(cz) = c\,\sigma(z)$ for $c > 0$, and let $r_j$ be the weights that enter a hidden neuron
    (with its bias, if it has one) and $o_j$ those that leave it. For every differentiable loss
    of the outputs,
    $$\langle r_j,\nabla_{r_j}\mathcal L\rangle = \langle o_j,\nabla_{o_j}\mathcal L\rangle .$$
    So gradient flow keeps $\|r_j\|^2 - \|o_j\|^2$, and without biases
    $\|W_l\|_F^2 - \|W_{l+1}\|_F^2$. A step $\eta$ of gradient descent changes the former by
    $\eta^2(\|\nabla_{r_j}\mathcal L\|^2 - \|\nabla_{o_j}\mathcal L\|^2)$. With two layers all
    these changes together are at most $\eta^2\sum_t\|\nabla\mathcal L_t\|^2$, which is at most
    $2\eta\mathcal L_0$ if $\mathcal L\ge0$ and each step lowers the loss by
    $\frac\eta2\|\nabla\mathcal L\|^2$ or more.
    """
    uneven = 0.0
    for loss in LOSSES:
        for sizes in SHAPES[1:]:
            model, X, y = fitted(sizes, loss, 0.3, seed, bias=True, activation=activation)
            _, slopes = gradients(model, X, y, loss)
            for entering, leaving in neuron_products(model.params, slopes, biases=biases):
                scale = (entering.abs() + leaving.abs()).max(1, keepdim=True).values
                uneven = max(uneven, float(((entering - leaving).abs() / scale).max()))
    X, y = (torch.as_tensor(a) for a in xor(20, seed))
    model = networks([2, 8, 1], range(10), activation=activation)
    accounts = drift(model, X, y, step=STEP, steps=400, loss="logistic")
    spent = (accounts.total / accounts.budget).max()
    missing = float(accounts.unexplained.max())
    allowed = (accounts.budget / (2 * STEP * accounts.start)).max()
    return Evidence(
        (
            Check("entering less leaving product, over the layer's largest", uneven, 0, ROUNDING),
            Check("change in a step less what its square explains", missing, 0, ROUNDING),
            Check("all changes over eta^2 times squared gradients", float(spent), 1, 0, "<="),
            Check(
                "of 10 runs, those whose every step lowers the loss enough",
                int(accounts.faithful.sum()),
                10,
                0,
            ),
            Check("eta^2 times squared gradients over 2 eta L_0", float(allowed), 1, 0, "<="),
        )
    )
