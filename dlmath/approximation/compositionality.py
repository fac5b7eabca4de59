"""Functions composed along a binary tree, and the networks that copy the tree.

A tree of ``d = 2**depth`` inputs has ``d - 1`` nodes. Each is a function of two numbers of [0, 1]
with values in [0, 1]; in the network each is interpolated on a grid of its own square.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from dlmath.approximation.simplicial import Function, kuhn

Interpolation = Callable[[Function, np.ndarray, int], np.ndarray]


@dataclass(frozen=True)
class Tree:
    """A hierarchically local function of ``d`` variables.

    Attributes:
        levels: From the inputs to the root, the functions of each level: ``d/2, d/4, ..., 1``.
    """

    levels: Sequence[Sequence[Function]]

    def __post_init__(self) -> None:
        """Refuse levels that do not halve."""
        widths = [len(level) for level in self.levels]
        if not widths or widths != [2 ** (len(widths) - 1 - k) for k in range(len(widths))]:
            raise ValueError(f"levels: wanted widths d/2, d/4, ..., 1, got {widths}")

    @property
    def d(self) -> int:
        """The number of variables."""
        return 2 * len(self.levels[0])

    def __call__(self, x: np.ndarray) -> np.ndarray:
        """Values at points ``(count, d)``, shape ``(count,)``."""
        if np.ndim(x) != 2 or np.shape(x)[1] != self.d:
            raise ValueError(f"x: wanted points of shape (count, {self.d}), got {np.shape(x)}")
        for level in self.levels:
            pairs = [x[:, 2 * k : 2 * k + 2] for k in range(len(level))]
            x = np.stack([g(z) for g, z in zip(level, pairs, strict=True)], axis=1)
        return x[:, 0]

    def map(self, change: Callable[[Function], Function]) -> "Tree":
        """The tree with every node changed."""
        return Tree([[change(g) for g in level] for level in self.levels])

    def network(self, n: int, interpolate: Interpolation = kuhn) -> "Tree":
        """The network of the same graph, each node interpolated on an ``n`` by ``n`` grid."""
        return self.map(lambda g: lambda z: interpolate(g, z, n))


def shared(g: Function, d: int) -> Tree:
    """The tree of ``d`` variables with the same function at every node.

    Raises:
        ValueError: If ``d`` is not a power of two.
    """
    depth = levels(d)
    return Tree([[g] * 2 ** (depth - 1 - k) for k in range(depth)])


def levels(d: int) -> int:
    """The depth of a binary tree of ``d`` inputs.

    Raises:
        ValueError: If ``d`` is not a power of two, 2 or more.
    """
    depth = int(d).bit_length() - 1
    if d != 2**depth or depth < 1:
        raise ValueError(f"d: wanted a power of two, 2 or more, got {d!r}")
    return depth


def amplification(L: float, d: int) -> float:
    """How much larger the root's error may be than a node's: ``L**j`` summed, ``j < log2 d``."""
    return float(sum(L**j for j in range(levels(d))))


def tree_parameters(d: int, n: int) -> int:
    """How many values the tree's network stores: ``(n + 1)**2`` a node."""
    return (d - 1) * (n + 1) ** 2


def tree_bound(L: float, M: float, d: int, n: int) -> float:
    r"""The guaranteed error of the tree's network, :math:`\frac M{4n^2}\sum_{j<\log_2d}L^j`."""
    return M / (4 * n**2) * amplification(L, d)


def cells_for(error: Callable[[int], float], target: float, most: int = 400) -> int:
    """The first ``n`` at which ``error(n)`` is below the target.

    Raises:
        ValueError: If there is none up to ``most``.
    """
    for n in range(1, most + 1):
        if error(n) < target:
            return n
    raise ValueError(f"error: no n up to {most} brings it below {target}; ask for less")


# --- specimens -------------------------------------------------------------------------------


def specimen(z: np.ndarray) -> np.ndarray:
    """The chapter's constituent: smooth, from the square to [0, 1], Lipschitz constant <= 1.25."""
    a, b = z[:, 0], z[:, 1]
    return 0.5 + 0.5 * np.sin(1.2 * a - 0.8 * b + 0.5 * a * b - 0.3)


def extremal(L: float) -> Function:
    """An average, stretched by ``L`` about one half and cut to [0, 1]: it passes all errors on."""
    return lambda z: np.clip(0.5 + L * (z.mean(axis=1) - 0.5), 0, 1)


def random_sines(d: int, L: float, seed: int) -> tuple[Tree, float]:
    """A tree with another sine at every node.

    Args:
        d: Number of variables.
        L: Lipschitz constant of every node for the largest coordinate.
        seed: Seed.

    Returns:
        The tree, and the largest norm of a second derivative of its nodes.
    """
    rng = np.random.default_rng([seed, 41])
    curvature = 0.0

    def draw() -> Function:
        nonlocal curvature
        share, sign = rng.uniform(), rng.choice([-1.0, 1.0], 2)
        slopes = 2 * L * sign * np.array([share, 1 - share])
        phase = rng.uniform(0, 2 * np.pi)
        curvature = max(curvature, 0.5 * float(slopes @ slopes))
        return lambda z: 0.5 + 0.5 * np.sin(z @ slopes + phase)

    return Tree([[draw() for _ in range(2**k)] for k in reversed(range(levels(d)))]), curvature


def random_folds(d: int, seed: int) -> Tree:
    """A tree of folds ``|a - b - c|`` with kinks off the grid: 2-Lipschitz, not differentiable."""
    rng = np.random.default_rng([seed, 42])

    def draw() -> Function:
        shift = rng.uniform(0.2, 0.4)
        return lambda z: np.abs(z[:, 0] - z[:, 1] - shift) / (1 + shift)

    return Tree([[draw() for _ in range(2**k)] for k in reversed(range(levels(d)))])


def near_average(M: float) -> Function:
    """A bent average with Lipschitz constant 1 and second derivative ``M`` times the identity."""
    return lambda z: 0.5 + (1 - M) * (z.mean(axis=1) - 0.5) + M / 2 * ((z - 0.5) ** 2).sum(axis=1)


def kinked_average(M: float) -> Function:
    """The same with a kink in place of the bend: Lipschitz constant 1, affine on either side."""
    return lambda z: 0.5 + (1 - M) * (z.mean(axis=1) - 0.5) + M * np.abs(z.mean(axis=1) - 0.5)
