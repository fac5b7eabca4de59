"""Courses as their readers get them: every link leads somewhere, and what is hidden is nowhere."""

import json
import re
import shutil
from urllib.parse import urlsplit

import browser as web
import pytest
import teaching
from making import ROOT, SmallBook, build, clone
from teaching import Page, dead, notebooks, plain, site, solutions_in
from test_site import violations

from tools import outline

pytestmark = pytest.mark.xdist_group("courses")

NAMES = outline.names(ROOT)  # in a fork also its own
NUMBERED = re.compile(
    r"(?:Theorem|Proposition|Lemma|Definition|Corollary|Exercise|Fig\.|Table) \d|\(\d"
)


@pytest.fixture(scope="module")
def courses(tmp_path_factory):
    """Alice's copy of the book with every course that stands in it, built in one go."""
    root = clone(tmp_path_factory.mktemp("courses"), "git@github.com:alice/course.git")
    built = SmallBook(root).run(*NAMES, module="tools.courses")
    assert built.returncode == 0, built.stdout + built.stderr
    return root


@pytest.mark.parametrize("name", NAMES)
def test_every_link_of_a_course_leads_somewhere(courses, name):
    assert dead(site(courses, name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_what_is_left_out_is_in_the_full_book_and_says_so(courses, name):
    course = outline.read(courses, name)
    full = outline.whole(courses, course.solutions).pages
    html = site(courses, name)
    lacks = set(full) - set(course.pages)
    assert (html / "full").is_dir() == bool(lacks)
    linked = [
        (path, *link)
        for path in html.glob("*/**/*.html")
        if html / "full" not in path.parents
        for link in Page(path).full
    ]
    assert bool(linked) == bool(lacks)
    for path, link, text in linked:
        target = (path.parent / urlsplit(link).path).resolve()
        inside = target.relative_to((html / "full").resolve())
        assert inside.with_suffix("").as_posix() in lacks
        if NUMBERED.match(text):
            assert text.endswith(" of the full book"), text
    if lacks and name in teaching.READY:
        assert {bool(NUMBERED.match(text)) for _, _, text in linked} == {True, False}


@pytest.mark.parametrize("name", NAMES)
def test_the_full_book_beside_a_course_leads_back(courses, name):
    folder = site(courses, name) / "full"
    for path in folder.rglob("book/**/*.html"):
        text = path.read_text()
        back = re.search(r'This is the full book\. <a href="([^"]*)">Back to the course</a>', text)
        assert back is not None
        assert (path.parent / back[1]).resolve() == site(courses, name) / "index.html"
        assert 'rel="canonical" href="https://alice.github.io/course/full/book/' in text
        if (courses / path.relative_to(folder)).with_suffix(".ipynb").exists():
            assert "github/alice/course/blob/notebooks/full/book/" in text


@pytest.mark.parametrize("name", NAMES)
def test_solutions_are_shown_or_nowhere(courses, name):
    course = outline.read(courses, name)
    found = solutions_in(site(courses, name), notebooks(courses, name))
    if not course.solutions:
        assert found == set()
        return
    # a course that shows them proves that the search can find: its own, and those of the full book
    assert {page for page in course.pages if "/solutions/" in page} <= found
    assert found == {
        page for page in outline.whole(courses, solutions=True).pages if "/solutions/" in page
    }


@pytest.mark.parametrize("name", NAMES)
def test_search_knows_the_pages_of_the_course_alone(courses, name):
    text = (site(courses, name) / "searchindex.js").read_text()
    index = json.loads(text.removeprefix("Search.setIndex(").removesuffix(")"))
    assert set(index["docnames"]) == set(outline.read(courses, name).pages)


@pytest.mark.parametrize("name", NAMES)
def test_notebooks_of_a_course_lead_to_its_site(courses, name):
    course, folder = outline.read(courses, name), notebooks(courses, name)
    own = {
        p.relative_to(folder).as_posix()
        for p in folder.rglob("*.ipynb")
        if folder / "full" not in p.parents
    }
    assert own == {
        f"{page}.ipynb" for page in course.pages if (courses / f"{page}.ipynb").is_file()
    }
    address = "https://alice.github.io/course/"
    full = site(courses, name) / "full"
    for path in sorted(folder.rglob("*.ipynb")):
        cells = json.loads(path.read_text())["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
        links = set(re.findall(rf"{re.escape(address)}([\w/.-]+)", text))
        assert links
        assert [link for link in links if not (site(courses, name) / link).is_file()] == []
        for words, link in re.findall(rf"\[([^\]]*)\]\({re.escape(address)}([^)]*)\)", text):
            if (
                NUMBERED.match(words)
                and full not in path.parents
                and folder / "full" not in path.parents
            ):
                assert words.endswith(" of the full book") == link.startswith("full/"), words
        served = site(courses, name) / "_sources" / path.relative_to(folder)
        if folder / "full" not in path.parents:
            assert served.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", [name for name in NAMES if name in teaching.READY])
def test_a_course_in_a_browser(courses, name, tmp_path):
    """The front page, the schedule, a page of the full book where there is one, and the search."""
    html = site(courses, name)
    pages = [f"courses/{name}/syllabus", f"courses/{name}/schedule", "full/book/intro"]
    with web.serve(html) as address, web.browser(tmp_path) as driver:
        for page, mode in (
            (p, m) for p in pages if (html / f"{p}.html").exists() for m in ("light", "dark")
        ):
            web.open_page(driver, f"{address}/{page}.html", mode=mode)
            web.settle(driver)
            assert violations(driver) == [], (page, mode)
            web.open_page(driver, f"{address}/{page}.html", mode=mode, width=390, height=844)
            assert driver.execute_script("return document.documentElement.scrollWidth") <= 390
        web.open_page(driver, f"{address}/")
        web.wait(driver, lambda d: d.current_url.endswith(f"/courses/{name}/syllabus.html"))
        web.open_page(driver, f"{address}/search.html?q=margin+network")
        results = (
            "return [...document.querySelectorAll('#search-results li a')].map((a) => a.pathname)"
        )
        web.wait(driver, lambda d: d.execute_script(results))
        assert all((html / found.strip("/")).is_file() for found in driver.execute_script(results))
        requests, _ = web.traffic(driver)
        assert [u for u in requests if not u.startswith((address, "data:", "blob:"))] == []
        # The page at the root only sends on, and browsers ask a page without an icon for one.
        assert [e for e in web.errors(driver) if "/favicon.ico" not in e] == []


def test_a_dead_link_is_seen(tmp_path):
    links = ("b.html", "b.html#x", "#y", "https://a.org/", "c.html", "b.html#z", "#z")
    anchors = "".join(f'<a href="{link}">l</a>' for link in links)
    (tmp_path / "a.html").write_text(f'<p id="y">{anchors}</p>')
    (tmp_path / "b.html").write_text('<p id="x"></p>')
    assert dead(tmp_path) == [f"a.html: {link}" for link in links[-3:]]


REFERENCES = """# One

{doc}`two` {doc}`words </book/two>` {ref}`sec-two` {ref}`my words <sec-two>` {numref}`fig-two`
{numref}`Figure {number} <fig-two>` {eq}`eq-two` {prf:ref}`thm-two` {prf:ref}`that <thm-two>` {term}`Frame` {term}`frames <frame>`
{ref}`ex-two` {cite:t}`mallat2012group` {cite:p}`mallat2012group,barron1993universal`
"""
FULL = {
    "doc:book/two": {"text": "Two", "url": "book/two.html"},
    "sec-two": {"text": "A section", "url": "book/two.html#sec-two"},
    "fig-two": {"text": "Fig. 2.1", "number": "2.1", "url": "book/two.html#fig-two"},
    "eq-two": {"text": "(2.2)", "number": "2.2", "url": "book/two.html#equation-eq-two"},
    "thm-two": {"text": "Theorem 2.3", "number": "2.3", "url": "book/two.html#thm-two"},
    "ex-two": {"text": "Exercise 2.4", "number": "2.4", "url": "book/two.html#ex-two"},
    "term:frame": {"text": "frame", "url": "book/two.html#term-frame"},
    "cite:mallat2012group": {"text": "Mallat", "year": "2012", "url": "book/two.html#id1"},
    "cite:barron1993universal": {"text": "Barron", "year": "1993", "url": "book/two.html#id2"},
}


@pytest.fixture
def page(tmp_path):
    """A course of one page, whose full book has a second."""
    for name in ("_ext", "_assets"):
        shutil.copytree(ROOT / name, tmp_path / name)
    for name in ("book/references.bib", "book/corrections.yml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "_toc.yml").write_text("format: jb-book\nroot: book/one\n")
    (tmp_path / "full.json").write_text(json.dumps(FULL))
    config = (ROOT / "_config.yml").read_text()
    (tmp_path / "_config.yml").write_text(
        config.replace("  config:\n", "  config:\n    dlbook_full: full.json\n", 1)
    )
    return tmp_path


def test_every_kind_of_reference_finds_the_full_book(page):
    (page / "book/one.md").write_text(REFERENCES)
    built = build(page)
    assert built.returncode == 0, built.stdout + built.stderr
    found = Page(page / "_build/html/book/one.html")
    assert [text for _, text in found.full] == [
        "Two", "words", "A section", "my words", "Fig. 2.1 of the full book", "Figure 2.1 of the full book",
        "(2.2) of the full book", "Theorem 2.3 of the full book", "that", "Frame", "frames", "Exercise 2.4 of the full book",
        "2012", "Mallat, 2012", "Barron, 1993",
    ]  # fmt: skip
    assert {link.split("#")[0] for link, _ in found.full} == {"../full/book/two.html"}
    assert [link.split("#")[1] for link, _ in found.full if "#" in link][:3] == [
        "sec-two",
        "sec-two",
        "fig-two",
    ]
    assert "Mallat [2012] [Mallat, 2012; Barron, 1993]" in plain(found.path.read_text())
    labels = json.loads((page / "_build/labels.json").read_text())
    assert labels["thm-two"]["text"] == "Theorem 2.3 of the full book"
    assert labels["cite:mallat2012group"]["url"] == "full/book/two.html#id1"


@pytest.mark.parametrize(
    "role",
    [
        "{ref}`nowhere`",
        "{prf:ref}`nowhere`",
        "{doc}`nowhere`",
        "{cite:t}`nobody1900`",
        "{term}`nowhere`",
        "{eq}`nowhere`",
    ],
)
def test_what_the_full_book_lacks_too_is_still_a_fault(page, role):
    (page / "book/one.md").write_text(f"# One\n\n{role}\n")
    built = build(page)
    assert built.returncode != 0
    assert re.search("nowhere|nobody1900", built.stdout + built.stderr)
