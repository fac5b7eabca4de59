"""Coding exercises have checks, checks have exercises, and every check was seen to judge.

Three editions: the reader's blank stub is told what to write (``tests/check/test_stubs.py``), three
wrong answers or more are told what is wrong (``tests/check/test_check_*.py``), and the solution,
which is run with its notebook, is praised.
"""

import importlib.util
import re

import chapters
import pytest

NOTEBOOKS = chapters.notebooks()
CHAPTERS = [page for page in NOTEBOOKS if chapters.is_chapter(page)]
EXERCISES = {
    label: (page, kind, words)
    for page in CHAPTERS
    for label, kind, words in chapters.exercises(chapters.markdown(NOTEBOOKS[page]))
}
CODING = [label for label, (_, kind, _) in EXERCISES.items() if (kind or "").startswith("Code")]
KINDS = {
    "Routine",
    "Proof",
    "Proof, hard",
    "Proof and code",
    "Code",
    "Code and proof",
    "Open",
    "Open-ended",
}
# The public checks of the homeworks have tests of their own, in tests/assignments.
SOURCES = sorted(
    path
    for path in (chapters.ROOT / "dlmath/check").glob("[a-z]*.py")
    if not re.fullmatch(r"hw\d+", path.stem)
)
CHECKS = {
    f"{path.stem}.{name}"
    for path in SOURCES
    for name in re.findall(r"^@judge\ndef (\w+)", path.read_text(), re.MULTILINE)
}
WRONG_ANSWERS = 3


def named(label):
    """The checks that an exercise names: ``scattering.halves``."""
    return re.findall(r"dlmath\.check\.(\w+\.\w+)", EXERCISES[label][2])


def room(label):
    """The chapter's name as its modules have it."""
    return EXERCISES[label][0].rsplit("/", 1)[-1].replace("-", "_")


def trials(module):
    """The test module of the checks of a chapter."""
    path = chapters.ROOT / f"tests/check/test_check_{module}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


def wrong_answers(module):
    """How many wrong answers the tests of a chapter hand to each of its checks, with the message."""
    found = {}
    for test in vars(trials(module)).values():
        marks = [m for m in getattr(test, "pytestmark", []) if m.name == "parametrize"]
        if not marks:
            continue
        judged = [name for name in test.__code__.co_names if f"{module}.{name}" in CHECKS]
        assert len(judged) == 1, f"{test.__name__} tries {judged}, wanted one check"
        cases = marks[0].args[1]
        assert all(len(case) == 2 and case[1].strip() for case in cases)
        found[judged[0]] = found.get(judged[0], 0) + len(cases)
    return found


def test_there_are_coding_exercises_and_checks():
    assert len(CODING) >= 2 * len(CHAPTERS)
    assert len(CHECKS) >= 2 * len(CHAPTERS)


def test_every_function_of_the_checks_is_judged():
    """A check without the decorator would let a blank through as an error of its own."""
    public = {
        f"{path.stem}.{name}"
        for path in SOURCES
        for name in re.findall(r"^def ([a-z]\w*)", path.read_text(), re.MULTILINE)
    }
    assert public == CHECKS


def test_exercises_are_marked_with_a_known_kind():
    assert {label: kind for label, (_, kind, _) in EXERCISES.items() if kind not in KINDS} == {}


@pytest.mark.parametrize("label", CODING)
def test_a_coding_exercise_names_its_check_and_its_solution_passes_it(label):
    (check,) = named(label)
    module, name = check.split(".")
    assert check in CHECKS
    assert module == room(label)
    page = EXERCISES[label][0].rsplit("/", 1)[-1]
    solutions = NOTEBOOKS[f"book/solutions/{page}"]
    code = [c.source for c in solutions.cells if c.cell_type == "code"]
    assert f"from dlmath.check import {module} as check\n" in "\n".join(code)
    calls = re.search(
        rf"^(?:print\()?check\.{name}\(\w+\)", chapters.answers(solutions, label), re.MULTILINE
    )
    assert calls, f"no cell of the solution of {label} calls check.{name}(...) and lets it raise"


def test_every_check_has_its_exercise():
    assert {check for label in CODING for check in named(label)} == CHECKS


def test_no_other_exercise_names_a_check():
    assert [label for label in EXERCISES if label not in CODING and named(label)] == []


@pytest.mark.parametrize("module", [path.stem for path in SOURCES])
def test_wrong_answers_are_tried(module):
    tried = wrong_answers(module)
    wanted = {check.split(".")[1] for check in CHECKS if check.startswith(f"{module}.")}
    assert {name: tried.get(name, 0) for name in wanted if tried.get(name, 0) < WRONG_ANSWERS} == {}
