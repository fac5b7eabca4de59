"""Downhill on a grid: which vertices are local minima, and from which a path leads to the bottom.

A path that follows edges of the triangulation of :mod:`dlmath.landscapes.sublevel_sets` is a path
of the piecewise linear interpolant. All vertices reach the bottom along edges if and only if from
every point of the interpolant a path leads there that never rises. For a single vertex an edge path
is sufficient, but not necessary: a path across a triangle may do what no edge does.
"""

import heapq
from collections import deque
from collections.abc import Iterator

import numpy as np

from dlmath.landscapes.sublevel_sets import components, offsets


def _shifted(values: np.ndarray) -> Iterator[np.ndarray]:
    """For each neighbour the values that it has, and infinity where there is none."""
    wide = np.pad(np.asarray(values, float), 1, constant_values=np.inf)
    for offset in offsets(np.ndim(values)):
        place = zip(offset, np.shape(values), strict=True)
        yield wide[tuple(slice(1 + o, 1 + o + n) for o, n in place)]


def local_minima(values: np.ndarray, *, strict: bool = False) -> np.ndarray:
    """Which vertices have no lower neighbour; with ``strict``, only higher ones."""
    found = np.ones(np.shape(values), bool)
    for other in _shifted(values):
        found &= (other > values) if strict else (other >= values)
    return found


def poor_minima(values: np.ndarray, *, strict: bool = False) -> np.ndarray:
    """The local minima that are higher than the global minimum."""
    return local_minima(values, strict=strict) & (values > np.min(values))


def no_spurious_valley(values: np.ndarray) -> bool:
    """Whether every component of every sublevel set holds a global minimiser."""
    lowest = values == np.min(values)
    for level in np.unique(values):
        labels = components(values, level)
        if len(np.unique(labels[lowest])) < labels.max():
            return False
    return True


def reaches_the_bottom(values: np.ndarray, *, strictly: bool = False) -> np.ndarray:
    """From which vertices a non-increasing path of edges leads to a global minimiser.

    Args:
        values: The function at the vertices of a grid.
        strictly: Ask for a decreasing path instead.
    """
    reached = values == np.min(values)
    todo = deque(map(tuple, np.argwhere(reached)))
    while todo:
        v = todo.popleft()
        for w in _neighbours(v, values.shape):
            up = values[w] > values[v] if strictly else values[w] >= values[v]
            if up and not reached[w]:
                reached[w] = True
                todo.append(w)
    return reached


def filled(values: np.ndarray) -> np.ndarray:
    """Fill every basin but the lowest to the brim: every sublevel set becomes connected.

    The new value at a vertex is the least level at which it is joined to the lowest vertex.
    """
    level = np.full(np.shape(values), np.inf)
    bottom = np.unravel_index(int(np.argmin(values)), np.shape(values))
    level[bottom] = values[bottom]
    heap = [(float(values[bottom]), tuple(int(i) for i in bottom))]
    while heap:
        height, v = heapq.heappop(heap)
        if height > level[v]:
            continue
        for w in _neighbours(v, values.shape):
            needed = max(height, float(values[w]))
            if needed < level[w]:
                level[w] = needed
                heapq.heappush(heap, (needed, w))
    return level


def leaves_on_the_level(values: np.ndarray) -> np.ndarray:
    """Which vertices are joined, inside their own level set, to one that is no local minimum."""
    values = np.asarray(values, float)
    free = ~local_minima(values)
    found = np.zeros(values.shape, bool)
    for level in np.unique(values):
        plateau = np.where(values == level, 0.0, 1.0)
        labels = components(plateau, 0.5)
        exits = np.unique(labels[free & (labels > 0)])
        found |= np.isin(labels, exits) & (labels > 0)
    return found


def _neighbours(v: tuple[int, ...], shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """The vertices that are joined to one, inside the grid."""
    for offset in offsets(len(shape)).tolist():
        w = tuple(i + o for i, o in zip(v, offset, strict=True))
        if all(0 <= i < n for i, n in zip(w, shape, strict=True)):
            yield w
