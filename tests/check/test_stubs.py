"""What a reader has before the exercise is done: every check tells a blank from a wrong answer."""

import importlib
import inspect
import pkgutil
import re
from types import FunctionType

import numpy as np
import pytest

import dlmath.check
from dlmath.check._words import PRAISE, fail, judge

CHECKS = {
    f"{module.name}.{name}": check
    for module in pkgutil.iter_modules(dlmath.check.__path__)
    if not module.name.startswith(("_", "hw"))  # homeworks: tests/assignments
    for name, check in vars(importlib.import_module(f"dlmath.check.{module.name}")).items()
    if isinstance(check, FunctionType) and check.__module__ == f"dlmath.check.{module.name}"
    if not name.startswith("_")
}


def signature(check):
    """The call that the check's docstring names: ``interpolate(f, x, n)``."""
    return re.match(r"Judge ``(\w+\([^`]*\))``", inspect.getdoc(check))[1]


def blank(check, body):
    """The stub with the signature that the check names."""
    scope = {}
    exec(f"def {signature(check)}:\n    {body}", scope)
    return next(f for f in scope.values() if isinstance(f, FunctionType))


def test_there_are_checks():
    assert len(CHECKS) >= 38


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("raise NotImplementedError", "The function is not written yet. Hint: write `{}`"),
        ("...", "The function gives nothing back. Hint: is there a return? Wanted is `{}`"),
    ],
    ids=["raises", "returns None"],
)
def test_a_blank_is_told_what_to_write(check, body, words):
    with pytest.raises(AssertionError, match=re.escape(words.format(signature(check)))) as caught:
        check(blank(check, body))
    task = str(caught.value).split(f"`{signature(check)}`")[1]
    assert len(task.split()) >= 4, "the task says what is wanted, not only its name"
    assert caught.value.__suppress_context__


@pytest.mark.parametrize("check", CHECKS.values(), ids=CHECKS)
def test_an_answer_that_cannot_be_judged_is_told_the_task(check):
    for answer in (np.zeros(3), lambda: 0.0):
        with pytest.raises(AssertionError, match=re.escape(f"`{signature(check)}`")):
            check(answer)
    with pytest.raises(AssertionError, match=r"\. Hint: \w"):
        check(blank(check, "return object()"))


@judge
def doubled(answer):
    """Judge ``double(x)``: twice the number."""
    try:
        answer(-1)
    except KeyError:
        fail("It looks something up", "multiply")
    return PRAISE if answer(2)[0] == 4 else fail("Not twice", "multiply")


def broken(x):
    raise ValueError("from within")


def test_a_fault_of_the_answers_own_keeps_its_traceback():
    with pytest.raises(ValueError, match="from within") as caught:
        doubled(broken)
    assert caught.traceback[-1].name == "broken"


def test_what_the_check_expects_to_be_raised_reaches_it():
    with pytest.raises(AssertionError, match="looks something up"):
        doubled({}.__getitem__)


def test_a_judged_answer_passes_as_before():
    assert doubled(lambda x: [2 * x]) == PRAISE
    assert doubled.__name__ == "doubled"
    with pytest.raises(AssertionError, match="Not twice"):
        doubled(lambda x: [x])
    with pytest.raises(AssertionError, match=r"not subscriptable.*wanted is `double\(x\)`: twice"):
        doubled(lambda x: 2 * x)
