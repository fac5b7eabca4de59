"""The notebooks that Colab opens: ``python -m tools.publish`` after a build.

Each notebook of the book becomes one that stands alone, in ``dist/notebooks``: plain Markdown with
links to the site, and one set-up cell that installs ``dlmath`` as it was at this commit; a page
that says ``"checkout": true`` in its metadata gets the whole checkout as well. Stored pictures
stay; the widgets' stored state goes, since a cell that runs makes its own.
"""

import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from _ext.dlbook import fork
from _ext.dlbook.labels import FULL
from tools.files import ROOT, replace
from tools.plain import Chapter, NotPlain, read_labels

VIEW = "application/vnd.jupyter.widget-view+json"
SETUP = """\
# In Colab: the book's package, as it was when this page was made. torch and numpy stay as they are.
import sys

if "google.colab" in sys.modules:
    %pip install -q "dlmath @ git+{repository}@{commit}\""""
CHECKOUT = """\
# In Colab: the experiments and their records, which stand beside the package and not in it.
import sys

if "google.colab" in sys.modules:
    ![ -d checkout ] || git clone -q {repository} checkout
    !git -C checkout checkout -q {commit}
    %cd -q checkout"""
LEAD = "*This is a chapter of a book; [read it there]({site}{page}.html).*"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


@dataclass(frozen=True)
class Site:
    """One build, and where its notebooks go.

    Args:
        html: The folder of its pages, from the project's.
        labels: What it wrote of its labels.
        out: The folder of the notebooks.
        folder: Where it stands beneath the site's address: empty, or ``full/``.
    """

    html: str = "_build/html"
    labels: str = "_build/labels.json"
    out: str = "dist/notebooks"
    folder: str = ""


def main() -> int:
    """Publish every notebook of the book."""
    home = fork.home(ROOT)
    try:
        done = publish(Site(), home)
    except NotPlain as error:
        print(f"publish: {error}", file=sys.stderr)
        return 1
    print(f"publish: {len(done)} notebooks in dist/notebooks, for {whose(home)}")
    return 0


def whose(home: fork.Home | None) -> str:
    """The repository and the commit, in words."""
    if not home:
        return "no repository: no links, no set-up cell"
    return f"{home.repository} at {commit()[:12]}"


def publish(site: Site, home: fork.Home | None) -> list[Path]:
    """Write the notebooks of a build's pages, and remove those that another build left there.

    The site's download button gets them too: readers download the edition that stands alone.

    Raises:
        NotPlain: If there is no build, or a cell holds MyST that has no plain form.
    """
    labels = read_labels(ROOT, site.labels)
    address = home.site + site.folder if home else ""
    texts: dict[str, str] = {}
    for page in _pages(labels):
        chapter = Chapter(ROOT, page, labels, address)
        notebook = nbformat.read(ROOT / f"{page}.ipynb", as_version=4)
        made = edition(notebook, chapter, home, commit())
        texts[f"{page}.ipynb"] = nbformat.writes(made) + "\n"
    shutil.rmtree(ROOT / site.out, ignore_errors=True)
    for name, text in texts.items():
        replace(ROOT / site.out / name, text)
        replace(ROOT / site.html / "_sources" / name, text)
    return [ROOT / site.out / name for name in texts]


def _pages(labels: dict[str, dict[str, str]]) -> list[str]:
    """The pages of a build that are notebooks; what it knows of another build is none of them."""
    kept = (n for n, found in labels.items() if not found["url"].startswith(FULL))
    names = (n.removeprefix("doc:") for n in kept if n.startswith("doc:"))
    return sorted(name for name in names if (ROOT / f"{name}.ipynb").is_file())


@cache
def commit() -> str:
    """The commit that Colab installs the package from."""
    command = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    return out.stdout.strip() or "main"


def edition(
    notebook: NotebookNode, chapter: Chapter, home: fork.Home | None, now: str, words: str = LEAD
) -> NotebookNode:
    """The notebook that stands alone.

    Args:
        notebook: Its source, changed in place.
        chapter: What its MyST means.
        home: Whose it is; None leaves the lead out.
        now: The commit that the set-up cell installs.
        words: The lead under the title; ``{site}`` and ``{page}`` are filled in.

    Raises:
        NotPlain: If a cell holds MyST that has no plain form.
    """
    cells: list[NotebookNode] = []
    for cell in notebook.cells:
        cells += _cell(cell, chapter)
    lead = []
    if home:
        said = words.format(site=chapter.site, page=chapter.page)
        code = SETUP.format(repository=home.repository, commit=now)
        lead = [new_markdown_cell(said, id="edition"), new_code_cell(code, id="setup")]
        if notebook.metadata.get("dlmath", {}).get("checkout"):
            code = CHECKOUT.format(repository=home.repository, commit=now)
            lead.append(new_code_cell(code, id="checkout"))
    made = nbformat.v4.new_notebook(cells=[*cells[:1], *lead, *cells[1:]])
    made.metadata.update(kernelspec=dict(KERNEL), language_info={"name": "python"})
    nbformat.validate(made)
    return made


def _cell(cell: NotebookNode, chapter: Chapter) -> list[NotebookNode]:
    """One cell of the source as the cells of the edition."""
    options = cell.metadata.get("mystnb", {})
    figure = options.get("figure")
    if cell.cell_type == "markdown":
        cell.source = chapter.markdown(cell.source)
    for data in (output.get("data", {}) for output in cell.get("outputs", [])):
        data.pop(VIEW, None)
        if options.get("markdown_format") == "myst" and "text/markdown" in data:
            data["text/markdown"] = chapter.markdown(data["text/markdown"])
    cell.metadata = {}
    if not figure:
        return [cell]
    caption = chapter.caption(figure["name"], figure["caption"])
    return [cell, new_markdown_cell(caption, id=f"{cell.id}-caption"[:64])]


if __name__ == "__main__":
    sys.exit(main())
