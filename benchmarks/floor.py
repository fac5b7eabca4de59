"""What the algorithm would cost if every primitive ran at its best speed on this machine."""

from __future__ import annotations

import math
import time
from typing import Any

import torch

from benchmarks.measure import Call
from dlmath.invariance._tree import Branch, Plan
from dlmath.invariance._wavelet_modulus import _convolve, _modulus

# Samples per measurement: enough to amortise a call or few enough for a cache, the better counts.
_SAMPLES = {"cpu": (1 << 15, 1 << 17, 1 << 20), "cuda": (1 << 24,)}


def estimated_floor(plan: Plan, batch: int, device: str) -> dict[str, Any]:
    """Add up, over the tree, samples times the best measured time per sample of each primitive.

    Args:
        plan: Of the transform.
        batch: Number of signals.
        device: "cpu" or "cuda".

    Returns:
        ``floor_seconds``; ``samples``, the complex samples transformed; ``bytes``, what must be
        moved if each primitive reads and writes memory once; and, on CUDA, ``copy_bandwidth`` in
        bytes per second.
    """
    total = {"seconds": 0.0, "samples": 0.0, "bytes": 0.0}
    known: dict[tuple[int, ...], float] = {}
    _add(total, known, plan.branches, batch, device)
    found: dict[str, Any] = {
        "floor_seconds": total["seconds"],
        "samples": total["samples"],
        "bytes": total["bytes"],
    }
    if device == "cuda":
        found["copy_bandwidth"] = _copy_bandwidth()
    return found


def _add(
    total: dict[str, float],
    known: dict[tuple[int, ...], float],
    branches: tuple[Branch, ...],
    rows: int,
    device: str,
) -> None:
    for branch in branches:
        blocks, filters, _ = branch.stage.weights.shape
        samples = rows * filters * math.prod(branch.stage.shape)
        key = (blocks, filters, *branch.stage.shape, bool(branch.children))
        if key not in known:
            known[key] = min(_seconds_per_sample(branch, n, device) for n in _SAMPLES[device])
        total["seconds"] += samples * known[key]
        total["samples"] += samples
        # product written, transform read and written, modulus read and written, average read
        total["bytes"] += samples * (8 + 16 + 12 + 4 + (12 if branch.children else 0))
        _add(total, known, branch.children, rows * filters, device)


def _seconds_per_sample(branch: Branch, samples: int, device: str) -> float:
    stage, points = branch.stage, math.prod(branch.stage.shape)
    filters = stage.weights.shape[1]
    few = min(filters, max(1, samples // points))
    stage = stage.narrowed(0, few)
    rows = max(1, samples // (points * few))
    blocks = torch.randn(rows, len(stage.weights), 2 * points, device=device)
    with torch.no_grad():
        z, scratch = _convolve(blocks, stage.weights, stage.shape)
        u = _modulus(z, scratch).clone()
        dims = tuple(range(-len(stage.shape), 0))
        calls: list[Call] = [
            lambda: _convolve(blocks, stage.weights, stage.shape),
            lambda: _modulus(z, scratch),
            lambda: branch.low_pass(u),
        ]
        if branch.children:
            calls.append(lambda: torch.fft.rfftn(u, dim=dims))
        return sum(_best(call, device) for call in calls) / u.numel()


def _best(call: Call, device: str) -> float:
    best = math.inf
    for _ in range(12):
        start = time.perf_counter()
        call()
        if device == "cuda":
            torch.cuda.synchronize()
        best = min(best, time.perf_counter() - start)
    return best


def _copy_bandwidth() -> float:
    a = torch.empty(1 << 28, dtype=torch.uint8, device="cuda")
    b = torch.empty_like(a)
    return 2 * a.numel() / _best(lambda: b.copy_(a), "cuda")
