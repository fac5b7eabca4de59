"""The five rooms of a new chapter: ``make chapter NAME=landscapes/saddles TITLE="Saddles"``.

An example theorem with its claim, its break, its picture and its tests, which run as they are and
are there to be replaced; the chapter and its solutions, listed in ``_toc.yml``. The chapter is
marked as a draft, so that the tests do not yet ask of it what a whole chapter must have.
"""

import json
import re
import sys
from pathlib import Path
from string import Template

import nbformat
from nbformat import NotebookNode

from tools.files import ROOT, replace

TEMPLATES = Path(__file__).parent / "skeleton"
_NAME = re.compile(r"([a-z]+)/([a-z][a-z0-9]*(?:-[a-z0-9]+)*)")
_CELL = re.compile(r"^%% (markdown|code) ([\w-]+) ?(.*)\n", re.MULTILINE)


class Refused(Exception):
    """A name that no chapter can have, or that one has."""


class Skeleton(Template):
    """A template whose places begin with ``@@``: the dollar belongs to formulas."""

    delimiter = "@@"


def rooms(part: str, name: str) -> dict[str, str]:
    """The files of a chapter and what each is made from, the notebooks last."""
    module = name.replace("-", "_")
    return {
        f"dlmath/{part}/{module}.py": "mathematics.txt",
        f"dlmath/claims/{module}.py": "claims.txt",
        f"dlmath/figures/{module}.py": "figures.txt",
        f"tests/{part}/test_{module}.py": "tests.txt",
        f"book/{part}/{name}.ipynb": "chapter.txt",
        f"book/solutions/{name}.ipynb": "solutions.txt",
    }


def parse(given: str, root: Path) -> tuple[str, str]:
    """The part and the name of a new chapter.

    Raises:
        Refused: If the name has another form, its part does not exist, or a file is there.
    """
    found = _NAME.fullmatch(given)
    if not found:
        raise Refused(
            f"wanted NAME=part/name in small letters, such as landscapes/saddles; got {given!r}"
        )
    part, name = found[1], found[2]
    parts = sorted(p.name for p in (root / "book").iterdir() if (root / "dlmath" / p.name).is_dir())
    if part not in parts:
        raise Refused(f"there is no part {part!r}; there are {', '.join(parts)}")
    if taken := [path for path in rooms(part, name) if (root / path).exists()]:
        raise Refused(f"{taken[0]} is there already; choose another name")
    return part, name


def notebook(text: str) -> NotebookNode:
    """A notebook from its text, each cell after a line ``%% kind id {metadata}``."""
    made = nbformat.v4.new_notebook(metadata={"dlmath": {"draft": True}})
    pieces = _CELL.split(text)[1:]
    for kind, name, metadata, source in zip(*(pieces[k::4] for k in range(4)), strict=True):
        new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
        given = json.loads(metadata) if metadata else {}
        made.cells.append(new(source.strip("\n"), id=name, metadata=given))
    nbformat.validate(made)
    return made


TOCS = ("_toc.yml", "courses/thirteen-weeks/_toc.yml")
"""What lists every chapter: the book, and the course that leaves none out."""


def listed(toc: str, part: str, name: str) -> str:
    """The table of contents with the chapter last in its part, and its solutions.

    Raises:
        Refused: If the table lists no chapter of the part.
    """
    rows = toc.splitlines()
    for folder, new in ((part, f"book/{part}/{name}"), ("solutions", f"book/solutions/{name}")):
        places = [k for k, row in enumerate(rows) if f"- file: book/{folder}/" in row]
        if not places:
            raise Refused(f"_toc.yml lists nothing of book/{folder}; write the part there first")
        last = places[-1]
        rows.insert(last + 1, f"{rows[last].partition('- file:')[0]}- file: {new}")
    return "\n".join(rows) + "\n"


def make(given: str, title: str, root: Path) -> list[str]:
    """Write every room; the files written.

    Raises:
        Refused: If it cannot be; then nothing is written.
    """
    part, name = parse(given, root)
    title = title or name.replace("-", " ").capitalize()
    keys = re.findall(r"^@\w+\{([^,\s]+)", (root / "book/references.bib").read_text(), re.MULTILINE)
    words = {
        "title": title,
        "part": part,
        "name": name,
        "module": name.replace("-", "_"),
        "module_example": f"{name.replace('-', '_')}_example",
        "source": keys[0],
    }
    tocs = {toc: (root / toc).read_text(encoding="utf-8") for toc in TOCS if (root / toc).is_file()}
    written: dict[str, str] = {}
    for path, template in rooms(part, name).items():
        text = Skeleton((TEMPLATES / template).read_text(encoding="utf-8")).substitute(words)
        is_notebook = path.endswith(".ipynb")
        written[path] = nbformat.writes(notebook(text)) + "\n" if is_notebook else _ordered(text)
    written |= {toc: listed(text, part, name) for toc, text in tocs.items()}
    for path, text in written.items():
        replace(root / path, text)
    return list(written)


def _ordered(text: str) -> str:
    """A module with its imports of the package in order, which the name of the part decides."""
    block = re.compile(r"(?:^from dlmath\..*\n)+", re.MULTILINE)
    return block.sub(lambda found: "".join(sorted(found[0].splitlines(keepends=True))), text)


def main(arguments: list[str] | None = None) -> int:
    """Make the rooms of the chapter that the command line names."""
    given = sys.argv[1:] if arguments is None else arguments
    try:
        written = make(given[0] if given else "", " ".join(given[1:]).strip(), ROOT)
    except Refused as error:
        print(f"chapter: {error}", file=sys.stderr)
        return 1
    print("\n".join(written))
    print("chapter: now `make book` runs it; CONTRIBUTING.md says what it still needs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
