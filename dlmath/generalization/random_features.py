"""Random features: a hidden layer that is drawn and never trained."""

import numpy as np


def relu_features(X: np.ndarray, count: int, seed: int) -> np.ndarray:
    """The outputs of a random hidden layer of ReLU neurons, of shape (n, count).

    Weights are standard normal over the root of the dimension, biases standard normal.

    Args:
        X: Inputs, of shape (n, d).
        count: Number of neurons.
        seed: Of the weights; with the same seed, fewer neurons are the first of more.

    Raises:
        ValueError: If X is no matrix or there is no neuron.
    """
    return np.maximum(_before(X, count, seed), 0)


def tanh_features(X: np.ndarray, count: int, seed: int) -> np.ndarray:
    """The same layer with the hyperbolic tangent in place of the ReLU: no neuron is ever silent."""
    return np.tanh(_before(X, count, seed))


def _before(X: np.ndarray, count: int, seed: int) -> np.ndarray:
    """What the neurons of the layer apply their activation to."""
    if X.ndim != 2 or count < 1:
        raise ValueError(f"wanted X (n, d) and count >= 1, got {X.shape} and {count}")
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((count, X.shape[1] + 1))
    return X @ weights[:, 1:].T / np.sqrt(X.shape[1]) + weights[:, 0]
