"""The site keeps the answers of the homeworks to itself."""

import html
import json

import nbformat
import pytest
from making import ROOT

from tools import assignments

LONG = 40  # a shorter line may stand in a chapter for its own sake


@pytest.fixture(scope="module")
def lines():
    found = set()
    for path in assignments.homeworks(ROOT):
        found.update(assignments.answers(nbformat.read(path, as_version=4)))
    return {line for line in found if len(line) >= LONG}


@pytest.mark.xdist_group("site")
def test_no_line_of_an_answer_is_on_the_site(fork, lines):
    """As plain text, escaped for a page, or escaped for a notebook: pages, sources, search index."""
    forms = {f for line in lines for f in (line, html.escape(line), json.dumps(line)[1:-1])}
    read, hits = 0, []
    for path in sorted((fork / "_build/html").rglob("*")):
        if path.suffix in (".html", ".js", ".ipynb", ".md", ".txt", ".json"):
            text = path.read_text(encoding="utf-8")
            read += 1
            hits += [(path.name, form) for form in forms if form in text]
    assert hits == []
    assert read > 50
    assert len(lines) > 50
    assert not list((fork / "_build/html").rglob("*assignments*"))


@pytest.mark.xdist_group("site")
def test_no_line_of_an_answer_is_published(fork, lines):
    for path in (fork / "dist").rglob("*.ipynb"):
        text = path.read_text(encoding="utf-8")
        assert [line for line in lines if json.dumps(line)[1:-1] in text] == []
