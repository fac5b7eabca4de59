"""The notebooks that Colab opens: ``python -m tools.publish`` after a build.

Each notebook of the book becomes one that stands alone, in ``dist/notebooks``: plain Markdown with
links to the site, and one set-up cell that installs ``dlmath`` as it was at this commit. Stored
pictures stay; the widgets' stored state goes, since a cell that runs makes its own.
"""

import subprocess
import sys
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from _ext.dlbook import fork
from tools.files import ROOT, replace
from tools.plain import Chapter, NotPlain, read_labels

VIEW = "application/vnd.jupyter.widget-view+json"
SETUP = """\
# In Colab: the book's package, as it was when this page was made. torch and numpy stay as they are.
import sys

if "google.colab" in sys.modules:
    %pip install -q "dlmath @ git+{repository}@{commit}\""""
LEAD = "*This is a chapter of a book; [read it there]({site}{page}.html).*"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}


def main() -> int:
    """Publish every notebook of the book."""
    home = fork.home(ROOT)
    now = commit()
    try:
        labels = read_labels(ROOT)
        paths = sorted(p for p in (ROOT / "book").rglob("*.ipynb") if f"doc:{_page(p)}" in labels)
        done = {path: _publish(path, labels, home, now) for path in paths}
    except NotPlain as error:
        print(f"publish: {error}", file=sys.stderr)
        return 1
    for path, text in done.items():
        inside = path.relative_to(ROOT)
        replace(ROOT / "dist" / "notebooks" / inside, text)
        # The site's download button serves this folder: readers get the edition that stands alone.
        sources = ROOT / "_build" / "html" / "_sources"
        if sources.is_dir():
            replace(sources / inside, text)
    whose = (
        f"{home.repository} at {now[:12]}" if home else "no repository: no links, no set-up cell"
    )
    print(f"publish: {len(done)} notebooks in dist/notebooks, for {whose}")
    return 0


def _page(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").as_posix()


def commit() -> str:
    """The commit of this checkout, or the branch if there is none."""
    command = ["git", "-C", str(ROOT), "rev-parse", "HEAD"]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    return out.stdout.strip() or "main"


def _publish(
    path: Path, labels: dict[str, dict[str, str]], home: fork.Home | None, now: str
) -> str:
    chapter = Chapter(ROOT, _page(path), labels, home.site if home else "")
    notebook = nbformat.read(path, as_version=4)
    return nbformat.writes(edition(notebook, chapter, home, now)) + "\n"


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
