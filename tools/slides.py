"""A deck for each chapter, from its tagged cells: ``make slides``, after a build; ``dist/slides``.

A cell with the tag ``slide`` gives what a lecture shows of it:

* the first cell, the title, the question and the answer;
* any other Markdown cell, its definitions, theorems and propositions, one slide each, under the
  title of their section, and the section "In one slide";
* a code cell, its picture with the caption, or its tables of evidence.

Numbers are those of the site. reveal.js shows the decks; nothing is asked of another host.
"""

import re
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from importlib.util import find_spec
from pathlib import Path
from string import Template

import nbformat
import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from nbformat import NotebookNode

from _ext.dlbook import fork
from tools.files import ROOT, replace
from tools.plain import Chapter, NotPlain, read_labels

TAG = "slide"
LAST = "In one slide"
STATEMENTS = ("definition", "theorem", "proposition", "corollary", "algorithm")
OUT = ROOT / "dist" / "slides"
_DECK = Path(__file__).parent / "deck"
_BLOCKS = MarkdownIt("commonmark").use(colon_fence_plugin)
_HEADING = re.compile(r"^#{1,3} +(.+)$", re.MULTILINE)
_OPTION = re.compile(r":\w+:")
_NEEDED = re.compile(r"\*\*You need|\bNeeded:")
_TABLE = re.compile(r"<table.*?</table>", re.DOTALL)
_ROWS_A_SLIDE = 10


def _math(content: str, options: dict[str, bool]) -> str:
    opened, closed = (r"\[", r"\]") if options["display_mode"] else (r"\(", r"\)")
    return f"{opened}{escape(content)}{closed}"


_MARKDOWN = MarkdownIt("commonmark", {"html": True}).enable("table")
_MARKDOWN.use(dollarmath_plugin, allow_labels=False, renderer=_math)


@dataclass(frozen=True)
class Slide:
    """A slide: its heading and what is below it, as HTML."""

    heading: str
    body: str


def html(text: str) -> str:
    """Plain Markdown with dollar formulas as HTML."""
    return _MARKDOWN.render(text)


def inline(text: str) -> str:
    """A heading as HTML, without a paragraph around it."""
    return _MARKDOWN.renderInline(text)


def slides(notebook: NotebookNode, chapter: Chapter) -> list[Slide]:
    """The slides of a chapter, in its order.

    Raises:
        NotPlain: If a tagged cell holds MyST that has no plain form.
    """
    made: list[Slide] = []
    heading = ""
    for number, cell in enumerate(notebook.cells):
        tagged = TAG in cell.metadata.get("tags", [])
        if cell.cell_type == "markdown":
            if tagged:
                made += _opening(cell, chapter) if number == 0 else _said(cell, chapter, heading)
            heading = (_headings(cell.source) or [heading])[-1]
        elif tagged:
            made += _shown(cell, chapter, inline(chapter.markdown(heading)))
    return made


def _headings(text: str) -> list[str]:
    """The headings of a cell; a comment in its code is none."""
    lines = text.split("\n")
    for block in _fences(text):
        lines[block[0] : block[1]] = [""] * (block[1] - block[0])
    return _HEADING.findall("\n".join(lines))


def _fences(text: str) -> list[tuple[int, int, str]]:
    """First line, line after the last, and info of each block with fences."""
    tokens = [t for t in _BLOCKS.parse(text) if t.type in ("fence", "colon_fence") and not t.level]
    return [(t.map[0], t.map[1], t.info.strip()) for t in tokens if t.map]


def _opening(cell: NotebookNode, chapter: Chapter) -> Iterator[Slide]:
    """The title; the question, which are the first paragraphs; the answer, from the box."""
    title = _headings(cell.source)[0]
    lines, boxes = cell.source.split("\n"), _fences(cell.source)
    before = "\n".join(lines[: boxes[0][0]] if boxes else lines)
    question = _HEADING.sub("", before, count=1)
    question = _HEADING.split(question)[0]
    site = f"<p class='book'>{escape(chapter.site)}</p>" if chapter.site else ""
    book = f"<p class='book'>{escape(book_title())}</p>"
    yield Slide("", f"<h1>{inline(title)}</h1>{book}{site}")
    yield Slide("The question", html(chapter.markdown(question.strip())))
    if boxes:
        first, after, _ = boxes[0]
        inside = [line for line in lines[first + 1 : after - 1] if not _OPTION.match(line)]
        answer = _NEEDED.split("\n".join(inside))[0]
        yield Slide("The answer", html(chapter.markdown(answer.strip())))


def _said(cell: NotebookNode, chapter: Chapter, heading: str) -> Iterator[Slide]:
    """The statements of a cell under the headings that they have there, and the last section."""
    lines = cell.source.split("\n")
    for first, after, info in _fences(cell.source):
        above = (_headings("\n".join(lines[:first])) or [heading])[-1]
        kind = info.partition("}")[0].removeprefix("{prf:")
        if info.startswith("{prf:") and kind in STATEMENTS:
            body = html(chapter.markdown("\n".join(lines[first:after])))
            body = body.replace("<blockquote>", f"<blockquote class='{kind}'>", 1)
            yield Slide(inline(chapter.markdown(above)), body)
    if f"## {LAST}" in cell.source:
        rest = cell.source.split(f"## {LAST}", 1)[1]
        yield Slide(LAST, html(chapter.markdown(rest.strip())))


def _shown(cell: NotebookNode, chapter: Chapter, heading: str) -> Iterator[Slide]:
    """The pictures and the evidence that a code cell gave."""
    figure = cell.metadata.get("mystnb", {}).get("figure")
    for output in cell.get("outputs", []):
        data = output.get("data", {})
        if svg := data.get("image/svg+xml"):
            words = chapter.caption(figure["name"], figure["caption"]) if figure else ""
            caption = f"<figcaption>{html(words)}</figcaption>" if words else ""
            yield Slide(heading, f"<figure>{svg}{caption}</figure>")
        elif "FAILS" in output.get("text", ""):  # evidence that a cell printed
            yield Slide(heading, f"<pre>{escape(output.text.strip())}</pre>")
        else:
            for tables in _packed(_TABLE.findall(data.get("text/html", ""))):
                yield Slide(heading, tables)


def _packed(tables: list[str]) -> list[str]:
    """Tables one after another, as many on a slide as have rows for it."""
    made: list[str] = []
    rows = _ROWS_A_SLIDE + 1
    for table in tables:
        own = table.count("<tr")
        if rows + own > _ROWS_A_SLIDE:
            made.append("")
            rows = 0
        made[-1] += table
        rows += own
    return made


def book_title() -> str:
    """The title of the book."""
    return yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))["title"]


def deck(title: str, made: list[Slide]) -> str:
    """A page with all slides of a chapter."""
    parts: list[str] = []
    for slide in made:
        heading = f"<h2>{slide.heading}</h2>" if slide.heading else ""
        parts.append(f"<section><div class='fit'>{heading}{slide.body}</div></section>")
    page = Template((_DECK / "deck.html").read_text(encoding="utf-8"))
    return page.substitute(title=escape(title), slides="\n".join(parts))


def library(out: Path, reveal: Path, mathjax: Path) -> None:
    """Put beside the decks what they load: reveal.js, MathJax, the dress, the script."""
    shutil.rmtree(out / "lib", ignore_errors=True)
    (out / "lib" / "reveal").mkdir(parents=True)
    for name in ("reset.css", "reveal.css", "reveal.js"):
        shutil.copyfile(reveal / "dist" / name, out / "lib" / "reveal" / name)
    shutil.copyfile(reveal / "LICENSE", out / "lib" / "reveal" / "LICENSE")
    shutil.copytree(mathjax, out / "lib" / "mathjax", copy_function=shutil.copyfile)
    for name in ("deck.css", "deck.js"):
        shutil.copyfile(_DECK / name, out / "lib" / name)


def reveal_folder() -> Path | None:
    """reveal.js, as the package sphinx-revealjs brings it; None where that is not installed."""
    found = find_spec("sphinx_revealjs")
    if not found or not found.origin:
        return None
    return Path(found.origin).parent / "_static" / "revealjs"


def main() -> int:
    """Make a deck of every chapter with tagged cells."""
    mathjax = ROOT / "_build" / "html" / "_static" / "mathjax"
    reveal = reveal_folder()
    if not reveal:
        print("slides: wanted sphinx-revealjs; `make slides` installs it", file=sys.stderr)
        return 1
    home = fork.home(ROOT)
    made: dict[str, str] = {}
    try:
        labels = read_labels(ROOT)
        for page in (key.removeprefix("doc:") for key in labels if key.startswith("doc:book/")):
            path = ROOT / f"{page}.ipynb"
            if not path.is_file():
                continue
            chapter = Chapter(ROOT, page, labels, home.site if home else "")
            if found := slides(nbformat.read(path, as_version=4), chapter):
                made[path.stem] = deck(labels[f"doc:{page}"]["text"], found)
    except NotPlain as error:
        print(f"slides: {error}", file=sys.stderr)
        return 1
    shutil.rmtree(OUT, ignore_errors=True)
    library(OUT, reveal, mathjax)
    for name, page in made.items():
        replace(OUT / f"{name}.html", page)
    print(f"slides: {len(made)} decks in {OUT.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
