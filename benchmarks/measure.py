"""How things are measured: paired times, peak memory, the machine, the file of results."""

from __future__ import annotations

import ctypes
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

Call = Callable[[], Any]


def paired(calls: dict[str, Call], repetitions: int, device: str) -> dict[str, dict[str, float]]:
    """Time several calls in turn, so that the machine's moods fall on all of them alike.

    Args:
        calls: What to time, the reference first.
        repetitions: After one warm-up of each.
        device: "cpu" or "cuda".

    Returns:
        For each call: ``cpu``, the least processor time in seconds (of all threads); ``wall``,
        the least wall time; and, against the reference, ``ratio``, the ratio of least processor
        (on CUDA: wall) times, and ``ratio_wall``, the median of the paired ratios of wall times.
    """
    samples: dict[str, list[tuple[float, float]]] = {name: [] for name in calls}
    for repetition in range(repetitions + 1):
        for name, call in calls.items():
            cpu, wall = time.process_time(), time.perf_counter()
            call()
            if device == "cuda":
                torch.cuda.synchronize()
            sample = time.process_time() - cpu, time.perf_counter() - wall
            if repetition:
                samples[name].append(sample)
    reference = next(iter(calls))
    least = {name: [min(column) for column in zip(*s, strict=True)] for name, s in samples.items()}
    which = 1 if device == "cuda" else 0
    return {
        name: {
            "cpu": least[name][0],
            "wall": least[name][1],
            "ratio": least[reference][which] / least[name][which],
            "ratio_wall": statistics.median(
                theirs[1] / ours[1] for theirs, ours in zip(samples[reference], own, strict=True)
            ),
        }
        for name, own in samples.items()
    }


def peak_extra_bytes(call: Call, device: str) -> int | None:
    """Most memory held during one call, beyond what was held before; None where unknown.

    On a CPU it is only meaningful in a process that has not run the call before.

    Args:
        call: What to run.
        device: "cpu" or "cuda".

    Returns:
        Bytes, or None.
    """
    if device == "cuda":
        torch.cuda.synchronize()
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        call()
        return torch.cuda.max_memory_allocated() - before
    try:
        ctypes.CDLL(None).malloc_trim(0)  # else what construction freed would hide what is used
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        before = _status("VmRSS")
        call()
        return _status("VmHWM") - before
    except (OSError, AttributeError):
        return None


def _status(field: str) -> int:
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(1024 * int(line.split()[1]) for line in lines if line.startswith(field))


def in_fresh_process(module: str, *arguments: str) -> Any:
    """Run ``python -m module arguments`` and read the JSON that it prints.

    Args:
        module: Its name.
        *arguments: Its arguments.

    Returns:
        What it printed.
    """
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def machine(device: str) -> dict[str, Any]:
    """Describe the machine and the libraries, without naming the host.

    Args:
        device: "cpu" or "cuda".

    Returns:
        Strings and numbers for the JSON.
    """
    import kymatio
    import numpy as np
    import scipy

    return {
        "device": torch.cuda.get_device_name() if device == "cuda" else _processor(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "kymatio": kymatio.__version__,
    }


def every(
    name: str,
    cases: dict[str, Any],
    one: Callable[[str], dict[str, Any]],
    row: Callable[[str, dict[str, Any]], str],
    head: str,
    *,
    device: str,
    folder: Path,
) -> Path:
    """Measure cases in turn, print a row for each as soon as it is known, write the JSON.

    Args:
        name: Of the benchmark.
        cases: What to measure, by letter.
        one: Measures the case of a letter.
        row: What to print of it.
        head: What to print above the rows.
        device: "cpu" (one thread) or "cuda".
        folder: Where the JSON goes.

    Returns:
        The path of the JSON.
    """
    if device == "cpu":
        torch.set_num_threads(1)
    results: dict[str, Any] = {"machine": machine(device), "cases": {}}
    print(head)
    for letter in cases:
        results["cases"][letter] = found = one(letter)
        print(row(letter, found), flush=True)
    return write(results, folder, name)


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    fields: dict[str, str] = {}
    for line in lines:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip(), value.strip())
    family, model = fields.get("cpu family", "?"), fields.get("model", "?")
    return f"{fields.get('model name', platform.machine())} (family {family}, model {model})"


def write(results: dict[str, Any], folder: Path, name: str) -> Path:
    """Write results as JSON, whole or not at all.

    Args:
        results: What was measured, with its "machine".
        folder: Made if missing.
        name: Of the benchmark.

    Returns:
        The file's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    device = results["machine"]["device"].split(" (")[0]
    slug = "-".join("".join(c if c.isalnum() else " " for c in device.lower()).split())
    path = folder / f"{name}-{slug}.json"
    partial = path.with_suffix(".tmp")
    partial.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    partial.replace(path)
    return path
