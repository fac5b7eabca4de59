"""Command line: ``python -m experiments NAME [--size cpu] [--device cuda] [--dask ADDRESS]``."""

import argparse
import contextlib
import functools
import importlib
import multiprocessing
import os
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import torch

from dlmath.sweep import sweep
from experiments import records
from experiments.nets import normalises

NAMES = {
    "cifar-table": "the lecture's table: true labels, random labels, weight decay",
    "double-descent": "test error against width, with noise in the labels",
    "scattering-curve": "scattering with a linear rule against a network, as the data grow",
    "margins": "margins over the spectral complexity, true labels against random ones",
    "batch-size": "sharpness and test error against the size of the batch",
}
_LINUX = hasattr(os, "sched_getaffinity")


def main(arguments: list[str] | None = None) -> int:
    """Run an experiment and write its record.

    Args:
        arguments: In place of the command line's.
    """
    options = _parser().parse_args(arguments)
    module = importlib.import_module(f"experiments.{options.name.replace('-', '_')}")
    settings = module.settings(options.size)
    if options.device != "cpu":
        settings = [s | {"device": options.device} for s in settings]
    if options.workers:
        torch.set_num_threads(_share(options.workers))  # so that the record says what workers have
    # Said now: the code could change while it runs.
    machine, commit = records.machine(options.device), records.commit()
    begin = time.monotonic()
    job, jobs = _together(options, settings) if options.fabric else (module.job, settings)
    with _engine(options) as executor:
        results = sweep(job, jobs, store=options.store, executor=executor)
    runs = [{"setting": s, "result": r} for s, r in zip(settings, results, strict=True)]
    wall = time.monotonic() - begin
    told: dict[str, Any] = dict(wall=wall, machine=machine, commit=commit, how=_how(options))
    contents = records.record(options.name, options.size, runs, **told)
    path = options.out or Path("results") / f"{options.name}-{options.size}.json"
    records.write(path, contents)
    print(f"{options.name}: {len(runs)} runs in {wall:.0f} s, recorded in {path}")
    return 0


def _parser() -> argparse.ArgumentParser:
    names = "\n".join(f"  {name:18s}{what}" for name, what in NAMES.items())
    parser = argparse.ArgumentParser(
        prog="python -m experiments",
        description=f"experiments:\n{names}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", choices=NAMES, metavar="NAME", help="one of the above")
    parser.add_argument("--size", choices=("small", "cpu", "full"), default="small")
    parser.add_argument("--device", default="cpu", help="cpu (the default) or cuda")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, metavar="N", help="processes of a pool, here")
    where.add_argument("--dask", metavar="ADDRESS", help="of a Dask scheduler, tcp://host:8786")
    where.add_argument("--slurm", metavar="PARTITION", help="submit to Slurm through submitit")
    where.add_argument(
        "--fabric", type=int, metavar="N", help="processes that share each run (some experiments)"
    )
    parser.add_argument("--store", type=Path, default=Path("results/store"))
    parser.add_argument("--out", type=Path, help="the record; results/NAME-SIZE.json by default")
    return parser


def _how(options: argparse.Namespace) -> str:
    """What ran the jobs, in words for the record."""
    if options.fabric:
        return f"{options.fabric} processes for each run"
    if options.workers:
        return f"a pool of {options.workers}"
    return "Dask" if options.dask else "Slurm" if options.slurm else "one after the other"


def _engine(options: argparse.Namespace) -> Any:
    """What the jobs are submitted to, as a context."""
    if options.dask:
        from distributed import Client

        return Client(options.dask)
    if options.slurm:
        return contextlib.nullcontext(_slurm(options))
    if options.workers:
        return contextlib.nullcontext(_pool(options.workers))
    return contextlib.nullcontext()


def _pool(workers: int) -> Callable[[], Any]:
    """A way to make a pool whose workers share the processors, again if one is killed."""
    return functools.partial(
        ProcessPoolExecutor,
        workers,
        mp_context=multiprocessing.get_context("spawn"),  # CUDA cannot be forked
        initializer=torch.set_num_threads,  # else the workers fight over the processors
        initargs=(_share(workers),),
    )


def _share(workers: int) -> int:
    """Threads for each of so many processes."""
    return max(1, len(os.sched_getaffinity(0)) // workers) if _LINUX else 1


def _slurm(options: argparse.Namespace) -> Any:
    import submitit

    executor = submitit.AutoExecutor(folder=str(options.store / "slurm"), cluster="slurm")
    executor.update_parameters(
        slurm_partition=options.slurm,
        timeout_min=240,
        gpus_per_node=int(options.device != "cpu"),
        cpus_per_task=4,
        slurm_array_parallelism=32,
    )
    return executor


def _together(
    options: argparse.Namespace, settings: list[dict[str, Any]]
) -> tuple[Callable[..., Any], list[dict[str, Any]]]:
    """The job that runs a setting on several processes, and its own settings."""
    from experiments import parallel

    if options.name not in parallel.JOBS:
        raise SystemExit(f"--fabric: wanted one of {', '.join(parallel.JOBS)}, got {options.name}")
    accelerator = "cuda" if options.device.startswith("cuda") else "cpu"
    # A network that normalises batches would see another batch on each of several processes.
    counts = [1 if normalises(s.get("net")) else options.fabric for s in settings]
    how = dict(name=options.name, accelerator=accelerator)
    jobs = [how | dict(setting=s, processes=n) for s, n in zip(settings, counts, strict=True)]
    return parallel.job, jobs


if __name__ == "__main__":
    raise SystemExit(main())
