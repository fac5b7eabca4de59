"""``{reading-map}``: what leans on what, drawn; ``{reading-path}``: a way, with its minutes.

Both are made of what the chapters say: an arrow from one chapter to another if the later one's
"You need" links to the earlier one, a dashed one if it uses a theorem of it.
"""

import html
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from . import contents
from .contents import Chapter, Contents

ROW, GUTTER, WIDTH, TEXT = 27, 128, 500, 15
ALT = (
    "The chapters in the order of the book, one a line, by part. On the left a solid arc leads "
    "from each chapter to those that need it, a dashed one to those that use a theorem of it. "
    "The list below says the same in words."
)


class ReadingMap(SphinxDirective):
    """The drawing, and the same in words."""

    def run(self) -> list[nodes.Node]:
        """Draw, and list."""
        book = _book(self)
        box = nodes.container(classes=["reading-map"])
        uri = self.env.app.builder.get_relative_uri
        drawn = svg(book, {page: uri(self.env.docname, page) for page in book.by_page})
        box += nodes.raw("", f'<div class="dlmath-fig">{drawn}</div>', format="html")
        _parse(self, words(book), box)
        return [box]


class ReadingPath(SphinxDirective):
    """A way through the book: a list of stages, each with ``when``, ``read`` and ``know``."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """List the stages with their minutes, and refuse a way that skips what it needs."""
        book = _book(self)
        stages = parse_path("\n".join(self.content))
        for stage in stages:  # a course may have left a chapter out
            stage["read"] = [name for name in stage["read"] if book.has(name)]
        if faults := path_faults(book, stages):
            raise self.error(f"reading-path: {faults[0]}")
        box = nodes.container(classes=["reading-path"])
        _parse(self, path_words(book, stages), box)
        return [box]


def _book(directive: SphinxDirective) -> Contents:
    """The chapters of this table of contents, the page noted as made from them."""
    root = Path(directive.env.srcdir)
    book = contents.read(root, directive.config.external_toc_path)
    for chapter in book.chapters:
        directive.env.note_dependency(str(root / f"{chapter.page}.ipynb"))
    return book


def _parse(directive: SphinxDirective, lines: Iterable[str], node: nodes.Element) -> None:
    text = "\n".join(lines).splitlines()
    directive.state.nested_parse(StringList(text, source="reading"), 0, node)


# --- the drawing -------------------------------------------------------------------------------


def svg(book: Contents, addresses: dict[str, str]) -> str:
    """The map as SVG in the page's ink, each chapter a link."""
    rows, labels, y, part = {}, [], 0, None
    for number, chapter in enumerate(book.chapters, 1):
        if chapter.part != part:
            part, y = chapter.part, y + (10 if y else 0) + ROW
            labels.append(f'<text class="part" x="{GUTTER}" y="{y}">{html.escape(part)}</text>')
        y += ROW
        rows[chapter.page] = y
        labels.append(_line(chapter, number, y, addresses[chapter.page]))
    arcs = [
        _arc(rows[start], rows[end], kind)
        for kind, edges in (("uses", book.uses), ("needs", book.needs))
        for end in rows
        for start in sorted(edges[end], key=lambda page: rows[page])
    ]
    return (
        f'<svg viewBox="0 0 {WIDTH} {y + 12}" width="{WIDTH}" role="group" '
        f'aria-label="{html.escape(ALT)}">{"".join(arcs)}{"".join(labels)}</svg>'
    )


def _line(chapter: Chapter, number: int, y: int, address: str) -> str:
    """A chapter's dot, number and title."""
    title = html.escape(chapter.short)
    return (
        f'<circle cx="{GUTTER - 10}" cy="{y - 5}" r="3.5"/>'
        f'<a href="{html.escape(address)}"><text x="{GUTTER + 2}" y="{y}">'
        f"{number}. {title}</text></a>"
    )


def _arc(start: int, end: int, kind: str) -> str:
    """An arc on the left from one row to a later one, with an arrow's head."""
    x, top, bottom = GUTTER - 15, start - 5, end - 5
    reach = f"{max(4, x - 10 - 5.5 * (bottom - top) ** 0.52):.1f}"
    return (
        f'<path class="{kind}" d="M{x} {top} C{reach} {top} {reach} {bottom} {x} {bottom}"/>'
        f'<path class="head" d="M{x - 6} {bottom - 3.5} L{x} {bottom} L{x - 6} {bottom + 3.5}"/>'
    )


def words(book: Contents) -> list[str]:
    """The map as a list: what each chapter takes to read, and what it leans on."""
    lines = []
    for chapter in book.chapters:
        line = f"- {{doc}}`/{chapter.page}`{_minutes(chapter)}"
        for verb, edges in (("needs", book.needs), ("uses", book.uses)):
            if pages := [c.page for c in book.chapters if c.page in edges[chapter.page]]:
                line += f"; {verb} " + ", ".join(f"{{doc}}`/{page}`" for page in pages)
        lines.append(line)
    return lines


def _minutes(chapter: Chapter) -> str:
    return f", {chapter.minutes} minutes" if chapter.minutes else ""


# --- the paths ---------------------------------------------------------------------------------


def parse_path(text: str) -> list[dict[str, Any]]:
    """The stages of a path.

    Raises:
        ValueError: If one lacks a field or has an unknown one.
    """
    stages = yaml.safe_load(text)
    for stage in stages:
        if set(stage) != {"when", "read", "know"}:
            raise ValueError(f"a stage has {sorted(stage)}, wanted know, read and when")
    return stages


def path_faults(book: Contents, stages: list[dict[str, Any]]) -> list[str]:
    """Chapters that stand twice, and chapters before something that they need."""
    faults, seen = [], set()
    for chapter in (book.find(name) for stage in stages for name in stage["read"]):
        if chapter.page in seen:
            faults.append(f"{chapter.page} stands twice")
        missing = sorted(book.needs[chapter.page] - seen)
        faults += [
            f"{chapter.page} needs {page}, which does not come before it" for page in missing
        ]
        seen.add(chapter.page)
    return faults


def path_words(book: Contents, stages: list[dict[str, Any]]) -> list[str]:
    """The path as a list, each stage with its chapters, minutes and what one then knows."""
    lines, total = [], 0
    for stage in stages:
        chapters = [book.find(name) for name in stage["read"]]
        minutes = sum(chapter.minutes for chapter in chapters)
        total += minutes
        names = ", ".join(f"{{doc}}`/{chapter.page}`" for chapter in chapters)
        lines.append(f"- **{stage['when']}** ({minutes} minutes): {names}. {stage['know']}")
    return [*lines, "", f"In all {total // 60} h {total % 60} min of reading."]


def add(app: Sphinx) -> None:
    """Connect."""
    app.add_directive("reading-map", ReadingMap)
    app.add_directive("reading-path", ReadingPath)
