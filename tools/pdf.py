"""The book as one PDF: ``make pdf``, after a build; ``dist/dlmath.pdf``.

The pages are those of the site, in the order of ``_toc.yml``, with its numbers: Chromium prints
each, and they are bound with a title page, the contents, an outline, and links that stay inside.
"""

import argparse
import html
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import yaml
from selenium import webdriver

from _ext.dlbook import edition
from tools import anchors, paper
from tools.chromium import CHROMIUM, browser, serve
from tools.files import ROOT, replace_bytes

SITE = ROOT / "_build" / "html"
FRONT = "front"


@dataclass(frozen=True)
class Part:
    """A part of the table of contents: its caption and its pages, as in ``book/intro``."""

    caption: str
    pages: list[str]


def parts(toc: dict[str, Any]) -> list[Part]:
    """The parts of a ``_toc.yml``, and before them the page that the book opens with."""
    found = [Part("", [toc["root"]])]
    for part in toc["parts"]:
        found.append(Part(part["caption"], [chapter["file"] for chapter in part["chapters"]]))
    return found


def wanted(site: Path, pages: list[str]) -> dict[str, list[str]]:
    """The places of each page that some page of the book points at, and its sections."""
    read = {f"{page}.html": anchors.read(site / f"{page}.html") for page in pages}
    found: dict[str, set[str]] = defaultdict(set)
    for name, page in read.items():
        for link in page.links:
            aim = anchors.target(name, link)
            if aim and aim[1] and aim[0] in read:
                found[aim[0]].add(aim[1])
    # only what the page has: another check speaks of dead links
    return {name: sorted(found[name] & page.ids) for name, page in read.items()}


def front(title: str, author: str, subject: str) -> str:
    """The title page, as the inside of an article."""
    return (
        "<div style='break-after: page; padding-top: 60mm; text-align: center'>"
        f"<h1 style='font-size: 2.6rem; line-height: 1.2'>{html.escape(title)}</h1>"
        "<p style='font-size: 1.2rem; margin-top: 12mm'>A textbook whose theorems run</p>"
        f"<p style='font-size: 1.1rem; margin-top: 60mm'>{html.escape(author)}</p>"
        f"<p>{html.escape(subject)}</p>"
        "<p style='margin-top: 12mm'>Text and figures: CC BY 4.0. Code: MIT.</p></div>"
    )


def contents(made: list[tuple[Part, list[paper.Sheet]]], numbers: dict[str, int]) -> str:
    """The contents with page numbers, as the inside of an article."""
    rows = ["<h1>Contents</h1>"]
    for part, sheets in made:
        if part.caption:
            rows.append(f"<p style='{_PART}'>{html.escape(part.caption)}</p>")
        for sheet in sheets:
            title = html.escape(sheet.headings[0][1])
            rows.append(
                f"<div style='display: flex'><a href='/{sheet.name}'>{title}</a>"
                f"<span style='{_DOTS}'></span><span>{numbers[sheet.name]}</span></div>"
            )
    return "".join(rows)


_PART = "font-weight: 600; margin: 1.1rem 0 0.3rem; break-after: avoid"
_DOTS = "flex: 1; border-bottom: 1px dotted #999; margin: 0 0.5em 0.35em"


def press(
    driver: webdriver.Chrome, server: str, site: Path, chosen: list[Part], about: dict[str, str]
) -> bytes:
    """Print and bind the pages of some parts.

    Args:
        driver: A browser.
        server: Address of a server over ``site``, without a slash at the end.
        site: The built site.
        chosen: What to print, in order.
        about: Title, Author and Subject; the subject says which edition it is.

    Raises:
        Unbound: If a link between the pages leads nowhere.
    """
    from tools.binding import Binding  # needs pypdf, which only this needs

    pages = [page for part in chosen for page in part.pages]
    places = wanted(site, pages)
    made: list[tuple[Part, list[paper.Sheet]]] = [(part, []) for part in chosen]
    numbers: dict[str, int] = {}
    count = 1
    for part, sheets in made:
        for page in part.pages:
            name = f"{page}.html"
            sheets.append(_sheet(driver, server, name, places[name], count))
            numbers[name] = count
            count += _length(sheets[-1].pdf)
    other = {p.relative_to(site).as_posix() for p in site.rglob("*") if p.is_file()}
    bound = Binding(server, frozenset(other - set(numbers)))
    inside = front(about["Title"], about["Author"], about["Subject"]) + contents(made, numbers)
    first = bound.add(_front(driver, server, f"{pages[0]}.html", inside))
    for _, sheets in made:
        for sheet in sheets:
            bound.add(sheet)
    bound.link()
    _outline(bound, made)
    return bound.finish(first, about)


def _sheet(
    driver: webdriver.Chrome, server: str, name: str, places: list[str], first: int
) -> paper.Sheet:
    """Print one page of the site, numbered from ``first`` on."""
    paper.load(driver, server, name)
    headings = paper.headings(driver)
    cut = paper.fit(driver, sorted({*places, *(row[2] for row in headings if row[2])}))
    for piece in cut:
        print(f"pdf: {name}: sticks out of the paper: {piece}", file=sys.stderr)
    pdf = paper.put(driver, paper.folio(first, head=headings[0][1]))
    return paper.Sheet(name, pdf, headings, cut)


def _front(driver: webdriver.Chrome, server: str, name: str, inside: str) -> paper.Sheet:
    """Print the title page and the contents, in the dress of a page of the site."""
    paper.load(driver, server, name)
    driver.execute_script("document.querySelector('article').innerHTML = arguments[0]", inside)
    pdf = paper.put(driver, paper.folio(1, style="lower-roman"))
    return paper.Sheet(FRONT, pdf, [["H1", "Contents", ""]], [])


def _length(pdf: bytes) -> int:
    from pypdf import PdfReader  # pyright: ignore[reportMissingImports]

    return len(PdfReader(BytesIO(pdf)).pages)


def _outline(bound: Any, made: list[tuple[Part, list[paper.Sheet]]]) -> None:
    """Parts, chapters, sections."""
    bound.outline("Contents", (1, None), None)
    for part, sheets in made:
        top = None
        if part.caption:
            top = bound.outline(part.caption, bound.place(sheets[0].name), None)
        for sheet in sheets:
            chapter = bound.outline(sheet.headings[0][1], bound.place(sheet.name), top)
            for _, title, fragment in sheet.headings[1:]:
                bound.outline(title, bound.place(sheet.name, fragment), chapter)


def main(arguments: list[str] | None = None) -> int:
    """Print the book of this checkout."""
    parser = argparse.ArgumentParser(prog="tools.pdf", description="Print the built site.")
    parser.add_argument("--out", type=Path, default=ROOT / "dist" / "dlmath.pdf")
    options = parser.parse_args(arguments)
    if not find_spec("pypdf"):
        print("pdf: wanted pypdf to bind the pages; `make pdf` installs it", file=sys.stderr)
        return 1
    if not (SITE / "index.html").is_file():
        print("pdf: there is no site to print; run `make book` first", file=sys.stderr)
        return 1
    if not CHROMIUM:
        print("pdf: wanted chromium to print with; `make browser` installs it", file=sys.stderr)
        return 1
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))
    config = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    about = {
        "Title": config["title"],
        "Author": config["author"],
        "Subject": f"dlmath, version {edition.version(ROOT)}",
    }
    with (
        tempfile.TemporaryDirectory() as profile,
        serve(SITE) as server,
        browser(Path(profile)) as driver,
    ):
        book = press(driver, server, SITE, parts(toc), about)
    replace_bytes(options.out, book)
    print(f"pdf: {options.out.relative_to(ROOT)}, {len(book) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
