"""A small book in a folder of its own: two chapters, a shared module, the real tools."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import nbformat

ROOT = Path(__file__).parents[2]

PACKAGE = {
    "dlmath/__init__.py": "",
    "dlmath/figures/__init__.py": "",
    "dlmath/shared.py": "BASE = 40\n",
    "dlmath/left.py": "from dlmath.shared import BASE\n\n\ndef answer():\n    return BASE + 2\n",
    "dlmath/right.py": "def answer():\n    return 7\n",
    "dlmath/right.js": "// the page's half\n",
    "dlmath/alone.py": "",
    "book/table.yml": "rows: 3\n",
}
CHAPTERS = {
    "left": ["from dlmath import left", "left.answer()"],
    "right": ["from dlmath.right import answer", "print(answer())"],
    "plain": ["1 + 1"],
}


TOLD = ("GITHUB_REPOSITORY", "BOOK_BASEURL", "BOOK_ARCHIVED", "BOOK_CURRENT")
"""Variables that say whose book it is, and which edition."""


@dataclass
class SmallBook:
    """The folder, and the tools run in it."""

    root: Path

    def run(self, *arguments, module="tools.execute"):
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=self.root,
            env=os.environ | {"PYTHONPATH": str(self.root)},
            capture_output=True,
            text=True,
            check=False,
        )

    def path(self, name):
        return self.root / "book" / f"{name}.ipynb"

    def write(self, name, cells, **metadata):
        notebook = nbformat.v4.new_notebook(metadata=metadata)
        notebook.cells = [
            nbformat.v4.new_code_cell(code, id=f"cell-{k}") for k, code in enumerate(cells)
        ]
        nbformat.write(notebook, self.path(name))

    def edit(self, name, text):
        (self.root / name).write_text(text)

    def stale(self):
        """The chapters that the check calls stale."""
        out = self.run("--check")
        rows = [row.split() for row in out.stdout.splitlines() if row.startswith("stale")]
        assert out.returncode == (1 if rows else 0), out.stderr
        return sorted(row[1] for row in rows)

    def outputs(self, name):
        return [c.outputs for c in nbformat.read(self.path(name), 4).cells]


def make(root):
    for name, text in PACKAGE.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "constraints.txt", root)
    book = SmallBook(root)
    for name, cells in CHAPTERS.items():
        book.write(name, cells)
    return book


def bare(root):
    """A book of one page, ``book/one``, still to be written, with the real settings and extension."""
    for name in ("_ext", "_assets"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "_config.yml", root)
    (root / "book").mkdir()
    shutil.copy(ROOT / "book/references.bib", root / "book")
    shutil.copy(ROOT / "book/corrections.yml", root / "book")
    (root / "_toc.yml").write_text("format: jb-book\nroot: book/one\n")
    return root


def build(root, **told):
    """Build a book as ``make book`` does, with some environment; the finished process."""
    tool = Path(sys.executable).with_name("jupyter-book")
    environment = {k: v for k, v in os.environ.items() if k not in TOLD} | told
    shutil.rmtree(root / "_build", ignore_errors=True)
    return subprocess.run(
        [tool, "build", ".", "-W", "--keep-going", "--quiet"],
        cwd=root,
        env=environment | {"PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )


def clone(folder, origin=""):
    """The files of this checkout, tracked and new, as a repository of its own with one commit."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    ).stdout.decode()
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "All"]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    if origin:
        subprocess.run(["git", "remote", "add", "origin", origin], cwd=folder, check=True)
    return folder
