"""One submission, from its cells to its marks."""

import contextlib
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from dlmath.grade import wire
from dlmath.grade.isolate import Limits, Process
from dlmath.grade.judge import Failed, Mark, OutOfTime, Test, mark

MOST_SKIPPED = 3
MOST_PROBLEMS = 50
LONGEST_WORDS = 1000
WHOLE = 10  # the time of a submission, in units of the time of a call


class Session:
    """A submission whose functions can be called; its process begins anew when it was killed.

    Args:
        cells: The code cells by their number.
        limits: What the submission may use.

    Attributes:
        problems: Why a cell did not run to its end, by its number.
    """

    def __init__(self, cells: Mapping[int, str], limits: Limits) -> None:
        """Remember the cells; nothing runs yet."""
        self.problems: dict[int, str] = {}
        self._cells, self._limits = dict(cells), limits
        self._process: Process | None = None
        self._skipped = 0
        self._end = time.monotonic() + WHOLE * limits.seconds

    def load(self) -> None:
        """Run the cells, unless that is done. One that hangs or dies is left out the next time.

        Raises:
            OutOfTime: If the time of the whole submission is used up.
        """
        self._left()
        while self._process is None:
            self._process = Process(self._limits)
            for number in list(self._cells):
                if not self._run_cell(number):
                    self._leave_out(number)
                    break

    def _run_cell(self, number: int) -> bool:
        """Run a cell; whether the process lives."""
        try:
            reply = self._ask({"cell": number, "source": self._cells[number]})
        except TimeoutError:
            self.problems[number] = f"stopped after {self._limits.seconds:g} seconds"
            return False
        except ConnectionError:
            self.problems[number] = "the process ended in this cell"
            return False
        if "error" in reply:
            self.problems[number] = reply["error"]
        return True

    def _leave_out(self, number: int) -> None:
        self.close()
        self._skipped += 1
        del self._cells[number]
        if self._skipped < MOST_SKIPPED:
            return
        for later in [n for n in self._cells if n > number]:
            self.problems[later] = f"not run, after {MOST_SKIPPED} cells had to be stopped"
            del self._cells[later]

    def call(self, name: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Call a function of the submission; what it returns.

        Raises:
            Failed: If it gives no answer.
            OutOfTime: If it is stopped at the limit.
        """
        message = {"call": name, "args": wire.pack(list(args)), "kwargs": wire.pack(dict(kwargs))}
        self.load()
        try:
            reply = self._ask(message)
            if "error" not in reply:
                return wire.unpack(reply.get("value"))
        except TimeoutError:
            self.close()
            raise OutOfTime(f"{name} was stopped after {self._limits.seconds:g} seconds") from None
        except ConnectionError:
            self.close()
            raise Failed(f"{name} ended the process, or used more memory than there is") from None
        except wire.Garbled as error:
            self.close()
            raise Failed(f"{name} returned {error}") from None
        raise Failed(f"{name}: {reply['error']}", reply["kind"])

    def _ask(self, message: dict[str, Any]) -> dict[str, Any]:
        """Send a request; the reply, whose ``error`` and ``kind`` are strings if they are there.

        Raises:
            OutOfTime: If the time of the whole submission is used up.
            TimeoutError: If there is no reply within the limit.
            ConnectionError: If there is none at all.
        """
        assert self._process
        seconds = min(self._limits.seconds, self._left())
        end = time.monotonic() + seconds
        line, token = self._process.line, secrets.token_hex(8)
        try:
            wire.send(line, {**message, "id": token}, seconds)
            reply = wire.receive(line, seconds)
            # What it says unasked is no answer, and must not become that of the next question.
            while not isinstance(reply, dict) or reply.get("id") != token:
                reply = wire.receive(line, max(end - time.monotonic(), 0))
        except wire.Garbled as error:
            raise wire.Gone from error
        if "error" in reply:
            return {name: str(reply.get(name))[:LONGEST_WORDS] for name in ("error", "kind")}
        return reply

    def _left(self) -> float:
        """How many seconds the submission still has; OutOfTime if none."""
        left = self._end - time.monotonic()
        if left <= 0:
            self.close()
            whole = WHOLE * self._limits.seconds
            raise OutOfTime(f"the submission's {whole:g} seconds are used up")
        return left

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process:
            process.end()


def grade(
    cells: Mapping[int, str], questions: Mapping[str, Sequence[Test]], limits: Limits
) -> tuple[dict[str, list[Mark]], dict[int, str]]:
    """Mark every question of a submission.

    Args:
        cells: The code cells by their number in the notebook.
        questions: The tests of each question.
        limits: What the submission may use.

    Returns:
        The marks of each question, and why cells did not run to their end, by their number: the
        first 50 of them.
    """
    session = Session(cells, limits)
    try:
        with contextlib.suppress(OutOfTime):
            session.load()
        marks = {name: mark(tests, session) for name, tests in questions.items()}
    finally:
        session.close()
    return marks, dict(sorted(session.problems.items())[:MOST_PROBLEMS])
