"""Least squares on random ReLU features of digits: test error against the number of features."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dlmath.data import digits
from dlmath.generalization.least_squares import Design
from dlmath.generalization.random_features import relu_features

TEST = 797
CLASSES = 10


@dataclass(frozen=True, eq=False)
class Split:
    """Digits for training and for test.

    Attributes:
        train: Inputs, of shape (n, 64).
        labels: Their classes, of shape (n,).
        test: Inputs, of shape (797, 64).
        answers: Their classes, of shape (797,).
    """

    train: np.ndarray
    labels: np.ndarray
    test: np.ndarray
    answers: np.ndarray


def split_digits(n: int, seed: int, centred: bool = True) -> Split:
    """Draw n digits for training and 797 others for test.

    Args:
        n: Number of training examples, at most 1000.
        seed: Of the draw.
        centred: Whether the mean training image is taken off; the scale is such that the mean
            square of the training pixels is 1.

    Raises:
        ValueError: If n is not between 1 and 1000.
    """
    data = digits()
    X = data.images.reshape(len(data.labels), -1)
    if not 1 <= n <= len(X) - TEST:
        raise ValueError(f"n: wanted 1 to {len(X) - TEST}, got {n}")
    order = np.random.default_rng(seed).permutation(len(X))
    first, last = order[:n], order[-TEST:]
    if centred:
        X = X - X[first].mean(axis=0)
    X = X / np.sqrt((X[first] ** 2).mean())
    return Split(X[first], data.labels[first], X[last], data.labels[last])


def noisy(labels: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Labels of which each is drawn anew, with the given probability, from all ten classes."""
    rng = np.random.default_rng([seed, 7])
    anew = rng.random(len(labels)) < share
    return np.where(anew, rng.integers(0, CLASSES, len(labels)), labels)


def targets(labels: np.ndarray) -> np.ndarray:
    """Indicator vectors less their mean, of shape (n, 10)."""
    return np.eye(CLASSES)[labels] - 1 / CLASSES


@dataclass(frozen=True, eq=False)
class Descent:
    """What least squares did, against the number of features.

    Attributes:
        counts: Numbers of features, of shape (C,).
        ranks: Of the training features, of shape (C,).
        error: Share of test digits mistaken, of shape (C, noises, ridges).
        squared: Mean squared distance from the targets on the test digits, of the same shape.
        train: The same on the training set.
    """

    counts: np.ndarray
    ranks: np.ndarray
    error: np.ndarray
    squared: np.ndarray
    train: np.ndarray


def descent(
    n: int,
    counts: Iterable[int],
    *,
    noises: Sequence[float] = (0.0,),
    ridges: Sequence[float] = (0.0,),
    seed: int = 0,
    centred: bool = True,
    bias: float = 0.0,
) -> Descent:
    """Fit the digits by the first p of many random features, for each p.

    Features are divided by the root of p, so that a ridge means the same for every p.

    Args:
        n: Number of training examples.
        counts: Numbers of features.
        noises: Shares of training labels drawn anew.
        ridges: Penalties; 0 is the fit of least norm.
        seed: Of the split, the features and the noise.
        centred: Whether the inputs are.
        bias: Standard deviation of the neurons' biases.
    """
    data, p_all = split_digits(n, seed, centred), list(counts)
    F = relu_features(data.train, max(p_all), seed, bias)
    G = relu_features(data.test, max(p_all), seed, bias)
    Y = np.hstack([targets(noisy(data.labels, share, seed)) for share in noises])
    ranks, rows = [], []
    for p in p_all:
        design, test = Design(F[:, :p] / np.sqrt(p)), G[:, :p] / np.sqrt(p)
        ranks.append(design.rank)
        fits = [design.solve(Y, ridge) for ridge in ridges]
        rows.append(
            [
                _scores(_blocks(test @ B), data.answers, _blocks(design.features @ B - Y))
                for B in fits
            ]
        )
    table = np.array(rows)  # (counts, ridges, 3, noises)
    error, squared, train = np.moveaxis(table, (2, 3), (0, 2))
    return Descent(np.array(p_all), np.array(ranks), error, squared, train)


def _blocks(columns: np.ndarray) -> np.ndarray:
    """Columns (n, 10 * noises) as (n, noises, 10)."""
    return columns.reshape(len(columns), -1, CLASSES)


def _scores(outputs: np.ndarray, answers: np.ndarray, misses: np.ndarray) -> np.ndarray:
    """Test error, test and training squared error, for each share of noise: (3, noises)."""
    error = (outputs.argmax(-1) != answers[:, None]).mean(axis=0)
    squared = ((outputs - targets(answers)[:, None]) ** 2).sum(-1).mean(axis=0)
    return np.array([error, squared, (misses**2).sum(-1).mean(axis=0)])


def mean_descent(seeds: Iterable[int], n: int, counts: Sequence[int], **kwargs: object) -> Descent:
    """The average of :func:`descent` over seeds, its keywords passed on."""
    runs = [descent(n, counts, seed=seed, **kwargs) for seed in seeds]  # type: ignore[arg-type]
    means = {
        name: np.mean([getattr(run, name) for run in runs], axis=0)
        for name in ("ranks", "error", "squared", "train")
    }
    return Descent(runs[0].counts, **means)


def predictions(n: int, p: int, share: float, draws: int, seed: int = 0) -> np.ndarray:
    """Outputs on fixed test digits from several draws of training set, noise and features.

    Returns:
        Shape (draws, 797, 10); the truth is ``targets(split_digits(n, seed).answers)``.
    """
    everything = split_digits(1000, seed)
    outputs = []
    for draw in range(draws):
        rng = np.random.default_rng([seed, draw])
        chosen = rng.choice(len(everything.labels), n, replace=False)
        mine = int(rng.integers(2**31))
        labels = noisy(everything.labels[chosen], share, mine)
        F = relu_features(everything.train[chosen], p, mine, 0.0) / np.sqrt(p)
        G = relu_features(everything.test, p, mine, 0.0) / np.sqrt(p)
        outputs.append(G @ Design(F).solve(targets(labels)))
    return np.array(outputs)
