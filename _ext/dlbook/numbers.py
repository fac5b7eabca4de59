"""``{book-in-numbers}``: what each chapter holds, counted from its source."""

import re
from pathlib import Path

from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from . import contents, corrections

HEAD = ("chapter", "minutes to read", "claims", "breaks", "slides corrected", "exercises")

_EXERCISE = re.compile(r"^[`:]{3,}\{exercise(?:-start)?\}", re.MULTILINE)


class BookInNumbers(SphinxDirective):
    """The table."""

    def run(self) -> list[nodes.Node]:
        """Count, and let the book's own parser set the table."""
        root = Path(self.env.srcdir)
        book = contents.read(root, self.config.external_toc_path)
        for chapter in book.chapters:
            self.env.note_dependency(str(root / f"{chapter.page}.ipynb"))
        self.env.note_dependency(str(root / corrections.FILE))
        rows = counts(book, contents.entries(root), corrections.read(root))
        box = nodes.container(classes=["book-in-numbers"])
        lines = StringList(table(book, rows), source="numbers")
        self.state.nested_parse(lines, self.content_offset, box)
        return [box]


def counts(
    book: contents.Contents,
    known: dict[str, tuple[str, int]],
    corrected: dict[str, dict[str, str]],
) -> dict[str, tuple[int, ...]]:
    """For each chapter the numbers under the heads, in their order."""
    found = {}
    for chapter in book.chapters:
        breaks = [known[s.label][1] for s in chapter.stated if s.label in known]
        slides = sum(f"book/{entry['chapter']}" == chapter.page for entry in corrected.values())
        exercises = len(_EXERCISE.findall(chapter.text))
        found[chapter.page] = (chapter.minutes, len(breaks), sum(breaks), slides, exercises)
    return found


def table(book: contents.Contents, rows: dict[str, tuple[int, ...]]) -> list[str]:
    """The numbers as a table in Markdown, with their sums in the last row."""
    lines = ["| " + " | ".join(HEAD) + " |", "|:--" + "|--:" * (len(HEAD) - 1) + "|"]
    for chapter in book.chapters:
        cells = [f"{{doc}}`{chapter.short} </{chapter.page}>`", *map(str, rows[chapter.page])]
        lines.append(f"| {' | '.join(cells)} |")
    sums = [f"**{sum(column)}**" for column in zip(*rows.values(), strict=True)]
    return [*lines, f"| **all** | {' | '.join(sums)} |"]


def add(app: Sphinx) -> None:
    """Connect."""
    app.add_directive("book-in-numbers", BookInNumbers)
