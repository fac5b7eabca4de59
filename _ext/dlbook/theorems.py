"""``{theorems}``: every theorem of the book, by chapter; ``{theorems} a-z``: by title."""

import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from . import contents, evidence

_ARTICLE = re.compile(r"^(?:The|An?)\s+(?=\w)|[$\W]+")


class Theorems(SphinxDirective):
    """The index, in one of its two orders."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Write the index as Markdown and let the book's own parser read it."""
        root = Path(self.env.srcdir)
        book = contents.read(root, self.config.external_toc_path)
        for chapter in book.chapters:
            self.env.note_dependency(str(root / f"{chapter.page}.ipynb"))
        if self.arguments:
            order = directives.choice(self.arguments[0], ("a-z",))
            box = nodes.container(classes=[f"theorems-{order}"])
            self._parse("\n".join(by_title(book)), box)
            return [box]
        known = contents.entries(root)
        measured = contents.CLAIMS in self.env.found_docs
        return [self._chapter(chapter, known, measured) for chapter in book.chapters]

    def _chapter(
        self, chapter: contents.Chapter, known: dict[str, tuple[str, int]], measured: bool
    ) -> nodes.section:
        """A section of the page: the chapter's name, and a line for each theorem."""
        name = f"theorems-of-{chapter.page.rsplit('/', 1)[-1]}"
        section = nodes.section(ids=[name], names=[name])
        section += nodes.title(chapter.title, chapter.title)
        lines = [f"{{doc}}`The chapter </{chapter.page}>`", "", *lines_of(chapter, known, measured)]
        self._parse("\n".join(lines), section)
        return section

    def _parse(self, text: str, node: nodes.Element) -> None:
        self.state.nested_parse(StringList(text.splitlines(), source="theorems"), 0, node)


def lines_of(
    chapter: contents.Chapter, known: dict[str, tuple[str, int]], measured: bool
) -> list[str]:
    """One line a theorem: number, title, whom it follows, and where it is measured."""
    lines = []
    for theorem in chapter.stated:
        line = f"- {{prf:ref}}`{theorem.label}`: {theorem.title}"
        if theorem.label in known:
            line += f"; {{cite:t}}`{known[theorem.label][0]}`"
            if measured:
                line += f"; {{ref}}`measured <{evidence.target(theorem.label)}>`"
        lines.append(line)
    return lines


def by_title(book: contents.Contents) -> list[str]:
    """One line a theorem: its title, articles and signs aside in the order, and its number."""
    every = [theorem for chapter in book.chapters for theorem in chapter.stated]
    every.sort(key=lambda theorem: _ARTICLE.sub("", theorem.title).casefold())
    return [f"- {theorem.title}, {{prf:ref}}`{theorem.label}`" for theorem in every]


def add(app: Sphinx) -> None:
    """Connect."""
    app.add_directive("theorems", Theorems)
