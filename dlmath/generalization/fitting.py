"""The table of the lecture at a laptop's scale: digits with their labels and with random ones."""

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from scipy.stats import binom
from torch import Tensor
from torch.nn.functional import cross_entropy

from dlmath.generalization.double_descent import CLASSES, Split, split_digits
from dlmath.training import Ensemble, ensemble, mlp, train

LABELS = ("true", "random")


@dataclass(frozen=True, eq=False)
class Row:
    """What one architecture did with the true labels and with random ones, in this order.

    Attributes:
        parameters: How many numbers it trains.
        loss: Mean cross-entropy on the training set, of shape (2,).
        train: Share of training examples mistaken, of shape (2,).
        test: Share of test examples mistaken, of shape (2,).
        wrong: Which test examples the net of the true labels mistakes, of shape (797,).
    """

    parameters: int
    loss: np.ndarray
    train: np.ndarray
    test: np.ndarray
    wrong: np.ndarray


def two_labellings(n: int, seed: int) -> tuple[Split, np.ndarray]:
    """The digits, and their labels (2, n): the true ones, and others drawn at random."""
    data = split_digits(n, seed)
    other = np.random.default_rng([seed, 11]).integers(0, CLASSES, n)
    return data, np.stack([data.labels, other])


def fit(
    sizes: Sequence[int],
    n: int = 300,
    *,
    steps: int = 400,
    lr: float = 5e-3,
    decay: float = 0.0,
    seed: int = 0,
) -> Row:
    """Train one ReLU network on the true labels and its twin on random ones.

    Args:
        sizes: Of the hidden layers; none for logistic regression.
        n: Number of training examples.
        steps: Steps of AdamW on the whole training set.
        lr: Its step size.
        decay: Its weight decay.
        seed: Of the split, the labels and the first weights, which the twins share.
    """
    data, labels = two_labellings(n, seed)
    x, y = torch.tensor(data.train, dtype=torch.float32), torch.tensor(labels)
    nets = ensemble(lambda: mlp([x.shape[1], *sizes, CLASSES]), [seed, seed])

    def loss(model: Ensemble) -> Tensor:
        return _losses(model(x), y)

    adam = functools.partial(torch.optim.AdamW, lr=lr, weight_decay=decay)
    history = train(nets, loss, steps, optimizer=adam, record_at=[steps])
    with torch.no_grad():
        mistakes = (nets(x).argmax(-1) != y).float().mean(1)
        wrong = (
            nets(torch.tensor(data.test, dtype=torch.float32)).argmax(-1).numpy() != data.answers
        )
    count = sum(p[0].numel() for p in nets.params.values())
    return Row(count, history["loss"][-1].numpy(), mistakes.numpy(), wrong.mean(1), wrong[0])


def _losses(outputs: Tensor, y: Tensor) -> Tensor:
    """Mean cross-entropy of each member, of shape (E,)."""
    members, n = y.shape
    each = cross_entropy(outputs.reshape(members * n, -1), y.reshape(-1), reduction="none")
    return each.reshape(members, n).mean(1)


def mcnemar(first: np.ndarray, second: np.ndarray) -> tuple[int, int, float]:
    """Compare two rules on one test set by the examples on which only one of them errs.

    Args:
        first: Whether the first rule errs on each example.
        second: The same for the second.

    Returns:
        How often only the first errs, how often only the second, and the exact two-sided
        probability of a split at least as uneven if each were as likely.
    """
    a, b = int((first & ~second).sum()), int((second & ~first).sum())
    return a, b, min(1.0, 2 * float(binom.cdf(min(a, b), a + b, 0.5)))
