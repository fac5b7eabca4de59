"""Sublevel sets of a function on a grid: their components, and the bars that count them.

The values at the vertices of a grid are interpolated linearly on the Freudenthal triangulation:
each cell is cut along its main diagonal, so that two vertices are joined if they differ by a vector
of zeros and ones. A sublevel set of the interpolant deforms onto the vertices and edges that it
holds, so that counting components is a matter of this graph, in any dimension.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from scipy import ndimage


def offsets(dimension: int) -> np.ndarray:
    """What a vertex is joined to: the vectors of zeros and ones, but zero, and their negatives."""
    forward = np.array(list(product((0, 1), repeat=dimension))[1:])
    return np.concatenate([forward, -forward])


def sample(
    function: Callable[..., np.ndarray], box: Sequence[tuple[float, float]], points: int
) -> tuple[np.ndarray, np.ndarray]:
    """A function on a grid over a box.

    Args:
        function: Takes one array for each axis, returns their values.
        box: Lower and upper end of each axis.
        points: Grid points on each axis, at least 2.

    Returns:
        The values, of shape ``(points,) * len(box)``, and the steps of the grid, one an axis.

    Raises:
        ValueError: If an axis is empty or there are too few points.
    """
    ends = np.asarray(box, float)
    if ends.ndim != 2 or ends.shape[1] != 2 or not (ends[:, 0] < ends[:, 1]).all():
        raise ValueError(f"box: wanted (low, high) with low < high for each axis, got {box}")
    if points < 2:
        raise ValueError(f"points: wanted 2 or more on each axis, got {points}")
    axes = [np.linspace(low, high, points) for low, high in ends]
    values = np.asarray(function(*np.meshgrid(*axes, indexing="ij")), float)
    return values, np.diff(ends, axis=1)[:, 0] / (points - 1)


def interpolation_error(curvature: float, steps: Sequence[float] | np.ndarray) -> float:
    """How far the interpolant may be from a function with ``|second derivative| <= curvature``.

    Half the curvature times the squared radius of the sphere through the corners of a cell.
    """
    return curvature * float(np.square(steps).sum()) / 8


def components(values: np.ndarray, level: float) -> np.ndarray:
    """The components of the sublevel set at a level, by label.

    Args:
        values: The function at the vertices of a grid of any dimension.
        level: The vertices with ``values <= level`` are kept.

    Returns:
        Whole numbers of the shape of the values: 0 where the function is larger than the level,
        and 1, 2, ..., N in the N components. So ``components(values, level).max()`` counts them.

    Raises:
        ValueError: If the values have no axis, or are not all numbers.
    """
    values = _numbers(values)
    joined = np.zeros((3,) * values.ndim, bool)
    joined[(1,) * values.ndim] = True
    joined[tuple((offsets(values.ndim) + 1).T)] = True
    labels, _ = ndimage.label(values <= level, structure=joined)  # pyright: ignore
    return np.asarray(labels)


def survivors(values: np.ndarray, low: float, high: float) -> int:
    """The number of components of the sublevel set at ``high`` that meet the one at ``low``."""
    if low > high:
        raise ValueError(f"low, high: wanted low <= high, got {low} and {high}")
    labels = components(values, high)
    return len(np.unique(labels[np.asarray(values) <= low]))


@dataclass(frozen=True)
class Bars:
    """The life of every component while the level rises: born at a minimum, dead when it merges.

    Attributes:
        births: Levels at which components appear, the longest life first.
        deaths: Levels at which they merge into an older one; infinite for the oldest.
        sites: The vertex at which each is born, one row of indices each.
    """

    births: np.ndarray
    deaths: np.ndarray
    sites: np.ndarray

    @property
    def lengths(self) -> np.ndarray:
        """How long each lives, in units of the values."""
        return self.deaths - self.births

    def count(self, level: float, least: float = 0.0) -> int:
        """The bars longer than ``least`` that are alive at the level: N_u if ``least`` is 0."""
        alive = (self.births <= level) & (level < self.deaths)
        return int((alive & (self.lengths > least)).sum())

    def between(self, low: float, high: float) -> int:
        """The bars that are alive from one level to another: what :func:`survivors` counts."""
        return int(((self.births <= low) & (high < self.deaths)).sum())


def bars(values: np.ndarray) -> Bars:
    """Follow the components while the level rises, by union and find.

    Vertices enter in the order of their values. One that is joined to nothing older starts a
    component; one that joins several components ends all but the oldest (the *elder rule*). Bars
    of length zero come from ties between neighbours and are left out.

    Args:
        values: The function at the vertices of a grid of any dimension.

    Raises:
        ValueError: If the values have no axis, or are not all numbers.
    """
    values = _numbers(values)
    # A rim that is never born stands in for the edge of the grid: no index needs a check.
    wide = np.pad(values, 1, constant_values=np.inf)
    flat = wide.ravel()
    strides = np.array(wide.strides) // wide.itemsize
    jumps = (offsets(values.ndim) @ strides).tolist()
    inside = np.flatnonzero(np.pad(np.ones(values.shape, bool), 1).ravel())
    order = inside[np.argsort(flat[inside], kind="stable")].tolist()
    merged = _merge(order, jumps, flat.size)
    lived = [(begin, end) for begin, end in merged if flat[begin] < flat[end]]
    first, last = np.array(lived, int).reshape(-1, 2).T
    births = np.concatenate([[flat[order[0]]], flat[first]])
    deaths = np.concatenate([[np.inf], flat[last]])
    where = np.concatenate([[order[0]], first])
    sites = np.stack(np.unravel_index(where, wide.shape), axis=1) - 1
    longest = np.argsort(births - deaths, kind="stable")
    return Bars(births[longest], deaths[longest], sites[longest])


def _merge(order: list[int], jumps: list[int], size: int) -> list[tuple[int, int]]:
    """For each component that ends: the vertex where it began, and the one where it merged."""
    age = [size] * size  # the place in the order of birth; size where nothing is born yet
    parent = list(range(size))
    ended = []

    def oldest(v: int) -> int:
        while parent[v] != v:
            parent[v] = parent[parent[v]]
            v = parent[v]
        return v

    for now, v in enumerate(order):
        age[v] = now
        for jump in jumps:
            if age[v + jump] == size:
                continue
            mine, other = oldest(v), oldest(v + jump)
            if mine == other:
                continue
            young, old = (mine, other) if age[mine] > age[other] else (other, mine)
            parent[young] = old
            if young != v:
                ended.append((young, v))
    return ended


def _numbers(values: np.ndarray) -> np.ndarray:
    """The values as an array of floats with an axis, without NaN."""
    values = np.asarray(values, float)
    if values.ndim == 0 or values.size == 0:
        raise ValueError(f"values: wanted an array over a grid, got shape {values.shape}")
    if np.isnan(values).any():
        raise ValueError("values: wanted numbers at every vertex, got NaN at some")
    return values
