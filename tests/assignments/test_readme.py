"""What the instructor is told to type works as it stands there."""

import re
import shlex
import subprocess
import sys

import nbformat
import pytest
from homeworks import ROOT
from test_grade import has_sandbox

from dlmath.grade import __main__ as grader
from tools import assignments

README = (ROOT / "assignments/README.md").read_text(encoding="utf-8")
COMMANDS = [
    line
    for block in re.findall(r"^```\n(.*?)^```", README, re.M | re.S)
    for line in block.splitlines()
]
GRADE = [line for line in COMMANDS if line.startswith("python -m dlmath.grade")]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that looks like the project, with one submission: the student edition, untouched."""
    folder = tmp_path_factory.mktemp("course")
    (folder / "assignments").symlink_to(ROOT / "assignments")
    edition = assignments.student(nbformat.read(ROOT / "assignments/hw1/hw1.ipynb", as_version=4))
    for name in [line for line in COMMANDS if line.endswith(".ipynb")]:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(edition, folder / name)
    return folder


def test_every_command_is_known():
    known = [line for line in COMMANDS if line in GRADE or line.endswith(".ipynb")]
    others = [line for line in COMMANDS if line not in known]
    assert others == ["make assignments", "python -m tools.nbgrader course/"]
    assert re.search(r"^assignments:", (ROOT / "Makefile").read_text(), re.M)
    assert len(GRADE) == 3


@pytest.mark.parametrize("line", GRADE)
def test_the_grader_is_called_so(folder, line):
    if "--sandbox" in line and not has_sandbox():
        pytest.skip("bubblewrap cannot run here")
    words = [sys.executable, *shlex.split(line)[1:]]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    out = folder / (words[words.index("--out") + 1] if "--out" in words else "grades")
    table = (out / "grades.csv").read_text().splitlines()
    assert [row.split(",")[0] for row in table] == ["student", "ada", "bob"]
    assert table[1].endswith(",0,0,0,0,55,cells failed")
    feedback = (out / "feedback/ada.md").read_text()
    assert "is not written yet" in feedback
    hidden = (ROOT / "assignments/hw1/tests_hidden.py").read_text()
    assert not [row for row in hidden.splitlines() if len(row) > 50 and row.strip() in feedback]


def test_every_option_is_described(capsys):
    with pytest.raises(SystemExit):
        grader.main(["--help"])
    offered = set(re.findall(r"--[a-z]+", capsys.readouterr().out)) - {"--help"}
    assert offered == set(re.findall(r"--[a-z]+", README))
