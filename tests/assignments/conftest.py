"""Homeworks, and how to hand one in."""

from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(p.parent for p in ROOT.glob("assignments/*/tests_hidden.py"))


def code_cells(notebook):
    """The code cells as the grader numbers them."""
    return {n: c.source for n, c in enumerate(notebook.cells, 1) if c.cell_type == "code"}


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request):
    """The folder of a homework; one after the other."""
    return request.param


@pytest.fixture
def instructors(folder):
    """The notebook with the answers."""
    return nbformat.read(folder / f"{folder.name}.ipynb", as_version=4)
