"""A record: settings, results, and all that one must know to trust or to repeat them."""

import hashlib
import json
import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch

from tools.files import ROOT, replace

PACKAGES = ("torch", "numpy", "scipy", "scikit-learn")


class Damaged(ValueError):
    """A record whose seal does not fit its contents."""


def record(
    name: str,
    size: str,
    runs: list[dict[str, Any]],
    *,
    wall: float,
    machine: dict[str, Any],
    commit: str,
    how: str = "one after the other",
) -> dict[str, Any]:
    """Put together a record.

    Args:
        name: Of the experiment.
        size: ``small``, ``cpu`` or ``full``.
        runs: ``{"setting": ..., "result": ...}`` for each run.
        wall: Seconds that the whole took; results that were there already took none of them.
        machine: Where it was started, see :func:`machine`.
        commit: Of the code, when it was started.
        how: What ran the jobs.
    """
    contents = {
        "experiment": name,
        "size": size,
        "runs": runs,
        "machine": machine,
        "how": how,
        "commit": commit,
        "wall_seconds": round(wall, 1),
    }
    return contents | {"sha256": seal(contents)}


def machine(device: str) -> dict[str, Any]:
    """The device in words, and the versions.

    Args:
        device: ``"cpu"`` or ``"cuda"``; a GPU that is not here, on a cluster, has no name.
    """
    words = _processor()
    if device.startswith("cuda"):
        here = torch.cuda.is_available()
        words = torch.cuda.get_device_name(torch.device(device)) if here else "CUDA, elsewhere"
    return {
        "device": words,
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.is_file() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def commit() -> str:
    """The commit of the code, with ``+`` if files differ from it; empty outside of git."""
    head = subprocess.run(
        ["git", "-C", str(ROOT), "describe", "--always", "--dirty=+", "--abbrev=40", "--exclude=*"],
        capture_output=True,
        text=True,
        check=False,
    )
    return head.stdout.strip()


def seal(contents: dict[str, Any]) -> str:
    """SHA-256 over everything but the seal itself."""
    rest = {k: v for k, v in contents.items() if k != "sha256"}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def write(path: Path, contents: dict[str, Any]) -> None:
    """Write a record, whole or not at all."""
    replace(path, json.dumps(contents, indent=1, sort_keys=True) + "\n")


def read(path: Path) -> dict[str, Any]:
    """Read a record.

    Raises:
        Damaged: If it is not whole, or was edited.
    """
    try:
        contents = json.loads(path.read_text(encoding="utf-8"))
        good = contents["sha256"] == seal(contents)
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged(f"{path}: no record ({error})") from error
    if not good:
        raise Damaged(f"{path}: its contents are not those that were sealed; restore the file")
    return contents
