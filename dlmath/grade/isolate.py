"""Processes for code that nobody trusts: how one begins, and that nothing of it is left.

A submission runs in a session of its own, in a temporary folder that is also its home, with an
environment that holds no more than it needs. Its end is the end of its whole process group; on
Linux also of what left the group, since orphans come to the grader and are swept.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dlmath.grade import wire

PACKAGE = Path(__file__).resolve().parents[1]
_START = """\
import sys
sys.path.insert(0, sys.argv[1])
from dlmath.grade.child import main
main(*map(int, sys.argv[2:]))
"""
_SUBREAPER, _DUMPABLE = 36, 4  # of Linux's prctl
_PROCESSES = 256
_SWEEPS = 100
_lock = threading.Lock()
_living: list["Process"] = []
_state = {"closed": False, "sweeps": False}


class Closed(BaseException):
    """The grader is ending: no process begins any more."""


class CannotStart(RuntimeError):
    """The process did not come up, which is no submission's fault."""


@dataclass(frozen=True)
class Limits:
    """What a submission may use.

    Attributes:
        seconds: Of a cell or a call; ten times this for all of a submission.
        memory: Address space in MiB.
        sandbox: Whether bubblewrap hides the network and the files that are not needed.
    """

    seconds: float = 60.0
    memory: int = 4096
    sandbox: bool = False


class Process:
    """One running process for a submission.

    Args:
        limits: What it may use.

    Raises:
        CannotStart: If it does not come up.
    """

    def __init__(self, limits: Limits) -> None:
        """Begin, and wait until it is ready for the first cell."""
        self.folder = Path(tempfile.mkdtemp(prefix="dlmath-grade-"))
        self.line, other = socket.socketpair()
        try:
            with other:
                self._begin(_command(limits, self.folder, other.fileno()), other)
            wire.receive(self.line, 60 + limits.seconds)
        except (TimeoutError, wire.Gone) as error:
            self.end()
            raise CannotStart(
                f"Python did not start within {limits.memory} MiB; give --memory more"
                + (", or leave --sandbox out" if limits.sandbox else "")
            ) from error
        except BaseException:
            self.end()
            raise

    def _begin(self, command: Sequence[str], other: socket.socket) -> None:
        with _lock:
            if _state["closed"]:
                raise Closed
            self._popen = subprocess.Popen(
                command,
                cwd=self.folder,
                env=_environment(self.folder),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(other.fileno(),),
                start_new_session=True,
            )
            _living.append(self)

    def kill(self) -> None:
        """Kill the process and all that it began."""
        with _lock:
            if self in _living:
                _living.remove(self)
                # The leader is not yet waited for: its number cannot be another's.
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._popen.pid, signal.SIGKILL)
                self._popen.wait()
            _sweep({process._popen.pid for process in _living})

    def end(self) -> None:
        """Kill, and remove what it needed."""
        self.kill()
        self.line.close()
        _remove(self.folder)


def _remove(folder: Path) -> None:
    """Remove a folder whatever stands in it: nobody may enter it, or it is a thousand deep."""
    with contextlib.suppress(OSError, RecursionError):
        shutil.rmtree(folder, ignore_errors=True)
    if folder.exists():
        with _lock:  # else these would be taken for orphans
            for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
                subprocess.run([*command, "--", str(folder)], capture_output=True, check=False)


def close() -> None:
    """End every process, and let none begin."""
    with _lock:
        _state["closed"] = True
        living = list(_living)
    for process in living:
        process.kill()


def adopt_orphans() -> None:
    """On Linux: become the parent of what submissions leave behind; let nobody read this process.

    From now on every child of this process that is no :class:`Process` is killed when one ends.
    """
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_SUBREAPER, 1)
        libc.prctl(_DUMPABLE, 0)
        _state["sweeps"] = True


def _sweep(ours: set[int]) -> None:
    """Kill the orphans. A killed one may leave others, so again, but not for ever."""
    for _ in range(_SWEEPS if _state["sweeps"] else 0):
        orphans = [pid for pid in _children(os.getpid()) if pid not in ours]
        for pid in orphans:
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
        if not orphans:
            return


def _children(parent: int) -> list[int]:
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(words[1]) == parent:
            found.append(int(stat.parent.name))
    return found


def _threads() -> int:
    """How many processes and threads this user has; 0 where nobody says."""
    count = 0
    for folder in Path("/proc").glob("[0-9]*/task"):
        with contextlib.suppress(OSError):
            if folder.stat().st_uid == os.getuid():
                count += len(list(folder.iterdir()))
    return count


def _command(limits: Limits, folder: Path, line: int) -> Sequence[str]:
    threads = _threads()
    numbers = (
        line,
        limits.memory * 2**20,
        int(20 * limits.seconds) + 1,
        threads + _PROCESSES if threads else 0,
    )
    python = [sys.executable, "-I", "-X", "utf8", "-c", _START, str(PACKAGE.parent)]
    command = [*python, *map(str, numbers)]
    return [*_sandbox(folder), *command] if limits.sandbox else command


def _sandbox(folder: Path) -> list[str]:
    """Bubblewrap: no network, no other processes, only Python, the package and the folder."""
    seen = [Path("/usr"), Path("/etc/ld.so.cache"), Path("/etc/alternatives"), PACKAGE]
    seen += [Path(p) for p in {sys.prefix, sys.base_prefix, *sys.path} if _is_library(p)]
    words = ["bwrap", "--unshare-all", "--die-with-parent", "--proc", "/proc", "--dev", "/dev"]
    words += ["--tmpfs", "/tmp"]
    for name in ("bin", "lib", "lib64"):
        words += ["--symlink", f"usr/{name}", f"/{name}"]
    for path in sorted(p for p in seen if p.exists()):
        words += ["--ro-bind", str(path), str(path)]
    return [*words, "--bind", str(folder), str(folder), "--chdir", str(folder)]


def _is_library(path: str) -> bool:
    inside = Path(path).parts
    return path in {sys.prefix, sys.base_prefix} or "site-packages" in inside


def _environment(folder: Path) -> dict[str, str]:
    return {
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "MPLCONFIGDIR": str(folder),
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
    }
