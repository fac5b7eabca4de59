"""Published notebooks run alone, as Colab runs them: one environment, an empty folder each.

``google.colab`` is importable, the front end's old ipywidgets and anywidget, torch and numpy are
there already. The first notebook's set-up cell runs unchanged: git is told to find the fork's
repository in a folder of this machine. The packages that are there must stay as they are.

What is cut, to be affordable. The set-up cells of all notebooks are compared, word for word, and
only the first is run; the others then find what it installed, not the checkout.
"""

import os
import subprocess
import sys
import sysconfig
from importlib.metadata import version

import chapters
import nbformat
import pytest

pytestmark = pytest.mark.xdist_group("site")

EVERY = list(chapters.notebooks())
OLD = ("ipywidgets==7.7.1", "anywidget==0.9.21")
RUN = """
import sys, nbformat
from nbclient import NotebookClient
path = sys.argv[1]
notebook = nbformat.read(path, 4)
NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
nbformat.write(notebook, path)
"""
VERSIONS = """
import anywidget, dlmath, ipywidgets, numpy, torch
print(numpy.__version__, torch.__version__, ipywidgets.__version__, anywidget.__version__)
print(numpy.__file__, torch.__file__, dlmath.__file__, sep="\\n")
"""


@pytest.fixture(scope="module")
def colab(tmp_path_factory):
    """A Python with Colab's old widgets in front of the packages of this one, without dlmath."""
    folder = tmp_path_factory.mktemp("colab")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    python = folder / "venv/bin/python"
    where = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = subprocess.run(where, capture_output=True, text=True, check=True).stdout.strip()
    install = [python, "-m", "pip", "install", "-q", "--no-deps", *OLD, "widgetsnbextension<4"]
    subprocess.run(install, check=True)
    # A line in a .pth file adds the folder, but not the .pth files in it: dlmath stays out.
    with open(f"{site}/layer.pth", "w") as layer:
        layer.write(sysconfig.get_path("purelib") + "\n")
    (folder / "fake/google/colab").mkdir(parents=True)
    (folder / "fake/google/__init__.py").touch()
    (folder / "fake/google/colab/__init__.py").touch()
    return folder


@pytest.fixture(scope="module")
def environment(colab, fork):
    kept = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "VIRTUAL_ENV")}
    address = "https://github.com/alice/course"
    return kept | {
        "PATH": f"{colab}/venv/bin:{kept['PATH']}",
        "PYTHONPATH": f"{colab}/fake",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{fork}.insteadOf",
        "GIT_CONFIG_VALUE_0": address,
    }


def published(fork, page):
    return nbformat.read(fork / f"dist/notebooks/{page}.ipynb", 4)


def set_up(notebook):
    """The one set-up cell of a published notebook."""
    (cell,) = [cell for cell in notebook.cells if cell.id == "setup"]
    return cell


def in_colab(colab, environment, folder, code, *arguments):
    """Run code with the environment's Python; the finished process."""
    python = colab / "venv/bin/python"
    return subprocess.run(
        [python, "-c", code, *arguments],
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def run_alone(notebook, colab, environment, folder):
    """Run a published notebook as Colab does; give it back with its outputs."""
    # Colab's kernel has imported google.colab before the first cell runs.
    notebook.cells.insert(0, nbformat.v4.new_code_cell("import google.colab"))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    path = folder / "chapter.ipynb"
    nbformat.write(notebook, path)
    out = in_colab(colab, environment, folder, RUN, str(path))
    assert out.returncode == 0, out.stderr
    return nbformat.read(path, 4)


@pytest.fixture(scope="module")
def installed(colab, environment, fork, tmp_path_factory):
    """What the first notebook's set-up cell left: versions and places, one a line."""
    folder = tmp_path_factory.mktemp("first")
    before = in_colab(colab, environment, folder, "import dlmath")
    assert before.returncode != 0, "dlmath must come from the set-up cell"
    first = published(fork, EVERY[0])
    first.cells = [set_up(first)]
    run_alone(first, colab, environment, folder)
    after = in_colab(colab, environment, folder, VERSIONS)
    assert after.returncode == 0, after.stderr
    return after.stdout.splitlines()


def test_the_set_up_cell_installs_dlmath_and_leaves_the_rest(colab, installed):
    assert installed[0] == f"{version('numpy')} {version('torch')} 7.7.1 0.9.21"
    assert not any(str(colab) in line for line in installed[1:3]), (
        "torch or numpy was installed again"
    )
    assert str(colab) in installed[3]


def test_every_published_notebook_has_the_same_set_up_cell(fork):
    assert sorted((fork / "dist/notebooks").rglob("*.ipynb")) == sorted(
        fork / f"dist/notebooks/{page}.ipynb" for page in EVERY
    )
    cells = {page: set_up(published(fork, page)).source for page in EVERY}
    assert [page for page in EVERY if cells[page] != cells[EVERY[0]]] == []


@pytest.mark.parametrize("page", EVERY)
def test_a_published_notebook_runs_alone(colab, environment, installed, fork, tmp_path, page):
    notebook = published(fork, page)
    notebook.cells.remove(set_up(notebook))
    done = run_alone(notebook, colab, environment, tmp_path)
    bundles = [
        o.data
        for c in done.cells
        for o in c.get("outputs", [])
        if "application/vnd.jupyter.widget-view+json" in o.get("data", {})
    ]
    assert bundles or not chapters.is_chapter(page)
    assert all({"image/svg+xml", "image/png", "text/plain"} <= set(b) for b in bundles)
