"""A new chapter's five rooms stand at once: they are in order, run, and build."""

import os
import subprocess
import sys

import chapters
import nbformat
import pytest
from making import ROOT, SmallBook, build, clone

from tools import chapter

NAME = "landscapes/saddle-points"


def run(root, *command):
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=root,
        env=os.environ | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_new_chapter_is_in_order_runs_and_builds(tmp_path):
    root = clone(tmp_path)
    made = run(root, "tools.chapter", NAME, "Saddle points")
    assert made.returncode == 0, made.stderr
    new = made.stdout.split("_toc.yml")[0].split()
    assert len(new) == 6
    for tool in (("ruff", "check"), ("ruff", "format", "--check")):
        checked = run(root, *tool, *(name for name in new if name.endswith(".py")))
        assert checked.returncode == 0, checked.stdout
    pages = chapters.pages(root)
    assert pages.index(f"book/{NAME}") == pages.index("book/landscapes/sgd") + 1
    assert pages.index("book/solutions/saddle-points") == pages.index("book/solutions/sgd") + 1

    executed = SmallBook(root).run("saddle-points")
    assert executed.returncode == 0, executed.stderr
    tested = run(root, "pytest", "-q", "-p", "no:cacheprovider", "tests/landscapes/test_saddle_points.py")
    assert tested.returncode == 0, tested.stdout
    notebook = nbformat.read(root / f"book/{NAME}.ipynb", 4)
    assert chapters.is_draft(notebook)
    assert chapters.picture_faults(notebook) == chapters.execution_faults(notebook) == []
    tables = str([output.data for output in chapters.outputs(notebook)])
    assert "holds" in tables
    assert "FAILS" in tables
    texts = {page: chapters.texts(root)[page] for page in (f"book/{NAME}", "book/solutions/saddle-points")}
    assert chapters.unsolved(texts) == []

    (root / "book/start.md").write_text("# Start\n")
    toc = "\n".join(f"  - file: {page}" for page in texts)
    (root / "_toc.yml").write_text(f"format: jb-book\nroot: book/start\nchapters:\n{toc}\n")
    built = build(root)
    assert built.returncode == 0, built.stdout + built.stderr


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("", "wanted NAME=part/name"),
        ("landscapes/Saddles", "wanted NAME=part/name"),
        ("saddles", "wanted NAME=part/name"),
        ("landscapes/../x", "wanted NAME=part/name"),
        ("optimization/saddles", "there is no part 'optimization'; there are approximation, generalization"),
        ("landscapes/sgd", "dlmath/landscapes/sgd.py is there already"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name, complaint):
    with pytest.raises(chapter.Refused, match=complaint):
        chapter.parse(name, ROOT)


def test_a_part_that_is_not_listed_is_refused():
    with pytest.raises(chapter.Refused, match=r"_toc\.yml lists nothing of book/optimization"):
        chapter.listed("format: jb-book\n", "optimization", "saddles")
