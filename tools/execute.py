"""Run the chapters whose stored outputs are stale: ``python -m tools.execute``.

A chapter is committed with its outputs and with a digest of all that they were made from (see
:mod:`tools.digest`). This runs exactly those whose digest no longer matches, each in a fresh
kernel, and replaces the file whole: an interrupted run leaves the old one. Two runs give the same
bytes.
"""

import argparse
import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from tools.digest import PACKAGE, Sources, Unresolved, versions
from tools.files import ROOT, replace

STATE = "application/vnd.jupyter.widget-state+json"
FOLDERS = ("book", "courses")
TIMEOUT = 600
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


class Refused(Exception):
    """A run that would store outputs nobody else could reproduce."""


def main(arguments: list[str] | None = None) -> int:
    """Check or run; the exit status is 1 if anything is stale or failed."""
    options = _parse(arguments)
    sources = Sources(ROOT)
    try:
        paths = chapters(options.chapters)
        reasons = {path: _stale(path, sources, force=options.force) for path in paths}
        stale = {path: reason for path, reason in reasons.items() if reason}
        if options.check:
            return _report(stale, len(paths))
        if stale:
            refuse_other_versions()
            refuse_other_checkout()
        failed = [path for path, reason in stale.items() if not _run_one(path, reason, sources)]
    except (Refused, Unresolved) as error:
        print(f"execute: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("execute: interrupted; every notebook is whole", file=sys.stderr)
        return 130
    print(f"execute: {len(paths) - len(stale)} fresh, {len(stale) - len(failed)} run", end="")
    print(f", {len(failed)} FAILED: {' '.join(map(_name, failed))}" if failed else "")
    return 1 if failed else 0


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools.execute", description="Run the stale chapters.")
    parser.add_argument("chapters", nargs="*", help="names, such as scattering; default all")
    parser.add_argument("--check", action="store_true", help="only say what is stale; run nothing")
    parser.add_argument("--force", action="store_true", help="run what is fresh, too")
    return parser.parse_args(arguments)


def chapters(names: list[str]) -> list[Path]:
    """The notebooks of the book and of the courses that the names mean; all without a name.

    Raises:
        Refused: If a name means none.
    """
    found = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*.ipynb")]
    every = sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)
    if not names:
        return every
    wanted = [name.removesuffix(".ipynb").strip("/") for name in names]
    for name in wanted:
        if not any(_means(name, path) for path in every):
            raise Refused(
                f"no notebook is called {name!r}; known are {', '.join(map(_name, every))}"
            )
    return [path for path in every if any(_means(name, path) for name in wanted)]


def _means(name: str, path: Path) -> bool:
    return f"/{path.relative_to(ROOT).with_suffix('').as_posix()}".endswith(f"/{name}")


def _name(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix().removeprefix("book/")


def _stale(path: Path, sources: Sources, *, force: bool) -> str:
    """Why the notebook must run, or nothing."""
    notebook = nbformat.read(path, as_version=4)
    try:
        now = sources.digest(notebook)
    except Unresolved as error:
        raise Unresolved(f"{_name(path)}: {error}") from None
    stored = notebook.metadata.get("dlmath", {}).get("digest", {})
    if not isinstance(stored, dict) or not stored:
        return "never run"
    if changed := [part for part in now if now[part] != stored.get(part)]:
        return f"changed: {', '.join(changed)}"
    code = [c for c in notebook.cells if c.cell_type == "code" and c.source.strip()]
    if any(c.execution_count is None for c in code):
        return "outputs were cleared"
    return "forced" if force else ""


def _report(stale: dict[Path, str], total: int) -> int:
    for path, reason in stale.items():
        print(f"stale  {_name(path)} ({reason})")
    print(f"execute: {total - len(stale)} of {total} notebooks are fresh")
    if stale:
        print("execute: run `make execute` and commit the notebooks")
    return 1 if stale else 0


def refuse_other_versions() -> None:
    """Raise unless the installed numerical packages are those of ``constraints.txt``."""
    wrong = []
    for name, wanted in versions(ROOT).items():
        try:
            found = version(name).split("+")[0]  # torch's +cpu is the same release
        except PackageNotFoundError:
            found = "nothing"
        if found != wanted:
            wrong.append(f"{name}: constraints.txt has {wanted}, installed is {found}")
    if wrong:
        advice = "install with `pip install -r requirements.txt -c constraints.txt`"
        raise Refused("\n  ".join(["the versions are not the book's; " + advice, *wrong]))


def refuse_other_checkout() -> None:
    """Raise unless a kernel of the book would import the package of this checkout."""
    code = f"import {PACKAGE}; print({PACKAGE}.__file__)"
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, cwd=ROOT / "book", capture_output=True, text=True, check=False)
    found = Path(out.stdout.strip() or "/")
    if not found.is_relative_to(ROOT):
        have = found if out.stdout.strip() else "none"
        raise Refused(
            f"a kernel would import {PACKAGE} from {have}, not from {ROOT / PACKAGE}; "
            "install this checkout with `pip install -e . --no-deps`"
        )


def _run_one(path: Path, reason: str, sources: Sources) -> bool:
    """Run one notebook and store it; on failure say where, and leave the old file."""
    print(f"run    {_name(path)} ({reason})", flush=True)
    notebook = nbformat.read(path, as_version=4)
    try:
        done = run(notebook, path.parent)
    except (CellExecutionError, CellTimeoutError, DeadKernelError, Refused) as error:
        print(f"FAILED {_name(path)}, {_failing_cell(notebook)}\n{error}", file=sys.stderr)
        return False
    done.metadata.setdefault("dlmath", {})["digest"] = sources.digest(done)
    replace(path, nbformat.writes(done) + "\n")
    return True


def run(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """Execute in a fresh kernel, and take out what would differ in another run.

    Raises:
        CellExecutionError: If a cell raises.
        Refused: If a cell writes to the error stream; a warning has no place on a page.
    """
    notebook.metadata.pop("widgets", None)
    notebook.metadata["kernelspec"] = dict(KERNEL)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name=KERNEL["name"],
        record_timing=False,
        resources={"metadata": {"path": str(folder)}},
        extra_arguments=["--HistoryManager.enabled=False", "--IPKernelApp.log_level=40"],
    )
    client.execute()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                output.output_type = "error"  # so that the report names this cell
                raise Refused(f"it wrote to the error stream:\n{output.text}")
    return steady(notebook)


def _failing_cell(notebook: NotebookNode) -> str:
    """Which cell failed: its number among the code cells, its id and its first line."""
    code = [c for c in notebook.cells if c.cell_type == "code"]
    for number, cell in enumerate(code, 1):
        if any(o.output_type == "error" for o in cell.get("outputs", [])):
            first = next(iter(cell.source.strip().splitlines()), "")
            return f"code cell {number} ({cell.get('id', 'no id')}): {first}"
    return "before any cell gave an error"


def steady(notebook: NotebookNode) -> NotebookNode:
    """Name widgets by their order, join what was printed, drop the kernel's exact version."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = joined(cell.outputs)
    text = json.dumps(notebook)
    state = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    for number, model in enumerate(state):
        text = text.replace(model, f"model-{number}")
    notebook = nbformat.from_dict(json.loads(text))
    notebook.metadata["language_info"] = {"name": "python", "pygments_lexer": "ipython3"}
    return notebook


def joined(outputs: list[NotebookNode]) -> list[NotebookNode]:
    """The outputs of a cell with neighbouring streams as one: how they came apart is chance.

    nbclient's own ``coalesce_streams`` would also move text past a figure that stands between.
    """
    found: list[NotebookNode] = []
    for output in outputs:
        before = found[-1] if found else {}
        if output.output_type == "stream" and before.get("name") == output.name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


if __name__ == "__main__":
    sys.exit(main())
