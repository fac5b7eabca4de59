"""Two-layer networks wide enough for what their neurons span: ways down, and ways across.

The neurons ``psi_w(x) = rho(<w, x>)`` span a space V of functions on the data, whose dimension q is
the intrinsic dimension. With p >= q neurons a way leads down from everywhere
(:func:`descent_path`); with p >= q + 1 every two points are joined below the higher of the two
(:func:`connect`). Both build the path that the proof describes.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from math import comb
from typing import Any

import numpy as np
from scipy.linalg import qr

from dlmath.landscapes.neuron_moves import Walk, rearrange
from dlmath.landscapes.paths import Path, Weights

SAME = 1e-9
"""A neuron counts as a combination of others if no more than this part of it is left over."""


@dataclass(frozen=True, eq=False)
class Family:
    """All neurons of an activation on some data.

    Args:
        X: The data, of shape (n, N), one example a column.
        rho: The activation, applied entry by entry.
        probes: Weights of neurons that span what all neurons span, of shape (K, n).

    Example:
        >>> probes = np.random.default_rng(0).standard_normal((20, 2))
        >>> Family(np.eye(2), np.square, probes).dimension
        2
    """

    X: np.ndarray
    rho: Callable[[np.ndarray], np.ndarray]
    probes: np.ndarray

    def features(self, W: np.ndarray) -> np.ndarray:
        """The neurons' values on the data, of shape (p, N)."""
        return self.rho(W @ self.X)

    def output(self, weights: Weights) -> np.ndarray:
        """The network's values on the data, of shape (m, N)."""
        W, U = weights
        return U @ self.features(W)

    @cached_property
    def _spectrum(self) -> tuple[np.ndarray, np.ndarray]:
        """Singular values and right singular vectors of the probes' features of length one."""
        F = self.features(self.probes)
        size = np.linalg.norm(F, axis=1, keepdims=True)
        _, s, basis = np.linalg.svd(F / np.where(size > 0, size, 1), full_matrices=False)
        return s, basis

    @cached_property
    def dimension(self) -> int:
        """The intrinsic dimension q of the family on these data."""
        s, _ = self._spectrum
        return int((s > SAME * s[0]).sum())

    @property
    def gap(self) -> float:
        """How sure q is: the q-th singular value over the next one."""
        s, _ = self._spectrum
        q = self.dimension
        return float(s[q - 1] / max(s[q], np.finfo(float).tiny)) if q < len(s) else np.inf

    @cached_property
    def basis(self) -> np.ndarray:
        """An orthonormal basis of V on the data, of shape (q, N)."""
        return self._spectrum[1][: self.dimension]

    def project(self, Y: np.ndarray) -> np.ndarray:
        """The point of V nearest to each row of Y: what a network of width q fits best."""
        return Y @ self.basis.T @ self.basis


def power_dimension(n: int, k: int) -> int:
    """How many monomials of degree k there are in n variables: q for the activation z^k.

    Example:
        >>> power_dimension(3, 2)
        6
    """
    if n < 1 or k < 1:
        raise ValueError(f"wanted n and k of 1 or more, got {n} and {k}")
    return comb(n + k - 1, k)


def independent(F: np.ndarray) -> list[int]:
    """A largest set of independent rows, found by pivoting on the longest remainder.

    Args:
        F: Features, of shape (p, N).
    """
    size = np.linalg.norm(F, axis=1, keepdims=True)
    found: tuple[Any, ...] = qr((F / np.where(size > 0, size, 1)).T, mode="economic", pivoting=True)
    R, pivots = found[1:]
    rank = int((np.abs(np.diag(R)) > SAME).sum())
    return [int(j) for j in pivots[:rank]]


def basis_form(family: Family, walk: Walk) -> list[int]:
    """Make q neurons a basis of V and silence the others; the function does not change.

    Returns:
        The neurons of the basis, fewer than q only if the network has fewer neurons.
    """
    F = family.features(walk.W)
    chosen = independent(F)
    others = [j for j in range(len(F)) if j not in chosen]
    U = walk.U.copy()
    if chosen:
        mix = np.linalg.lstsq(F[chosen].T, F[others].T, rcond=None)[0]  # (chosen, others)
        U[:, chosen] += U[:, others] @ mix.T
    U[:, others] = 0
    walk.share(U)
    while len(chosen) < family.dimension and others:
        j = others.pop(0)
        walk.carry({j: _newest(family, family.features(walk.W[chosen]))}, "recruit")
        chosen.append(j)
    return chosen


def _newest(family: Family, F: np.ndarray) -> np.ndarray:
    """The probe whose neuron is farthest, for its length, from the span of the rows of F."""
    G = family.features(family.probes)
    size = np.linalg.norm(G, axis=1, keepdims=True)
    G = G / np.where(size > 0, size, 1)
    Q = np.linalg.qr(F.T)[0] if len(F) else np.zeros((G.shape[1], 0))
    left = np.linalg.norm(G - (G @ Q) @ Q.T, axis=1)
    return family.probes[int(left.argmax())]


def outputs_for(family: Family, W: np.ndarray, chosen: list[int], f: np.ndarray) -> np.ndarray:
    """Output weights with which the chosen neurons come nearest to f; the others get 0."""
    U = np.zeros((len(f), len(W)))
    U[:, chosen] = np.linalg.lstsq(family.features(W[chosen]).T, f.T, rcond=None)[0].T
    return U


def descent_path(weights: Weights, family: Family, best: np.ndarray) -> Path:
    """A path on which no convex loss of the output rises, from anywhere to a global minimum.

    Args:
        weights: W of shape (p, n) and U of shape (m, p), with p at least q.
        family: The neurons; q is its dimension.
        best: The minimiser of the loss over V, as values on the data, of shape (m, N).

    Raises:
        ValueError: If there are fewer than q neurons, or ``best`` is not in V.
    """
    walk = Walk(weights)
    p, q = len(walk.W), family.dimension
    if p < q:
        raise ValueError(f"width {p}: wanted at least the intrinsic dimension, {q}")
    off = np.linalg.norm(best - family.project(best))
    if off > 1e-8 * max(1.0, float(np.linalg.norm(best))):
        raise ValueError(f"best: wanted a point of V, got one {off:.2g} away from it")
    chosen = basis_form(family, walk)
    walk.share(outputs_for(family, walk.W, chosen, best), "descend")
    return walk.path()


def connect(first: Weights, second: Weights, family: Family) -> Path:
    """A path between two networks on which no convex loss exceeds the larger of its two ends.

    Args:
        first: W of shape (p, n) and U of shape (m, p), with p at least q + 1.
        second: Another network of the same shapes.
        family: The neurons; q is its dimension.

    Raises:
        ValueError: If there are fewer than q + 1 neurons, or the shapes differ.
    """
    walk, other = Walk(first), Walk(second)
    p, q = len(walk.W), family.dimension
    if walk.W.shape != other.W.shape or walk.U.shape != other.U.shape:
        raise ValueError("wanted two networks of the same shapes")
    if p <= q:
        raise ValueError(f"width {p}: wanted more than the intrinsic dimension, {q}")
    mine, theirs = basis_form(family, walk), basis_form(family, other)
    spare, where = _exchange(family, walk, mine, other.W[theirs], theirs)
    rearrange(walk, where, spare)
    silent = {j: other.W[j] for j in range(p) if j not in theirs}
    walk.carry(silent | {j: other.W[j] for j in theirs})
    walk.share(other.U, "cross")
    return walk.path() + other.path().reversed()


def _exchange(
    family: Family, walk: Walk, mine: list[int], arriving: np.ndarray, slots: list[int]
) -> tuple[int, list[int]]:
    """Replace the basis neuron by neuron (Steinitz); each arrival takes a silent slot.

    Returns:
        A silent slot, and for each slot where its neuron is to go.
    """
    p, basis, goal = len(walk.W), list(mine), {}
    for w, slot in zip(arriving, slots, strict=True):
        c = next(j for j in range(p) if j not in basis)
        walk.carry({c: w}, "install")
        F = family.features(walk.W)
        mix = np.linalg.lstsq(F[basis].T, F[c], rcond=None)[0]
        leaving = max((k for k in basis if k not in goal), key=lambda k: abs(mix[basis.index(k)]))
        r = mix[basis.index(leaving)]
        U = walk.U.copy()
        U[:, c] = U[:, leaving] / r
        for k, m in zip(basis, mix, strict=True):
            U[:, k] -= U[:, c] * m if k != leaving else 0
        U[:, leaving] = 0
        walk.share(U, "exchange")
        basis[basis.index(leaving)] = c
        goal[c] = slot
    free = iter(j for j in range(p) if j not in slots)
    where = [goal[j] if j in goal else next(free) for j in range(p)]
    return next(j for j in range(p) if j not in goal), where
