"""What the grader writes: a record of each submission, feedback for its author, one table."""

import csv
import hashlib
import io
import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from dlmath.grade.judge import Mark
from dlmath.grade.tests import Assignment

LONGEST_WORDS = 1000


@dataclass(frozen=True)
class Record:
    """The marks of one submission.

    Attributes:
        student: Whose it is.
        digest: Of the notebook, the tests and the limits.
        status: ``graded``, ``cells failed`` (graded, too), or why it cannot be.
        marks: By code question.
        problems: Why cells did not run to their end, by their number.
    """

    student: str
    digest: str
    status: str
    marks: Mapping[str, Sequence[Mark]] = field(default_factory=dict)
    problems: Mapping[int, str] = field(default_factory=dict)

    def earned(self, question: str) -> float:
        """The points of a code question."""
        return sum(mark.earned for mark in self.marks.get(question, ()))


class Store:
    """The folder that the grader writes into.

    Args:
        folder: Made if it is not there.
        assignment: What is graded.
    """

    def __init__(self, folder: Path, assignment: Assignment) -> None:
        """Remember the folder."""
        self._folder, self._assignment = folder, assignment

    def _path(self, student: str, kind: str) -> Path:
        return self._folder / ".records" / f"{_file_name(student)}.{kind}"

    def begin(self, student: str) -> None:
        """Note that the submission is being graded."""
        replace(self._path(student, "begun"), "")

    def was_interrupted(self, student: str) -> bool:
        """Whether an earlier run ended while it graded this submission."""
        return self._path(student, "begun").exists()

    def read(self, student: str, digest: str) -> Record | None:
        """The record of this very submission, or None."""
        try:
            read = json.loads(self._path(student, "json").read_text(encoding="utf-8"))
            if read["digest"] != digest:
                return None
            marks = {name: [Mark(**m) for m in marks] for name, marks in read["marks"].items()}
            problems = {int(n): words for n, words in read["problems"].items()}
            return Record(student, digest, read["status"], marks, problems)
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def write(self, record: Record) -> None:
        """Keep a record, and write the feedback."""
        replace(self._path(record.student, "json"), json.dumps(asdict(record), indent=1) + "\n")
        self._path(record.student, "begun").unlink(missing_ok=True)
        feedback = self._folder / "feedback" / f"{_file_name(record.student)}.md"
        replace(feedback, _feedback(record, self._assignment))

    def table(self, records: Sequence[Record]) -> None:
        """Write ``grades.csv``: a line for each student, in the order of the names."""
        questions, hand = list(self._assignment.questions), self._assignment.hand
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["student", *questions, "code points", "open points", "status"])
        for record in sorted(records, key=lambda r: r.student):
            earned = [record.earned(question) for question in questions]
            points = [f"{p:g}" for p in (*earned, sum(earned), sum(hand.values()))]
            writer.writerow([_no_formula(record.student), *points, record.status])
        replace(self._folder / "grades.csv", out.getvalue())


def _file_name(student: str) -> str:
    """A name that every file system takes, and that no two students share."""
    name = os.fsencode(student)
    return (
        student if len(name) <= 200 else f"{student[:40]}-{hashlib.sha256(name).hexdigest()[:12]}"
    )


def _no_formula(name: str) -> str:
    """A spreadsheet reads what begins like this as a formula."""
    return f"'{name}" if name[:1] in "=+-@\t\r" else name


def _feedback(record: Record, assignment: Assignment) -> str:
    code = sum(map(record.earned, assignment.questions))
    lines = [f"# {assignment.name}: {_inline(record.student)}", ""]
    lines += [f"Code: {code:g} of {assignment.code:g} points. Status: {record.status}.", ""]
    if assignment.hand:
        lines += ["Graded by hand, not yet counted:", ""]
        lines += [f"- {name} ({points:g} points)" for name, points in assignment.hand.items()]
    for question, marks in record.marks.items():
        whole = sum(mark.points for mark in marks)
        lines += ["", f"## {question}: {record.earned(question):g} of {whole:g}", ""]
        for mark in marks:
            lines.append(f"- {mark.earned:g} of {mark.points:g}: {mark.text}")
            lines += ["", *_quoted(mark.why), ""] if mark.why else []
    if record.problems:
        lines += ["", "## Cells that did not run to their end, 50 at most", ""]
    for number, words in sorted(record.problems.items()):
        lines += [f"- cell {number} of the notebook", "", *_quoted(words), ""]
    return "\n".join(lines).rstrip() + "\n"


def _inline(name: str) -> str:
    return "".join(c if c.isalnum() or c in " .-_@" else f"\\{c}" for c in name if c.isprintable())


def _quoted(words: str) -> list[str]:
    """Words of a submission as a block of code: they can look like nothing else."""
    cut = words if len(words) <= LONGEST_WORDS else words[:LONGEST_WORDS] + " ..."
    return [
        "      " + "".join(c if c.isprintable() else " " for c in line) for line in cut.splitlines()
    ]


def replace(path: Path, text: str) -> None:
    """Write a file whole or not at all: an interruption leaves the old one as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="backslashreplace") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def digest(notebook: bytes, *others: Any) -> str:
    """One digest of a notebook and of all else that its marks depend on."""
    return hashlib.sha256(notebook + repr(others).encode()).hexdigest()
