"""How a hidden test looks, and how it is marked.

A test asks the student's function by name and judges what comes back, here, in the grader's own
process. It gives all of its points or none::

    def two_points(student):
        answer = student("margin", np.eye(2), np.array([1, -1]))
        close(answer, np.sqrt(0.5), "The margin of two unit vectors")

    QUESTIONS = {"1 margin": [Test(4, "two unit vectors", two_points)]}
    HAND = {"2 proof": 20}
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from dlmath.check._words import fail
from dlmath.grade import wire

LONGEST_WHY = 1000
_WIDTH = 32  # characters of a number among strings, in numpy's eyes


class Failed(Exception):
    """The student's function gave no answer: it is missing, it raised, or it was stopped.

    Args:
        words: What happened, for the feedback.
        kind: The name of what it raised, such as ``ValueError``.
    """

    def __init__(self, words: str, kind: str = "") -> None:
        """Keep what it raised."""
        super().__init__(words)
        self.kind = kind


class OutOfTime(Failed):
    """The student's function was still running at the limit."""


class Student(Protocol):
    """Where the student's functions can be called."""

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call the function of this name; what it returns.

        Raises:
            Failed: If it gives no answer.
        """
        ...


class Handle:
    """What a test is given: ``student("margin", X, y)``.

    Args:
        student: Who answers.
    """

    def __init__(self, student: Student) -> None:
        """Remember who answers."""
        self._student = student

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """Call the student's function of this name, on copies; its answer holds no NaN.

        Raises:
            Failed: If there is no answer.
            AssertionError: If it holds NaN, or would swell beyond measure as an array.
        """
        answer = self._student.call(name, args, kwargs)
        items, longest = _strings(answer)
        if items * longest > wire.LONGEST:
            fail(f"{name} returns very long text, or lists of it", "return numbers")
        if _has_nan(answer):
            fail(f"{name} returns NaN", "look for 0/0, for log or sqrt of a negative number")
        return answer

    def function(self, name: str) -> Callable[..., Any]:
        """The student's function as a plain one, for a public check."""
        return lambda *args, **kwargs: self(name, *args, **kwargs)


def _has_nan(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(map(_has_nan, value))
    if isinstance(value, dict):
        return any(map(_has_nan, value.values()))
    if isinstance(value, (float, np.ndarray, np.generic)):
        return bool(np.isnan(value).any())
    return False


def _strings(value: Any) -> tuple[int, int]:
    """How many items stand in lists, and the length of the longest when written as text.

    numpy gives every item of a list with strings the room of the longest: a few megabytes on the
    line can become all of the grader's memory.
    """
    if isinstance(value, str):
        return 1, max(len(value), _WIDTH)
    if isinstance(value, int):
        return 1, value.bit_length() // 3  # digits; more than a few only if it is enormous
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        found = [_strings(item) for item in value]
        return sum(n for n, _ in found), max((longest for _, longest in found), default=0)
    return (value.size if isinstance(value, np.ndarray) else 1), 0


@dataclass(frozen=True)
class Test:
    """One hidden test.

    Attributes:
        points: What it gives, all or nothing.
        text: What it looks at, for the feedback; it need not give the test away.
        judge: Is given a :class:`Handle`; raises AssertionError with a hint if the answer is wrong.
    """

    __test__ = False  # pytest collects classes of this name

    points: float
    text: str
    judge: Callable[[Any], None]


@dataclass(frozen=True)
class Mark:
    """What a test gave: its points or 0, and why 0."""

    points: float
    earned: float
    text: str
    why: str


def mark(tests: Sequence[Test], student: Student) -> list[Mark]:
    """Run the tests of a question; after one that ran out of time, no more of them."""
    marks, late = [], False
    for test in tests:
        why = "not run: the function had already run out of time"
        if not late:
            why, late = _judge(test, student)
        if len(why) > LONGEST_WHY:
            why = why[:LONGEST_WHY] + " ..."
        marks.append(Mark(test.points, 0 if why else test.points, test.text, why))
    return marks


def _judge(test: Test, student: Student) -> tuple[str, bool]:
    """Why the test gives no points, or nothing; and whether time ran out."""
    try:
        test.judge(Handle(student))
    except OutOfTime as error:
        return str(error), True
    except (AssertionError, Failed) as error:
        return str(error) or "The answer is wrong.", False
    except Exception as error:  # an answer of a kind that the test did not expect
        return f"The answer cannot be judged ({type(error).__name__}: {error}).", False
    return "", False


class Trusted:
    """Functions called in this very process, for functions that one trusts.

    Args:
        functions: By name.
    """

    def __init__(self, functions: Mapping[str, Callable[..., Any]]) -> None:
        """Remember the functions."""
        self._functions = functions

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call, with arguments and answer as they travel to a submission and back.

        Raises:
            Failed: If the function is missing or raises.
        """
        if name not in self._functions:
            raise Failed(f"there is no function {name}", "NameError")
        args, kwargs = copy.deepcopy((args, dict(kwargs)))
        try:
            return wire.unpack(wire.pack(self._functions[name](*args, **kwargs)))
        except Exception as error:
            kind = type(error).__name__
            raise Failed(f"{name} raised {kind}: {error}", kind) from error


def close(
    found: Any, wanted: Any, what: str, hint: str = "", *, rtol: float = 1e-6, atol: float = 1e-9
) -> None:
    """Raise unless a finite array of numbers has the wanted shape and values.

    Raises:
        AssertionError: With ``what`` and the first thing that is wrong.
    """
    wanted = np.asarray(wanted)
    array = numbers(found, wanted.shape, what)
    if not np.allclose(array, wanted, rtol=rtol, atol=atol):
        worst = np.unravel_index(np.argmax(np.abs(array - wanted)), wanted.shape)
        at = f" at {tuple(int(i) for i in worst)}" if wanted.shape else ""
        fail(f"{what}: {array[worst]:.6g}{at}, wanted {wanted[worst]:.6g}", hint or "see the task")


def numbers(found: Any, shape: tuple[int, ...], what: str) -> np.ndarray:
    """The answer as an array, if it is finite numbers of this shape.

    Raises:
        AssertionError: If it is not.
    """
    try:
        array = np.asarray(found)
    except ValueError:
        array = np.empty(0, object)
    if array.dtype.kind not in "iufc":
        fail(f"{what}: {type(found).__name__} is not numbers", "return numbers or an array of them")
    if array.shape != shape:
        fail(f"{what}: the shape is {array.shape}, wanted {shape}", "the task states the shapes")
    if not np.isfinite(array).all():
        fail(f"{what}: not all numbers are finite", "look for 0/0 and for overflow")
    return array


def refuses(student: Any, name: str, *args: Any, kind: str = "ValueError") -> None:
    """Raise unless the student's function raises an error of this kind on these arguments.

    Raises:
        AssertionError: If it answers, or raises another.
    """
    try:
        student(name, *args)
    except OutOfTime:
        raise
    except Failed as error:
        if error.kind == kind:
            return
        raise AssertionError(f"{error}; wanted {kind}") from error
    fail(f"{name} accepts what it should refuse", f"raise {kind} with a sentence")
