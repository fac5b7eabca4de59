"""``{progress}``: what a reader can tick off, counted by chapter; and the marks it is ticked by.

A question that begins "Before you run it:" is a prediction. It gets an id made of its chapter and
section, and the class ``before-run``. Exercises have their labels. Numbers would not do: they move
when a chapter does. ``_assets/progress.js`` adds the boxes, and keeps the ticks in the browser.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from . import pages

BEFORE = re.compile(r"\bBefore you (?:run (?:it|the next cell)|read on|look):")
"""The forms in which a chapter asks for a guess."""

CLASS = "before-run"
_KEY = "dlbook-predictions"
_HEAD = "<thead><tr><th>Chapter</th><th>Predictions</th><th>Exercises</th></tr></thead>"


class progress(nodes.General, nodes.Element):
    """The place of the table, filled when every page has been read."""


class Progress(SphinxDirective):
    """The table, on the page of progress."""

    def run(self) -> list[nodes.Node]:
        """Leave a place."""
        return [progress()]


def mark(app: Sphinx, doctree: nodes.document) -> None:
    """Give the predictions of a page their ids, and note them."""
    page = app.env.docname
    chapter, taken = page.rsplit("/", 1)[-1], []
    for paragraph in doctree.findall(nodes.paragraph):
        if not BEFORE.search(paragraph.astext()):
            continue
        stem = f"before-{chapter}-{_section(paragraph)}"
        name = next(n for n in _names(stem) if n not in taken)
        taken.append(name)
        paragraph["ids"].append(name)
        paragraph["classes"].append(CLASS)
    app.env.metadata[page][_KEY] = taken


def _section(node: nodes.Node) -> str:
    """The id of the section that a node stands in; ``start`` before the first."""
    section = node.parent
    while section and not isinstance(section, nodes.section):
        section = section.parent
    inner = section and isinstance(section.parent, nodes.section)
    return section["ids"][0] if inner else "start"


def _names(stem: str) -> Iterator[str]:
    yield stem
    for number in range(2, 100):
        yield f"{stem}-{number}"


def table(app: Sphinx) -> list[dict[str, Any]]:
    """Every page with something to tick: its name, title, predictions and exercises."""
    toc = Path(app.srcdir) / app.config.external_toc_path
    registry = getattr(app.env, "sphinx_exercise_registry", {})
    rows = []
    for page in pages.entries(yaml.safe_load(toc.read_text(encoding="utf-8"))):
        asked = [
            label
            for label, node in registry.items()
            if node["docname"] == page and node["type"] == "exercise"
        ]
        guesses = app.env.metadata[page].get(_KEY, [])
        if asked or guesses:
            title = app.env.titles[page].astext()
            rows.append({"page": page, "title": title, "guesses": guesses, "exercises": asked})
    return rows


def fill(app: Sphinx, doctree: nodes.document, page: str) -> None:
    """Put the table into its place."""
    for place in list(doctree.findall(progress)):
        rows = table(app)
        body = "".join(_row(app, page, row) for row in rows)
        data = json.dumps(rows, sort_keys=True).replace("<", "\\u003c")
        html = (
            f'<table class="dlmath-progress table">{_HEAD}<tbody>{body}</tbody></table>'
            f'<script type="application/json" id="dlmath-progress-rows">{data}</script>'
        )
        place.replace_self(nodes.raw("", html, format="html"))


def _row(app: Sphinx, page: str, row: dict[str, Any]) -> str:
    link = app.builder.get_relative_uri(page, row["page"])
    counts = "".join(f"<td>{len(row[kind])}</td>" for kind in ("guesses", "exercises"))
    title = nodes.unescape(row["title"]).replace("&", "&amp;").replace("<", "&lt;")
    return f'<tr><th scope="row"><a href="{link}">{title}</a></th>{counts}</tr>'


def add(app: Sphinx) -> None:
    """Connect."""
    app.add_node(progress)
    app.add_directive("progress", Progress)
    app.connect("doctree-read", mark)
    app.connect("doctree-resolved", fill)
    app.add_js_file("progress.js", loading_method="defer")
