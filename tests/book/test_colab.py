"""A published notebook runs alone, as Colab runs it.

An empty folder, ``google.colab`` importable, the front end's old ipywidgets and anywidget, torch and
numpy already there. The notebook's own set-up cell runs unchanged: git is told to find the fork's
repository in a folder of this machine. The packages that are there must stay as they are.
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

CHAPTERS = [page for page in chapters.notebooks() if chapters.is_chapter(page)]
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


def run_alone(notebook, colab, environment, folder):
    """Run a published notebook as Colab does; give it back with its outputs."""
    # Colab's kernel has imported google.colab before the first cell runs.
    notebook.cells.insert(0, nbformat.v4.new_code_cell("import google.colab"))
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    path = folder / "chapter.ipynb"
    nbformat.write(notebook, path)
    python = colab / "venv/bin/python"
    out = subprocess.run(
        [python, "-c", RUN, path], env=environment, cwd=folder, capture_output=True, text=True
    )
    assert out.returncode == 0, out.stderr
    return nbformat.read(path, 4)


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_published_chapter_runs_alone(colab, environment, fork, tmp_path, page):
    python = colab / "venv/bin/python"
    subprocess.run([python, "-m", "pip", "uninstall", "-q", "-y", "dlmath"], check=True)
    before = subprocess.run(
        [python, "-c", "import dlmath"], env=environment, cwd=tmp_path, capture_output=True, check=False
    )
    assert before.returncode != 0, "dlmath must come from the set-up cell"
    published = nbformat.read(fork / f"dist/notebooks/{page}.ipynb", 4)
    done = run_alone(published, colab, environment, tmp_path)
    after = subprocess.run(
        [python, "-c", VERSIONS], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert after[0] == f"{version('numpy')} {version('torch')} 7.7.1 0.9.21"
    assert not any(str(colab) in line for line in after[1:3]), "torch or numpy was installed again"
    assert str(colab) in after[3]
    bundles = [
        o.data
        for c in done.cells
        for o in c.get("outputs", [])
        if "application/vnd.jupyter.widget-view+json" in o.get("data", {})
    ]
    assert bundles
    assert all({"image/svg+xml", "image/png", "text/plain"} <= set(b) for b in bundles)
