"""The links inside the built site lead somewhere: to a file, and to a place that it has.

``faults(site)`` reads every page; links to other hosts are the business of :mod:`tools.links`.
"""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

SOURCES = ("href", "src", "poster", "data")
NOT_READ = {"base", "object"}


@dataclass
class Page:
    """A page's places and where it points: ids, and addresses as they are written."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in attrs if value}
        self.page.ids |= {given[name] for name in ("id", "name") if name in given}
        if tag not in NOT_READ and given.get("rel") != "canonical":
            self.page.links += [given[name] for name in SOURCES if name in given]


def read(path: Path) -> Page:
    """The ids and links of a page."""
    reader = _Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    return reader.page


def target(page: str, link: str) -> tuple[str, str] | None:
    """The file below the site that a link means, and the place in it.

    Args:
        page: The page that has the link, from the site's root, as in ``book/intro.html``.
        link: As it is written there.

    Returns:
        File and fragment, or None for a link to another host, or one that opens no file.
    """
    split = urlsplit(link)
    if split.scheme or split.netloc:
        return None
    path = unquote(urlsplit(urljoin(f"/{page}", link)).path).lstrip("/")
    return (f"{path}index.html" if not path or path.endswith("/") else path), unquote(
        split.fragment
    )


def written(site: Path) -> list[Path]:
    """The pages of the site; what the theme keeps in ``_static`` is templates."""
    return [p for p in sorted(site.rglob("*.html")) if "_static" not in p.parts]


def faults(site: Path) -> list[str]:
    """The links of the site's pages that lead to no file, or to no place in it."""
    pages = {p.relative_to(site).as_posix(): read(p) for p in written(site)}
    found: list[str] = []
    for name, page in pages.items():
        for link in dict.fromkeys(page.links):
            aim = target(name, link)
            if aim and (reason := _fault(site, pages, *aim)):
                found.append(f"{name}: {link} {reason}")
    return found


def _fault(site: Path, pages: dict[str, Page], file: str, fragment: str) -> str:
    if not (site / file).is_file():
        return "is no file of the site"
    if fragment and file in pages and fragment not in pages[file].ids:
        return f"finds no id {fragment!r}"
    return ""
