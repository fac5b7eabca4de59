"""Landscapes small enough to be known completely, on which theorems about sublevel sets are tried.

Each is a function of arrays that broadcast against one another, unless its docstring says more.
"""

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.optimize import minimize_scalar


def double_well(a: np.ndarray, b: np.ndarray, tilt: float = 0.3) -> np.ndarray:
    """``(a^2 - 1)^2 + tilt a + b^2``: two minima unless the tilt is large."""
    return (a**2 - 1) ** 2 + tilt * a + b**2


def double_well_levels(tilt: float) -> tuple[float, float, float]:
    """The critical levels of the double well: lower minimum, upper minimum, saddle.

    Raises:
        ValueError: If the tilt leaves one critical point only, from ``8 / sqrt(27)`` on.
    """
    roots = np.roots([4, 0, -4, tilt])
    if abs(tilt) >= 8 / np.sqrt(27):
        raise ValueError(f"tilt: wanted less than 8 / sqrt(27) in size, got {tilt}")
    left, middle, right = double_well(np.sort(roots.real), np.zeros(3), tilt).tolist()
    return min(left, right), max(left, right), middle


def chain(*weights: np.ndarray) -> np.ndarray:
    """``(w_1 w_2 ... w_K - 1)^2``: a linear network with one neuron a layer, on one example."""
    found = np.ones(())
    for w in weights:
        found = found * w
    return (found - 1) ** 2


def ring(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """``q ((q - 2)^2 + 1/4)`` with ``q = x^2 + y^2``: least at 0, and a circle of poor minima."""
    q = x**2 + y**2
    return q * ((q - 2) ** 2 + 0.25)


def saddle_ring(r: np.ndarray, y1: np.ndarray, y2: np.ndarray, pull: float = 1.0) -> np.ndarray:
    """``(|y|^2 - 1)^2 + pull y_2 |x|^2 + |x|^4`` as a function of ``r = |x|`` and ``y``."""
    return (y1**2 + y2**2 - 1) ** 2 + pull * y2 * r**2 + r**4


def saddle_ring_minimum(pull: float = 1.0) -> float:
    """Its minimum, at ``y = (0, -sqrt(1 + pull^2 / 8))``: ``-pull^2 / 4 - pull^4 / 64``."""
    return -(pull**2) / 4 - pull**4 / 64


def saddle_ring_way_out(angle: float, pull: float = 1.0, points: int = 200) -> np.ndarray:
    """From the poor minimum at an angle of the ring to a global minimiser, never rising.

    First along the ring to its lowest point, then ``|x|`` grows until the value is least, then
    ``y`` goes down with ``|x|`` at its best.

    Returns:
        The points ``(r, y_1, y_2)``, one row each.
    """
    t = np.linspace(0, 1, points)
    turn = angle + t * (-np.pi / 2 - angle)
    flat = np.stack([0 * t, np.cos(turn), np.sin(turn)], axis=1)
    out = np.stack([t * np.sqrt(pull / 2), 0 * t, -1 + 0 * t], axis=1)
    y2 = -1 - t * (np.sqrt(1 + pull**2 / 8) - 1)
    down = np.stack([np.sqrt(-pull * y2 / 2), 0 * t, y2], axis=1)
    return np.concatenate([flat, out, down])


def hat(r: np.ndarray, angle: np.ndarray, twist: float = 1.0) -> np.ndarray:
    r"""The hat with a spiral brim, in polar coordinates.

    Inside the unit disc :math:`e^{-s}(1 - r\sin(\omega - s))` with :math:`s = 1/(1-r^2)`; outside
    :math:`(t-2)e^{-1/t}` with :math:`t = r^2-1`, least at :math:`r = \sqrt2`. It is smooth and
    tends to infinity. With ``twist=0`` the spiral is a straight ray.
    """
    r, angle = np.broadcast_arrays(np.asarray(r, float), np.asarray(angle, float))
    t = r**2 - 1
    s = 1 / np.where(t < 0, -t, 1)
    inside = np.exp(-s) * (1 - r * np.sin(angle - twist * s))
    safe = np.where(t > 0, t, 1)
    return np.where(t < 0, inside, np.where(t > 0, (t - 2) * np.exp(-1 / safe), 0.0))


@dataclass(frozen=True)
class TwoNeurons:
    """Two tanh neurons with output weights one, on the outputs of two others: a loss in the plane.

    Attributes:
        teacher: The two weights that gave the outputs.
        inputs: The inputs, one number each.
    """

    teacher: tuple[float, float] = (0.5, 2.5)
    inputs: np.ndarray = field(default_factory=lambda: np.linspace(-3, 3, 41))

    def __call__(self, w1: np.ndarray, w2: np.ndarray) -> np.ndarray:
        """The mean square difference between the sums of the two neurons."""
        total = np.zeros(np.broadcast(w1, w2).shape)
        for x in self.inputs:
            wanted = np.tanh(self.teacher[0] * x) + np.tanh(self.teacher[1] * x)
            total += (np.tanh(np.multiply(w1, x)) + np.tanh(np.multiply(w2, x)) - wanted) ** 2
        return total / len(self.inputs)

    def merged(self) -> tuple[float, float]:
        """The best that two equal neurons can do: the weight and the loss."""
        scan = np.linspace(-10, 10, 2001)
        w = scan[int(np.argmin(self(scan, scan)))]
        found = minimize_scalar(
            lambda w: float(self(np.array(w), np.array(w))),
            bounds=(w - 0.01, w + 0.01),
            method="bounded",
            options={"xatol": 1e-10},
        )
        return float(found.x), float(found.fun)

    @property
    def curvature(self) -> float:
        """A bound for the second derivative: ``2 E x^2 (2 + 4 max |tanh''|)``."""
        return 2 * float(np.square(self.inputs).mean()) * (2 + 4 * 4 / np.sqrt(27))


def inner_product_path(
    start: tuple[np.ndarray, np.ndarray], end: tuple[np.ndarray, np.ndarray], points: int = 50
) -> tuple[np.ndarray, np.ndarray]:
    """A path of pairs ``(a, b)`` along which ``<a, b>`` is monotone, for vectors of length two up.

    Args:
        start: The first pair.
        end: The last pair.
        points: Points on each of its legs.

    Raises:
        ValueError: If the vectors have length one: there the sign of ``a`` cannot change.
    """
    (a, b), (a_end, b_end) = ([np.asarray(v, float) for v in pair] for pair in (start, end))
    if a.size < 2:
        raise ValueError(f"wanted vectors of length 2 or more, got {a.size}")
    t = np.linspace(0, 1, points)[:, None]
    first, final = _tied(a, b, t), _tied(a_end, b_end, t)
    a, a_end = first[0][-1], final[0][-1]
    c, c_end = float(a @ first[1][-1]), float(a_end @ final[1][-1])
    opposite = abs(a @ a_end) > 0.999 * _norm(a) * _norm(a_end)
    stops = [a, *([_across(a)] if opposite else []), a_end]
    line = np.concatenate([(1 - t) * p + t * q for p, q in pairwise(stops)])
    turning = (line, c * line / np.square(line).sum(1, keepdims=True))
    pull = (0 * t + a_end, ((1 - t) * c + t * c_end) * a_end / (a_end @ a_end))
    legs = [first, turning, pull, (final[0][::-1], final[1][::-1])]
    return np.concatenate([leg[0] for leg in legs]), np.concatenate([leg[1] for leg in legs])


def _norm(v: np.ndarray) -> float:
    return float(np.linalg.norm(v))


def _across(v: np.ndarray) -> np.ndarray:
    """A vector of the same length at a right angle."""
    k = int(np.argmin(np.abs(v)))
    found = -v[k] * v / (v @ v) + np.eye(v.size)[k]
    return found * _norm(v) / _norm(found)


def _tied(a: np.ndarray, b: np.ndarray, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """From ``(a, b)`` to a pair with ``b`` on the line of ``a``, at a constant inner product."""
    if not a.any():  # move a off zero, across b
        a_new = _across(b) if b.any() else np.eye(b.size)[0]
        moved = t * a_new, 0 * t + b
        rest = _tied(a_new, b, t)
        return np.concatenate([moved[0], rest[0]]), np.concatenate([moved[1], rest[1]])
    return 0 * t + a, (1 - t) * b + t * (a @ b) * a / (a @ a)
