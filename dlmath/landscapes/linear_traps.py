"""One hidden linear neuron: landscapes that reduce to one angle, and their second minimum.

The inner weights of the neuron are a length times a direction; given the direction, the best length
and the best outer weights are known, and what is left is a function of the angle alone.
"""

from dataclasses import dataclass

import numpy as np

from dlmath.landscapes.paths import Weights

INPUTS = np.diag([1 / 3, 1.0])
"""The two examples, columns: the square root of the covariance diag(1/9, 1)."""

TEACHER = np.diag([3.6, 1.0])
"""The map that the neuron is to learn: its answers are TEACHER @ INPUTS."""

OPENS, EVEN, CLOSES = 0.055, 0.1, 0.1375
"""The weight decays at which the second minimum appears, exchanges the lead, and goes."""

TABLE = np.array([[1.0, 1.1], [1.0, -1.0]])
"""The matrix to be approximated by one of rank one, entry by entry."""

EMPHASIS = np.array([[2.0, 1.0], [1.0, 2.0]])
"""How much each entry counts."""


def _directions(angle: np.ndarray) -> np.ndarray:
    """Unit vectors of the plane, shape (2,) + the shape of the angles."""
    return np.stack([np.cos(angle), np.sin(angle)])


def reduced_loss(angle: np.ndarray, decay: float) -> np.ndarray:
    """The least loss with weight decay of one neuron that looks in the given direction.

    Raises:
        ValueError: If the decay is negative.
    """
    if decay < 0:
        raise ValueError(f"decay: wanted a number that is not negative, got {decay}")
    d = _directions(np.asarray(angle, float))
    seen = np.tensordot(INPUTS.T, d, 1)
    pull = np.linalg.norm(np.tensordot(TEACHER @ INPUTS @ INPUTS.T, d, 1), axis=0)
    strength = np.maximum(pull - decay, 0) / np.linalg.norm(seen, axis=0)
    return float(np.square(TEACHER @ INPUTS).sum()) - strength**2


def neuron(angle: float, decay: float) -> list[np.ndarray]:
    """The weights ``[W_1, W_2]`` at which :func:`reduced_loss` is reached."""
    d = _directions(np.array(angle))
    q = d @ INPUTS @ INPUTS.T @ d
    pull = TEACHER @ INPUTS @ INPUTS.T @ d
    size = float(np.linalg.norm(pull))
    root = np.sqrt(max(size - decay, 0) / q)
    return [root * d[None], root * pull[:, None] / size]


@dataclass(frozen=True)
class Levels:
    """The reduced landscape in closed form.

    Attributes:
        first: The level of the minimum at the angle 0.
        second: The level at a right angle.
        barrier: The level of the maximum between them.
        turn: The angle of that maximum.
    """

    first: float
    second: float
    barrier: float
    turn: float

    @property
    def depth(self) -> float:
        """How far one must climb from the worse of the two minima."""
        return self.barrier - max(self.first, self.second)


def levels(decay: float) -> Levels:
    """Minima and barrier between the decays OPENS and CLOSES.

    Raises:
        ValueError: If the decay is not between them: there is one minimum only.
    """
    if not OPENS < decay < CLOSES:
        raise ValueError(f"decay: wanted between {OPENS} and {CLOSES}, got {decay}")
    x = ((OPENS / decay) ** 2 - 0.16) / 0.84
    return Levels(
        1 + 7.2 * decay - 9 * decay**2,
        1.44 + 2 * decay - decay**2,
        1.495 + 189 / 11 * decay**2,
        float(np.arcsin(np.sqrt(x))),
    )


def weighted_reduced(angle: np.ndarray, emphasis: np.ndarray | None = None) -> np.ndarray:
    """The least of ``sum_ij e_ij (u_i v_j - a_ij)^2`` over u and the length of v, a = TABLE.

    Args:
        angle: The direction of v.
        emphasis: The weights e, shape (2, 2), positive; EMPHASIS if None.
    """
    e = EMPHASIS if emphasis is None else emphasis
    d = _directions(np.asarray(angle, float))
    gain = np.tensordot(e * TABLE, d, 1) ** 2 / np.tensordot(e, d**2, 1)
    return float((e * TABLE**2).sum()) - gain.sum(0)


def weighted_loss(weights: Weights, emphasis: np.ndarray | None = None) -> float:
    """``sum_ij e_ij (u_i v_j - a_ij)^2`` for ``W_1 = v^T`` and ``W_2 = u``, or wider factors."""
    e = EMPHASIS if emphasis is None else emphasis
    return float((e * np.square(weights[1] @ weights[0] - TABLE)).sum())


def weighted_neuron(angle: float, emphasis: np.ndarray | None = None) -> list[np.ndarray]:
    """Weights ``[v^T, u]`` with v of length 1 at which :func:`weighted_reduced` is reached."""
    e = EMPHASIS if emphasis is None else emphasis
    d = _directions(np.array(angle))
    return [d[None], ((e * TABLE) @ d / (e @ d**2))[:, None]]


def extrema(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Places of the minima and of the maxima of values on a circle."""
    before, after = np.roll(values, 1), np.roll(values, -1)
    low = np.flatnonzero((values < before) & (values <= after))
    high = np.flatnonzero((values > before) & (values >= after))
    return low, high


def descend(
    width: int, decay: float, runs: int, seed: int, *, step: float = 0.1, steps: int = 20_000
) -> np.ndarray:
    """Where gradient descent ends, from many Gaussian starts, on the loss with weight decay.

    It stops when no gradient has an entry above 1e-7, or after the given number of steps.

    Returns:
        The loss at the end of each run, shape (runs,).
    """
    rng = np.random.default_rng(seed)
    A = 0.5 * rng.standard_normal((runs, width, 2))
    B = 0.5 * rng.standard_normal((runs, 2, width))
    S = INPUTS @ INPUTS.T
    for k in range(steps):
        D = (B @ A - TEACHER) @ S
        down = (
            2 * (B.transpose(0, 2, 1) @ D + decay * A),
            2 * (D @ A.transpose(0, 2, 1) + decay * B),
        )
        A, B = A - step * down[0], B - step * down[1]
        if k % 100 == 99 and max(np.abs(g).max() for g in down) < 1e-7:
            break
    left = (B @ A - TEACHER) @ INPUTS
    size = np.square(A).sum((1, 2)) + np.square(B).sum((1, 2))
    return np.square(left).sum((1, 2)) + decay * size
