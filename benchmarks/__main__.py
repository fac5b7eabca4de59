"""Command line: ``python -m benchmarks [NAME] [--quick] [--device cuda]``.

``--table`` measures nothing and writes the README's table anew.
"""

from __future__ import annotations

import argparse
import importlib
import os
from pathlib import Path

from benchmarks import table

NAMES = ("scattering", "training", "sweeping", "networks")


def main(arguments: list[str] | None = None) -> None:
    """Run one benchmark or all, print their tables, write their JSON.

    Args:
        arguments: In place of the command line's.
    """
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("name", nargs="?", choices=NAMES, help="one of them; all by default")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions, small cases")
    parser.add_argument("--device", default="cpu", help="cpu (one thread) or cuda")
    parser.add_argument("--cases", default="", help="letters of the cases to run, all by default")
    parser.add_argument("--out", type=Path, default=Path(__file__).parent / "results")
    parser.add_argument("--table", action="store_true", help="only write the README's table anew")
    options = parser.parse_args(arguments)
    if options.table:
        table.write()
        return
    if options.device == "cpu":  # before any library makes its threads
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        os.environ.setdefault(
            "XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1"
        )
    for name in [options.name] if options.name else NAMES:
        module = importlib.import_module(f"benchmarks.{name}")
        module.run(options.device, options.out, quick=options.quick, letters=options.cases)


if __name__ == "__main__":
    main()
