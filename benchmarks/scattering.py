"""The scattering kernel against kymatio's PyTorch front end and its JAX front end, compiled."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from benchmarks import measure
from benchmarks.floor import estimated_floor
from dlmath.invariance import scattering_1d, scattering_2d
from dlmath.invariance._tree import Place, Plan, scatter


class Case(NamedTuple):
    """Shape of the input and parameters of the transform; Q is 0 in two dimensions."""

    shape: tuple[int, ...]
    J: int
    Q: int = 0
    repetitions: int = 5


CASES = {
    "a": Case((64, 32, 32), 2, repetitions=25),
    "b": Case((16, 128, 128), 4),
    "c": Case((1, 512, 512), 5),
    "d": Case((8, 2**16), 8, 8),
}
QUICK = {
    "a": Case((8, 32, 32), 2, repetitions=2),
    "d": Case((2, 2**10), 4, 4, repetitions=2),
}


def run(device: str, folder: Path, *, quick: bool = False, letters: str = "") -> Path:
    """Measure all cases, print the table, write the JSON.

    Args:
        device: "cpu" or "cuda".
        folder: Where the JSON goes.
        quick: Small cases and few repetitions: a check of the benchmark itself.
        letters: Cases to run; all of them if empty.

    Returns:
        The path of the JSON.
    """
    every = QUICK if quick else CASES
    cases = {letter: every[letter] for letter in letters or every}
    return measure.every(
        "scattering-quick" if quick else "scattering",
        cases,
        lambda letter: measure_case(letter, cases[letter], device, quick),
        _row,
        _HEAD,
        device=device,
        folder=folder,
    )


def measure_case(letter: str, case: Case, device: str, quick: bool) -> dict[str, Any]:
    """Everything that is said about one case.

    Args:
        letter: Its name.
        case: What it is.
        device: "cpu" or "cuda".
        quick: Whether ``case`` comes from ``QUICK``.

    Returns:
        Numbers for the JSON.
    """
    x = torch.randn(*case.shape, generator=torch.Generator().manual_seed(0)).to(device)
    start = time.perf_counter()
    plan = plan_for(case, device)
    built = time.perf_counter() - start
    theirs = kymatio_for(case).to(device)
    with torch.no_grad():
        ours, reference = scatter(x, plan), theirs(x)
    forward: dict[str, measure.Call] = {
        "kymatio": _silent(theirs, x),
        "dlmath": _silent(lambda v: scatter(v, plan), x),
    }
    if device == "cpu" and (compiled := jax_for(case, x)):
        forward["kymatio jax jit"] = compiled
    both = {
        "kymatio": _with_gradient(theirs, x),
        "dlmath": _with_gradient(lambda v: scatter(v, plan), x),
    }
    names = ("kymatio", "dlmath")
    return {
        "shape": list(case.shape),
        "J": case.J,
        "Q": case.Q,
        "output": list(ours.shape),
        "relative_error": float((ours - reference).norm() / reference.norm()),
        "forward": measure.paired(forward, case.repetitions, device),
        "forward_backward": measure.paired(both, max(2, case.repetitions // 2), device),
        "peak_extra_bytes": {name: memory(letter, name, device, quick) for name in names},
        "construction_seconds": {
            "dlmath": built,
            "kymatio": None if quick else construction(letter),
        },
        "floor": estimated_floor(plan, case.shape[0], device),
    }


def plan_for(case: Case, device: str) -> Plan:
    """The plan of dlmath's evaluation of a case."""
    place = Place(torch.float32, torch.device(device))
    if case.Q:
        return scattering_1d.kymatio_plan_1d(case.shape[1], case.J, case.Q, 2, place)
    return scattering_2d.kymatio_plan((case.shape[1], case.shape[2]), case.J, 8, 2, place)


def kymatio_for(case: Case, frontend: str = "torch", *, as_shipped: bool = False) -> Any:
    """Kymatio's transform of a case.

    Args:
        case: What to transform.
        frontend: Kymatio's name of it.
        as_shipped: Else its four nested loops that periodise the filters, minutes long for large
            images, give way to the crop that they compute: same filters, same transform.

    Returns:
        Kymatio's object.
    """
    from kymatio import Scattering1D, Scattering2D
    from kymatio.scattering2d import filter_bank

    if case.Q:
        return Scattering1D(case.J, case.shape[1], Q=case.Q, frontend=frontend)
    shipped = filter_bank.periodize_filter_fft
    try:
        if not as_shipped:
            filter_bank.periodize_filter_fft = _crop
        return Scattering2D(case.J, case.shape[1:], frontend=frontend)
    finally:
        filter_bank.periodize_filter_fft = shipped


def _crop(filter_hat: np.ndarray, res: int) -> np.ndarray:
    rows, columns = (
        np.fft.fftfreq(n >> res, 1 / (n >> res)).round().astype(int) for n in filter_hat.shape
    )
    return np.ascontiguousarray(filter_hat[rows][:, columns])


def jax_for(case: Case, x: Tensor) -> measure.Call | None:
    """Kymatio's JAX front end under ``jax.jit``, or None where JAX is not installed."""
    try:
        import jax  # type: ignore[import-not-found]
    except ImportError:
        return None
    _mend_scipy()
    transform, array = kymatio_for(case, "jax"), jax.numpy.asarray(x.numpy())
    compiled = jax.jit(transform.scattering)
    return lambda: compiled(array).block_until_ready()


def _mend_scipy() -> None:
    """Give back the function that kymatio's JAX front end imports and scipy 1.17 dropped."""
    from scipy import special

    if not hasattr(special, "sph_harm"):
        harmonic: Any = lambda m, n, theta, phi: special.sph_harm_y(n, m, phi, theta)  # noqa: E731
        setattr(special, "sph_harm", harmonic)  # noqa: B010


def memory(letter: str, engine: str, device: str, quick: bool) -> int | None:
    """Peak extra bytes of one forward call, in a process of its own."""
    flag = "quick" if quick else "full"
    return measure.in_fresh_process("benchmarks.scattering", "memory", letter, engine, device, flag)


def construction(letter: str) -> float:
    """Seconds that kymatio takes to build its transform, as shipped, in a process of its own."""
    return measure.in_fresh_process("benchmarks.scattering", "construction", letter)


def _silent(f: Callable[[Tensor], Any], x: Tensor) -> measure.Call:
    def call() -> None:
        with torch.no_grad():
            f(x)

    return call


def _with_gradient(f: Callable[[Tensor], Any], x: Tensor) -> measure.Call:
    def call() -> None:
        y = x.clone().requires_grad_()
        f(y).square().sum().backward()

    return call


_HEAD = (
    "case            forward s   ratio (wall)    fwd+bwd s   ratio (wall)   "
    "vs jax.jit   peak MB ours/kymatio   built s ours/kymatio   floor s   rel. error"
)


def _row(letter: str, found: dict[str, Any]) -> str:
    forward, both = found["forward"], found["forward_backward"]
    ours, full = forward["dlmath"], both["dlmath"]
    jax = forward.get("kymatio jax jit")
    against = f"{jax['cpu'] / ours['cpu']:5.2f}" if jax else "jax not installed"
    peak = [_unit(found["peak_extra_bytes"][k], 2**20) for k in ("dlmath", "kymatio")]
    built = [_unit(found["construction_seconds"][k], 1) for k in ("dlmath", "kymatio")]
    size = "x".join(map(str, found["shape"]))
    key = "floor_seconds"
    return (
        f"{letter} {size:12s}  {ours['cpu']:8.4f}  {ours['ratio']:5.2f} ({ours['ratio_wall']:.2f})"
        f"    {full['cpu']:9.4f}  {full['ratio']:5.2f} ({full['ratio_wall']:.2f})   {against:>10s}"
        f"   {peak[0]:>9s} / {peak[1]:<9s}   {built[0]:>9s} / {built[1]:<9s}"
        f"  {found['floor'][key]:8.4f}   {found['relative_error']:.1e}"
    )


def _unit(value: float | None, unit: float) -> str:
    return "-" if value is None else f"{value / unit:.2f}"


def _child(arguments: list[str]) -> Any:
    torch.set_num_threads(1)
    if arguments[0] == "construction":
        start = time.perf_counter()
        kymatio_for(CASES[arguments[1]], as_shipped=True)
        return time.perf_counter() - start
    _, letter, engine, device, size = arguments
    case = (QUICK if size == "quick" else CASES)[letter]
    plan, theirs = plan_for(case, device), kymatio_for(case).to(device)
    x = torch.zeros(case.shape, device=device)
    call = _silent(theirs if engine == "kymatio" else lambda v: scatter(v, plan), x)
    return measure.peak_extra_bytes(call, device)


if __name__ == "__main__":
    print(json.dumps(_child(sys.argv[1:])))
