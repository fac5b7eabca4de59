"""The pages about the book: true to the chapters and the ledger, and linked in both directions."""

import re
import shutil

import chapters
import nbformat
import pytest
from chapters import ROOT
from making import build

from _ext.dlbook import contents, corrections, numbers, reading, theorems
from dlmath.ledger import ledger

CLAIMS = ledger()
BOOK = contents.read(ROOT)
CHAPTERS = [page for page in chapters.notebooks() if chapters.is_chapter(page)]
APPENDIX = "book/appendix/claims"
ENTRIES = corrections.read(ROOT)


def html(fork, page):
    return (fork / f"_build/html/{page}.html").read_text()


def ids(text):
    return set(re.findall(r'\bid="([^"]+)"', text))


def targets(text, page):
    """The labels of a page that a text links to."""
    return set(re.findall(rf'href="[^"#]*{re.escape(page.rsplit("/", 1)[-1])}\.html#([^"]+)"', text))


# --- what is read from the sources ---------------------------------------------------------------


def test_the_chapters_are_those_of_the_table_of_contents():
    assert list(BOOK.by_page) == CHAPTERS


def test_the_ledger_is_read_from_its_source():
    assert contents.entries(ROOT) == {n: (c.source, len(c.breaks)) for n, c in CLAIMS.items()}


@pytest.mark.parametrize("chapter", BOOK.chapters, ids=lambda c: c.page)
def test_a_chapter_says_how_long_it_takes(chapter):
    assert 30 <= chapter.minutes <= 180
    assert chapter.running


GLANCE = "# T\n\n```{admonition} At a glance\n:class: tip\n%s\n```\n"


@pytest.mark.parametrize(
    ("glance", "minutes", "running"),
    [
        ("**Reading**: 45\nminutes. **Running**: under a\nminute.", 45, "under a minute"),
        ("In 3 minutes. **Reading**: two hours, with the proofs. **Running**: a minute.", 120, "a minute"),
        ("Needed: algebra.\nAn hour to read; about ten seconds to run.", 60, "about ten seconds"),
        ("In 3 minutes.", 0, ""),
    ],
)  # fmt: skip
def test_minutes(glance, minutes, running):
    chapter = contents.Chapter("book/part/x", "Part", GLANCE % glance)
    assert (chapter.minutes, chapter.running) == (minutes, running)


def made(name, needed="", text=""):
    glance = GLANCE % f"**You need** {needed}. **Reading**: 50 minutes."
    return contents.Chapter(f"book/part/{name}", "Part", glance + text)


STATEMENT = "```{prf:%s} Title\n:label: %s\nx\n```\n"
SMALL = contents.Contents((
    made("a", "algebra", STATEMENT % ("definition", "def-a")),
    made("b", "{doc}`a` and what {doc}`later <c>` explains", STATEMENT % ("theorem", "thm-b")),
    made("c", "{doc}`/book/part/b`", "See {prf:ref}`def-a`, {prf:ref}`thm-b`."),
))  # fmt: skip


def test_what_leans_on_what():
    a, b, c = (f"book/part/{name}" for name in "abc")
    assert SMALL.needs == {a: set(), b: {a}, c: {b}}
    assert SMALL.uses == {a: set(), b: set(), c: {a}}


# --- the claims -----------------------------------------------------------------------------------


def test_the_appendix_shows_every_claim_under_its_chapter_in_order():
    cells = chapters.notebooks()[APPENDIX].cells
    shown, chapter = {}, None
    for cell in cells:
        if found := re.search(r"\{doc\}`The chapter </(.*?)>`", cell.source):
            chapter = found[1]
        elif cell.source.startswith("show("):
            shown[chapter] = re.findall(r'"([\w-]+)"', cell.source)
    stated = {c.page: [s.label for s in c.stated if s.label in CLAIMS] for c in BOOK.chapters}
    assert shown == stated
    assert sum(map(len, stated.values())) == len(CLAIMS)


def test_the_appendix_says_what_the_ledger_says():
    notebook = chapters.notebooks()[APPENDIX]
    said = [o.data["text/markdown"] for o in chapters.outputs(notebook) if "text/markdown" in o.get("data", {})]
    assert len(said) == len(CLAIMS)
    for text in said:
        claim = CLAIMS[re.search(r"\(claim-([\w-]+)\)=", text)[1]]
        assert f"{{cite:t}}`{claim.source}`" in text
        assert claim.statement in text
        assert "<summary>Holds: " in text
        assert 'class="dlmath-evidence"' in text
        assert all(f"- fails with: {what}" in text for what in claim.breaks)


def test_theorems_and_their_numbers_lead_to_each_other(fork):
    appendix = html(fork, APPENDIX)
    marks = ids(appendix)
    for chapter in BOOK.chapters:
        page = html(fork, chapter.page)
        own = {s.label for s in chapter.stated if s.label in CLAIMS}
        assert {f"claim-{label}" for label in own} <= targets(page, APPENDIX) & marks
        assert own <= targets(appendix, chapter.page) & ids(page)


def test_published_notebooks_lead_to_the_numbers_too(fork):
    text = (fork / "dist/notebooks/book/invariance/scattering.ipynb").read_text()
    assert "> In the ledger: [scattering-parseval](https://alice.github.io/course/" in text
    assert f"{APPENDIX}.html#claim-scattering-parseval" in text
    stored = (fork / f"dist/notebooks/{APPENDIX}.ipynb").read_text()
    assert "**[Theorem 6.1](https://alice.github.io/course/" in stored
    assert "`scattering-parseval`**" not in stored
    assert "{cite:t}`mallat2012group`" not in stored


# --- the index of theorems ------------------------------------------------------------------------


def test_the_index_has_every_theorem_twice_and_where_it_is_measured(fork):
    page = html(fork, "book/appendix/theorems")
    for chapter in BOOK.chapters:
        for theorem in chapter.stated:
            assert len(re.findall(rf'href="[^"]*#{theorem.label}"', page)) == 2, theorem.label
    assert targets(page, APPENDIX) >= {f"claim-{name}" for name in CLAIMS}


def test_by_title_the_article_does_not_count():
    titles = ("The middle", "An end", "$k$ of a kind", "Beginnings")
    text = "".join(STATEMENT.replace("Title", t) % ("theorem", f"t{k}") for k, t in enumerate(titles))
    lines = theorems.by_title(contents.Contents((made("a", text=text),)))
    assert [line.split(",")[0] for line in lines] == ["- Beginnings", "- An end", "- $k$ of a kind", "- The middle"]


# --- the corrections ------------------------------------------------------------------------------


def test_the_boxes_of_a_correction_lead_to_each_other_and_to_the_numbers(fork):
    all_of_them = html(fork, "book/appendix/lecture-corrected")
    for name, entry in ENTRIES.items():
        page = html(fork, f"book/{entry['chapter']}")
        assert f"correction-{name}" in ids(page) & targets(all_of_them, entry["chapter"])
        assert f"corrected-{name}" in ids(all_of_them) & targets(page, "lecture-corrected")
    assert targets(all_of_them, APPENDIX) == {f"claim-{e['claim']}" for e in ENTRIES.values()}


# --- the exercises --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", CHAPTERS)
def test_solutions_lead_back_to_their_exercises(fork, page):
    asked = set(re.findall(r":label: (ex-\S+)", chapters.texts()[page]))
    solutions = html(fork, f"book/solutions/{page.rsplit('/', 1)[-1]}")
    assert asked
    assert asked <= targets(solutions, page) & ids(html(fork, page))


# --- the reading map ------------------------------------------------------------------------------


def paths():
    text = (ROOT / "book/reading-map.md").read_text()
    return re.findall(r"```\{reading-path\}\n(.*?)```", text, re.DOTALL)


def test_the_map_names_every_chapter_once(fork):
    page = html(fork, "book/reading-map")
    drawn = re.search(r"<svg viewBox.*?</svg>", page, re.DOTALL)[0]
    linked = re.findall(r'<a href="([^"]+)\.html"', drawn)
    assert [f"book/{name}" for name in linked] == CHAPTERS
    assert drawn.count('class="needs"') == sum(map(len, BOOK.needs.values()))
    assert drawn.count('class="uses"') == sum(map(len, BOOK.uses.values()))
    assert f'aria-label="{reading.ALT}"' in drawn


def test_each_path_respects_what_the_chapters_need():
    day, month, term = (reading.parse_path(text) for text in paths())
    for stages in (day, month, term):
        assert all(BOOK.has(name) for stage in stages for name in stage["read"])
        assert reading.path_faults(BOOK, stages) == []
    names = [name for stage in term for name in stage["read"]]
    assert [BOOK.find(name).page for name in names] == CHAPTERS


@pytest.mark.parametrize(
    ("read", "faults"),
    [
        ("abc", []),
        ("acb", ["book/part/c needs book/part/b, which does not come before it"]),
        ("aba", ["book/part/a stands twice"]),
    ],
)
def test_a_path_out_of_order(read, faults):
    stages = [{"when": "now", "read": [name], "know": "."} for name in read]
    assert reading.path_faults(SMALL, stages) == faults


def test_minutes_of_a_path_add_up():
    lines = reading.path_words(SMALL, [{"when": "Now", "read": ["a", "b"], "know": "All."}])
    assert lines == [
        "- **Now** (100 minutes): {doc}`/book/part/a`, {doc}`/book/part/b`. All.",
        "",
        "In all 1 h 40 min of reading.",
    ]


def test_a_stage_lacks_a_field():
    with pytest.raises(ValueError, match="wanted know, read and when"):
        reading.parse_path("- when: now\n  read: [a]\n")


# --- the numbers ----------------------------------------------------------------------------------


def test_the_numbers_are_those_of_the_ledger_and_the_chapters():
    rows = numbers.counts(BOOK, contents.entries(ROOT), ENTRIES)
    _, claims, breaks, slides, exercises = (sum(column) for column in zip(*rows.values(), strict=True))
    assert claims == len(CLAIMS)
    assert breaks == sum(len(claim.breaks) for claim in CLAIMS.values())
    assert slides == len(ENTRIES)
    assert exercises == sum(len(re.findall(r":label: ex-", chapters.texts()[page])) for page in CHAPTERS)


def test_the_table_adds_up(fork):
    assert numbers.table(SMALL, dict.fromkeys(SMALL.by_page, (50, 2, 3, 1, 4)))[-1] == (
        "| **all** | **150** | **6** | **9** | **3** | **12** |"
    )
    page = html(fork, "book/appendix/numbers")
    assert all(f'href="../{c.page.removeprefix("book/")}.html"' in page for c in BOOK.chapters)


# --- a course without the appendix ----------------------------------------------------------------

NOTEBOOK = """# One

```{prf:theorem} Leaves
:label: alpha-beta-leaves
x
```

```{correction} games-deep-blue
```
"""
PAGE = """# Two

```{theorems}
```

```{reading-map}
```

```{reading-path}
- {when: Now, read: [one, dropped], know: All.}
```

```{book-in-numbers}
```
"""


def test_a_course_may_leave_out_the_appendix(tmp_path):
    for name in ("_ext", "_assets"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "_config.yml", tmp_path)
    (tmp_path / "book").mkdir()
    for name in ("references.bib", "corrections.yml"):
        shutil.copy(ROOT / "book" / name, tmp_path / "book")
    cells = [nbformat.v4.new_markdown_cell(NOTEBOOK)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "book/one.ipynb")
    (tmp_path / "book/two.md").write_text(PAGE)
    toc = "format: jb-book\nroot: book/two\nparts:\n  - {caption: P, numbered: true, chapters: [{file: book/one}]}\n"
    (tmp_path / "_toc.yml").write_text(toc)
    built = build(tmp_path)
    assert built.returncode == 0, built.stdout + built.stderr
    one = (tmp_path / "_build/html/book/one.html").read_text()
    assert "correction-games-deep-blue" in ids(one)
    assert "In the ledger" not in one
    assert "appendix/" not in one
