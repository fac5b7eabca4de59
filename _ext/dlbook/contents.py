"""What the chapters say of themselves: title, minutes, what they need, what they state.

Everything here is read from the table of contents and the chapters' own Markdown, so that the
pages about the book (the reading map, the indexes) are never typed and never stale. No claim is
imported: the ledger's entries are read from the source, and a build needs no torch.
"""

import ast
import json
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import yaml

CLAIMS = "book/appendix/claims"
KINDS = ("theorem", "proposition", "lemma", "corollary", "algorithm")
HOURS = {"a": 1, "an": 1, "one": 1, "two": 2, "three": 3}

_GLANCE = re.compile(r"\{admonition\} At a glance\n(.*?)\n```", re.DOTALL)
_NEEDED = re.compile(r"(?:\*\*You need\*\*|Needed:)(.*?)(?=\*\*Reading\*\*|\Z)", re.DOTALL)
_MINUTES = re.compile(r"(\d+)\s+minutes|(\w+)\s+hours?\b", re.IGNORECASE)
_TIMED = re.compile(r"\*\*Reading\*\*:(.*?)(?=\*\*Running\*\*|\Z)|([^.]*?to\s+read)", re.DOTALL)
_RUNNING = re.compile(r"\*\*Running\*\*:\s*([^.]+)|;\s*([^.;]+?)\s+to\s+run", re.DOTALL)
_DOC = re.compile(r"\{doc\}`(?:[^`<]*<)?([^`<>]+)>?`")
_REF = re.compile(r"\{prf:ref\}`(?:[^`<]*<)?([^`<>]+)>?`")
_STATED = re.compile(
    rf"^[`:]{{3,}}\{{prf:({'|'.join(KINDS)})\}}[ ]*(.*)\n((?::[\w-]+:.*\n)*)", re.MULTILINE
)


_LABELLED = re.compile(
    r"^[`:]{3,}\{prf:\w+\}.*\n(?::(?!label)[\w-]+:.*\n)*:label:[ ]*(\S+)", re.MULTILINE
)


@dataclass(frozen=True)
class Stated:
    """A theorem, proposition, lemma, corollary or algorithm of a chapter."""

    kind: str
    title: str
    label: str


@dataclass(frozen=True)
class Chapter:
    """A numbered page of the book.

    Args:
        page: Its name from the project's folder, without ending: ``book/invariance/scattering``.
        part: The caption of its part.
        text: Its Markdown.
    """

    page: str
    part: str
    text: str

    @cached_property
    def title(self) -> str:
        """The first heading."""
        found = re.search(r"^# (.+)$", self.text, re.MULTILINE)
        return found[1].strip() if found else self.page

    @property
    def short(self) -> str:
        """The title without what follows its first comma or colon."""
        return self.title.partition(":")[0].partition(",")[0]

    @cached_property
    def glance(self) -> str:
        """The box at the head of the chapter; empty if there is none."""
        found = _GLANCE.search(self.text)
        return found[1] if found else ""

    @cached_property
    def minutes(self) -> int:
        """The minutes of reading that the chapter declares; 0 if it declares none."""
        timed = _TIMED.search(self.glance)
        found = _MINUTES.search(timed[1] or timed[2]) if timed else None
        if not found:
            return 0
        return int(found[1]) if found[1] else 60 * HOURS.get(found[2].lower(), 0)

    @cached_property
    def running(self) -> str:
        """How long the chapter says that it runs, in its words."""
        found = _RUNNING.search(self.glance)
        return " ".join((found[1] or found[2]).split()) if found else ""

    @cached_property
    def stated(self) -> tuple[Stated, ...]:
        """Its theorems and their like, in order, those with a label."""
        found = []
        for kind, title, options in _STATED.findall(self.text):
            if label := re.search(r":label:\s*(\S+)", options):
                found.append(Stated(kind, title.strip(), label[1]))
        return tuple(found)

    def links(self, text: str) -> set[str]:
        """The pages that some text of the chapter links to."""
        folder = posixpath.dirname(self.page)
        targets = (
            f"/{t.lstrip('/')}" if t[0] == "/" else f"/{folder}/{t}" for t in _DOC.findall(text)
        )
        return {posixpath.normpath(target).lstrip("/") for target in targets}

    @property
    def needed(self) -> set[str]:
        """The pages that "You need" links to."""
        found = _NEEDED.search(self.glance)
        return self.links(found[1]) if found else set()

    @property
    def cited(self) -> set[str]:
        """The labels of the theorems and definitions that it refers to."""
        return set(_REF.findall(self.text))


@dataclass(frozen=True)
class Contents:
    """The chapters in the order of the table of contents, and what binds them."""

    chapters: tuple[Chapter, ...]

    @cached_property
    def by_page(self) -> dict[str, Chapter]:
        """The chapters by page."""
        return {chapter.page: chapter for chapter in self.chapters}

    @cached_property
    def needs(self) -> dict[str, set[str]]:
        """For each chapter the earlier ones that it says one needs."""
        return {c.page: c.needed & self._before(c) for c in self.chapters}

    @cached_property
    def uses(self) -> dict[str, set[str]]:
        """For each chapter the earlier ones that it does not need, but uses a theorem of."""
        home = {label: c.page for c in self.chapters for label in _LABELLED.findall(c.text)}
        return {
            c.page: {home[x] for x in c.cited if x in home} & self._before(c) - self.needs[c.page]
            for c in self.chapters
        }

    def _before(self, chapter: Chapter) -> set[str]:
        return {c.page for c in self.chapters[: self.chapters.index(chapter)]}

    def find(self, name: str) -> Chapter:
        """The chapter of a name, such as ``scattering``.

        Raises:
            KeyError: If no chapter or more than one is called so.
        """
        found = [c for c in self.chapters if c.page.rsplit("/", 1)[-1] == name]
        if len(found) != 1:
            raise KeyError(f"wanted the name of one chapter, such as scattering, got {name!r}")
        return found[0]

    def has(self, name: str) -> bool:
        """Whether a chapter is called so."""
        return any(c.page.rsplit("/", 1)[-1] == name for c in self.chapters)


def read(root: Path, toc: str = "_toc.yml") -> Contents:
    """The chapters of a table of contents: the notebooks of its numbered parts."""
    table = yaml.safe_load((root / toc).read_text(encoding="utf-8"))
    chapters = []
    for part in table.get("parts", []):
        for page in _pages(part) if part.get("numbered") else ():
            path = (root / page).with_suffix(".ipynb")
            if path.is_file():
                text = _markdown(path, path.stat().st_mtime_ns)
                chapters.append(Chapter(page, part.get("caption", ""), text))
    return Contents(tuple(chapters))


def _pages(part: dict[str, Any]) -> Iterator[str]:
    for entry in part.get("chapters", []):
        if "file" in entry:
            yield re.sub(r"\.(md|ipynb)$", "", entry["file"])


@lru_cache(maxsize=64)
def _markdown(path: Path, changed: int) -> str:
    """The Markdown cells of a notebook; read again when the file has changed."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def entries(root: Path) -> dict[str, tuple[str, int]]:
    """The ledger as its source states it: by label, the work that it follows and how many breaks.

    A break is a key of the decorator's dictionary; what another module computes is not seen, and
    a test compares this with the ledger itself.
    """
    found = {}
    for path in sorted((root / "dlmath" / "claims").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "claim":
                given = {k.arg: k.value for k in node.keywords}
                label, source = ast.literal_eval(node.args[0]), ast.literal_eval(given["source"])
                found[label] = (source, len(getattr(given.get("breaks"), "keys", ())))
    return found
