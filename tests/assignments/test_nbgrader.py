"""What nbgrader is told of a homework."""

import nbformat
from homeworks import FOLDERS, ROOT

from dlmath.grade import tests as hidden
from tools import nbgrader


def test_points_and_roles(folder, instructors):
    assignment = hidden.load(folder)
    cells = nbgrader.marked(instructors).cells
    told = {c.id: c.metadata["nbgrader"] for c in cells if "nbgrader" in c.metadata}
    assert [t["grade_id"] for t in told.values()] == list(told)
    tests = [t["points"] for t in told.values() if t["grade"] and not t["solution"]]
    assert tests == [sum(t.points for t in given) for given in assignment.questions.values()]
    by_hand = [t["points"] for t in told.values() if t["grade"] and t["solution"] and t["points"]]
    assert by_hand == list(assignment.hand.values())
    # Tests cannot be changed by a student, answers can.
    assert [t["locked"] for t in told.values()] == [not t["solution"] for t in told.values()]
    marked = [c.id for c in cells if "BEGIN SOLUTION" in c.source]
    assert marked == [name for name, t in told.items() if t["solution"]]


def test_every_homework_is_written(tmp_path):
    assert nbgrader.main([str(tmp_path)]) == 0
    written = sorted(tmp_path.glob("source/*/*.ipynb"))
    assert [p.stem for p in written] == [folder.name for folder in FOLDERS]
    for path in written:
        made = nbformat.read(path, as_version=4)
        source = nbformat.read(ROOT / "assignments" / path.stem / path.name, as_version=4)
        assert [c.source for c in made.cells] == [c.source for c in source.cells]


def test_a_folder_is_wanted(capsys):
    assert nbgrader.main([]) == 2
    assert "usage" in capsys.readouterr().err
