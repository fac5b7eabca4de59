"""Checks for the coding exercises on sublevel sets.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The answers come from the book's own functions, on
inputs that the exercise does not show.
"""

from collections.abc import Callable, Sequence

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.landscapes import sublevel_sets
from dlmath.landscapes.grid_paths import filled


@judge
def bars_on_a_line(follow: Callable[[np.ndarray], Sequence[tuple[float, float]]]) -> str:
    """Judge ``follow(values)``: the bars (birth, death) of values along a line, in any order.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(17)
    cases = [np.array([1.0, 0, 2]), np.array([0.0, 2, 1]), *rng.standard_normal((5, 12))]
    cases.append(np.array([0.0, 1, 1, 0, 2, 2, 1]))
    for values in cases:
        found = sublevel_sets.bars(values)
        wanted = sorted(zip(found.births.tolist(), found.deaths.tolist(), strict=True))
        given = sorted((float(b), float(d)) for b, d in follow(values.copy()))
        if given == wanted:
            continue
        where = f"On {np.round(values, 2).tolist()}"
        if sum(d == np.inf for _, d in given) != 1:
            fail(f"{where} not exactly one bar is infinite", "the component of the minimum stays")
        if any(b == d for b, d in given):
            fail(f"{where} a bar has length zero", "a vertex that joins an old one starts no bar")
        if len(given) != len(wanted):
            fail(f"{where} there are {len(given)} bars, wanted {len(wanted)}", "count the minima")
        if [b for b, _ in given] == [b for b, _ in wanted]:
            fail(f"{where} the deaths are not right", "when two merge, the younger one dies")
        fail(f"{where} the births are not right", "a component is born at its lowest vertex")
    return PRAISE


@judge
def climb(least: Callable[[np.ndarray], np.ndarray]) -> str:
    """Judge ``least(values)``: for each cell of a grid the least climb to the global minimum.

    Raises:
        AssertionError: With the first property that fails.
    """
    rng = np.random.default_rng(18)
    for shape in ((5, 5), (8, 6), (1, 9)):
        values = rng.standard_normal(shape)
        found = np.asarray(least(values.copy()), float)
        wanted = filled(values) - values
        if found.shape != wanted.shape:
            fail(f"The shape is {found.shape}", "return one number for each cell")
        if (found < -1e-12).any():
            fail("Somewhere the climb is negative", "a path starts at the cell itself")
        off = np.abs(found - wanted)
        if (off > 1e-9).any():
            v = tuple(int(i) for i in np.unravel_index(off.argmax(), shape))
            fail(
                f"On a grid of shape {shape} the climb from {v} is off by {off.max():.3g}",
                "the highest cell on the best path counts, less the start; which cells are joined?",
            )
    return PRAISE
