"""The spectral complexity of a network, its margins, and the bound that divides one by the other.

A layer is a matrix of shape (outputs, inputs); a network without biases is the list of its layers.
"""

import itertools
from collections.abc import Sequence
from math import ceil, log, prod, sqrt
from typing import Any

import numpy as np

CHAIN = 12.0
"""The constant in front of the Rademacher complexity of the ramp losses of a class of networks."""


def columns_norm(A: Any) -> float:
    """The (2,1) norm: the sum of the Euclidean norms of the columns.

    Raises:
        ValueError: If A is no matrix.
    """
    A = _matrix(A)
    return float(np.linalg.norm(A, axis=0).sum())


def spectral_norm(A: Any) -> float:
    """The largest singular value."""
    return float(np.linalg.norm(_matrix(A), 2))


def lipschitz_product(weights: Sequence[Any]) -> float:
    """The product of the layers' spectral norms."""
    return prod(spectral_norm(A) for A in _network(weights))


def spectral_complexity(weights: Sequence[Any], references: Sequence[Any] | None = None) -> float:
    r"""The spectral complexity $R_{\mathcal A}$ of Bartlett, Foster and Telgarsky, with $\rho_i=1$.

    Args:
        weights: The layers, each of shape (outputs, inputs).
        references: Matrices of the same shapes, chosen before the data; zero by default.

    Raises:
        ValueError: If there is no layer, shapes do not fit, or a layer is zero.
    """
    layers = _network(weights)
    if references is None:
        moved = layers
    else:
        fixed = [_matrix(M) for M in references]
        if [M.shape for M in fixed] != [A.shape for A in layers]:
            raise ValueError(
                f"references: wanted the shapes {[A.shape for A in layers]}, "
                f"got {[M.shape for M in fixed]}"
            )
        moved = [A - M for A, M in zip(layers, fixed, strict=True)]
    sizes = [spectral_norm(A) for A in layers]
    if min(sizes) == 0:
        raise ValueError("weights: wanted layers that are not zero, got one that is")
    spread = sum(
        (columns_norm(D.T) / size) ** (2 / 3) for D, size in zip(moved, sizes, strict=True)
    )
    return prod(sizes) * spread**1.5


def forward(weights: Sequence[Any], X: np.ndarray) -> np.ndarray:
    """Outputs of the ReLU network, of shape (n, k), at inputs of shape (n, d)."""
    first, *others = _network(weights)
    Z = np.asarray(X, dtype=float) @ first.T
    for A in others:
        Z = np.maximum(Z, 0) @ A.T
    return Z


def margins(outputs: Any, labels: Any) -> np.ndarray:
    """The output of the label less the largest of the others.

    Args:
        outputs: Of shape (..., n, k), k at least 2.
        labels: From 0 to k - 1, of shape (..., n).

    Returns:
        The margins, of shape (..., n); positive where the label is what the network says.

    Raises:
        ValueError: If the shapes do not fit, or there is a single class.
    """
    f, y = np.asarray(outputs, dtype=float), np.asarray(labels)
    if f.ndim < 2 or f.shape[-1] < 2 or f.shape[:-1] != y.shape:
        raise ValueError(
            f"wanted outputs of shape (..., n, k >= 2) and labels of shape (..., n), "
            f"got {f.shape} and {y.shape}"
        )
    own = np.take_along_axis(f, y[..., None], -1)[..., 0]
    others = np.where(np.arange(f.shape[-1]) == y[..., None], -np.inf, f)
    return own - others.max(-1)


def ramp(values: Any, gamma: float) -> np.ndarray:
    """The ramp loss of margins: 1 up to 0, 0 from gamma on, straight between.

    Raises:
        ValueError: If gamma is not positive.
    """
    if gamma <= 0:
        raise ValueError(f"gamma: wanted a positive margin, got {gamma}")
    return np.clip(1 - np.asarray(values, dtype=float) / gamma, 0, 1)


def complexity_term(
    weights: Sequence[Any], X: np.ndarray, gamma: float, references: Sequence[Any] | None = None
) -> float:
    r"""What the slide has inside its $\tilde O$, without logarithms: ||X|| R / (gamma n)."""
    return float(np.linalg.norm(X)) * spectral_complexity(weights, references) / (gamma * len(X))


def rademacher_bound(size: float, complexity: float, gamma: float, n: int, width: int) -> float:
    """The bound on the Rademacher complexity of the ramp losses of a class of networks.

    Args:
        size: The Frobenius norm of the examples.
        complexity: R of the class.
        gamma: The ramp's width.
        n: Number of examples, at least 2.
        width: The largest dimension of a layer, inputs and outputs included.
    """
    scale = size * complexity / (gamma * n)
    return 1 / n + CHAIN * ceil(np.log2(n)) * sqrt(log(2 * width**2)) * scale


def margin_bound(
    weights: Sequence[Any],
    X: np.ndarray,
    gamma: float,
    *,
    delta: float = 0.05,
    references: Sequence[Any] | None = None,
) -> float:
    """All that the theorem adds to the ramp risk, with explicit constants.

    Args:
        weights: The layers.
        X: The training examples, of shape (n, d).
        gamma: Any positive margin; it may depend on the data.
        delta: The chance that the bound fails.
        references: Chosen before the data; zero by default.

    Raises:
        ValueError: If gamma is not positive, shapes do not fit, or a layer is zero.
    """
    if gamma <= 0:
        raise ValueError(f"gamma: wanted a positive margin, got {gamma}")
    layers = _network(weights)
    fixed = [np.zeros_like(A) for A in layers] if references is None else list(references)
    n, size = len(X), float(np.linalg.norm(X))
    complexity = np.e**2 * spectral_complexity(layers, fixed)
    width = max(max(A.shape) for A in layers)
    entropy = log(2 / delta) + price_of_choice(layers, fixed, gamma)
    return 2 * rademacher_bound(size, complexity, gamma, n, width) + 3 * sqrt(entropy / (2 * n))


def price_of_choice(weights: Sequence[Any], references: Sequence[Any], gamma: float) -> float:
    r"""The $\Gamma$ of the theorem: where the norms and gamma stand on a grid of powers of e.

    Args:
        weights: The layers, none of them zero.
        references: Of the same shapes; a layer may be equal to its own.
        gamma: A positive margin.
    """
    L = len(weights)
    sizes = [spectral_norm(A) for A in weights]
    moved = [columns_norm((A - M).T) for A, M in zip(weights, references, strict=True)]
    still = moved.count(0.0)
    places = [ceil(L * log(value)) for value in (*sizes, *moved) if value > 0]
    places.append(int(np.floor(log(gamma))))
    return still * log(5) + sum(log(4 * (1 + k * k)) for k in places)


def _matrix(A: Any) -> np.ndarray:
    A = np.asarray(A, dtype=float)
    if A.ndim != 2:
        raise ValueError(f"wanted a matrix of shape (outputs, inputs), got shape {A.shape}")
    return A


def _network(weights: Sequence[Any]) -> list[np.ndarray]:
    """The layers as arrays, checked to fit each other."""
    layers = [_matrix(A) for A in weights]
    if not layers:
        raise ValueError("weights: wanted one layer or more, got none")
    for k, (A, B) in enumerate(itertools.pairwise(layers)):
        if B.shape[1] != A.shape[0]:
            raise ValueError(
                f"weights: layer {k + 1} takes {B.shape[1]} inputs, layer {k} gives {A.shape[0]}"
            )
    return layers
