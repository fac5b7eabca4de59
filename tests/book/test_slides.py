"""Every chapter has a deck that shows what a lecture needs, in a browser that reaches nothing else."""

import re

import browser as web
import chapters
import nbformat
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from tools import slides
from tools.plain import Chapter, read_labels

pytestmark = pytest.mark.xdist_group("site")

CHAPTERS = [page for page, notebook in chapters.notebooks().items() if chapters.is_chapter(page) and not chapters.is_draft(notebook)]
LEFT = re.compile(r"\{[a-z][\w:-]*\}`|`{3}|:{3}|^:\w+:|\(\w+(?:-\w+)+\)=", re.MULTILINE)


def bare(html):
    """The words of a slide: no pictures, no formulas, no tags."""
    html = re.sub(r"<svg.*?</svg>|\\\(.*?\\\)|\\\[.*?\\\]", " ", html, flags=re.DOTALL)
    return re.sub(r"<[^>]+>", " ", html)


def made(fork, page):
    chapter = Chapter(chapters.ROOT, page, read_labels(fork), "")
    return slides.slides(chapters.notebooks()[page], chapter)


def test_there_are_chapters():
    assert len(CHAPTERS) >= 19


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_chapter_has_a_deck(fork, page):
    deck = made(fork, page)
    headings = [slide.heading for slide in deck]
    assert 8 <= len(deck) <= 40
    assert deck[0].body.startswith("<h1>")
    assert headings[1:3] == ["The question", "The answer"]
    assert headings[-1] == slides.LAST
    bodies = [slide.body for slide in deck]
    assert sum("<blockquote class='theorem'>" in body or "<blockquote class='proposition'>" in body for body in bodies) >= 2
    assert sum("<figure>" in body for body in bodies) >= 3
    assert any("FAILS" in body for body in bodies)


@pytest.mark.parametrize("page", CHAPTERS)
def test_no_myst_is_left(fork, page):
    for slide in made(fork, page):
        words = bare(slide.body) + bare(slide.heading)
        assert not LEFT.search(words)
        assert "$" not in words
        assert bare(slide.body).strip() or "<svg" in slide.body


LABELS = {"thm": {"text": "Theorem 1.1", "url": "a.html#thm"}}
FIRST = """\
# Of $a$

Why?

```{admonition} At a glance
:class: tip
**The result.** It is so.

**You need** patience.
```

## Before
"""
SECOND = """\
Prose.

## The theorem

Prose with `## no heading`.

```{prf:theorem} Name
:label: thm
Let $a<b$.
```

```{prf:proof}
Long.
```
"""


def test_what_is_taken_from_the_cells(tmp_path):
    new = nbformat.v4
    tag = {"tags": ["slide"]}
    table = "<table><tr><td>{}</td></tr></table>"
    output = new.new_output("display_data", {"text/html": table.format(1) + table.format(2)})
    printed = [new.new_output("stream", text="slope"), new.new_output("stream", text=" FAILS  a < b\n")]
    code = new.new_code_cell("# a comment\\nx", metadata=tag, outputs=[output, *printed])
    notebook = new.new_notebook(
        cells=[
            new.new_markdown_cell(FIRST, metadata=tag),
            new.new_markdown_cell("```{prf:theorem} Not tagged\n:label: thm\nx\n```"),
            new.new_markdown_cell(SECOND, metadata=tag),
            code,
            new.new_markdown_cell("## Exercises\n\nDo.\n\n## In one slide\n\n1. All.\n", metadata=tag),
        ]
    )
    deck = slides.slides(notebook, Chapter(tmp_path, "a", LABELS, ""))
    assert [slide.heading for slide in deck] == [
        "",
        "The question",
        "The answer",
        "The theorem",
        "The theorem",
        "The theorem",
        "In one slide",
    ]
    assert deck[0].body.startswith(r"<h1>Of <span class=\"math inline\">\(a\)</span></h1>".replace(r"\"", '"'))
    assert deck[1].body == "<p>Why?</p>\n"
    assert deck[2].body == "<p><strong>The result.</strong> It is so.</p>\n"
    assert deck[3].body.startswith("<blockquote class='theorem'>\n<p><strong>Theorem 1.1 (Name).</strong>")
    assert r"\(a&lt;b\)" in deck[3].body
    assert "Long" not in deck[3].body
    assert deck[4].body.count("<table>") == 2
    assert deck[5].body == "<pre>FAILS  a &lt; b</pre>"
    assert "Do." not in deck[6].body


def test_tables_are_spread_over_slides():
    table = "<table>" + "<tr></tr>" * 6 + "</table>"
    assert [part.count("<table>") for part in slides._packed([table] * 3)] == [1, 1, 1]
    small = "<table>" + "<tr></tr>" * 3 + "</table>"
    assert [part.count("<table>") for part in slides._packed([small] * 4)] == [3, 1]
    assert slides._packed([]) == []


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with web.browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.mark.skipif(not slides.reveal_folder(), reason="reveal.js is not here; `make slides` installs it")
@pytest.mark.parametrize("served", [True, False], ids=["served", "file"])
def test_a_deck_in_the_browser(fork, driver, tmp_path, served):
    page = "book/invariance/scattering"
    deck = made(fork, page)
    slides.library(tmp_path, slides.reveal_folder(), fork / "_build/html/_static/mathjax")
    (tmp_path / "deck.html").write_text(slides.deck("Scattering", deck), encoding="utf-8")
    with web.serve(tmp_path) as address:
        site = address if served else tmp_path.as_uri()
        web.traffic(driver)
        web.errors(driver)
        web.open_page(driver, f"{site}/deck.html", width=1280, height=720)
        web.wait(driver, lambda d: d.execute_script("return !!window.Reveal?.isReady()"))
        requests, _ = web.traffic(driver)
        assert [u for u in requests if not u.startswith((site, "data:", "blob:"))] == []
        assert web.errors(driver) == []

        at = "return [Reveal.getIndices().h, Reveal.getTotalSlides()]"
        body = driver.find_element(By.TAG_NAME, "body")
        body.send_keys(Keys.ARROW_RIGHT)
        assert driver.execute_script(at) == [1, len(deck)]
        body.send_keys(Keys.SPACE)
        body.send_keys(Keys.ARROW_LEFT)
        assert driver.execute_script(at)[0] == 1
        formulas, drawn, wrong = driver.execute_script(
            "const n = (s) => document.querySelectorAll(s).length;"
            "return [n('.math'), n('mjx-container'), n('mjx-merror')]"
        )
        assert formulas == drawn > 20
        assert wrong == 0
        for number in range(len(deck)):
            driver.execute_script("Reveal.slide(arguments[0])", number)
            fits = "return Reveal.getCurrentSlide().querySelector('.fit').dataset.fits"
            assert driver.execute_script(fits) == "true", deck[number].heading
