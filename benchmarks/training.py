"""An ensemble of networks trained together, against a Python loop over torch.optim."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from benchmarks import measure
from dlmath.training import Ensemble, ensemble, mlp, train


class Case(NamedTuple):
    """Members, inputs, width and examples; steps a call; networks that the loop is timed on."""

    members: int
    inputs: int
    width: int
    examples: int
    steps: int = 1000
    looped: int = 2
    repetitions: int = 5


CASES = {
    "a": Case(64, 10, 64, 200),
    "b": Case(64, 10, 16, 50),
    "c": Case(512, 10, 64, 200, steps=200),
}
QUICK = {"a": Case(4, 3, 8, 10, steps=5, repetitions=2)}


def run(device: str, folder: Path, *, quick: bool = False, letters: str = "") -> Path:
    """Measure all cases, print the table, write the JSON.

    The loop is timed on a few networks, one after another, and its time scaled to all of them.

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
        "training-quick" if quick else "training",
        cases,
        lambda letter: measure_case(cases[letter], device),
        lambda letter, found: _row(letter, found, device),
        "case                 loop s   ensemble s   ratio (wall)   largest difference",
        device=device,
        folder=folder,
    )


def measure_case(case: Case, device: str) -> dict[str, Any]:
    """Times and ratios of one case, and how far the two ways end apart.

    Args:
        case: What to train.
        device: "cpu" or "cuda".

    Returns:
        Numbers for the JSON.
    """
    draw = torch.Generator().manual_seed(0)
    x = torch.randn(case.examples, case.inputs, generator=draw).to(device)
    y = x[:, 0].sign()
    make = functools.partial(mlp, [case.inputs, case.width, 1])
    together = functools.partial(_together, make, x, y, case, device)
    one_by_one = functools.partial(_one_by_one, make, x, y, case, device)
    model = together()
    difference = max(
        float((p.detach() - model.params[name][i]).abs().max())
        for i, net in enumerate(one_by_one())
        for name, p in net.named_parameters()
    )
    timed = measure.paired({"loop": one_by_one, "ensemble": together}, case.repetitions, device)
    scale = case.members / case.looped
    return {
        **case._asdict(),
        "loop": {key: timed["loop"][key] * scale for key in ("cpu", "wall")},
        "ensemble": {key: timed["ensemble"][key] for key in ("cpu", "wall")},
        "ratio": timed["ensemble"]["ratio"] * scale,
        "ratio_wall": timed["ensemble"]["ratio_wall"] * scale,
        "largest_difference": difference,
    }


def _loss(outputs: Tensor, y: Tensor) -> Tensor:
    return F.softplus(-y * outputs.squeeze(-1)).mean(-1)


def _together(make: Any, x: Tensor, y: Tensor, case: Case, device: str) -> Ensemble:
    model = ensemble(make, range(case.members), device=device)
    train(model, lambda m: _loss(m(x), y), case.steps, lr=0.1)
    return model


def _one_by_one(make: Any, x: Tensor, y: Tensor, case: Case, device: str) -> list[torch.nn.Module]:
    nets = []
    for seed in range(case.looped):
        torch.manual_seed(seed)
        net = make().to(device)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        for _ in range(case.steps):
            optimizer.zero_grad()
            _loss(net(x), y).backward()
            optimizer.step()
        nets.append(net)
    return nets


def _row(letter: str, found: dict[str, Any], device: str) -> str:
    clock = "wall" if device == "cuda" else "cpu"
    size = f"{found['members']} x {found['inputs']}-{found['width']}-1, n={found['examples']}"
    return (
        f"{letter} {size:24s} {found['loop'][clock]:8.2f}  {found['ensemble'][clock]:8.2f}"
        f"   {found['ratio']:6.1f} ({found['ratio_wall']:.1f})   {found['largest_difference']:.1e}"
    )
