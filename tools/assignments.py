"""The homeworks as students get them: ``python -m tools.assignments``, or ``make assignments``.

``assignments/hw1/hw1.ipynb`` holds the answers between markers; ``dist/assignments/hw1/hw1.ipynb``
asks for them. Markers are lines of text, not metadata of cells, which Colab and copies lose.
"""

import copy
import re
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from _ext.dlbook import fork
from tools.files import ROOT, replace
from tools.plain import Chapter, NotPlain
from tools.publish import commit, edition

CODE = re.compile(r"[ \t]*### (BEGIN|END) SOLUTION[ \t]*")
WORDS = re.compile(r"[ \t]*<!-- (BEGIN|END) SOLUTION -->[ \t]*")
NOT_YET = 'raise NotImplementedError("write your answer here")'
PROOF = "*Your proof here.*"
LEAD = "*A homework of [a book]({site}). Save a copy of your own before you begin.*"


class Unbalanced(ValueError):
    """A marker without its partner, or none at all."""


def main() -> int:
    """Write the student edition of every homework."""
    home, now = fork.home(ROOT), commit()
    try:
        made = {path: publish(path, home, now) for path in homeworks(ROOT)}
    except (Unbalanced, NotPlain) as error:
        print(f"assignments: {error}", file=sys.stderr)
        return 1
    for path, text in made.items():
        replace(ROOT / "dist" / path.relative_to(ROOT), text)
    print(f"assignments: {len(made)} homeworks in dist/assignments")
    return 0


def homeworks(root: Path) -> list[Path]:
    """The instructor's editions, in order."""
    return sorted(p for p in root.glob("assignments/*/*.ipynb") if p.stem == p.parent.name)


def publish(path: Path, home: fork.Home | None, now: str) -> str:
    """The text of a student edition that stands alone.

    Raises:
        Unbalanced: If the markers are; it names the notebook and the cell.
        NotPlain: If a cell holds MyST.
    """
    try:
        made = student(nbformat.read(path, as_version=4))
    except Unbalanced as error:
        raise Unbalanced(f"{path.relative_to(ROOT)}: {error}") from None
    site = home.site if home else ""
    chapter = Chapter(ROOT, path.relative_to(ROOT).with_suffix("").as_posix(), {}, site)
    return nbformat.writes(edition(made, chapter, home, now, LEAD)) + "\n"


def student(notebook: NotebookNode) -> NotebookNode:
    """A notebook without its answers and without outputs; the given one stays as it is.

    Raises:
        Unbalanced: If a marker has no partner, or there is no marker; it names the cell.
    """
    made = copy.deepcopy(notebook)
    answers = 0
    for number, cell in enumerate(made.cells, 1):
        code = cell.cell_type == "code"
        try:
            cell.source, found = _without(cell.source, CODE if code else WORDS, code)
        except Unbalanced as error:
            name = f"cell {number} ({cell.get('id', 'no id')})"
            raise Unbalanced(f"{name}: {error}") from None
        answers += found
        if code:
            cell.outputs, cell.execution_count = [], None
    if not answers:
        raise Unbalanced("no answer is marked; write ### BEGIN SOLUTION and ### END SOLUTION")
    return made


def answers(notebook: NotebookNode) -> list[str]:
    """The lines of the answers, without the blank ones."""
    lines = []
    for cell in notebook.cells:
        pattern, inside = (CODE if cell.cell_type == "code" else WORDS), False
        for line in cell.source.split("\n"):
            if found := pattern.fullmatch(line):
                inside = found[1] == "BEGIN"
            elif inside and line.strip():
                lines.append(line.strip())
    return lines


def _without(source: str, pattern: re.Pattern[str], code: bool) -> tuple[str, int]:
    """A cell's text with its answers replaced, and how many there were."""
    kept: list[str] = []
    inside, count = False, 0
    for number, line in enumerate(source.split("\n"), 1):
        found = pattern.fullmatch(line)
        if found and (found[1] == "BEGIN") == inside:
            state = "already begun" if inside else "not begun"
            raise Unbalanced(f"line {number}: {line.strip()!r}, but an answer is {state}")
        if not found and "SOLUTION" in line:
            raise Unbalanced(f"line {number}: {line.strip()!r} is nearly a marker, but none")
        if found and not inside:
            indent = line[: len(line) - len(line.lstrip())]
            kept.append(indent + NOT_YET if code else PROOF)
            count += 1
        if found:
            inside = not inside
        elif not inside:
            kept.append(line)
    if inside:
        raise Unbalanced("an answer begins and does not end; write the marker with END")
    return "\n".join(kept), count


if __name__ == "__main__":
    sys.exit(main())
