"""The records of the book as Markdown: what was run, and what was not yet."""

import itertools
from pathlib import Path
from typing import Any

from dlmath.prose import number
from experiments import cifar_table, records
from experiments.nets import COUNTS
from tools.files import ROOT

FOLDER = ROOT / "book/appendix/data"
NAMES = ("cifar-table", "double-descent", "scattering-curve", "margins", "batch-size")
COMMAND = "python -m experiments {name} --size full --device cuda"

LECTURE: dict[tuple[str, float], tuple[float, float]] = {
    ("quick", 0.0): (0.0, 0.23),
    ("quick", 5e-4): (0.34, 0.18),
    ("inception", 0.0): (0.0, 0.14),
    ("resnet", 0.0): (0.0, 0.13),
}
"""The lecture's training loss and test error by network and weight decay, on true labels."""

TITLES = {
    "quick": "CudaConvNet",
    "inception": "MicroInception",
    "mlp": "512 + 512 neurons",
    "resnet": "ResNet, ours",
}


def load(name: str, size: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """A record of the book, its seal checked; None if it was not made yet.

    Args:
        name: Of the experiment.
        size: ``cpu`` or ``full``.
        folder: Of the records.

    Raises:
        Damaged: If the file is not what was recorded.
    """
    path = folder / f"{name}-{size}.json"
    return records.read(path) if path.exists() else None


def provenance(folder: Path = FOLDER) -> str:
    """A row for each record."""
    rows = []
    for name, size in itertools.product(NAMES, ("cpu", "full")):
        if found := load(name, size, folder):
            rows.append(
                [
                    f"`{name}`",
                    size,
                    "; ".join(sorted({run["result"]["data"]["source"] for run in found["runs"]})),
                    f"{len(found['runs'])} in {found['wall_seconds'] / 60:.0f} min",
                    f"{found['machine']['device']}, torch {found['machine']['torch']}",
                    found["commit"][:7],
                    found["sha256"][:7],
                ]
            )
    return markdown(["experiment", "size", "data", "runs", "machine", "commit", "seal"], rows)


def missing(folder: Path = FOLDER) -> str:
    """What was not yet run in full, as the commands that would."""
    names = [name for name in NAMES if load(name, "full", folder) is None]
    if not names:
        return "Everything has been run in full."
    commands = "\n".join(COMMAND.format(name=name) for name in names)
    return f"Not yet run in full, for want of a GPU:\n\n```\n{commands}\n```"


def the_table(folder: Path = FOLDER) -> str:
    """The lecture's table with ours: a row for each run that the full size has."""
    full, cpu = (load("cifar-table", size, folder) for size in ("full", "cpu"))
    rows = []
    for setting in cifar_table.settings("full"):
        kind = (setting["net"], setting["labels"], setting["decay"])
        result, n = _first(kind, full, cpu)
        theirs = LECTURE.get((setting["net"], setting["decay"]))
        if setting["labels"] != "true" or theirs is None:
            lecture = ["–", "–"]
        else:
            lecture = [f"{theirs[0]:g}", f"{100 * theirs[1]:g} %"]
        row = [TITLES[setting["net"]], _words(setting), f"{COUNTS[setting['net']]:,}", *lecture]
        if result is None:
            rows.append([*row, "not yet run", "–", "–", "–"])
            continue
        shares = [f"{100 * result[key]:.1f} %" for key in ("train_error", "test_error")]
        rows.append([*row, f"{n:,}", f"{result['train_loss']:.2g}", *shares])
    ours = ["$n$", "loss", "training error", "test error"]
    head = ["model", "trained on", "$p$", "lecture: loss", "lecture: test error", *ours]
    return markdown(head, rows)


def _first(
    kind: tuple[str, str, float], *found: dict[str, Any] | None
) -> tuple[dict[str, Any] | None, int]:
    """The result of the first record that has a run of this kind, and its number of images."""
    for record in found:
        for run in record["runs"] if record else []:
            s = run["setting"]
            if (s["net"], s["labels"], s["decay"]) == kind:
                return run["result"], s["n"]
    return None, 0


def _words(setting: dict[str, Any]) -> str:
    if setting["labels"] == "random":
        return "random labels"
    return "true labels, weight decay" if setting["decay"] else "true labels"


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def mean(values: Any) -> float:
    """The mean of a list of numbers."""
    return sum(values) / len(values)


def percent(share: float, digits: int = 2) -> str:
    """A share as a marked number of per cent."""
    return number(100 * share, digits)
