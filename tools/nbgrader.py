"""Homeworks for nbgrader: ``python -m tools.nbgrader COURSE`` writes ``COURSE/source/hw1/...``.

The markers of the answers are nbgrader's already; this adds what it keeps in the metadata of cells.
A code question is graded by its public check, as the hidden tests do not run beside the answers;
proofs and what is measured wait for a reader.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from tools.assignments import CODE, WORDS, homeworks
from tools.files import ROOT, replace

HEAD = re.compile(r"^## .*\((\d+) points\)$", re.MULTILINE)
CHECK = re.compile(r"\bcheck\.\w+\(")


def main(arguments: list[str]) -> int:
    """Write every homework with metadata into a course's folder."""
    if len(arguments) != 1:
        print("usage: python -m tools.nbgrader COURSE", file=sys.stderr)
        return 2
    for path in homeworks(ROOT):
        made = nbformat.writes(marked(nbformat.read(path, as_version=4))) + "\n"
        replace(Path(arguments[0]) / "source" / path.parent.name / path.name, made)
    return 0


def marked(notebook: NotebookNode) -> NotebookNode:
    """The notebook with nbgrader's metadata, changed in place."""
    points = 0
    for cell in notebook.cells:
        if found := HEAD.search(cell.source):
            points = int(found[1])
        code = cell.cell_type == "code"
        pattern = CODE if code else WORDS
        answer = any(pattern.fullmatch(line) for line in cell.source.split("\n"))
        check = code and not answer and bool(CHECK.search(cell.source))
        graded = check or (answer and not code)
        if not (answer or check):
            continue
        cell.metadata["nbgrader"] = {
            "schema_version": 3,
            "grade_id": cell.id,
            "grade": graded,
            "solution": answer,
            "locked": check,
            "task": False,
            **({"points": points} if graded else {}),
        }
        points = 0 if graded else points  # the second text of a question adds none
    return notebook


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
