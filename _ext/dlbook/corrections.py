"""``{correction} id``: what a slide of the lecture says, and the form that holds.

The entries stand in ``book/corrections.yml``; the chapter shows its own in a box, the appendix
lists all with ``{corrections}``, chapter by chapter. The two boxes of an entry lead to each other.
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

from . import contents, evidence

FILE = "book/corrections.yml"
FIELDS = ("slide", "wrong", "right", "claim", "chapter")
TITLE = "On the slide"
PAGE = "book/appendix/lecture-corrected"


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
        ways = []
        if PAGE in self.env.found_docs:
            ways.append(f"{{ref}}`Among all corrections <corrected-{name}>`.")
        return [_box(self, f"correction-{name}", entries[name], ways)]


class Corrections(SphinxDirective):
    """All entries, on the appendix page."""

    def run(self) -> list[nodes.Node]:
        """Render every entry under its chapter, in the order of the book."""
        root = Path(self.env.srcdir)
        self.env.note_dependency(str(root / FILE))
        entries = read(root)
        sections = []
        for chapter in contents.read(root, self.config.external_toc_path).chapters:
            own = {k: v for k, v in entries.items() if f"book/{v['chapter']}" == chapter.page}
            if own:
                name = f"corrected-in-{chapter.page.rsplit('/', 1)[-1]}"
                section = nodes.section(ids=[name], names=[name])
                section += nodes.title(chapter.title, chapter.title)
                section += [self._entry(name, entry) for name, entry in own.items()]
                sections.append(section)
        return sections

    def _entry(self, name: str, entry: dict[str, str]) -> nodes.admonition:
        """One box, with the ways to the chapter's and to the numbers."""
        ways = [f"{{ref}}`In its chapter <correction-{name}>`."]
        if contents.CLAIMS in self.env.found_docs:
            ways.insert(0, f"{{ref}}`The numbers <{evidence.target(entry['claim'])}>`.")
        return _box(self, f"corrected-{name}", entry, ways)


def _box(
    directive: Directive, name: str, entry: dict[str, str], ways: list[str]
) -> nodes.admonition:
    """An admonition with a target, its body the book's Markdown, its last line the ways on."""
    box = nodes.admonition(classes=["admonition", "on-the-slide"], names=[name])
    box += nodes.title(TITLE, TITLE)
    directive.state.document.note_explicit_target(box, box)
    body = " ".join([markdown(entry).rstrip(), *ways])
    lines = StringList(body.splitlines(), source=FILE)
    directive.state.nested_parse(lines, directive.content_offset, box)
    return box


def add(app: Sphinx) -> None:
    """Connect."""
    directives: dict[str, Any] = {"correction": Correction, "corrections": Corrections}
    for name, directive in directives.items():
        app.add_directive(name, directive)
