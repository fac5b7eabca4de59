"""Learning digits from few labels: fixed features and a linear rule, or a small trained network."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from dlmath.data import Images
from dlmath.invariance.textures import accuracy

Array = NDArray[np.float64]
Split = tuple[NDArray[np.int64], NDArray[np.int64]]


def split(labels: NDArray[np.int64], n: int, seed: int) -> Split:
    """Draw ``n`` training examples, as many of each class as possible; all others are for testing.

    Raises:
        ValueError: If ``n`` is less than the number of classes or leaves nothing to test on.
    """
    classes = np.unique(labels)
    if not len(classes) <= n < len(labels):
        raise ValueError(f"n: wanted {len(classes)} to {len(labels) - 1} labels, got {n}")
    order = np.random.default_rng([seed, n]).permutation(len(labels))
    rank = np.empty(len(labels), int)  # how many of its class came before each example
    for c in classes:
        members = order[labels[order] == c]
        rank[members] = np.arange(len(members))
    order = order[np.argsort(rank[order], kind="stable")]
    return order[:n], order[n:]


def linear_accuracy(features: Array, labels: NDArray[np.int64], at: Split) -> float:
    """Test accuracy of shrinkage linear discriminant analysis on features ``(n, ...)``."""
    flat, (train, test) = features.reshape(len(features), -1), at
    return accuracy(flat[train], labels[train], flat[test], labels[test], solver="lsqr")


def network_accuracy(
    images: Array, labels: NDArray[np.int64], at: Split, *, steps: int = 100, seed: int = 0
) -> float:
    """Test accuracy of two convolutional layers trained on images ``(n, 8, 8)``, full batch."""
    train, test = (torch.from_numpy(i) for i in at)
    x = torch.from_numpy(images).float().unsqueeze(1)
    y = torch.from_numpy(labels).long()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        network = nn.Sequential(
            *(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)),
            *(nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(), nn.Flatten(), nn.Linear(512, 10)),
        )
    optimizer = torch.optim.AdamW(network.parameters(), lr=5e-3, weight_decay=1e-2)
    for _ in range(steps):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(x[train]), y[train]).backward()
        optimizer.step()
    with torch.no_grad():
        return float((network(x[test]).argmax(1) == y[test]).double().mean())


def few_labels(
    data: Images,
    features: Mapping[str, Array],
    *,
    labels: Sequence[int],
    draws: int = 2,
) -> dict[str, dict[int, float]]:
    """Test accuracy against the number of labels, averaged over draws of the training set.

    Args:
        data: Labelled images, 8 by 8.
        features: By name, one array ``(n, ...)`` for the images: judged by a linear rule.
        labels: Numbers of labels.
        draws: How many training sets are drawn; the network is trained on each.

    Returns:
        For each representation, and last for the network, the accuracy by number of labels.
    """
    found: dict[str, dict[int, float]] = {name: {} for name in [*features, "trained network"]}
    for n in labels:
        splits = [split(data.labels, n, seed) for seed in range(draws)]
        for name, values in features.items():
            found[name][n] = float(
                np.mean([linear_accuracy(values, data.labels, at) for at in splits])
            )
        found["trained network"][n] = float(
            np.mean([network_accuracy(data.images, data.labels, at) for at in splits])
        )
    return found
