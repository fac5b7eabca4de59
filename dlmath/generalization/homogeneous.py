"""Networks that are homogeneous in their weights, and gradient descent on them to the end of time.

Without biases, a ReLU network of L layers satisfies ``f(x; c theta) = c^L f(x; theta)`` for c > 0.
Once it fits its data, the sum of its losses falls below every number that a computer holds. So the
loss is kept as a logarithm; gradient descent on it, with steps that grow as it falls, is gradient
descent on the loss, and time is the sum of the steps, whose logarithm is kept as well.

A score is ``q = y f(x)``. Tensors of scores have the shape (E, n): members, examples.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from dlmath.training import Ensemble, History, ensemble, log_steps, mlp, train

LOSSES = ("exponential", "logistic")
FAR = 30.0
"""Beyond this score log(1 + exp(-q)) is exp(-q), to rounding in the logarithm."""


def networks(
    sizes: Sequence[int],
    seeds: Iterable[int],
    *,
    bias: bool = False,
    activation: Callable[[], nn.Module] = nn.ReLU,
) -> Ensemble:
    """Networks of double precision whose weights are normal, of variance 2 over the inputs.

    Args:
        sizes: Of the input, of each hidden layer, of the output, which is 1.
        seeds: One a member.
        bias: Whether the layers have biases, normal too; then they are not homogeneous.
        activation: Of the hidden layers; :func:`scores` knows the rectifier alone.
    """

    def make() -> nn.Module:
        layers = [m if isinstance(m, nn.Linear) else activation() for m in mlp(sizes, bias=bias)]
        for layer in layers:
            if isinstance(layer, nn.Linear):
                for p in layer.parameters():
                    nn.init.normal_(p, std=(2 / layer.in_features) ** 0.5)
        return nn.Sequential(*layers)

    return ensemble(make, seeds, dtype=torch.float64)


def scores(model: Ensemble, X: Tensor, y: Tensor) -> Tensor:
    """The scores q = y f(x) of networks without biases, of shape (E, n).

    Args:
        model: The members; their parameters are their layers, in order.
        X: Examples, of shape (n, d).
        y: Labels, of shape (n,) or (E, n).
    """
    first, *others = model.params.values()
    h = first @ X.T
    for W in others:
        h = W @ h.clamp(min=0)
    return y * h[:, 0]


def log_loss(q: Tensor, loss: str = "exponential") -> Tensor:
    """The logarithm of the sum of the losses of each member, of shape (E,).

    Raises:
        ValueError: If the loss is neither exponential nor logistic.
    """
    if loss not in LOSSES:
        raise ValueError(f"loss: wanted one of {LOSSES}, got {loss!r}")
    if loss == "exponential":
        return torch.logsumexp(-q, 1)
    near = torch.nn.functional.softplus(-q.clamp(max=FAR)).log()
    return torch.logsumexp(torch.where(q > FAR, -q, near), 1)


def equivalent_score(logs: Tensor, loss: str = "exponential") -> Tensor:
    """The score u of a single example that would cost as much: the inverse loss at exp(logs)."""
    if loss == "exponential":
        return -logs
    return torch.where(logs < -FAR, -logs, -torch.expm1(logs.clamp(min=-FAR).exp()).log())


def smoothed_margin(
    model: Ensemble, q: Tensor, loss: str = "exponential", smoothing: str | None = None
) -> Tensor:
    """The equivalent score over the L-th power of the norm of all weights, of shape (E,).

    Args:
        model: The members, of L layers each.
        q: Their scores.
        loss: Whose sum is inverted.
        smoothing: Invert this loss instead; right only where it is the same. With ``"none"`` the
            least score takes the place of the equivalent one.
    """
    if smoothing == "none":
        u = q.min(1).values
    else:
        u = equivalent_score(log_loss(q, loss), smoothing or loss)
    return u / model.squared_norm() ** (len(model.params) / 2)


@dataclass(frozen=True)
class Descent:
    """A run of gradient descent, recorded; arrays of shape (records, E) unless said otherwise.

    Attributes:
        steps: Numbers of steps, of shape (records,).
        log_time: The logarithm of the sum of the steps' sizes until then.
        u: The equivalent score.
        least: The least score.
        squares: The squared Frobenius norm of each layer, of shape (records, E, L).
        smoothed: The smoothed margin.
        mean: The mean score, weighted by each example's pull, less u.
    """

    steps: np.ndarray
    log_time: np.ndarray
    u: np.ndarray
    least: np.ndarray
    squares: np.ndarray
    smoothed: np.ndarray
    mean: np.ndarray

    @property
    def normalised(self) -> np.ndarray:
        """The least score over the product of the layers' norms."""
        return self.least / np.sqrt(self.squares.prod(-1))


def descend(
    model: Ensemble,
    X: np.ndarray,
    y: np.ndarray,
    steps: int,
    *,
    step: float,
    growth: float = 0.0,
    loss: str = "exponential",
    record_at: Sequence[int] | None = None,
) -> Descent:
    """Gradient descent on the sum of the losses; the members move.

    Args:
        model: Networks without biases.
        X: Examples, of shape (n, d).
        y: Labels, plus or minus one, of shape (n,).
        steps: How many.
        step: The size of a step, while no example costs more than one on average; else as much
            less as the mean loss is more.
        growth: If positive, steps grow as the loss falls: each then raises the equivalent score
            by about this amount (by less before the score is 30), or by more if the gradient is
            not along the weights.
        loss: Exponential or logistic.
        record_at: Before which steps to record.
    """
    layers, points, labels = len(model.params), torch.as_tensor(X), torch.as_tensor(y)
    clock = torch.full((len(model),), -torch.inf, dtype=torch.float64)

    def logs(m: Ensemble) -> Tensor:
        return log_loss(scores(m, points, labels), loss)

    def rate(m: Ensemble, now: Tensor) -> Tensor:
        u = equivalent_score(now, loss)
        size = math.log(step) + now.clamp(max=math.log(len(points)))
        if growth:
            ramp = growth * (u / FAR).clamp(max=1)
            far = ramp * m.squared_norm() / (layers * u.clamp(min=1e-9)) ** 2
            size = torch.where(u > 1, torch.maximum(size, far.log()), size)
        clock.copy_(torch.logaddexp(clock, size - now))
        return size.exp()

    def record(m: Ensemble) -> dict[str, Tensor]:
        q = scores(m, points, labels)
        u = equivalent_score(log_loss(q, loss), loss)
        pull = torch.softmax(_log_pull(q, loss), 1)
        return {
            "log_time": clock,
            "u": u,
            "least": q.min(1).values,
            "squares": torch.stack([p.square().sum((1, 2)) for p in m.params.values()], -1),
            "smoothed": smoothed_margin(m, q, loss),
            "mean": (pull * q).sum(1) - u,
        }

    at = log_steps(steps) if record_at is None else record_at
    return _as_arrays(train(model, logs, steps, lr=rate, record=record, record_at=at))


def crossings(model: Ensemble, X: np.ndarray, y: np.ndarray, steps: int, **how: Any) -> np.ndarray:
    """In how many steps of gradient descent some first-layer neuron crosses a kink, of shape (E,).

    Args:
        model: Networks without biases; the members move.
        X: Examples, of shape (n, d).
        y: Labels, plus or minus one, of shape (n,).
        steps: How many.
        **how: Passed on to :func:`descend`.
    """
    first, points = next(iter(model.params)), torch.as_tensor(X).T
    crossed = torch.zeros(len(model), dtype=torch.int64)
    active = model.params[first] @ points > 0
    for _ in range(steps):
        descend(model, X, y, 1, record_at=[0], **how)
        now = model.params[first] @ points > 0
        crossed += (now != active).flatten(1).any(1)
        active = now
    return crossed.numpy()


def _log_pull(q: Tensor, loss: str) -> Tensor:
    """The logarithm of minus the derivative of the loss."""
    return -q if loss == "exponential" else torch.nn.functional.logsigmoid(-q)


def _as_arrays(history: History) -> Descent:
    names = ("log_time", "u", "least", "squares", "smoothed", "mean")
    return Descent(np.array(history.steps), *(history[name].numpy() for name in names))
