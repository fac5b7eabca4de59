"""An instructor's fork without the network, and what its courses say: links, and words of the solutions."""

import json
import os
import re
import subprocess
import sys
import zlib
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import chapters
import nbformat
from making import ROOT, clone

READY = ("reading-group", "thirteen-weeks", "landscapes")
HOST = "https://github.com/"
NEWS = "A sentence that the book gained after the fork."
LAB = "from dlmath.invariance import symmetry\n\nprint('seven times six is', 7 * 6)"
_BLOCK = re.compile(r"^(`{3,})sh\n(.*?)^\1$", re.MULTILINE | re.DOTALL)


def blocks():
    """The shell commands of INSTRUCTORS.md, in order."""
    return [found[2] for found in _BLOCK.finditer((ROOT / "INSTRUCTORS.md").read_text())]


@dataclass
class Fork:
    """A folder that stands for GitHub, and one for the instructor's machine."""

    folder: Path

    @property
    def root(self):
        return self.folder / "machine/dlmath"

    @property
    def upstream(self):
        return self.folder / "book"

    def prepare(self):
        """The book on the host, a fork of it, and an environment that is installed already."""
        (self.folder / "machine").mkdir()
        self.upstream.mkdir()
        clone(self.upstream)
        for owner in ("UPSTREAM", "YOU"):
            self.git(
                "clone",
                "-q",
                "--bare",
                str(self.upstream),
                str(self.folder / f"host/{owner}/dlmath"),
            )
        venv = self.folder / "venv"
        venv.mkdir()
        for entry in Path(sys.prefix).iterdir():
            if entry.name != "installed":
                (venv / entry.name).symlink_to(entry)
        (venv / "installed").touch()
        os.utime(venv / "installed", (4e9, 4e9))  # newer than the files of any checkout
        return self

    def environment(self):
        kept = {
            k: v
            for k, v in os.environ.items()
            if k not in ("GITHUB_REPOSITORY", "BOOK_BASEURL", "COURSE", "SOLUTIONS")
        }
        person = {
            f"GIT_{who}_{what}": value
            for who in ("AUTHOR", "COMMITTER")
            for what, value in (("NAME", "A"), ("EMAIL", "a@example.org"))
        }
        git = {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{(self.folder / 'host').as_uri()}/.insteadOf",
            "GIT_CONFIG_VALUE_0": HOST,
        }
        make = {"MAKEFLAGS": f"VENV={self.folder / 'venv'}", "PYTHONPATH": str(self.root)}
        return {**kept, **person, **git, **make, "HOME": str(self.folder)}

    def sh(self, commands):
        """Run a block of commands where the instructor stands."""
        where = self.root if self.root.exists() else self.root.parent
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands],
            cwd=where, env=self.environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
        return done.stdout

    def git(self, *command, where=None):
        out = subprocess.run(
            ["git", *command],
            cwd=where,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=True,
        )
        return out.stdout.strip()

    def upstream_goes_on(self):
        """The book changes its contents, its settings and a chapter, and gains a page."""
        book = self.upstream
        (book / "book/news.md").write_text("# News\n\nSome.\n")
        toc = book / "_toc.yml"
        toc.write_text(
            toc.read_text().replace(
                "      - file: book/notation\n",
                "      - file: book/notation\n      - file: book/news\n",
            )
        )
        config = book / "_config.yml"
        config.write_text(
            re.sub(r"(?m)^title: .*$", 'title: "The book, renamed"', config.read_text())
        )
        chapter = book / "book/invariance/symmetry.ipynb"
        notebook = nbformat.read(chapter, 4)
        notebook.cells[0].source += f"\n\n{NEWS}"
        nbformat.write(notebook, chapter)
        self.git("commit", "-qam", "Go on", where=book)
        self.git("add", "book/news.md", where=book)
        self.git("commit", "-qm", "News", where=book)
        self.git("push", "-q", f"{HOST}UPSTREAM/dlmath", "main", where=book)

    def goes_further(self):
        """The instructor adds a notebook, and a changed copy of a chapter in place of the chapter."""
        mine = self.root / "courses/mine"
        lab = nbformat.v4.new_notebook(
            cells=[nbformat.v4.new_markdown_cell("# Lab"), nbformat.v4.new_code_cell(LAB)]
        )
        nbformat.write(lab, mine / "lab.ipynb")
        copy = nbformat.read(self.root / "book/invariance/scattering.ipynb", 4)
        for cell in copy.cells:
            if cell.cell_type == "markdown":
                cell.source = re.sub(
                    r"\{doc\}`((?:[^`<]*<)?)(?=[a-z])", r"{doc}`\1/book/invariance/", cell.source
                )
        nbformat.write(copy, mine / "scattering.ipynb")
        toc = mine / "_toc.yml"
        toc.write_text(
            toc.read_text().replace("book/invariance/scattering", "scattering\n      - file: lab")
        )
        self.git("add", "-A", where=self.root)
        self.git("commit", "-qm", "A lab", where=self.root)


@cache
def phrases():
    """Of each solutions notebook the longest run of plain words that no other page has."""
    texts = {page: " ".join(text.split()) for page, text in chapters.texts().items()}
    others = " ".join(text for page, text in texts.items() if "/solutions/" not in page)
    found = {}
    for page in (page for page in texts if "/solutions/" in page):
        runs = sorted(re.findall(r"(?:[A-Za-z]+ ){5,}[A-Za-z]+", texts[page]), key=len)
        found[page] = next(run for run in reversed(runs) if run not in others)
    return found


def words(path):
    """All that a file of a site or a published notebook can tell, on one line."""
    data = path.read_bytes()
    if path.name == "objects.inv":
        data = zlib.decompress(data[data.index(b"zlib.\n") + 6 :])
    text = data.decode("utf-8", errors="replace")
    if path.suffix == ".ipynb":
        text = " ".join("".join(cell["source"]) for cell in json.loads(text)["cells"])
    return " ".join(text.split())


def files(*folders):
    """Every file with words, by its path."""
    kinds = (".html", ".js", ".json", ".inv", ".ipynb", ".md", ".txt", ".xml")
    return [
        p
        for folder in folders
        for p in sorted(folder.rglob("*"))
        if p.suffix in kinds and "_static" not in p.parts
    ]


def site(root, name):
    return root / "_build/courses" / name / "html"


def notebooks(root, name):
    return root / "dist/courses" / name / "notebooks"


class Page:
    """The anchors of a page, its links, and its links into the full book with their words."""

    def __init__(self, path):
        self.path, text = path, path.read_text()
        self.ids = set(re.findall(r'\sid="([^"]*)"', text))
        anchors = re.findall(r"<a\s([^>]*)>(.*?)</a>", text, re.DOTALL)
        linked = [
            (found[1], given, inner)
            for given, inner in anchors
            if (found := re.search(r'href="([^"]*)"', given))
        ]
        self.links = [link for link, _, _ in linked]
        self.full = [(link, plain(inner)) for link, given, inner in linked if "full-book" in given]


def plain(html):
    """The words of a piece of HTML."""
    return " ".join(unescape(re.sub(r"<[^>]*>", "", html)).split())


def dead(folder):
    """The links of a site, the full book's own left out, that lead to no page or to no place on it."""
    page = cache(Page)
    found, inside = [], folder / "full"
    for path in (p for p in sorted(folder.rglob("*.html")) if inside not in p.parents):
        for link in page(path).links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if not target.is_file() or (
                parts.fragment
                and target.suffix == ".html"
                and unquote(parts.fragment) not in page(target).ids
            ):
                found.append(f"{path.relative_to(folder)}: {link}")
    return found


def solutions_in(*folders):
    """The solutions notebooks of which a phrase or the name stands in some file."""
    texts = [words(path) for path in files(*folders)]
    assert len(texts) > 20
    return {
        page
        for page, phrase in phrases().items()
        if any(phrase in text or page in text for text in texts)
    }
