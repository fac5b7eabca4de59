"""What gradient flow does to a homogeneous network in the next instant, from one gradient.

Two quantities have a derivative along the flow that a theorem knows the sign of: the smoothed
margin grows, and the difference of squared norms before and after a neuron stays what it is.
"""

import itertools
from dataclasses import dataclass

import torch
from torch import Tensor

from dlmath.generalization.homogeneous import equivalent_score, log_loss
from dlmath.training import Ensemble


def gradients(
    model: Ensemble, X: Tensor, y: Tensor, loss: str = "exponential"
) -> tuple[Tensor, dict[str, Tensor]]:
    """The scores (E, n), and the gradient of each member's sum of losses, by parameter.

    Args:
        model: Any ensemble with one output.
        X: Examples, of shape (n, d).
        y: Labels, of shape (n,) or (E, n).
        loss: Exponential or logistic.
    """
    free = {name: p.detach().requires_grad_() for name, p in model.params.items()}
    q = y * Ensemble(free, model.base)(X)[..., 0]
    found = torch.autograd.grad(log_loss(q, loss).exp().sum(), list(free.values()))
    return q.detach(), dict(zip(free, found, strict=True))


@dataclass(frozen=True)
class Growth:
    """The flow's effect on the smoothed margin, relative to that on the equivalent score; (E,).

    Attributes:
        gain: The derivative of the smoothed margin, times the L-th power of the norm.
        turning: What the theorem says that it is at least: the speed of the direction.
        euler: By how much the growth of the squared norm misses Euler's identity.
    """

    gain: Tensor
    turning: Tensor
    euler: Tensor


def growth(
    model: Ensemble,
    X: Tensor,
    y: Tensor,
    loss: str = "exponential",
    smoothing: str | None = None,
) -> Growth:
    """The derivative of the smoothed margin along gradient flow, at the present weights.

    Args:
        model: The members, of L layers each.
        X: Examples, of shape (n, d).
        y: Labels, of shape (n,) or (E, n).
        loss: Exponential or logistic.
        smoothing: Invert this loss instead of the loss itself.
    """
    q, slopes = gradients(model, X, y, loss)
    layers = sum(name.endswith("weight") for name in model.params)
    logs = log_loss(q, loss)
    u = equivalent_score(logs, smoothing or loss)
    pull = _pull(q, loss)
    nu = (pull * q).sum(1)
    outward = -_inner(model.params, slopes)  # half the derivative of the squared norm
    speed = _inner(slopes, slopes)
    rise = speed / _pull(u, smoothing or loss)
    square = model.squared_norm()
    return Growth(
        gain=1 - layers * u * outward / square / rise,
        turning=u / nu * (speed - outward**2 / square) / rise,
        euler=(outward - layers * nu) / (speed * square).sqrt(),
    )


def _pull(q: Tensor, loss: str) -> Tensor:
    """Minus the derivative of the loss."""
    return torch.exp(-q) if loss == "exponential" else torch.sigmoid(-q)


def _inner(a: dict[str, Tensor], b: dict[str, Tensor]) -> Tensor:
    """The inner product of each member's parameters, of shape (E,)."""
    return torch.stack([(a[name] * b[name]).flatten(1).sum(1) for name in a]).sum(0)


def neuron_products(
    a: dict[str, Tensor], b: dict[str, Tensor], *, biases: bool = True
) -> list[tuple[Tensor, Tensor]]:
    """For each hidden layer, inner products over what enters a neuron and what leaves it.

    Args:
        a: Parameters, or a gradient by parameter.
        b: The same kind of thing.
        biases: Count a neuron's bias among what enters it.

    Returns:
        For each hidden layer two tensors of shape (E, width).
    """
    names = [name for name in a if name.endswith("weight")]
    found = []
    for before, after in itertools.pairwise(names):
        entering = (a[before] * b[before]).sum(2)
        bias = before.replace("weight", "bias")
        if biases and bias in a:
            entering = entering + a[bias] * b[bias]
        found.append((entering, (a[after] * b[after]).sum(1)))
    return found


@dataclass(frozen=True)
class Drift:
    """How far gradient descent strays from what the flow conserves; tensors of shape (E,).

    Attributes:
        total: The sum over the hidden neurons of how much the difference of squares moved.
        budget: The sum over the steps of the step squared times the gradient's square.
        start: The loss at the start.
        faithful: Whether each step lowered the loss by half of step times gradient squared.
        unexplained: The largest change in a step of a neuron's difference that the square of the
            step does not explain.
    """

    total: Tensor
    budget: Tensor
    start: Tensor
    faithful: Tensor
    unexplained: Tensor


def drift(model: Ensemble, X: Tensor, y: Tensor, *, step: float, steps: int, loss: str) -> Drift:
    """Take steps of gradient descent, in place, and keep the accounts of each neuron."""
    first = _differences(model.params)
    budget = unexplained = torch.zeros(len(model), dtype=torch.float64)
    faithful = torch.ones(len(model), dtype=torch.bool)
    start = torch.zeros(0)
    for k in range(steps):
        q, slopes = gradients(model, X, y, loss)
        before, value = _differences(model.params), log_loss(q, loss).exp()
        start = value if k == 0 else start
        with torch.no_grad():
            for name, p in model.params.items():
                p.sub_(slopes[name], alpha=step)
        square = step**2 * _inner(slopes, slopes)
        budget = budget + square
        explained = step**2 * _differences(slopes)
        left = (_differences(model.params) - before - explained).abs().max(1).values
        unexplained = torch.maximum(unexplained, left)
        after = log_loss(y * model(X)[..., 0], loss).exp()
        faithful = faithful & (after <= value - square / (2 * step))
    total = (_differences(model.params) - first).abs().sum(1)
    return Drift(total, budget, start, faithful, unexplained)


def _differences(params: dict[str, Tensor]) -> Tensor:
    """Squared norm of what enters less that of what leaves each hidden neuron, (E, neurons)."""
    return torch.cat([a - b for a, b in neuron_products(params, params)], 1)
