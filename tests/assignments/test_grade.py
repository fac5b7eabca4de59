"""The grader as it is called: a folder of submissions becomes a table and feedback."""

import csv
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time

import pytest
from submitting import SQUARE, TOTAL, assignment, notebook

from dlmath.grade import __main__, isolate, report, run
from dlmath.grade import tests as hidden

HONEST = notebook(SQUARE, TOTAL)
HALF = notebook(SQUARE)


@pytest.fixture
def course(tmp_path, monkeypatch):
    """An assignment and an empty folder for submissions; a killed grader leaves nothing outside."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    assignment(tmp_path / "hw")
    (tmp_path / "in").mkdir()
    return tmp_path


def command(course, *options):
    words = [sys.executable, "-m", "dlmath.grade", "in", "--assignment", "hw", "--limit", "6"]
    return [*words, "--memory", "1024", *options]


def grade(course, *options, **kwargs):
    done = subprocess.run(
        command(course, *options), cwd=course, capture_output=True, text=True, check=False, **kwargs
    )
    assert "Traceback" not in done.stderr
    return done


def table(course):
    with (course / "grades/grades.csv").open(encoding="utf-8", newline="") as stream:
        return {row["student"]: row for row in csv.DictReader(stream)}


def hand_in(course, name, text):
    path = course / "in" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_submission_that_upsets_the_grader_costs_nobody_else(course, monkeypatch):
    """No such submission is known."""

    def upset(cells, *others):
        if len(cells) == 1:
            raise RecursionError
        return run.grade(cells, *others)

    hand_in(course, "ada.ipynb", HONEST)
    hand_in(course, "bob.ipynb", HALF)
    monkeypatch.chdir(course)
    monkeypatch.setattr(__main__, "grade", upset)
    monkeypatch.setattr(isolate, "adopt_orphans", lambda: None)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setitem(isolate._state, "closed", False)
    assert __main__.main(command(course)[3:]) == 0
    rows = table(course)
    assert rows["bob"]["status"] == "cannot be graded: RecursionError"
    assert rows["ada"]["code points"] == "60"


def test_a_folder_becomes_a_table_and_feedback(course):
    hand_in(course, "ada.ipynb", HONEST)
    hand_in(course, "bob/my homework.ipynb", HALF)
    hand_in(course, "cleo/hw.ipynb", HONEST)
    hand_in(course, "cleo/draft.ipynb", "{")
    hand_in(
        course, "dan.ipynb", notebook(SQUARE, "raise ValueError('# not a heading\\n- [x]')", TOTAL)
    )
    done = grade(course, "--jobs", "2")
    assert done.returncode == 0, done.stderr
    assert list(table(course)) == ["ada", "bob", "cleo", "dan"]
    assert table(course)["ada"] == {
        "student": "ada",
        "1 square": "20",
        "2 total": "40",
        "code points": "60",
        "open points": "40",
        "status": "graded",
    }
    assert table(course)["bob"]["code points"] == "20"
    assert table(course)["cleo"]["code points"] == "60"
    assert table(course)["dan"]["status"] == "cells failed"
    feedback = (course / "grades/feedback/bob.md").read_text(encoding="utf-8").splitlines()
    assert "Code: 20 of 60 points. Status: graded." in feedback
    assert "## 2 total: 0 of 40" in feedback
    assert "- 20 of 20: four squares" in feedback
    assert "      there is no function total in the notebook" in [
        w.replace("total: ", "", 1) for w in feedback
    ]
    feedback = (course / "grades/feedback/dan.md").read_text(encoding="utf-8")
    assert "\n      ValueError: # not a heading\n      - [x] (cell 2, line 1)" in feedback


BROKEN = {
    "empty.ipynb": b"",
    "half.ipynb": HONEST[:80].encode(),
    "latin.ipynb": "{'é'}".encode("latin-1"),
    "binary.ipynb": bytes(range(256)) * 10,
    "list.ipynb": b"[]",
    "old.ipynb": b'{"nbformat": 3, "worksheets": []}',
    "newer.ipynb": HONEST.replace('"nbformat": 4', '"nbformat": 5').encode(),
    "nocells.ipynb": b'{"nbformat": 4}',
    "nosource.ipynb": b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": {"a": 1}}]}',
    "deep.ipynb": b"[" * 10**6,
    "number.ipynb": b'{"nbformat": ' + b"4" * 10**5 + b', "cells": []}',
}


def test_broken_files_cost_their_own_grade(course):
    for name, content in BROKEN.items():
        (course / "in" / name).write_bytes(content)
    with (course / "in/huge.ipynb").open("wb") as stream:
        stream.truncate(3 * 2**30)  # sparse: gigabytes that take no room
    os.mkfifo(course / "in/pipe.ipynb")
    (course / "in/link.ipynb").symlink_to(course / "hw/tests_hidden.py")
    (course / "in/nothing").mkdir()
    hand_in(course, "two/a.ipynb", HONEST)
    hand_in(course, "two/b.ipynb", HONEST)
    hand_in(course, "twice.ipynb", HONEST)
    hand_in(course, "twice/hw.ipynb", HONEST)
    (course / "in/notes.txt").write_text("not a submission")
    hand_in(course, "=1+1.ipynb", HALF)
    hand_in(course, "zoe.ipynb", HONEST)
    done = grade(course)
    assert done.returncode == 0, done.stderr
    rows = table(course)
    others = {"huge", "pipe", "link", "nothing", "two", "twice"}
    broken = {name.removesuffix(".ipynb") for name in BROKEN} | others
    assert set(rows) == broken | {"zoe", "'=1+1"}
    for name in broken:
        assert rows[name]["status"].startswith("unreadable: ")
        assert rows[name]["code points"] == "0"
        assert rows[name]["status"] in (course / f"grades/feedback/{name}.md").read_text()
    assert rows["zoe"]["code points"] == "60"
    assert "wanted one notebook, found a.ipynb, b.ipynb" in rows["two"]["status"]
    assert "has 3072 MiB" in rows["huge"]["status"]
    assert "no plain file" in rows["link"]["status"]


def test_what_is_graded_is_not_graded_again(course):
    for name in ("ada", "bob"):
        hand_in(course, f"{name}.ipynb", HONEST)
    assert "2 to grade, 0 known" in grade(course).stdout
    assert "0 to grade, 2 known" in grade(course).stdout
    hand_in(course, "bob.ipynb", HALF)
    assert "1 to grade, 1 known" in grade(course).stdout
    assert [row["code points"] for row in table(course).values()] == ["60", "20"]
    (course / "grades/.records/ada.json").write_text("{")
    assert "1 to grade, 1 known" in grade(course).stdout
    assert "2 to grade, 0 known" in grade(course, "--again").stdout
    tests = course / "hw/tests_hidden.py"
    tests.write_text(tests.read_text().replace("Test(20", "Test(15").replace("40}", "45}"))
    assert "2 to grade, 0 known" in grade(course).stdout
    assert table(course)["ada"]["1 square"] == "15"


SLOW = notebook(SQUARE, "import time; time.sleep(60)", TOTAL)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_run_goes_on(course, number):
    hand_in(course, "ada.ipynb", HONEST)
    hand_in(course, "bob.ipynb", SLOW)
    running = subprocess.Popen(
        command(course, "--limit", "50"), cwd=course, stdout=subprocess.PIPE, text=True
    )
    with running:
        while "ada" not in running.stdout.readline():
            assert running.poll() is None
        before = children(running.pid)
        running.send_signal(number)
        assert running.wait(timeout=20) == (-9 if number == signal.SIGKILL else 130)
    wait_for(lambda: not any(alive(pid) for pid in before))
    assert list(table(course)) == ["ada"]
    hand_in(course, "bob.ipynb", HALF)
    assert "1 to grade, 1 known" in grade(course, "--limit", "50").stdout
    assert [row["code points"] for row in table(course).values()] == ["60", "20"]


def wait_for(condition):
    for _ in range(200):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError("it did not come")


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat") as stream:
            return stream.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def children(parent):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{name}/stat") as stream:
                words = stream.read().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(words[1]) == parent:
            found.append(int(name))
    return found


linux = pytest.mark.skipif(sys.platform != "linux", reason="orphans are adopted on Linux only")
DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open("daemon", "w").write(str(os.getpid()))
        for line in os.listdir("/proc/self/fd"):
            if int(line) > 2:
                try: os.close(int(line))
                except OSError: pass
        time.sleep(600)
    os._exit(0)
while not os.path.exists("daemon") or not open("daemon").read():
    time.sleep(0.01)
"""


@linux
def test_no_daemon_is_left(course):
    where = course / "daemon"
    hand_in(
        course,
        "eve.ipynb",
        notebook(DAEMON, f"import shutil; shutil.copy('daemon', {str(where)!r})", SQUARE),
    )
    hand_in(course, "zoe.ipynb", HONEST)
    assert grade(course).returncode == 0
    assert [row["code points"] for row in table(course).values()] == ["20", "60"]
    assert where.read_text().isdigit()
    assert not alive(int(where.read_text()))


@linux
@pytest.mark.skipif(os.geteuid() == 0, reason="root may read all")
def test_the_grader_cannot_be_read(course):
    spy = "import os\nopen(f'/proc/{os.getppid()}/mem', 'rb')"
    hand_in(course, "eve.ipynb", notebook(SQUARE, spy, TOTAL))
    assert grade(course).returncode == 0
    assert "PermissionError" in (course / "grades/feedback/eve.md").read_text()


@pytest.mark.skipif(os.geteuid() != 0, reason="an ordinary user need not be warned")
def test_root_is_warned(course):
    assert "submissions can lift their limits" in grade(course).stderr


def test_whoever_kills_the_grader_is_last_next_time(course):
    hand_in(course, "eve.ipynb", notebook("import os; os.kill(os.getppid(), 9)", SQUARE))
    hand_in(course, "zoe.ipynb", HONEST)
    assert grade(course).returncode == -9
    assert "zoe" not in table(course)
    assert grade(course).returncode == -9
    assert table(course)["zoe"]["code points"] == "60"


@pytest.mark.parametrize(
    ("tests", "words"),
    [
        (None, "wanted an assignment's folder with tests_hidden.py"),
        ("1 / 0", "does not run: ZeroDivisionError"),
        ("QUESTIONS = {}\nHAND = {'a': 99}", "sum to 99, wanted 100"),
        ("QUESTIONS = {'a': []}\nHAND = {'b': 100}", "every code question a test"),
        ("HAND = {'b': 100}", "does not run: AttributeError"),
    ],
)
def test_an_unfit_assignment_is_refused(course, tests, words):
    path = course / "hw/tests_hidden.py"
    path.unlink() if tests is None else path.write_text(tests)
    with pytest.raises(hidden.Unfit, match=words):
        hidden.load(course / "hw")
    if tests is None:
        done = grade(course)
        assert (done.returncode, words in done.stderr) == (1, True)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--limit", "0"], "wanted a positive number, got 0"),
        (["--limit", "inf"], "wanted a positive number, got inf"),
        (["--jobs", "-1"], "wanted a positive number, got -1"),
        (["--memory", "64"], "wanted 256 MiB or more"),
    ],
)
def test_options_are_checked(course, options, words):
    hand_in(course, "ada.ipynb", HONEST)
    done = grade(course, *options)
    assert done.returncode
    assert words in done.stderr


def test_a_process_that_does_not_start_is_no_submissions_fault(monkeypatch):
    monkeypatch.setattr("sys.executable", shutil.which("true"))
    with pytest.raises(isolate.CannotStart, match="within 512 MiB; give --memory more"):
        isolate.Process(isolate.Limits(memory=512))


def test_no_submissions_are_no_table(course):
    shutil.rmtree(course / "in")
    done = grade(course)
    assert (done.returncode, "wanted a folder of submissions" in done.stderr) == (1, True)


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "grades.csv"
    report.replace(path, "old")
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        report.replace(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["grades.csv"]


def has_sandbox():
    if not shutil.which("bwrap"):
        return False
    words = ["bwrap", "--unshare-all", "--ro-bind", "/", "/", "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


LOOKS = """
import os, socket
import dlmath
from pathlib import Path

def square(x):
    seen = [p for p in (OUTSIDE, HOME) if os.path.exists(p)]
    others = [n for n in os.listdir("/proc") if n.isdigit()]
    project = {p.name for p in Path(dlmath.__file__).parents[1].iterdir()} - {".venv"}
    try:
        socket.create_connection(("127.0.0.1", PORT), timeout=2)
        seen.append("network")
    except OSError:
        pass
    if seen or len(others) > 3 or project != {"dlmath"}:
        raise RuntimeError(f"{seen} {others} {project}")
    return x**2
"""


@pytest.mark.skipif(not has_sandbox(), reason="bubblewrap cannot run here")
def test_the_sandbox_hides_files_processes_and_network(course):
    with socket.create_server(("127.0.0.1", 0)) as server:
        names = {
            "OUTSIDE": str(course / "in"),
            "HOME": os.path.expanduser("~/.bashrc"),
            "PORT": server.getsockname()[1],
        }
        first = "\n".join(f"{name} = {value!r}" for name, value in names.items())
        hand_in(course, "ada.ipynb", notebook(first, LOOKS, TOTAL))
        hand_in(course, "eve.ipynb", notebook("import os; os.kill(os.getppid(), 9)", SQUARE))
        assert grade(course, "--sandbox").returncode == 0
        assert table(course)["ada"]["code points"] == "60", (
            course / "grades/feedback/ada.md"
        ).read_text()
        assert "eve" in table(course)


def test_a_sandbox_that_is_not_there_is_named(course, tmp_path):
    hand_in(course, "ada.ipynb", HONEST)
    done = grade(course, "--sandbox", env={**os.environ, "PATH": str(tmp_path)})
    assert (done.returncode, "--sandbox needs bubblewrap" in done.stderr) == (1, True)


def test_records_are_json(course):
    hand_in(course, "ada.ipynb", HONEST)
    grade(course)
    record = json.loads((course / "grades/.records/ada.json").read_text())
    assert record["marks"]["1 square"][0]["earned"] == 20
    assert not list((course / "grades/.records").glob("*.begun"))
