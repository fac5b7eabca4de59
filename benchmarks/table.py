"""The table of results in the README, from the JSON files: ``python -m benchmarks --table``."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent / "results"
README = Path(__file__).parents[1] / "README.md"
START, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
HEAD = """\
| what | against | size | times as fast | processor |
|---|---|---|---|---|"""


def rows(results: dict[str, Any], name: str) -> list[str]:
    """The lines of one file of results.

    Args:
        results: What a benchmark wrote.
        name: Of the benchmark.

    Raises:
        ValueError: For another name.
    """
    processor = results["machine"]["device"].split(" (")[0]
    if name not in ROWS:
        raise ValueError(f"no row is known for the benchmark {name!r}")
    return [line for case in results["cases"].values() for line in ROWS[name](case, processor)]


def _scattering(case: dict[str, Any], processor: str) -> list[str]:
    shape = " × ".join(map(str, case["shape"]))
    size = f"{shape}, J = {case['J']}" + (f", Q = {case['Q']}" if case["Q"] else "")
    lines: list[str] = []
    for part, words in (("forward", "scattering"), ("forward_backward", "scattering and gradient")):
        if "dlmath" in case.get(part, {}):
            ratio = case[part]["dlmath"]["ratio"]
            lines.append(f"| {words} | Kymatio | {size} | {ratio:.1f} | {processor} |")
    return lines


def _training(case: dict[str, Any], processor: str) -> list[str]:
    size = f"{case['members']} networks, width {case['width']}, {case['examples']} examples"
    return [f"| training at once | one by one | {size} | {case['ratio']:.1f} | {processor} |"]


def _sweeping(case: dict[str, Any], processor: str) -> list[str]:
    size = f"{case['jobs']} empty jobs, {case['sweep']['ms']:.1f} ms each"
    ratio = case["sweep"]["ratio_wall"]
    return [f"| a sweep, each result kept | a bare pool | {size} | {ratio:.2f} | {processor} |"]


def _networks(case: dict[str, Any], processor: str) -> list[str]:
    size = f"{case['net']}, batches of {case['batch']}, {case['images_per_second']:,.0f} images/s"
    against = f"a product of matrices, {case['side']} × {case['side']}"
    return [f"| operations of training | {against} | {size} | {case['share']:.2f} | {processor} |"]


ROWS = {
    "scattering": _scattering,
    "training": _training,
    "sweeping": _sweeping,
    "networks": _networks,
}


def table(folder: Path = FOLDER) -> str:
    """All results of a folder as Markdown; quick runs are not counted."""
    lines: list[str] = []
    for path in sorted(folder.glob("*.json")):
        name, _, machine = path.stem.partition("-")
        if not machine.startswith("quick-"):
            lines += rows(json.loads(path.read_text(encoding="utf-8")), name)
    return "\n".join([HEAD, *lines])


def put(text: str, made: str) -> str:
    """A text with the table between its marks.

    Raises:
        ValueError: If it has no marks.
    """
    before, start, rest = text.partition(START)
    _, end, after = rest.partition(END)
    if not (start and end):
        raise ValueError(f"wanted the marks {START} and {END}, in this order; found none")
    return f"{before}{START}\n{made}\n{END}{after}"


def write() -> None:
    """Put the table into the README, whole or not at all."""
    partial = README.with_suffix(".tmp")
    partial.write_text(put(README.read_text(encoding="utf-8"), table()), encoding="utf-8")
    partial.replace(README)
