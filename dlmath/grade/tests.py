"""The hidden tests of an assignment, read from its folder."""

import hashlib
import importlib.util
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dlmath.grade.judge import Test

FILE = "tests_hidden.py"
WHOLE = 100


class Unfit(ValueError):
    """An assignment whose tests cannot be used."""


@dataclass(frozen=True)
class Assignment:
    """What is asked, and what it gives.

    Attributes:
        name: The folder's name.
        questions: The tests of each code question.
        hand: The points of each question that is graded by hand.
        digest: Of the file of tests.
    """

    name: str
    questions: Mapping[str, Sequence[Test]]
    hand: Mapping[str, float]
    digest: str

    @property
    def code(self) -> float:
        """The points of all code questions."""
        return sum(test.points for tests in self.questions.values() for test in tests)


def load(folder: Path) -> Assignment:
    """Read ``tests_hidden.py`` of an assignment.

    Raises:
        Unfit: If it is not there, does not run, or its points do not sum to 100.
    """
    path = folder.resolve() / FILE
    if not path.is_file():
        raise Unfit(f"wanted an assignment's folder with {FILE}, but there is no {path}")
    source = path.read_bytes()
    spec = importlib.util.spec_from_file_location(f"_hidden_{folder.resolve().name}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        questions, hand = dict(module.QUESTIONS), dict(module.HAND)
    except Exception as error:
        raise Unfit(f"{path} does not run: {type(error).__name__}: {error}") from error
    made = Assignment(folder.resolve().name, questions, hand, hashlib.sha256(source).hexdigest())
    total = made.code + sum(hand.values())
    if total != WHOLE or set(questions) & set(hand) or not all(questions.values()):
        raise Unfit(
            f"{path}: the points of QUESTIONS and HAND sum to {total:g}, wanted {WHOLE}; every "
            "question has a name of its own and every code question a test"
        )
    return made
