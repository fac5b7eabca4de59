"""What a sweep costs beside a bare pool: empty jobs through the store, each written and synced."""

from __future__ import annotations

import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks import measure
from dlmath.sweep import sweep


class Case(NamedTuple):
    """Empty jobs, the workers of the pool, repetitions."""

    jobs: int
    workers: int = 2
    repetitions: int = 5


CASES = {"a": Case(256)}
QUICK = {"a": Case(4, repetitions=2)}


def nothing(x: int) -> int:
    """The empty job."""
    return x


def run(device: str, folder: Path, *, quick: bool = False, letters: str = "") -> Path:
    """Measure all cases, print the table, write the JSON.

    Args:
        device: Only told of: jobs are empty.
        folder: Where the JSON goes.
        quick: A small case and few repetitions: a check of the benchmark itself.
        letters: Cases to run; all of them if empty.

    Returns:
        The path of the JSON.
    """
    every = QUICK if quick else CASES
    cases = {letter: every[letter] for letter in letters or every}
    return measure.every(
        "sweeping-quick" if quick else "sweeping",
        cases,
        lambda letter: measure_case(cases[letter]),
        _row,
        "case   pool ms a job   sweep ms a job   again, from the store, ms a job",
        device=device,
        folder=folder,
    )


def measure_case(case: Case) -> dict[str, Any]:
    """Wall times of one case in milliseconds a job; the start of the pool counts.

    Args:
        case: How many jobs.

    Returns:
        Numbers for the JSON.
    """
    with tempfile.TemporaryDirectory() as folder:
        kept = Path(folder) / "kept"
        _sweep(kept, case)
        calls = {
            "pool": lambda: _pool(case),
            "sweep": lambda: _sweep(Path(tempfile.mkdtemp(dir=folder)), case),
            "kept": lambda: _sweep(kept, case),
        }
        timed = measure.paired(calls, case.repetitions, "cpu")
    found = {
        name: {"ms": 1000 * times["wall"] / case.jobs, "ratio_wall": times["ratio_wall"]}
        for name, times in timed.items()
    }
    return {**case._asdict(), **found}


def _pool(case: Case) -> None:
    with ProcessPoolExecutor(case.workers) as executor:
        futures = [executor.submit(nothing, x) for x in range(case.jobs)]
        assert [f.result() for f in futures] == list(range(case.jobs))


def _sweep(store: Path, case: Case) -> None:
    with ProcessPoolExecutor(case.workers) as executor:
        settings = [dict(x=x) for x in range(case.jobs)]
        found = sweep(nothing, settings, store=store, executor=executor, progress=False)
        assert found == list(range(case.jobs))


def _row(letter: str, found: dict[str, Any]) -> str:
    times = "".join(f" {found[name]['ms']:15.2f}" for name in ("pool", "sweep", "kept"))
    return f"{letter:6s}{times}"
