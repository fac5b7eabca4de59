"""The process in which a submission runs: it knows cells and calls, and nothing of tests.

It takes limits upon itself before it sees a line of the submission. Then it obeys: run this cell,
call this function. Whatever the submission breaks here, it breaks for itself alone.
"""

import ctypes
import resource
import signal
import socket
import sys
import traceback
import types
from typing import Any

# Here and not where it is used: a submission's time begins after the imports.
from IPython.core.inputtransformer2 import TransformerManager

from dlmath.grade import wire

LONGEST_ERROR = 600
LARGEST_FILE = 256 * 2**20
_PARENT_DIES = 1  # PR_SET_PDEATHSIG of Linux's prctl
_RUN_BODY = ("time", "timeit", "capture")


def main(line_number: int, memory: int, cpu: int, processes: int) -> None:
    """Serve one submission.

    Args:
        line_number: The open socket to the grader.
        memory: Bytes of address space.
        cpu: Seconds of processor time.
        processes: How many processes and threads the user may have; 0 for no limit.
    """
    _limit(memory, cpu, processes)
    line = socket.socket(fileno=line_number)
    line.set_inheritable(False)
    notebook = _notebook()
    wire.send(line, {"value": None})
    while True:
        try:
            request = wire.receive(line)
        except wire.Gone:
            return
        _reply(line, request["id"], _answer(request, notebook))


def _limit(memory: int, cpu: int, processes: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PARENT_DIES, signal.SIGKILL)
    bounds = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: cpu,
        resource.RLIMIT_FSIZE: LARGEST_FILE,
        resource.RLIMIT_CORE: 0,
    }
    if processes:
        bounds[resource.RLIMIT_NPROC] = processes
    for name, wanted in bounds.items():
        hard = resource.getrlimit(name)[1]
        bound = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        try:
            resource.setrlimit(name, (bound, bound))
        except (ValueError, OSError):
            # macOS refuses a limit of the address space.
            if sys.platform == "linux":
                raise


class _Shell:
    """What magics become: nothing, except that a timed cell still runs."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self._namespace = namespace

    def run_cell_magic(self, name: str, line: str, body: str) -> None:
        if name in _RUN_BODY:
            exec(compile(_plain(body), "<cell>", "exec", dont_inherit=True), self._namespace)

    def run_line_magic(self, name: str, line: str, *_: Any, **__: Any) -> None:
        if name in _RUN_BODY:
            self.run_cell_magic(name, "", line)

    def __getattr__(self, name: str) -> Any:
        return lambda *_, **__: None


def _notebook() -> dict[str, Any]:
    """The names that a notebook begins with."""
    module = types.ModuleType("__main__")
    sys.modules["__main__"] = module
    shell = _Shell(module.__dict__)
    module.__dict__.update(get_ipython=lambda: shell, display=lambda *_, **__: None)
    return module.__dict__


def _plain(source: str) -> str:
    """A cell as Python: its magics are calls."""
    return TransformerManager().transform_cell(source)


def _answer(request: dict[str, Any], notebook: dict[str, Any]) -> dict[str, Any]:
    try:
        if "cell" in request:
            code = compile(
                _plain(request["source"]), f"<cell {request['cell']}>", "exec", dont_inherit=True
            )
            exec(code, notebook)
            return {"value": None}
        name = request["call"]
        if not callable(notebook.get(name)):
            return {"error": f"there is no function {name} in the notebook", "kind": "NameError"}
        args, kwargs = wire.unpack(request["args"]), wire.unpack(request["kwargs"])
        return {"value": wire.pack(notebook[name](*args, **kwargs))}
    except BaseException as error:  # SystemExit and KeyboardInterrupt, too
        return {"error": _words(error), "kind": type(error).__name__}


def _words(error: BaseException) -> str:
    """What was raised, and in which line of which cell."""
    kind, where = type(error).__name__, ""
    try:
        said = str(error)[:LONGEST_ERROR]
    except BaseException:
        said = "(its message cannot be read)"
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith("<cell"):
            where = f" ({frame.filename.strip('<>')}, line {frame.lineno})"
    return f"{kind}: {said}{where}"


def _reply(line: socket.socket, token: str, answer: dict[str, Any]) -> None:
    try:
        wire.send(line, {**answer, "id": token})
    except (wire.Garbled, ValueError) as error:
        words = f"the answer cannot be handed in: {error}"
        wire.send(line, {"error": words, "kind": "", "id": token})
