"""Submissions as they come: one file or one folder for each student, some of them broken."""

import json
import os
from pathlib import Path

LARGEST = 32 * 2**20


class Unreadable(ValueError):
    """A submission that is no notebook; the message says why, for its author."""


def collect(folder: Path, assignment: str) -> dict[str, list[Path]]:
    """The notebooks of each student.

    Args:
        folder: Holds ``<student>.ipynb`` or ``<student>/*.ipynb``.
        assignment: Its name; among several notebooks the one of this name counts.

    Returns:
        By student, in the order of the names; one notebook, or all that might be meant.

    Raises:
        NotADirectoryError: If there is no such folder.
    """
    if not folder.is_dir():
        raise NotADirectoryError(f"wanted a folder of submissions, but {folder} is none")
    found: dict[str, list[Path]] = {}
    for path in sorted(folder.iterdir()):
        if path.name.startswith("."):
            continue
        if path.is_dir() and not path.is_symlink():
            inside = sorted(p for p in path.glob("*.ipynb") if not p.name.startswith("."))
            named = [p for p in inside if p.stem == assignment]
            found.setdefault(path.name, []).extend(named or inside)
        elif path.suffix == ".ipynb":
            found.setdefault(path.stem, []).append(path)
    return found


def content(paths: list[Path]) -> bytes:
    """The bytes of a student's notebook.

    Raises:
        Unreadable: If there is not exactly one, or it is no plain file of a sensible size.
    """
    if len(paths) != 1:
        names = ", ".join(p.name for p in paths) or "none"
        raise Unreadable(f"wanted one notebook, found {names}")
    (path,) = paths
    if path.is_symlink() or not path.is_file():
        raise Unreadable(f"{path.name} is no plain file")
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise Unreadable(
                f"{path.name} has {size / 2**20:.0f} MiB, at most {LARGEST // 2**20} are read; "
                "clear the outputs and hand it in again"
            )
        return path.read_bytes()
    except OSError as error:
        raise Unreadable(f"{path.name} cannot be read: {error.strerror}") from error


def cells(notebook: bytes) -> dict[int, str]:
    """The code cells by their number among all cells, from 1.

    Raises:
        Unreadable: If the bytes are no notebook of format 4.
    """
    try:
        read = json.loads(notebook.decode("utf-8-sig"))
    except (ValueError, RecursionError, MemoryError) as error:
        what = "empty" if not notebook.strip() else "not JSON in UTF-8"
        raise Unreadable(f"the file is {what}; save the notebook and hand it in again") from error
    if not isinstance(read, dict) or not isinstance(read.get("cells"), list):
        raise Unreadable("the file is no notebook of format 4; open it, save it, hand it in again")
    if read.get("nbformat") != 4:
        raise Unreadable(f"the notebook has format {str(read.get('nbformat'))[:20]}, wanted 4")
    found = {}
    for number, cell in enumerate(read["cells"], 1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            found[number] = _source(cell.get("source"), number)
    return found


def _source(source: object, number: int) -> str:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        raise Unreadable(f"cell {number} has no source")
    return source


def printable(name: str) -> str:
    """A name of the file system as text that any file can hold."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")
