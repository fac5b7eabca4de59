"""Tables of breaks, folded: what fails is the lesson; what holds beside it waits behind a line."""

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

TABLE = re.compile(
    r'(?s)<table class="dlmath-evidence"><caption>(?P<caption>Broken: .*?)</caption>'
    r"(?P<head><thead>.*?</thead>)<tbody>(?P<rows>.*?)</tbody></table>"
)
ROW = re.compile(r'(?s)<tr class="(\w+)">.*?</tr>')


class FoldBreaks(SphinxPostTransform):
    """Folds the rows that hold in the tables of breaks; the notebooks keep the whole tables."""

    default_priority = 6  # after myst-nb has chosen among the output's forms
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Fold every table of a break on the page."""
        for output in list(self.document.findall(nodes.raw)):
            if "dlmath-evidence" in (text := output.astext()):
                output.replace_self(nodes.raw("", fold(text), format="html"))


def fold(html: str) -> str:
    """The same tables, with a break's rows that hold, if there are two or more, folded away."""
    return TABLE.sub(_folded, html)


def _folded(found: re.Match[str]) -> str:
    rows = [(row[1], row[0]) for row in ROW.finditer(found["rows"])]
    fails = [row for verdict, row in rows if verdict == "fails"]
    holds = [row for verdict, row in rows if verdict == "holds"]
    if len(holds) < 2 or not fails:
        return found[0]
    shown = _table(found["caption"], found["head"], fails)
    hidden = _table(f"Holds under the break: {found['caption'][8:]}", found["head"], holds)
    summary = f"<summary>{len(holds)} checks hold none the less</summary>"
    return f'{shown}<details class="dlmath-held">{summary}{hidden}</details>'


def _table(caption: str, head: str, rows: list[str]) -> str:
    return (
        f'<table class="dlmath-evidence"><caption>{caption}</caption>'
        f"{head}<tbody>{''.join(rows)}</tbody></table>"
    )


def add(app: Sphinx) -> None:
    """Connect."""
    app.add_post_transform(FoldBreaks)
