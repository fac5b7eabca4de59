"""A course's schedule names pages of the course and sections that exist, and no week takes too long."""

import re

import chapters
import pytest
import teaching
from making import ROOT

from tools import outline

COURSES = [name for name in outline.names(ROOT) if (ROOT / f"courses/{name}/schedule.md").is_file()]
TEXTS = chapters.texts()
CHAPTERS = [page for page in chapters.notebooks() if chapters.is_chapter(page)]
HOMEWORK = {
    1: ("why-theory", "universality", "compositionality", "depth-separation"),
    2: ("symmetry", "scattering", "deformations", "deep-frames"),
    3: ("overparametrization", "separable-data"),
    4: ("max-margin", "networks-separate", "spectral-margins"),
    5: ("sublevel-sets", "linear-networks", "two-layer-networks"),
    6: ("degenerate-minima", "langevin", "sgd"),
}
IN_WORDS = {"an hour": 60, "two hours": 120}
_WEEK = re.compile(r"^## (?:Week|Meeting) (\d+)\.", re.MULTILINE)
_ENTRY = re.compile(r"^(\w[\w ]*)\n: (.*)$", re.MULTILINE)
_TIME = re.compile(
    r"\*\*Reading\*\*:\s+(\d+)\s+minutes|\*\*Reading\*\*:\s+(two hours|an hour)|\b(An hour) to read"
)


def weeks(text):
    """The number of each week, and its entries by their first words."""
    parts = _WEEK.split(text)[1:]
    return [
        (int(number), dict(_ENTRY.findall(body)))
        for number, body in zip(parts[::2], parts[1::2], strict=True)
    ]


def pages(entry):
    return re.findall(r"\{doc\}`/(book/[\w/-]+)`", entry)


def minutes(text):
    """The time that a chapter says it takes to read; none if it says none."""
    found = _TIME.search(text)
    return found and int(found[1] or IN_WORDS[(found[2] or found[3]).lower()])


def faults(name, text, course):
    """What is wrong with a schedule."""
    found = []
    number, given = zip(*weeks(text), strict=True)
    if list(number) != list(range(1, len(number) + 1)):
        found.append(f"{name}: the weeks are {number}")
    for week, entries in zip(number, given, strict=True):
        if not pages(entries.get("Read", "")):
            found.append(f"{name}, week {week}: nothing to read")
        named = {page for entry in entries.values() for page in pages(entry)}
        found += [
            f"{name}, week {week}: {page} is not in the course"
            for page in sorted(named - set(course.pages))
        ]
        read = [TEXTS[page] for page in pages(entries.get("Read", "")) if page in TEXTS]
        heads = {head for page in read for head in re.findall(r"^#{2,3} (.+)$", page, re.MULTILINE)}
        sections = [
            s
            for key, entry in entries.items()
            if key != "To begin with"
            for s in re.findall(r"\*([^*]+)\*", entry)
        ]
        found += [
            f"{name}, week {week}: no section is called {s!r}" for s in sections if s not in heads
        ]
        times = [0] if _names_sections(entries["Read"]) else [minutes(page) or 0 for page in read]
        if sum(times) > course.minutes > 0:
            found.append(
                f"{name}, week {week}: {sum(times)} minutes of reading, at most {course.minutes}"
            )
    return found


def _names_sections(entry):
    """Whether it asks for some sections and not for whole chapters."""
    return bool(re.search(r"\*[^*]+\*", entry))


@pytest.mark.parametrize("name", COURSES)
def test_schedule(name):
    text = (ROOT / f"courses/{name}/schedule.md").read_text()
    course = outline.read(ROOT, name)
    assert faults(name, text, course) == []
    if name not in teaching.READY:
        return
    # what is numbered is read, and in the order of the contents
    read = [page for _, entries in weeks(text) for page in pages(entries["Read"])]
    numbered = [page for page in course.pages if page in CHAPTERS]
    assert list(dict.fromkeys(page for page in read if page in numbered)) == numbered


def test_the_chapters_say_how_long_they_take():
    assert [page for page in CHAPTERS if not minutes(TEXTS[page])] == []
    assert minutes("It takes 50 minutes to run.") is None


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("/book/landscapes/sgd", "/book/approximation/universality", "book/approximation/universality is not in the course"),
        ("*At rest*", "*At peace*", "no section is called 'At peace'"),
        ("## Week 2.", "## Week 3.", "the weeks are (1, 3)"),
        ("Read\n: {doc}`/book/landscapes/langevin`", "Read\n: the newspaper", "week 1: nothing to read"),
        ("Read\n: {doc}`/book/landscapes/sgd`", "Read\n: {doc}`/book/landscapes/sgd` and {doc}`/book/landscapes/langevin`", "120 minutes of reading, at most 60"),
    ],
)  # fmt: skip
def test_faults_are_seen(old, new, fault):
    text = (
        "## Week 1. A\n\nRead\n: {doc}`/book/landscapes/langevin`\n\nOn the board\n: *Volume*\n\n"
        "## Week 2. B\n\nRead\n: {doc}`/book/landscapes/sgd`\n\nOn the board\n: *At rest*\n"
    )
    course = outline.read(ROOT, "landscapes")
    assert faults("x", text, course) == []
    assert old in text
    assert any(fault in found for found in faults("x", text.replace(old, new), course))


def test_each_homework_is_due_after_its_chapters_were_read():
    text = (ROOT / "courses/thirteen-weeks/schedule.md").read_text()
    read = {
        page.rsplit("/", 1)[-1]: week
        for week, entries in reversed(weeks(text))
        for page in pages(entries["Read"])
    }
    due = {
        int(n): week
        for week, entries in weeks(text)
        for n in re.findall(r"Homework (\d)", entries.get("Due", ""))
    }
    assert sorted(due) == sorted(HOMEWORK)
    for number, names in HOMEWORK.items():
        assert max(read[name] for name in names) < due[number], number


def test_the_syllabus_says_what_each_homework_covers():
    text = (ROOT / "courses/thirteen-weeks/syllabus.md").read_text()
    rows = re.findall(r"^\| (\d) \|(.*)$", text, re.MULTILINE)
    covers = {
        int(number): tuple(page.rsplit("/", 1)[-1] for page in pages(row)) for number, row in rows
    }
    assert covers == HOMEWORK
