"""The pages as the reader gets them: lighter, and checked once they are written."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError

MATHJAX = ("tex-chtml.js", "output/chtml/fonts", "input/tex/extensions", "a11y", "sre")
"""What the pages load of MathJax's 24 MB: the renderer, its fonts, its macros, and speech."""

_FONTAWESOME = re.compile(r"\s*<(?:script|link)[^>]*fontawesome\.js[^>]*>(?:</script>)?")
_FILE_NAME = re.compile(r"\.(?:png|svg|jpe?g|gif|webp)$", re.IGNORECASE)


def add(app: Sphinx) -> None:
    """Connect."""
    app.connect("html-page-context", _no_thebe, priority=990)
    app.connect("build-finished", _finish, priority=900)


def _no_thebe(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Drop thebe's constant: no page has live cells, and two of it are a syntax error."""
    scripts = context.get("script_files", [])
    context["script_files"] = [s for s in scripts if "THEBE_JS_URL" not in _body(s)]


def _body(script: Any) -> str:
    return (getattr(script, "attributes", None) or {}).get("body") or ""


def _finish(app: Sphinx, error: Exception | None) -> None:
    """Slim the pages, then refuse a site that lacks one or shows a picture without words."""
    if error or app.builder.format != "html":
        return
    site = Path(app.outdir)
    _prune_mathjax(site / "_static" / "mathjax")
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        # The icons come from the style sheet's fonts; the script draws them again, for 540 KB.
        text = _FONTAWESOME.sub("", text)
        # docutils calls the bibliography a list of entries that are no list items.
        text = text.replace(
            '<div role="list" class="citation-list">', '<div class="citation-list">'
        )
        page.write_text(text, encoding="utf-8")
    toc = Path(app.srcdir) / app.config.external_toc_path
    faults = [*missing_pages(site, toc), *wordless_pictures(site)]
    if faults:
        raise ExtensionError("the site has faults:\n  " + "\n  ".join(faults))


def _prune_mathjax(folder: Path) -> None:
    kept = [folder / name for name in MATHJAX]
    for file in list(folder.rglob("*")):
        if file.is_file() and not any(file.is_relative_to(name) for name in kept):
            file.unlink()


def missing_pages(site: Path, toc: Path) -> Iterator[str]:
    """Entries of the table of contents that have no page."""
    for name in entries(yaml.safe_load(toc.read_text(encoding="utf-8"))):
        if not (site / f"{name}.html").is_file():
            yield f"{toc.name} lists {name}, no page was written"


def entries(part: Any) -> Iterator[str]:
    """Every ``root:`` and ``file:`` below a part of the table of contents."""
    if isinstance(part, dict):
        yield from (re.sub(r"\.(md|ipynb)$", "", part[k]) for k in ("root", "file") if k in part)
        part = list(part.values())
    if isinstance(part, list):
        for below in part:
            yield from entries(below)


def wordless_pictures(site: Path) -> Iterator[str]:
    """Pictures whose alt text is missing or a file's name."""
    for page in sorted(site.rglob("*.html")):
        reader = _Pictures()
        reader.feed(page.read_text(encoding="utf-8"))
        for picture, alt in reader.found:
            if not alt or _FILE_NAME.search(alt) or alt in picture:
                name = page.relative_to(site).as_posix()
                yield f"{name}: picture {picture[:60]} has the alt text {alt!r}"


class _Pictures(HTMLParser):
    """Collects what a page shows: images, and SVG that claims to be one."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an image and its words."""
        given = dict(attrs)
        if tag == "img":
            self.found.append((given.get("src") or "", given.get("alt") or ""))
        elif tag == "svg" and given.get("role") == "img":
            self.found.append(("svg", given.get("aria-label") or ""))
