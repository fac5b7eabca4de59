"""The homeworks, and a submission without a process of its own."""

from pathlib import Path

from dlmath.grade import tests as hidden
from dlmath.grade.judge import Trusted, mark

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(p.parent for p in ROOT.glob("assignments/*/tests_hidden.py"))


def code_cells(notebook):
    """The code cells as the grader numbers them."""
    return {n: c.source for n, c in enumerate(notebook.cells, 1) if c.cell_type == "code"}


def complaints(homework, question, **functions):
    """What the hidden tests of a question say of these functions; nothing if all is right."""
    tests = hidden.load(ROOT / "assignments" / homework).questions[question]
    return [m.why for m in mark(tests, Trusted(functions)) if m.why]
