"""Stored outputs are run again exactly when what they were made from has changed."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from tools.execute import STATE, joined, steady
from tools.files import replace

pytestmark = pytest.mark.xdist_group("small book")


def test_a_run_stores_outputs_and_leaves_nothing_stale(executed):
    assert executed.outputs("left")[1][0]["data"]["text/plain"] == "42"
    assert executed.outputs("right")[1][0]["text"] == "7\n"
    assert executed.stale() == []
    assert executed.run().stdout == "execute: 3 fresh, 0 run\n"


@pytest.mark.parametrize(
    ("file", "stale"),
    [
        ("dlmath/shared.py", ["left"]),
        ("dlmath/left.py", ["left"]),
        ("dlmath/right.py", ["right"]),
        ("dlmath/right.js", ["right"]),
        ("dlmath/alone.py", []),
        ("dlmath/figures/__init__.py", []),
        ("dlmath/__init__.py", ["left", "right"]),
        ("book/table.yml", []),
    ],
)
def test_an_edit_makes_stale_exactly_what_imports_it(book, file, stale):
    text = (book.root / file).read_text()
    book.edit(file, text + "# an edit\n")
    assert book.stale() == stale


def test_versions_that_reach_a_number_make_stale_and_others_do_not(book):
    pins = (book.root / "constraints.txt").read_text()
    book.edit("constraints.txt", pins.replace("Sphinx==", "Sphinx==9"))
    assert book.stale() == []
    book.edit("constraints.txt", pins.replace("numpy==", "numpy==9"))
    assert book.stale() == ["left", "plain", "right"]
    refused = book.run()
    assert refused.returncode == 1
    assert "numpy: constraints.txt has 9" in refused.stderr


def test_prose_makes_nothing_stale_and_code_does(book):
    notebook = nbformat.read(book.path("plain"), 4)
    notebook.cells.append(nbformat.v4.new_markdown_cell("More words."))
    nbformat.write(notebook, book.path("plain"))
    assert book.stale() == []
    notebook.cells[0].source = "1 + 2"
    nbformat.write(notebook, book.path("plain"))
    assert book.stale() == ["plain"]


def test_cleared_outputs_are_stale(book):
    notebook = nbformat.read(book.path("plain"), 4)
    notebook.cells[0].update(outputs=[], execution_count=None)
    nbformat.write(notebook, book.path("plain"))
    assert book.stale() == ["plain"]


def test_declared_uses_count(book):
    uses = {"uses": ["dlmath.ri*", "book/table.yml"]}
    book.write("plain", ["open('table.yml').read()"], dlmath=uses)
    assert book.run().returncode == 0
    assert book.stale() == []
    book.edit("book/table.yml", "rows: 4\n")
    assert book.stale() == ["plain"]
    assert book.run().returncode == 0
    book.edit("dlmath/right.js", "// other\n")
    assert book.stale() == ["plain", "right"]


@pytest.mark.parametrize("use", ["book/gone.yml", "dlmath.gone"])
def test_declared_uses_must_exist(book, use):
    book.write("plain", ["1"], dlmath={"uses": [use]})
    out = book.run("--check")
    assert out.returncode == 1
    assert f"plain: metadata.dlmath.uses names {use}, no such" in out.stderr


def test_a_deleted_module_fails(book):
    (book.root / "dlmath/right.py").unlink()
    for arguments in (["--check"], []):
        out = book.run(*arguments)
        assert out.returncode == 1
        assert "right: a cell imports dlmath.right, no such module" in out.stderr
    (book.root / "dlmath/left.py").unlink()
    assert "left: a cell imports dlmath.left, no such module" in book.run("--check", "left").stderr


def test_a_failing_cell_is_named_and_leaves_the_file(book):
    book.write("plain", ["1 + 1", "1 / 0"])
    before = book.path("plain").read_bytes()
    out = book.run()
    assert out.returncode == 1
    assert "FAILED plain, code cell 2 (cell-1): 1 / 0" in out.stderr
    assert "ZeroDivisionError" in out.stderr
    assert out.stdout.endswith("1 FAILED: plain\n")
    assert book.path("plain").read_bytes() == before


def test_a_warning_on_the_error_stream_fails(book):
    book.write("plain", ["import warnings; warnings.warn('loud')"])
    out = book.run()
    assert out.returncode == 1
    assert "FAILED plain, code cell 1" in out.stderr
    assert "wrote to the error stream" in out.stderr


def test_names_choose_chapters(book):
    assert "1 run" in book.run("--force", "plain").stdout
    out = book.run("nowhere")
    assert out.returncode == 1
    assert "no notebook is called 'nowhere'; known are left, plain, right" in out.stderr


def test_forced_runs_are_identical(book):
    before = {p: p.read_bytes() for p in book.root.glob("book/*.ipynb")}
    assert book.run("--force").returncode == 0
    assert {p: p.read_bytes() for p in book.root.glob("book/*.ipynb")} == before


def test_another_checkout_is_refused(book, executed):
    out = subprocess.run(
        [sys.executable, "-m", "tools.execute", "--force"],
        cwd=book.root,
        env=os.environ | {"PYTHONPATH": str(executed.root)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert out.returncode == 1
    assert "a kernel would import dlmath from" in out.stderr
    assert "pip install -e . --no-deps" in out.stderr


def _status(pid):
    """The state letter and the parent of a process; none when it is gone."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None, None
    return fields[0], int(fields[1])


def _children(pid):
    every = [int(p.name) for p in Path("/proc").iterdir() if p.name.isdigit()]
    return [child for child in every if _status(child)[1] == pid]


def _gone(pid):
    return _status(pid)[0] in (None, "Z")


def _wait(condition, seconds=30):
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_every_notebook_whole_and_no_kernel(book, kill, tmp_path):
    started = tmp_path / "started"
    book.write("plain", ["1", f"open({str(started)!r}, 'w').close()\nimport time; time.sleep(60)"])
    before = {p: p.read_bytes() for p in book.root.glob("book/*.ipynb")}
    process = subprocess.Popen(
        [sys.executable, "-m", "tools.execute", "plain"],
        cwd=book.root,
        env=os.environ | {"PYTHONPATH": str(book.root)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    assert _wait(started.exists)
    kernels = _children(process.pid)
    assert kernels
    os.kill(process.pid, kill)
    assert process.wait(timeout=30) != 0
    assert all(_wait(lambda pid=pid: _gone(pid)) for pid in kernels)
    assert {p: p.read_bytes() for p in book.root.glob("book/*.ipynb")} == before
    assert sorted(p.name for p in book.root.glob("book/*.ipynb")) == [
        "left.ipynb",
        "plain.ipynb",
        "right.ipynb",
    ]


def test_replace_is_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "a.txt"
    path.write_text("old")
    path.chmod(0o640)
    monkeypatch.setattr(os, "fsync", lambda _: (_ for _ in ()).throw(OSError("disk full")))
    with pytest.raises(OSError, match="disk full"):
        replace(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    monkeypatch.undo()
    replace(path, "new")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("new", 0o640)


def test_widgets_are_named_by_their_order():
    notebook = nbformat.v4.new_notebook()
    code = nbformat.v4.new_code_cell("w")
    code.outputs = [nbformat.v4.new_output("display_data", {"text/html": "see f00d"})]
    notebook.cells = [code]
    notebook.metadata["widgets"] = {STATE: {"state": {"beef": {"layout": "f00d"}, "f00d": {}}}}
    done = steady(notebook)
    assert list(done.metadata.widgets[STATE]["state"]) == ["model-0", "model-1"]
    assert done.cells[0].outputs[0].data["text/html"] == "see model-1"
    assert done.metadata.language_info == {"name": "python", "pygments_lexer": "ipython3"}


def test_what_a_slow_cell_prints_is_stored_as_one():
    """A cell that takes its time is heard in pieces, and in other pieces another time."""
    out, err = ("stream", dict(name="stdout")), ("stream", dict(name="stderr"))

    def stream(kind, text):
        return nbformat.v4.new_output(kind[0], text=text, **kind[1])

    figure = nbformat.v4.new_output("display_data", {"text/plain": "a figure"})
    pieces = [stream(out, "a\n"), stream(out, "b\n"), figure, stream(out, "c\n"), stream(err, "d\n")]
    cell = nbformat.v4.new_code_cell("x", outputs=pieces, id="c")
    (stored,) = steady(nbformat.v4.new_notebook(cells=[cell])).cells
    assert [o.get("text", "figure") for o in stored.outputs] == ["a\nb\n", "figure", "c\n", "d\n"]
    assert joined([]) == []
