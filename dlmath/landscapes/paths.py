"""Paths through the parameters of a network, made of named legs that join without a gap.

A theorem of this part says that from one set of weights another can be reached without climbing,
and its proof builds the way. Here such a way is a :class:`Path`, which can be walked and measured.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

Weights = Sequence[np.ndarray]
"""The parameters of a network: arrays, in an order of the network's own."""

JOINT = 1e-9
"""Largest gap between two legs, in units of the largest entry there or of 1."""


@dataclass(frozen=True)
class Leg:
    """A continuous piece of a path.

    Attributes:
        name: What the leg does, in a word or two.
        at: The parameters at a time between 0 and 1.
    """

    name: str
    at: Callable[[float], Weights]


def apart(first: Weights, second: Weights) -> float:
    """The largest difference of two sets of parameters; NaN if an entry is."""
    gaps = [np.abs(p - q).max(initial=0) for p, q in zip(first, second, strict=True)]
    return float(np.max(gaps, initial=0.0))


def straight(name: str, start: Weights, end: Weights) -> Leg:
    """The leg on which every parameter moves in a straight line.

    Raises:
        ValueError: If the two ends have different shapes.
    """
    a, b = [np.array(w, float) for w in start], [np.array(w, float) for w in end]
    if [w.shape for w in a] != [w.shape for w in b]:
        raise ValueError(
            f"leg {name!r}: wanted two ends of the same shapes, "
            f"got {[w.shape for w in a]} and {[w.shape for w in b]}"
        )
    return Leg(name, lambda t: [(1 - t) * p + t * q for p, q in zip(a, b, strict=True)])


class Path:
    """A continuous path of parameters: a function of time in [0, 1].

    Every leg takes the same share of the time.

    Args:
        legs: At least one leg, in the order in which they are walked.
        joint: The largest gap allowed between legs, relative to the largest entry there or to 1.

    Attributes:
        legs: The legs.
        breaks: The times at which they begin, and 1; shape (number of legs + 1,).

    Raises:
        ValueError: If there is no leg, or one does not begin where the one before it ends.

    Example:
        >>> there = straight("there", [np.zeros(2)], [np.ones(2)])
        >>> back = straight("back", [np.ones(2)], [np.zeros(2)])
        >>> Path([there, back])(0.25)[0].tolist()
        [0.5, 0.5]
        >>> Path([there, back]).rise(lambda p: float(p[0].sum()))
        2.0
    """

    def __init__(self, legs: Iterable[Leg], joint: float = JOINT) -> None:
        """Keep the legs and refuse those that do not join."""
        self.legs = tuple(legs)
        if not self.legs:
            raise ValueError("a path: wanted at least one leg, got none")
        self.joint = joint
        self.breaks = np.linspace(0, 1, len(self.legs) + 1)
        self.gap = 0.0
        for before, after in pairwise(self.legs):
            self.gap = max(self.gap, self._joined(before, after))

    def _joined(self, before: Leg, after: Leg) -> float:
        """The gap between two legs; raises if it is too large."""
        old, new = before.at(1.0), after.at(0.0)
        where = f"between {before.name!r} and {after.name!r}"
        if [np.shape(w) for w in old] != [np.shape(w) for w in new]:
            raise ValueError(f"a path: the shapes change {where}")
        far = apart(old, new)
        size = max((float(np.abs(p).max(initial=1)) for p in old), default=1.0)
        if not far <= self.joint * size:
            raise ValueError(f"a path: a gap of {far:.2g} {where}, wanted at most {self.joint:g}")
        return far

    def __call__(self, t: float) -> Weights:
        """The parameters at time t.

        Raises:
            ValueError: If t is not between 0 and 1.
        """
        if not 0 <= t <= 1:
            raise ValueError(f"t: wanted a time between 0 and 1, got {t}")
        place = t * len(self.legs)
        leg = min(int(place), len(self.legs) - 1)
        return self.legs[leg].at(place - leg)

    def __len__(self) -> int:
        """The number of legs."""
        return len(self.legs)

    def __add__(self, other: "Path") -> "Path":
        """This path, then the other."""
        return Path(self.legs + other.legs, max(self.joint, other.joint))

    @property
    def start(self) -> Weights:
        """The parameters at time 0."""
        return self(0.0)

    @property
    def end(self) -> Weights:
        """The parameters at time 1."""
        return self(1.0)

    def reversed(self) -> "Path":
        """The same path, walked from its end to its start."""
        back = [Leg(leg.name, lambda t, at=leg.at: at(1 - t)) for leg in reversed(self.legs)]
        return Path(back, self.joint)

    def mapped(self, change: Callable[[Weights], Weights]) -> "Path":
        """The path that a continuous change of the parameters makes of this one."""
        legs = [Leg(leg.name, lambda t, at=leg.at: change(at(t))) for leg in self.legs]
        return Path(legs, self.joint)

    def values(
        self, loss: Callable[[Any], float], points_per_leg: int = 50
    ) -> tuple[np.ndarray, np.ndarray]:
        """The loss along the path, both ends of every leg included.

        Args:
            loss: A function of the parameters.
            points_per_leg: How many places on each leg, 2 or more.

        Returns:
            Times and losses, each of shape (legs * points_per_leg,).

        Raises:
            ValueError: If there are fewer than two points a leg.
        """
        if points_per_leg < 2:
            raise ValueError(f"points_per_leg: wanted 2 or more, got {points_per_leg}")
        inside = np.linspace(0, 1, points_per_leg)
        times = [(k + inside) / len(self.legs) for k in range(len(self.legs))]
        found = [float(loss(leg.at(t))) for leg in self.legs for t in inside]
        return np.concatenate(times), np.array(found)

    def rise(self, loss: Callable[[Any], float], points_per_leg: int = 50) -> float:
        """The largest increase of the loss seen between any time and a later one.

        It is 0 if the loss never rises, and NaN if the loss is NaN anywhere.
        """
        _, found = self.values(loss, points_per_leg)
        if np.isnan(found).any():
            return float("nan")
        return float((found - np.minimum.accumulate(found)).max())

    def largest_step(self, points_per_leg: int = 50) -> float:
        """The largest move of any entry between neighbouring places; goes to 0 with the spacing."""
        inside = np.linspace(0, 1, points_per_leg)
        far = 0.0
        for leg in self.legs:
            walked = [leg.at(t) for t in inside]
            for old, new in pairwise(walked):
                far = max(far, apart(old, new))
        return far
