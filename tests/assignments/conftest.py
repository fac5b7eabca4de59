"""Every homework, one after the other."""

import nbformat
import pytest
from homeworks import FOLDERS


@pytest.fixture(params=FOLDERS, ids=lambda folder: folder.name)
def folder(request):
    """The folder of a homework."""
    return request.param


@pytest.fixture
def instructors(folder):
    """The notebook with the answers."""
    return nbformat.read(folder / f"{folder.name}.ipynb", as_version=4)
