"""Published notebooks hold no MyST, and their numbers are those of the site."""

import nbformat
import pytest

from _ext.dlbook.fork import Home
from tools.plain import Chapter, NotPlain, read_labels
from tools.publish import edition

LABELS = {
    "thm-a": {"text": "Theorem 1.1", "url": "book/a.html#thm-a"},
    "ex-a": {"text": "Exercise 1.2", "url": "book/a.html#ex-a"},
    "eq-a": {"text": "(1.3)", "url": "book/a.html#equation-eq-a"},
    "fig-a": {"text": "Fig. 1.4", "number": "1.4", "url": "book/a.html#fig-a"},
    "sec-a": {"text": "A section", "url": "book/a.html#sec-a"},
    "doc:book/part/b": {"text": "Chapter B", "url": "book/part/b.html"},
    "doc:book/notation": {"text": "Notation", "url": "book/notation.html"},
    "cite:doe2000": {"text": "Doe", "year": "2000", "url": "book/bib.html#id1"},
    "cite:roe2001": {"text": "Roe and Poe", "year": "2001", "url": "book/bib.html#id2"},
}
SITE = "https://alice.github.io/course/"


@pytest.fixture
def chapter(tmp_path):
    (tmp_path / "book").mkdir()
    (tmp_path / "book/corrections.yml").write_text(
        "loose:\n  slide: $a$\n  wrong: b\n  right: c\n  claim: thm-a\n  chapter: part/a\n"
    )
    return Chapter(tmp_path, "book/part/a", LABELS, SITE)


def link(text, url):
    return f"[{text}]({SITE}{url})"


@pytest.mark.parametrize(
    ("myst", "plain"),
    [
        ("See {prf:ref}`thm-a`.", f"See {link('Theorem 1.1', 'book/a.html#thm-a')}."),
        ("By {eq}`eq-a`.", f"By {link('(1.3)', 'book/a.html#equation-eq-a')}."),
        ("{ref}`here <sec-a>`", link("here", "book/a.html#sec-a")),
        ("{numref}`fig-a`", link("Fig. 1.4", "book/a.html#fig-a")),
        ("{numref}`Figure {number} <fig-a>`", link("Figure 1.4", "book/a.html#fig-a")),
        ("{doc}`b`", link("Chapter B", "book/part/b.html")),
        ("{doc}`../notation`", link("Notation", "book/notation.html")),
        ("{doc}`symbols </book/notation>`", link("symbols", "book/notation.html")),
        ("{cite:t}`doe2000`", link("Doe (2000)", "book/bib.html#id1")),
        (
            "{cite:p}`doe2000,roe2001`",
            f"({link('Doe, 2000', 'book/bib.html#id1')}; {link('Roe and Poe, 2001', 'book/bib.html#id2')})",
        ),
        ("{term}`frame`", "frame"),
        ("(sec-a)=\n## A section", "## A section"),
        ("$$ x = 1 $$ (eq-a)", "$$ x = 1 \\tag{1.3}$$"),
        ("```{math}\n:label: eq-a\nx = 1\n```", "$$\nx = 1\n\\tag{1.3}\n$$"),
        (
            "````{prf:theorem} Doe\n:label: thm-a\nLet\n\n```{math}\nx\n```\n````",
            "> **Theorem 1.1 (Doe).** Let\n>\n> $$\n> x\n> $$",
        ),
        ("```{prf:remark}\nIt is.\n```", "> **Remark.** It is."),
        ("```{prf:proof}\nBy {eq}`eq-a`.\n```", f"*Proof.* By {link('(1.3)', 'book/a.html#equation-eq-a')}. ∎"),
        (":::{exercise} Try\n:label: ex-a\nDo.\n:::", "> **Exercise 1.2 (Try).** Do."),
        ("```{exercise-start}\n:label: ex-a\n```\n\nDo.\n\n```{exercise-end}\n```", "> **Exercise 1.2.** \n\nDo.\n"),
        ("```{solution} ex-a\n:label: sol-a\nDone.\n```", f"**Solution of {link('Exercise 1.2', 'book/a.html#ex-a')}.** Done."),
        ("```{admonition} At a glance\n:class: tip\nShort.\n```", "> **At a glance**\n>\n> Short."),
        ("```{note}\nWell.\n```", "> **Note**\n>\n> Well."),
        ("```python\n{ref}`not a role here`\n```\n", "```python\n{ref}`not a role here`\n```"),
    ],
)  # fmt: skip
def test_plain(chapter, myst, plain):
    assert chapter.markdown(myst) == plain.strip("\n")


def test_correction(chapter):
    plain = chapter.markdown("```{correction} loose\n```")
    assert plain.startswith("> **On the slide**\n>\n> **The slide.** $a$")
    assert link("Theorem 1.1", "book/a.html#thm-a") in plain


@pytest.mark.parametrize(
    "myst",
    [
        "{prf:ref}`thm-none`",
        "{doc}`none`",
        "{cite:p}`nobody1900`",
        "{download}`x`",
        "```{tableofcontents}\n```",
        "```{correction} none\n```",
        "```{prf:theorem}\n:label: thm-none\nx\n```",
        "- a list\n\n  ```{note}\n  inside\n  ```",
    ],
)
def test_what_is_not_known_raises(chapter, myst):
    with pytest.raises(NotPlain):
        chapter.markdown(myst)


def test_without_a_site_there_are_numbers_but_no_links(chapter):
    bare = Chapter(chapter.root, chapter.page, LABELS, "")
    assert bare.markdown("See {prf:ref}`thm-a`.") == "See Theorem 1.1."


def test_labels_need_a_build(tmp_path):
    with pytest.raises(NotPlain, match="run `make book` first"):
        read_labels(tmp_path)


def test_edition(chapter):
    notebook = nbformat.v4.new_notebook(metadata={"widgets": {"x": 1}, "dlmath": {"digest": {}}})
    figure = {"mystnb": {"figure": {"name": "fig-a", "caption": "Of {prf:ref}`thm-a`."}}}
    code = nbformat.v4.new_code_cell("draw()", metadata=figure, id="drawn", execution_count=1)
    bundle = {"image/svg+xml": "<svg/>", "application/vnd.jupyter.widget-view+json": {"model_id": "m"}}
    code.outputs = [nbformat.v4.new_output("execute_result", bundle, execution_count=1)]
    notebook.cells = [nbformat.v4.new_markdown_cell("# A", id="title"), code]
    made = edition(notebook, chapter, Home("alice", "course"), "c0ffee")
    assert [c.id for c in made.cells] == ["title", "edition", "setup", "drawn", "drawn-caption"]
    assert '"dlmath @ git+https://github.com/alice/course@c0ffee"' in made.cells[2].source
    assert list(made.cells[3].outputs[0].data) == ["image/svg+xml"]
    assert made.cells[4].source.startswith("*Fig. 1.4. Of [Theorem 1.1]")
    assert "widgets" not in made.metadata
    assert "dlmath" not in made.metadata


def test_a_page_that_wants_the_checkout_gets_it(chapter):
    cells = [nbformat.v4.new_markdown_cell("# A", id="title")]
    notebook = nbformat.v4.new_notebook(cells=cells, metadata={"dlmath": {"checkout": True}})
    made = edition(notebook, chapter, Home("alice", "course"), "c0ffee")
    assert [c.id for c in made.cells] == ["title", "edition", "setup", "checkout"]
    for wanted in (
        "git clone -q https://github.com/alice/course checkout",
        "checkout -q c0ffee",
    ):
        assert wanted in made.cells[3].source
