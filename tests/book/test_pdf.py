"""The book on paper: numbers as on the site, links that stay inside, nothing cut, all to be found.

A few pages go the way of the whole book, ``make pdf``.
"""

import contextlib
import re
import unicodedata
from io import BytesIO, StringIO
from pathlib import Path

import browser as web
import pytest

from tools import paper, pdf
from tools.plain import read_labels

pytestmark = pytest.mark.xdist_group("site")

pypdf = pytest.importorskip("pypdf", reason="binds the pages; `make pdf` installs it")

CHOSEN = [
    pdf.Part("", ["book/notation"]),
    pdf.Part("Invariance", ["book/invariance/scattering"]),
    pdf.Part("Appendix", ["book/appendix/bibliography"]),
]
ABOUT = {"Title": "A book", "Author": "Its authors", "Subject": "version 1"}
A4 = (595, 842)


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with web.browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture(scope="module")
def printed(fork, driver):
    site, complaints = fork / "_build/html", StringIO()
    with web.serve(site) as server, contextlib.redirect_stderr(complaints):
        made = pdf.press(driver, server, site, CHOSEN, ABOUT)
    assert complaints.getvalue() == ""  # nothing sticks out of the paper
    return made


@pytest.fixture(scope="module")
def book(printed):
    return pypdf.PdfReader(BytesIO(printed))


def start(book, title):
    """The first page of a chapter, by the outline."""
    lines = [line for part in book.outline for line in (part if isinstance(part, list) else [part])]
    (found,) = [line for line in lines if not isinstance(line, list) and title in line.title]
    return book.get_destination_page_number(found)


def jumps(book, page):
    notes = [note.get_object() for note in book.pages[page].get("/Annots") or []]
    return [book.get_page_number(note["/Dest"][0].get_object()) for note in notes if "/Dest" in note]


def addresses(book):
    notes = [note.get_object() for page in book.pages for note in page.get("/Annots") or []]
    return [str(note["/A"]["/URI"]) for note in notes if "/A" in note]


def test_it_is_named_and_in_english(book):
    assert (book.metadata.title, book.metadata.author) == ("A book", "Its authors")
    assert book.root_object["/Lang"] == "en"
    assert book.root_object["/ViewerPreferences"]["/DisplayDocTitle"]


def test_the_outline_has_parts_chapters_and_sections(book):
    first, opening, sections, part, chapters = book.outline[:5]
    assert (first.title, opening.title) == ("Contents", "Notation")
    assert sections
    assert part.title == "Invariance"
    chapter, parts_of_it = chapters
    assert chapter.title.endswith("The wavelet scattering network")
    assert len(parts_of_it) > 8
    pages = [book.get_destination_page_number(line) for line in parts_of_it]
    assert pages == sorted(pages)
    assert re.search(r"\d+\.3\. Nothing is lost", parts_of_it[2].title)


def test_numbers_are_those_of_the_site_and_words_are_found(book, fork):
    labels = read_labels(fork)
    first, last = start(book, "scattering"), start(book, "Bibliography")
    text = "\n".join(book.pages[k].extract_text() for k in range(first, last))
    text = " ".join(unicodedata.normalize("NFKC", text).split())  # fi is one letter
    for label in ("scattering-parseval", "def-filter-bank", "fig-scattering-energy"):
        assert labels[label]["text"] in text
    assert "What would a representation have to do" in text


def test_pages_are_numbered_and_the_contents_agree(book):
    assert book.page_labels[0] == "i"
    first = start(book, "scattering")
    number = book.page_labels[first]
    assert number in book.pages[first].extract_text().split()
    assert "scattering network" in book.pages[first + 1].extract_text()  # the running title
    contents = " ".join(book.pages[1].extract_text().split())
    assert re.search(rf"The wavelet scattering network\W*{number}\b", contents)
    assert first in jumps(book, 1)


def test_links_stay_inside_and_others_go_out(book):
    first, sources = start(book, "scattering"), start(book, "Bibliography")
    to = [page for k in range(first, sources) for page in jumps(book, k)]
    assert any(page >= sources for page in to)  # a citation
    assert any(first <= page < sources for page in to)  # a theorem
    out = addresses(book)
    assert out
    assert [a for a in out if "127.0.0.1" in a or not a.startswith("http")] == []


def test_letters_are_inside(book):
    """A font is a file in the PDF, or drawn there (Type 3)."""
    fonts = [f.get_object() for page in book.pages for f in page["/Resources"].get("/Font", {}).values()]
    assert fonts
    for font in fonts:
        if font["/Subtype"] == "/Type3":
            continue
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(inner["/FontDescriptor"])


def test_the_widget_is_the_figure_that_it_starts_from(book):
    assert {tuple(round(float(x)) for x in page.mediabox[2:]) for page in book.pages} == {A4}
    text = " ".join(page.extract_text() for page in book.pages)
    assert "In one slide" in text
    assert "sample" in text  # the axis of the figure that the sliders move


def test_what_is_not_printed_is_missed(printed):
    from tools.binding import Binding, Unbound

    bound = Binding("http://127.0.0.1:1")
    bound.add(paper.Sheet("a.html", printed, [], []))
    assert bound.place("a.html") == (0, None)
    with pytest.raises(Unbound, match=r"b\.html is not in the book"):
        bound.place("b.html")
    with pytest.raises(Unbound, match="was printed without its place 'nowhere'"):
        bound.place("a.html", "nowhere")


WIDE = """<!DOCTYPE html><html><head><link rel="stylesheet" href="print.css" media="print"></head><body>
<article class="bd-article"><section id="one"><h1>One</h1>
<details><summary>More</summary><p>what was folded</p></details>
<div class="admonition toggle toggle-hidden"><p class="admonition-title">T</p><p>what was hidden</p></div>
<table style="white-space: nowrap"><tr>CELLS</tr></table>
<p id="there">there</p></section></article></body></html>"""


def test_folds_are_opened_and_wide_tables_made_to_fit(driver, tmp_path):
    cells = "".join(f"<td>a long cell {k}</td>" for k in range(12))
    (tmp_path / "one.html").write_text(WIDE.replace("CELLS", cells))
    (tmp_path / "print.css").write_text((Path(pdf.ROOT) / "_assets/print.css").read_text())
    with web.serve(tmp_path) as server:
        paper.load(driver, server, "one.html")
        wide = driver.execute_script("return document.querySelector('table').offsetWidth")
        assert wide > paper.WIDTH
        assert paper.headings(driver) == [["H1", "One", "one"]]
        assert paper.fit(driver, ["there"]) == []
        made = pypdf.PdfReader(BytesIO(paper.put(driver, paper.folio(7, head="A head"))))
    text = made.pages[0].extract_text()
    assert "what was folded" in text
    assert "what was hidden" in text
    assert "a long cell 11" in text
    assert "7" in text.split()
    assert "A head" not in text  # the first page of a chapter has its title
    assert list(made.named_destinations) == ["/there"] or "there" in str(made.named_destinations)


def test_what_cannot_be_made_to_fit_is_reported(driver, tmp_path):
    svg = '<svg style="min-width: 900px" width="900" height="9"></svg>'
    (tmp_path / "one.html").write_text(WIDE.replace("<tr>CELLS</tr>", "").replace("there</p>", f"{svg}</p>"))
    with web.serve(tmp_path) as server:
        paper.load(driver, server, "one.html")
        assert [piece[:4] for piece in paper.fit(driver, [])] == ["<svg"]


def test_the_parts_of_a_table_of_contents():
    toc = {"root": "a", "parts": [{"caption": "B", "chapters": [{"file": "c"}, {"file": "d"}]}]}
    assert pdf.parts(toc) == [pdf.Part("", ["a"]), pdf.Part("B", ["c", "d"])]
