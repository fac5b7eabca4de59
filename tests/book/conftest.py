"""Books that the tests run, build and break; made once a session, copied where a test changes one."""

import shutil
from pathlib import Path

import pytest
from making import SmallBook, build, clone, make


@pytest.fixture(scope="session")
def executed(tmp_path_factory):
    """A small book whose chapters were run; copied, not changed."""
    book = make(tmp_path_factory.mktemp("small"))
    out = book.run()
    assert out.returncode == 0, out.stderr
    return book


@pytest.fixture
def book(executed, tmp_path):
    """A fresh copy of the executed small book."""
    return SmallBook(Path(shutil.copytree(executed.root, tmp_path / "book")))


@pytest.fixture(scope="session")
def fork(tmp_path_factory):
    """Alice's copy of the book, built and published."""
    root = clone(tmp_path_factory.mktemp("fork"), "git@github.com:alice/course.git")
    built = build(root)
    assert built.returncode == 0, built.stdout + built.stderr
    published = SmallBook(root).run(module="tools.publish")
    assert published.returncode == 0, published.stderr
    return root
