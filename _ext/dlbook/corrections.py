"""``{correction} id``: what a slide of the lecture says, and the form that holds.

The entries stand in ``book/corrections.yml``; the chapter shows its own in a box, the appendix
lists all with ``{corrections}``.
"""

from functools import cache
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from docutils.parsers.rst import Directive
from docutils.statemachine import StringList
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

FILE = "book/corrections.yml"
FIELDS = ("slide", "wrong", "right", "claim", "chapter")
TITLE = "On the slide"


def read(root: Path) -> dict[str, dict[str, str]]:
    """All corrections, by id.

    Raises:
        ValueError: If an entry lacks a field, has an unknown one, or one that is not text.
    """
    return _parse((root / FILE).read_text(encoding="utf-8"))


@cache  # a chapter asks for each of its boxes
def _parse(text: str) -> dict[str, dict[str, str]]:
    entries = yaml.safe_load(text) or {}
    for name, entry in entries.items():
        if set(entry) != set(FIELDS):
            raise ValueError(f"{FILE}: {name} has {sorted(entry)}, wanted {sorted(FIELDS)}")
        if odd := [k for k, v in entry.items() if not (isinstance(v, str) and v.strip())]:
            raise ValueError(f"{FILE}: {name}: {odd[0]} is not text")
    return entries


def markdown(entry: dict[str, str]) -> str:
    """The body of the box, the same on the site and in the published notebook."""
    return (
        f"**The slide.** {entry['slide'].strip()}\n\n"
        f"**What is loose.** {entry['wrong'].strip()}\n\n"
        f"**What holds.** {entry['right'].strip()}\n\n"
        f"Measured in {{prf:ref}}`{entry['claim']}`.\n"
    )


class Correction(SphinxDirective):
    """The box in a chapter."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Render one entry."""
        self.env.note_dependency(str(Path(self.env.srcdir) / FILE))
        entries = read(Path(self.env.srcdir))
        name = self.arguments[0]
        if name not in entries:
            raise self.error(f"correction {name!r}: no such entry in {FILE}")
        return [_box(self, TITLE, markdown(entries[name]))]


class Corrections(SphinxDirective):
    """All entries, on the appendix page."""

    def run(self) -> list[nodes.Node]:
        """Render every entry, in the order of the file, each with a link to its chapter."""
        self.env.note_dependency(str(Path(self.env.srcdir) / FILE))
        boxes: list[nodes.Node] = []
        for entry in read(Path(self.env.srcdir)).values():
            chapter = f"In {{doc}}`/book/{entry['chapter']}`.\n"
            boxes.append(_box(self, TITLE, f"{markdown(entry)}{chapter}"))
        return boxes


def _box(directive: Directive, title: str, body: str) -> nodes.admonition:
    """An admonition whose body is the book's Markdown."""
    box = nodes.admonition(classes=["admonition", "on-the-slide"])
    box += nodes.title(title, title)
    lines = StringList(body.splitlines(), source=FILE)
    directive.state.nested_parse(lines, directive.content_offset, box)
    return box


def add(app: Sphinx) -> None:
    """Connect."""
    directives: dict[str, Any] = {"correction": Correction, "corrections": Corrections}
    for name, directive in directives.items():
        app.add_directive(name, directive)
