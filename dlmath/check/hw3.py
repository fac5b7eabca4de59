"""Public checks of the third homework: on fitting everything.

Give a check your function. It returns a word of praise, or raises ``AssertionError`` naming the
first property that fails and what to look at. The grader calls your function with other data.
"""

from collections.abc import Callable

import numpy as np

from dlmath.check._words import PRAISE, fail, judge
from dlmath.generalization.separable_data import separable_share


@judge
def leave_one_out(leave_one_out: Callable[..., np.ndarray]) -> str:
    """Judge ``leave_one_out(X, y)``: the residuals of fits that did not see the example.

    Raises:
        AssertionError: With the first property that fails.
    """
    for n, p in ((6, 9), (9, 4)):
        rng = np.random.default_rng(n)
        X, y = rng.standard_normal((n, p)), rng.standard_normal(n)
        found = np.asarray(leave_one_out(X.copy(), y.copy()), float)
        if found.shape != (n,):
            fail(f"The shape is {found.shape}, wanted {(n,)}", "one residual for each example")
        wanted = y[0] - X[0] @ np.linalg.lstsq(X[1:], y[1:], rcond=None)[0]
        if not abs(found[0] - wanted) <= 1e-8:
            fail(
                f"With {n} examples and {p} features the first residual is {found[0]:.6g}; "
                f"a fit to the others gives {wanted:.6g}",
                "fit without example 1, by lstsq, and compare with your formula",
            )
    return PRAISE


@judge
def perceptron(perceptron: Callable[..., tuple[np.ndarray, int]]) -> str:
    """Judge ``perceptron(Z, limit)``: the vector and the number of corrections.

    Raises:
        AssertionError: With the first property that fails.
    """
    answer = perceptron(np.array([[1.0, 3.0], [1.0, -1.0]]), 100)
    if not isinstance(answer, (tuple, list)) or len(answer) != 2:
        fail(f"It returns {type(answer).__name__}", "return the vector and the number, a tuple")
    w, corrections = answer
    # (1,3) corrects; (1,-1) corrects, as 1 - 3 < 0; (1,3) is right; (1,-1) is at 0 and corrects.
    if np.shape(w) != (2,) or not np.allclose(w, [3.0, 1.0]):
        fail(
            f"For (1, 3), (1, -1) it stops at {w}, not at (3, 1)",
            "a score of exactly 0 is corrected too; then go on with the next example",
        )
    if corrections != 3:
        fail(f"It reports {corrections} corrections, not 3", "count corrections, not examples")
    try:
        perceptron(np.array([[1.0], [-1.0]]), 50)
    except Exception as error:  # the grader's carries the name of what was raised elsewhere
        if "ValueError" in (type(error).__name__, getattr(error, "kind", "")):
            return PRAISE
        raise
    fail("Examples 1 and -1 on the line are accepted", "raise ValueError beyond the limit")


@judge
def labellings(labellings: Callable[[np.ndarray], int]) -> str:
    """Judge ``labellings(X)``: how many labellings a linear rule separates.

    Raises:
        AssertionError: With the first property that fails.
    """
    X = np.array([[1, 0, 2], [0, 1, 5], [1, 1, -1], [2, -1, 0], [1, 3, 1]])
    wanted = round(2**5 * separable_share(5, 3))
    found = labellings(X.copy())
    if found != wanted:
        fail(
            f"Five rows of rank 3 in general position give {found}, not Cover's {wanted}",
            "a further row splits the labellings whose cone meets its hyperplane",
        )
    if labellings(np.array([[1, 0], [2, 0], [0, 1]])) != 4:
        fail("Parallel rows are counted as if they were not", "project the others: some vanish")
    return PRAISE
