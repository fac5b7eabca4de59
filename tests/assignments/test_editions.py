"""Every homework: its own answers are right, and the student edition holds none of them."""

import re
import subprocess
import sys

import nbformat
import pytest
from conftest import FOLDERS, ROOT, code_cells

from dlmath.grade import tests as hidden
from dlmath.grade.isolate import Limits
from dlmath.grade.run import grade
from tools import assignments

LIMITS = Limits(seconds=120)
SHORT = 20  # a shorter line, such as `return x`, may stand anywhere


def test_there_are_homeworks():
    assert FOLDERS
    assert [p.parent for p in assignments.homeworks(ROOT)] == FOLDERS


def test_the_instructors_edition_gets_all_code_points(folder, instructors):
    assignment = hidden.load(folder)
    marks, problems = grade(code_cells(instructors), assignment.questions, LIMITS)
    assert problems == {}
    assert [m for given in marks.values() for m in given if m.why] == []
    assert sum(m.earned for given in marks.values() for m in given) == assignment.code


def test_the_student_edition_gets_none_and_says_what_is_missing(folder, instructors):
    assignment = hidden.load(folder)
    edition = assignments.student(instructors)
    marks, problems = grade(code_cells(edition), assignment.questions, LIMITS)
    assert sum(m.earned for given in marks.values() for m in given) == 0
    assert all("NotImplementedError" in m.why for given in marks.values() for m in given)
    told = [words for words in problems.values() if "is not written yet. Hint:" in words]
    assert len(told) >= len(assignment.questions)
    rest = [words for words in problems.values() if words not in told]
    assert [words for words in rest if "write your answer here" not in words] == []


def test_no_line_of_an_answer_is_in_the_student_edition(instructors):
    given = {
        line.strip()
        for c in assignments.student(instructors).cells
        for line in c.source.split("\n")
    }
    lines = assignments.answers(instructors)
    assert [line for line in lines if len(line) >= SHORT and line in given] == []
    assert len(lines) > 20


def test_a_homework_has_what_a_homework_must_have(folder, instructors):
    assignment = hidden.load(folder)
    text = "\n".join(c.source for c in instructors.cells if c.cell_type == "markdown")
    assert len(assignment.questions) >= 3
    assert sum("proof" in name for name in assignment.hand) >= 2
    assert sum("measured" in name for name in assignment.hand) == 1
    rubric = (folder / "rubric.md").read_text(encoding="utf-8")
    for name, points in assignment.hand.items():
        assert f"## {name} ({points:g} points)" in rubric
    every = {
        **assignment.hand,
        **{q: sum(t.points for t in ts) for q, ts in assignment.questions.items()},
    }
    for name, points in every.items():
        number = name.split()[0]
        assert re.search(rf"^## {number}\. .*\({points:g} points\)$", text, re.MULTILINE), name


def test_answers_store_no_outputs(instructors):
    """Outputs would show answers where nobody looks for them, and go stale."""
    assert [c for c in instructors.cells if c.get("outputs") or c.get("execution_count")] == []


def test_make_writes_editions_that_stand_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("GITHUB_REPOSITORY", "alice/course")
    monkeypatch.setattr(assignments, "ROOT", ROOT)
    written = {}
    monkeypatch.setattr(assignments, "replace", lambda path, text: written.update({path: text}))
    assert assignments.main() == 0
    assert sorted(written) == [
        ROOT / "dist/assignments" / f.name / f"{f.name}.ipynb" for f in FOLDERS
    ]
    for path, text in written.items():
        made = nbformat.reads(text, as_version=4)
        nbformat.validate(made)
        assert "dlmath @ git+https://github.com/alice/course@" in made.cells[2].source
        source = nbformat.read(ROOT / "assignments" / path.parent.name / path.name, as_version=4)
        lines = [line for line in assignments.answers(source) if len(line) >= SHORT]
        given = {line.strip() for c in made.cells for line in c.source.split("\n")}
        assert not given & set(lines)
        assert "SOLUTION" not in text


def notebook(*cells):
    made = nbformat.v4.new_notebook()
    for kind, source in cells:
        new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        made.cells.append(new(source, id=f"cell-{len(made.cells) + 1}"))
    return made


ANSWER = (
    "def f(x):\n    '''Say.'''\n    ### BEGIN SOLUTION\n    y = x\n\n    return y\n"
    "    ### END SOLUTION"
)
WORDS = "Prove it.\n\n<!-- BEGIN SOLUTION -->\nAs follows.\n<!-- END SOLUTION -->"


def test_answers_are_replaced():
    source = notebook(("code", ANSWER), ("markdown", WORDS))
    before = nbformat.writes(source)
    code, words = assignments.student(source).cells
    assert code.source == f"def f(x):\n    '''Say.'''\n    {assignments.NOT_YET}"
    assert words.source == f"Prove it.\n\n{assignments.PROOF}"
    assert assignments.answers(source) == ["y = x", "return y", "As follows."]
    assert nbformat.writes(source) == before


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ([("code", ANSWER.replace("### END SOLUTION", ""))], r"cell 1 \(cell-1\): .*does not end"),
        ([("code", ANSWER), ("code", "### END SOLUTION")], r"cell 2 .*line 1.*not begun"),
        ([("code", ANSWER + "\n### BEGIN SOLUTION\n### BEGIN SOLUTION")], "line 9.*already begun"),
        ([("code", ANSWER), ("markdown", WORDS.replace("END", "BEGIN"))], "cell 2 .*already begun"),
        ([("code", ANSWER.replace("### BEGIN", "# BEGIN"))], "nearly a marker"),
        ([("code", "1 + 1")], "no answer is marked"),
    ],
)  # fmt: skip
def test_unbalanced_markers_are_named(cells, words):
    with pytest.raises(assignments.Unbalanced, match=words):
        assignments.student(notebook(*cells))


def test_the_grader_weighs_nothing_on_the_package():
    code = "import sys, dlmath, dlmath.data; print(*sys.modules)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not [name for name in out.stdout.split() if name.startswith("dlmath.grade")]
