"""Networks trained on digits some of whose labels are coin flips: margins, norms and errors."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import cross_entropy

from dlmath.generalization.double_descent import CLASSES, noisy, split_digits
from dlmath.generalization.spectral_margins import lipschitz_product, margins, spectral_complexity
from dlmath.training import Ensemble, History, ensemble, mlp, train


@dataclass(frozen=True, eq=False)
class Runs:
    """What E networks did, recorded R times.

    Attributes:
        steps: Of the records, of shape (R,).
        noise: Share of labels drawn anew, of shape (E,).
        size: Frobenius norm of the training inputs, of shape (E,).
        train: Share of training examples mistaken, of shape (R, E).
        test: Share of test examples mistaken, whose labels have the same noise.
        margin: Margins of the training examples, of shape (R, E, n).
        lipschitz: Product of the spectral norms, of shape (R, E).
        complexity: The spectral complexity with references zero.
        moved: The same with the first weights as references.
        weights: The layers at the end, by member.
    """

    steps: np.ndarray
    noise: np.ndarray
    size: np.ndarray
    train: np.ndarray
    test: np.ndarray
    margin: np.ndarray
    lipschitz: np.ndarray
    complexity: np.ndarray
    moved: np.ndarray
    weights: list[list[np.ndarray]]

    @property
    def excess(self) -> np.ndarray:
        """Test error less training error, of shape (R, E)."""
        return self.test - self.train

    def quantile(self, q: float) -> np.ndarray:
        """The margin that a share q of the training examples does not exceed, of shape (R, E)."""
        return np.quantile(self.margin, q, axis=-1)

    def term(self, q: float) -> np.ndarray:
        """||X|| R / (gamma n) at the quantile gamma; nan where that is not positive."""
        gamma = self.quantile(q)
        gamma = np.where(gamma > 0, gamma, np.nan)
        return self.size * self.complexity / (gamma * self.margin.shape[-1])


def train_noisy(
    noises: Sequence[float],
    seeds: Sequence[int],
    *,
    n: int = 600,
    hidden: Sequence[int] = (64, 64),
    steps: int = 400,
    record_at: Sequence[int] | None = None,
    lr: float = 3e-3,
) -> Runs:
    """Train one network without biases for every noise and seed, by Adam on the whole sample.

    Args:
        noises: Shares of labels drawn anew from all ten classes, for training and for test.
        seeds: Of the split, the labels and the first weights.
        n: Number of training examples.
        hidden: Widths of the hidden layers.
        steps: Steps of Adam.
        record_at: Steps to record, by default the last.
        lr: Step size of Adam.
    """
    grid = [(noise, seed) for noise in noises for seed in seeds]
    data = _examples(grid, n)
    sizes = [data.x.shape[-1], *hidden, CLASSES]
    nets = ensemble(lambda: mlp(sizes, bias=False), [seed for _, seed in grid])
    target = torch.as_tensor(data.y)
    first = {name: p.clone() for name, p in nets.params.items()}

    def loss(model: Ensemble) -> Tensor:
        out = model.each(data.x)
        flat = cross_entropy(out.flatten(0, 1), target.flatten(), reduction="none")
        return flat.reshape(target.shape).mean(1)

    def record(model: Ensemble) -> dict[str, Tensor]:
        now = {name: p.detach().clone() for name, p in model.params.items()}
        return {"train": model.each(data.x), "test": model.each(data.x_new), **now}

    adam = functools.partial(torch.optim.Adam, lr=lr)
    at = [steps] if record_at is None else record_at
    history = train(nets, loss, steps, optimizer=adam, record=record, record_at=at)
    return _runs(history, first, data, np.array([noise for noise, _ in grid]))


@dataclass(frozen=True, eq=False)
class _Examples:
    """Inputs (E, n, d) and labels (E, n) of each member, for training and new ones for test."""

    x: Tensor
    y: np.ndarray
    x_new: Tensor
    y_new: np.ndarray


def _examples(grid: Sequence[tuple[float, int]], n: int) -> _Examples:
    """Splits and labels for each noise and seed."""
    splits = [split_digits(n, seed) for _, seed in grid]
    members = list(zip(splits, grid, strict=True))
    return _Examples(
        x=torch.tensor(np.stack([s.train for s in splits]), dtype=torch.float32),
        y=np.stack([noisy(s.labels, p, seed) for s, (p, seed) in members]),
        x_new=torch.tensor(np.stack([s.test for s in splits]), dtype=torch.float32),
        y_new=np.stack([noisy(s.answers, p, 1000 + seed) for s, (p, seed) in members]),
    )


def _runs(
    history: History, first: Mapping[str, Tensor], data: _Examples, noise: np.ndarray
) -> Runs:
    """What is measured of the recorded outputs and layers."""
    records = range(len(history.steps))
    own = margins(history["train"].numpy(), np.stack([data.y for _ in records]))
    new = margins(history["test"].numpy(), np.stack([data.y_new for _ in records]))
    start = _members([p.numpy() for p in first.values()])
    layers = [_members([history[name][r].numpy() for name in first]) for r in records]
    moved = [
        [spectral_complexity(net, old) for net, old in zip(row, start, strict=True)]
        for row in layers
    ]
    return Runs(
        steps=np.array(history.steps),
        noise=noise,
        size=np.linalg.norm(data.x.numpy(), axis=(1, 2)),
        train=(own <= 0).mean(-1),
        test=(new <= 0).mean(-1),
        margin=own,
        lipschitz=np.array([[lipschitz_product(net) for net in row] for row in layers]),
        complexity=np.array([[spectral_complexity(net) for net in row] for row in layers]),
        moved=np.array(moved),
        weights=layers[-1],
    )


def _members(stacked: Sequence[np.ndarray]) -> list[list[np.ndarray]]:
    """The layers of each member, from layers stacked over members."""
    return [list(net) for net in zip(*stacked, strict=True)]
