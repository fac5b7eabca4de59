"""Grade the submissions of an assignment: ``python -m dlmath.grade submissions/ --assignment hw``.

The marks of each submission are kept as soon as they are there, so that an interrupted run goes on
where it stopped. Code that nobody trusts runs in a process of its own, and is judged in this one.
"""

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from dlmath.grade import isolate, submissions
from dlmath.grade.report import Record, Store, digest
from dlmath.grade.run import grade
from dlmath.grade.tests import Assignment, Unfit, load

LEAST_MEMORY = 256


def main(arguments: list[str] | None = None) -> int:
    """Grade; the exit status is 0 even if submissions are broken, 1 if the grader cannot work."""
    options = _parse(arguments)
    if fault := _unable(options):
        print(f"grade: {fault}", file=sys.stderr)
        return 1
    if os.geteuid() == 0:
        print("grade: as root, submissions can lift their limits; be another user", file=sys.stderr)
    isolate.adopt_orphans()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        assignment = load(options.assignment)
        records = _grade_all(options, assignment)
    except (Unfit, OSError, isolate.CannotStart) as error:
        print(f"grade: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("grade: interrupted; run it again and it goes on from here", file=sys.stderr)
        return 130
    finally:
        isolate.close()
    broken = sum(not record.marks for record in records)
    print(f"grade: {len(records)} submissions, {broken} not readable: {options.out}/grades.csv")
    return 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m dlmath.grade", description="Grade the submissions of an assignment."
    )
    parser.add_argument("submissions", type=Path, help="holds NAME.ipynb or NAME/*.ipynb")
    parser.add_argument("--assignment", type=Path, required=True, help="such as assignments/hw1")
    parser.add_argument("--out", type=Path, default=Path("grades"), help="default: grades")
    parser.add_argument("--limit", type=_positive(float), default=60.0, help="seconds of a call")
    parser.add_argument("--memory", type=_positive(int), default=4096, help="MiB; default 4096")
    parser.add_argument("--jobs", type=_positive(int), default=1, help="submissions at a time")
    parser.add_argument("--again", action="store_true", help="grade what is graded, too")
    parser.add_argument("--sandbox", action="store_true", help="bubblewrap: no network, few files")
    return parser.parse_args(arguments)


def _positive(kind: Callable[[str], float]) -> Callable[[str], float]:
    def positive(text: str) -> float:
        if not 0 < kind(text) < float("inf"):
            raise argparse.ArgumentTypeError(f"wanted a positive number, got {text}")
        return kind(text)

    return positive


def _unable(options: argparse.Namespace) -> str:
    if os.name != "posix":
        return "submissions are kept apart by means of Linux and macOS; use WSL or a container"
    if options.memory < LEAST_MEMORY:
        return f"--memory {options.memory}: wanted {LEAST_MEMORY} MiB or more, numpy needs them"
    if options.sandbox and not shutil.which("bwrap"):
        return "--sandbox needs bubblewrap; install it (Debian: apt-get install bubblewrap)"
    return ""


@dataclass(frozen=True)
class _Task:
    """A submission that is to be graded, and the digest of all that its marks depend on."""

    student: str
    notebook: bytes
    digest: str


def _grade_all(options: argparse.Namespace, assignment: Assignment) -> list[Record]:
    limits = isolate.Limits(options.limit, options.memory, options.sandbox)
    store = Store(options.out, assignment)
    done: dict[str, Record] = {}
    tasks: list[_Task] = []
    for student, paths in submissions.collect(options.submissions, assignment.name).items():
        try:
            notebook = submissions.content(paths)
        except submissions.Unreadable as error:
            done[student] = Record(student, "", f"unreadable: {error}")
            store.write(done[student])
            continue
        key = digest(notebook, assignment.digest, limits.seconds, limits.memory)
        kept = None if options.again else store.read(student, key)
        if kept:
            done[student] = kept
        else:
            tasks.append(_Task(student, notebook, key))
    store.table(list(done.values()))
    print(f"grade: {len(tasks)} to grade, {len(done)} known", flush=True)
    # A submission that ended the grader before is not to stand before the others again.
    tasks.sort(key=lambda task: store.was_interrupted(task.student))
    with ThreadPoolExecutor(options.jobs) as pool:
        try:
            pending = [pool.submit(_grade_one, store, t, assignment, limits) for t in tasks]
            _keep(pending, done, store)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            isolate.close()
            raise
    return list(done.values())


def _keep(pending: list[Future[Record]], done: dict[str, Record], store: Store) -> None:
    for future in as_completed(pending):
        record = future.result()
        store.write(record)
        done[record.student] = record
        store.table(list(done.values()))
        print(f"grade: {submissions.printable(record.student)}: {record.status}", flush=True)


def _grade_one(store: Store, task: _Task, assignment: Assignment, limits: isolate.Limits) -> Record:
    try:
        cells = submissions.cells(task.notebook)
    except submissions.Unreadable as error:
        return Record(task.student, task.digest, f"unreadable: {error}")
    store.begin(task.student)
    try:
        marks, problems = grade(cells, assignment.questions, limits)
    except (OSError, isolate.CannotStart):
        raise
    except Exception as error:  # none is known; if there is one, it is nobody else's affair
        return Record(task.student, "", f"cannot be graded: {type(error).__name__}")
    status = "cells failed" if problems else "graded"
    return Record(task.student, task.digest, status, marks, problems)


if __name__ == "__main__":
    sys.exit(main())
