"""One run on several processes, its gradients averaged: Lightning Fabric."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from experiments import cifar_table, margins

JOBS: dict[str, Callable[..., Any]] = {"cifar-table": cifar_table.job, "margins": margins.job}
"""The experiments whose runs several processes can share."""


def job(*, name: str, setting: dict[str, Any], processes: int, accelerator: str) -> Any:
    """Run one setting of an experiment on so many processes; what the first one returns.

    Args:
        name: A key of ``JOBS``.
        setting: The arguments of its job.
        processes: How many.
        accelerator: ``"cpu"`` or ``"cuda"``.
    """
    from lightning_fabric import Fabric

    # Plain "ddp" would start this whole program again, once for each further process.
    strategy = "auto" if processes == 1 else "ddp_spawn"
    fabric: Any = Fabric(accelerator=accelerator, devices=processes, strategy=strategy)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        fabric.launch(_process, name, dict(setting), str(answer))
        return json.loads(answer.read_text(encoding="utf-8"))


def _process(fabric: Any, name: str, setting: dict[str, Any], answer: str) -> None:
    """What each process does."""
    if fabric.device.type == "cuda":
        setting["device"] = str(fabric.device)
    result = JOBS[name](**setting, fabric=fabric)
    if fabric.global_rank == 0:
        plain = json.dumps(result, default=lambda value: value.tolist())
        Path(answer).write_text(plain, encoding="utf-8")
