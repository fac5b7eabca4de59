"""Training steps of the CIFAR-10 networks, against a product of matrices in the same run."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch.nn.functional import cross_entropy
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import measure
from experiments.loop import half
from experiments.nets import NETS, SIDES


class Case(NamedTuple):
    """A network of the experiments, images a step, steps a call, side of the square matrices."""

    net: str
    batch: int = 128
    steps: int = 10
    side: int = 4096
    repetitions: int = 5


CASES = {"a": Case("quick"), "b": Case("inception"), "c": Case("mlp"), "d": Case("resnet")}
QUICK = {"a": Case("quick", batch=4, steps=1, side=64, repetitions=2)}


def run(device: str, folder: Path, *, quick: bool = False, letters: str = "") -> Path:
    """Measure all cases, print the table, write the JSON.

    Args:
        device: "cpu" (one thread) or "cuda".
        folder: Where the JSON goes.
        quick: Small cases and few repetitions: a check of the benchmark itself.
        letters: Cases to run; all of them if empty.

    Returns:
        The path of the JSON.
    """
    every = QUICK if quick else CASES
    cases = {letter: every[letter] for letter in letters or every}
    return measure.every(
        "networks-quick" if quick else "networks",
        cases,
        lambda letter: measure_case(cases[letter], device),
        _row,
        "case             images a second   GFLOP an image   share of the product's speed",
        device=device,
        folder=folder,
    )


def measure_case(case: Case, device: str) -> dict[str, Any]:
    """Images a second, and operations a second over those of the product of two matrices.

    Both are in the precision in which the experiments compute: 32 bits on a processor, 16 on CUDA.

    Args:
        case: What to train.
        device: "cpu" or "cuda".

    Returns:
        Numbers for the JSON.
    """
    torch.manual_seed(0)
    side = SIDES.get(case.net, 32)
    net = NETS[case.net]().to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    X = torch.randn(case.batch, 3, side, side, device=device)
    X = X.contiguous(memory_format=torch.channels_last)
    y = torch.randint(10, (case.batch,), device=device)
    optimizer = torch.optim.SGD(net.parameters(), 1e-3, momentum=0.9)

    def steps(count: int) -> None:
        for _ in range(count):
            with half(X.device):
                loss = cross_entropy(net(X), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()

    with FlopCounterMode(display=False) as counter:
        steps(1)
    operations = counter.get_total_flops() * case.steps
    kind = torch.bfloat16 if device == "cuda" else torch.float32
    A = torch.randn(case.side, case.side, device=device, dtype=kind)
    calls = {"product": lambda: A @ A, "steps": functools.partial(steps, case.steps)}
    timed = measure.paired(calls, case.repetitions, device)
    speed = operations / timed["steps"]["wall"]
    roof = 2 * case.side**3 / timed["product"]["wall"]
    return {
        **case._asdict(),
        "images_per_second": case.batch * case.steps / timed["steps"]["wall"],
        "flop_per_image": counter.get_total_flops() / case.batch,
        "flop_per_second": speed,
        "product_flop_per_second": roof,
        "share": speed / roof,
    }


def _row(letter: str, found: dict[str, Any]) -> str:
    return (
        f"{letter} {found['net']:12s} {found['images_per_second']:16,.0f}"
        f"{found['flop_per_image'] / 1e9:17.2f}{found['share']:31.2f}"
    )
