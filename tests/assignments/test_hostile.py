"""A hostile or broken submission costs its own grade, question by question, and gains nothing."""

import os
import sys

import numpy as np
import pytest
from submitting import SQUARE, TOTAL, assignment, cells

from dlmath.grade import wire
from dlmath.grade.isolate import Limits
from dlmath.grade.judge import Handle, Test, Trusted, mark
from dlmath.grade.run import Session, grade

LIMITS = Limits(seconds=6, memory=1024)
ALL = (20, 40)

WRONG = "def square(x):\n    return x * 0"
# Whoever looks for it finds the line to the grader, and what it has asked.
LINES = """
import json, os, socket, sys
def lines():
    for name in os.listdir("/proc/self/fd"):
        try:
            yield socket.socket(fileno=os.dup(int(name)))
        except OSError:
            pass
def say(message):
    body = json.dumps(message).encode()
    for line in lines():
        line.sendall(len(body).to_bytes(8, "big") + body)
TRUE = bytes([0] * 7 + [4]) + b"true"
def token():
    frame = sys._getframe()
    while "request" not in frame.f_locals:
        frame = frame.f_back
    return frame.f_locals["request"]["id"]
"""
OBJECTS = {"array": "AAAA", "dtype": "|O", "shape": [1]}


@pytest.fixture(scope="module")
def questions(tmp_path_factory):
    return assignment(tmp_path_factory.mktemp("small") / "hw").questions


def run(questions, *sources, limits=LIMITS):
    marks, problems = grade(cells(*sources), questions, limits)
    earned = tuple(sum(m.earned for m in given) for given in marks.values())
    return earned, " / ".join(m.why for given in marks.values() for m in given if m.why), problems


def body(name, *lines):
    return "\n    ".join([f"def {name}(x):", *lines])


GAINS_NOTHING = {
    "loop": (body("square", "while True: pass"), "stopped after 6 seconds"),
    "memory": (
        body("square", "return [bytearray(10**8) for _ in range(1000)]"),
        "MemoryError",
    ),
    "exit": ("import sys\n" + body("square", "sys.exit(0)"), "SystemExit: 0"),
    "hard exit": ("import os\n" + body("square", "os._exit(0)"), "ended the process"),
    "kill": (
        "import os\n" + body("square", "os.kill(0, 9)"),
        "ended the process",
    ),
    "crash": ("import ctypes\n" + body("square", "ctypes.string_at(0)"), "ended the process"),
    "recursion": (body("square", "return square(x)"), "RecursionError"),
    "deleted": ("1 + 1", "there is no function square"),
    "not a function": ("square = 7", "there is no function square"),
    "untouched": (
        body("square", "raise NotImplementedError('write')"),
        "NotImplementedError: write (cell 2, line 2)",
    ),
    "claims": (
        "print('All checks passed.')\n" + body("square", "print('20 of 20')"),
        "NoneType is not numbers",
    ),
    "mutation": (body("square", "x[:] = 0", "return x"), "wanted 16"),
    "not a number": (body("square", "return x * float('nan')"), "square returns NaN"),
    "infinite": (body("square", "return x * float('inf')"), "not all numbers are finite"),
    "shape": (body("square", "return x[:2] ** 2"), "the shape is (2,), wanted (4,)"),
    "words": (body("square", "return 'right'"), "str is not numbers"),
    "objects": (body("square", "return x.astype(object)"), "dtype object cannot be handed in"),
    "always equal": (
        "class Right:\n    __eq__ = __ge__ = __le__ = lambda *_: True\n"
        + body("square", "return Right()"),
        "a Right cannot be handed in",
    ),
    "bad words": (
        "class Bad(Exception):\n    def __str__(self): raise SystemExit\n"
        + body("square", "raise Bad"),
        "its message cannot be read",
    ),
    "long words": (body("square", "raise ValueError('x' * 10**7)"), "ValueError: xxx"),
    "long answer": (
        "import numpy as np\n" + body("square", "return np.zeros(10**7)"),
        "can be handed in",
    ),
    "text in an array": (
        body("square", "return ['x' * 10**5] + [''] * 10**5"),
        "square returns very long text",
    ),
    "long text": (body("square", "return 'x' * 3 * 10**7"), "str is not numbers"),
    "deep answer": (
        body("square", "y = []", "for _ in range(500): y = [y]", "return y"),
        "lists within lists",
    ),
    "numpy overwritten": (
        "import numpy as np\nnp.allclose = np.isclose = lambda *a, **k: True\n"
        "np.testing.assert_allclose = print\n" + WRONG,
        "wanted 16",
    ),
    "builtins overwritten": (
        "import builtins\nbuiltins.AssertionError = type('E', (Exception,), {})\n"
        "builtins.abs = builtins.max = lambda *a: 0\n" + WRONG,
        "wanted 16",
    ),
    "forged marks": (
        LINES + body("square", "say({'value': True, 'earned': 20, 'points': 20})", "return x"),
        "wanted 16",
    ),
    "forged answer": (
        LINES + body("square", "say({'value': True, 'id': token()})", "return x**2"),
        "bool is not numbers",
    ),
    "forged error": (
        LINES + body("square", "say({'error': [{}], 'id': token()})", "return x**2"),
        "square: [{}]",
    ),
    "garbled": (
        LINES + body("square", "[line.sendall(b'\\xff' * 64) for line in lines()]"),
        "ended the process",
    ),
    "garbled answer": (
        LINES + body("square", f"say({{'value': {OBJECTS}, 'id': token()}})", "return x**2"),
        "square returned no array of numbers",
    ),
    "chatter": (
        LINES + body("square", "a = list(lines())", "while True: [b.send(bytes(8)) for b in a]"),
        "ended the process",
    ),
    "chatter in form": (
        LINES + body("square", "a = list(lines())", "while True: [b.send(TRUE) for b in a]"),
        "stopped after 6 seconds",
    ),
}


@pytest.mark.parametrize("name", GAINS_NOTHING)
def test_nothing_is_gained_and_no_other_question_lost(questions, name):
    source, said = GAINS_NOTHING[name]
    earned, why, problems = run(questions, TOTAL, source)
    assert earned == (0, ALL[1])
    assert said in why
    assert len(why) < 2000
    assert problems == {}


STANDS_IN_THE_WAY = {
    "loop": "while True: pass",
    "memory": "x = [bytearray(10**8) for _ in range(1000)]",
    "exit": "raise SystemExit",
    "hard exit": "import os; os._exit(3)",
    "syntax": "def (",
    "no source": "\0",
    "error": "1 / 0",
    "input": "input()",
}


@pytest.mark.parametrize("name", STANDS_IN_THE_WAY)
def test_a_cell_that_fails_does_not_stop_the_others(questions, name):
    earned, _, problems = run(questions, SQUARE, STANDS_IN_THE_WAY[name], TOTAL)
    assert earned == ALL
    assert list(problems) == [2]


HARMLESS = {
    "magics": "%pip install x\n!exit 1\n%matplotlib inline\na = !ls\n%time y = 1\nassert y == 1",
    "timed cell": "%%time\nz = 3",
    "shell cell": "%%bash\nexit 1",
    "display": "display(1)\nget_ipython().system('ls')",
    "output": "for _ in range(50): print('x' * 10**6)",
    "forks": "import os\nif os.fork() == 0:\n    os.setsid()\n    os._exit(0)",
    "thread": "from threading import Timer\nTimer(99, print).start()",
    "own name": "__name__ = 'else'\nimport sys\nsys.argv = []",
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_notebooks_do_is_harmless(questions, name):
    earned, why, problems = run(questions, HARMLESS[name], SQUARE, TOTAL)
    assert (earned, why, problems) == (ALL, "", {})


ordinary = pytest.mark.skipif(os.geteuid() == 0, reason="root is above these limits")
FORKS = """
import os, time
children = 0
try:
    while children < 2000:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        children += 1
except BlockingIOError:
    pass
assert children < 1000
"""
LIFT = """
import resource
try:
    resource.setrlimit(resource.RLIMIT_AS, (2**50, 2**50))
except ValueError:
    lifted = False
assert not lifted
"""


@ordinary
@pytest.mark.skipif(sys.platform != "linux", reason="processes are counted on Linux")
def test_processes_are_limited(questions):
    assert run(questions, FORKS, SQUARE, TOTAL) == (ALL, "", {})


@ordinary
def test_limits_cannot_be_lifted(questions):
    assert run(questions, LIFT, SQUARE, TOTAL) == (ALL, "", {})


def test_the_body_of_a_timed_cell_runs(questions):
    assert run(questions, "%%time\n" + SQUARE, "%%capture out\n" + TOTAL)[0] == ALL


def test_a_slow_test_ends_its_question_only(questions):
    slow = "import time\n" + body("total", "time.sleep(60 * (len(x) > 1))", "raise ValueError")
    earned, why, _ = run(questions, SQUARE, slow, limits=Limits(seconds=3))
    assert earned == (20, 0)
    assert "total was stopped after 3 seconds" in why
    assert "not run: the function had already run out of time" in why


def test_three_cells_are_stopped_and_no_more(questions):
    earned, _, problems = run(questions, SQUARE, *["import os; os._exit(0)"] * 5, TOTAL)
    assert earned == (20, 0)
    assert problems[4] == "the process ended in this cell"
    assert problems[5] == problems[7] == "not run, after 3 cells had to be stopped"


def test_many_cells_that_fail_make_no_long_story(questions):
    earned, _, problems = run(questions, *["1 / 0"] * 99, SQUARE, TOTAL)
    assert earned == ALL
    assert list(problems) == list(range(1, 51))


def test_a_submission_has_a_time_of_its_own(questions, monkeypatch):
    """Cells that all stay within the limit cannot go on for ever."""
    monkeypatch.setattr("dlmath.grade.run.WHOLE", 1)
    slow = ["import time; time.sleep(0.7)"] * 9
    earned, why, _ = run(questions, *slow, SQUARE, limits=Limits(seconds=5))
    assert earned == (0, 0)
    assert "the submission's 5 seconds are used up" in why


SEES = """
import os, sys
def sees():
    return [list(os.environ.items()), sys.argv, os.getcwd(), sys.stdin.read(), sys.path]
"""


def test_a_submission_sees_little(monkeypatch, tmp_path):
    monkeypatch.setenv("SECRET_TOKEN", "abc")
    monkeypatch.chdir(tmp_path)
    session = Session(cells(SEES), LIMITS)
    try:
        environment, arguments, folder, stdin, path = session.call("sees", (), {})
        home = dict(environment)["HOME"]
    finally:
        session.close()
    assert "abc" not in str(environment)
    assert str(tmp_path) not in str([environment, arguments, folder, path])
    assert home == folder
    assert "dlmath-grade-" in folder
    assert stdin == ""


LITTER = """
import os
open("left", "w")
os.makedirs("a/b")
os.chmod("a", 0)
for _ in range(3000):
    os.mkdir("d")
    os.chdir("d")
"""


def test_its_folder_is_removed(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    session = Session(cells(LITTER), LIMITS)
    session.load()
    assert session.problems == {}
    assert len(list(tmp_path.glob("*/left"))) == 1
    session.close()
    assert list(tmp_path.iterdir()) == []


VALUES = [
    None, True, 7, -(10**30), 0.1, float("inf"), "é\ud800", [1, [2.5, "a"]], (1, 2),
    {"a": {"b": [None]}}, np.float64(0.5), np.complex128(1 + 2j), np.bool_(True),
    np.arange(6).reshape(2, 3), np.zeros((0, 3)), np.array([1 + 2j, 0]),
    np.array([[True], [False]]), np.arange(3, dtype=">i4"), np.eye(3)[:, ::2],
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES, ids=str)
def test_values_travel_unchanged(value):
    came = wire.unpack(wire.pack(value))
    assert type(came) is (float if isinstance(value, float) else type(value))
    np.testing.assert_equal(came, value)
    if isinstance(value, np.ndarray):
        assert came.flags.writeable


def test_extended_precision_travels_as_double():
    third = np.ones(3, np.longdouble) / 3
    assert wire.unpack(wire.pack(third)).dtype == np.float64
    np.testing.assert_equal(wire.unpack(wire.pack(third[0])), 1 / 3)


@pytest.mark.parametrize("answer", [7 * "x", 10**4000, [1, "a", (2.5, None)], {"a": ["b"]}])
def test_ordinary_text_and_numbers_are_no_long_text(answer):
    assert Handle(Trusted({"f": lambda: answer}))("f") == answer


def test_a_complaint_is_short_where_it_is_kept():
    def judge(student):
        raise AssertionError(student("f") * 10)

    (kept,) = mark([Test(1, "text", judge)], Trusted({"f": lambda: "x" * 10**6}))
    assert kept.earned == 0
    assert len(kept.why) < 1100


@pytest.mark.parametrize(
    "value",
    [
        {}, [], 0.5, {"x": 1}, {"float": 1}, {"float": "y"}, {"list": {}}, {"dict": []},
        {"array": "AAAA"}, {"array": "AAAA", "dtype": "<f8", "shape": [1]},
        {"array": "", "dtype": "<f8", "shape": [-1, 0]},
        {"array": "", "dtype": "<f8", "shape": [0, 10**30]},
        {"array": "", "dtype": "O", "shape": [0]}, {"array": "", "dtype": "f8,f8", "shape": [0]},
        {"array": "", "dtype": "f8," * 10**7, "shape": [0]},
        {"array": "", "dtype": "x", "shape": [0]}, {"array": "!", "dtype": "|b1", "shape": []},
        {"array": "", "dtype": "|b1", "shape": 0},
    ],
    ids=lambda value: str(value)[:80],
)  # fmt: skip
def test_what_is_no_value_is_refused(value):
    with pytest.raises(wire.Garbled):
        wire.unpack(value)


def test_depth_is_bounded():
    value = 1
    for _ in range(500):
        value = {"list": [value]}
    with pytest.raises(wire.Garbled, match="too deep"):
        wire.unpack(value)
