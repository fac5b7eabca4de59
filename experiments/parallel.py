"""One run on several processes, its gradients averaged: Lightning Fabric."""

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any


def run(
    job: Callable[..., Any], setting: Mapping[str, Any], processes: int, accelerator: str = "cpu"
) -> Any:
    """Run ``job(**setting, fabric=...)`` on so many processes; what the first one returns.

    Args:
        job: At the top level of a module.
        setting: Its arguments but ``fabric``.
        processes: How many.
        accelerator: ``"cpu"`` or ``"cuda"``.
    """
    from lightning.fabric import Fabric

    strategy = "auto" if processes == 1 else "ddp_spawn" if accelerator == "cpu" else "ddp"
    fabric = Fabric(accelerator=accelerator, devices=processes, strategy=strategy)
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        fabric.launch(_process, job, dict(setting), str(answer))
        return json.loads(answer.read_text(encoding="utf-8"))


def _process(fabric: Any, job: Callable[..., Any], setting: dict[str, Any], answer: str) -> None:
    """What each process does."""
    if fabric.device.type == "cuda":
        setting["device"] = str(fabric.device)
    result = job(**setting, fabric=fabric)
    if fabric.global_rank == 0:
        plain = json.dumps(result, default=lambda value: value.tolist())
        Path(answer).write_text(plain, encoding="utf-8")
