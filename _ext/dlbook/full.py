"""A course leaves pages out; what refers to them leads to the full book that stands beside it.

``tools.courses`` builds the full book first. The course is then built with two settings:
``dlbook_full`` names the labels of the full book, and the full book itself has ``dlbook_folder``,
the folder in which it stands in the course's site.
"""

import posixpath
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.osutil import relative_uri

from . import labels

WORDS = 'This is the full book. <a href="{}">Back to the course</a>.'
NOTICE = f'<span class="full-book-notice">{WORDS}</span>'


class FromTheFullBook(SphinxPostTransform):
    """Replaces the references to what this build does not have and the full book has.

    It comes before Sphinx and the extensions look, since theirs warn at once. What neither has is
    left to them, and to their warnings.
    """

    default_priority = 9
    formats = ("html",)

    def run(self, **_: Any) -> None:
        """Replace every such reference of a page."""
        full = labels.elsewhere(self.app)
        if not full:
            return
        own = labels.collect(self.app)
        for node in list(self.document.findall(addnodes.pending_xref)):
            keys = _keys(node, self.env.docname)
            here = any(own.get(key, {}).get("url") for key in keys)
            if not here and all(full.get(key, {}).get("url") for key in keys):
                node.replace_self(self._made(node, keys, full))

    def _made(self, node: nodes.Element, keys: list[str], full: labels.Found) -> nodes.Element:
        """A reference with the words that Sphinx would have put there."""
        if node.get("refdomain") == "cite":
            return self._citations(node["reftype"], keys, full)
        label = full[keys[0]]
        text = label["text"]
        if node.get("refexplicit") or node["reftype"] == "term":
            text = node.astext()
            for sign in ("{number}", "%s"):
                text = text.replace(sign, label.get("number", ""))
        return self._link(text, label["url"], full)

    def _citations(self, role: str, keys: list[str], full: labels.Found) -> nodes.inline:
        """As the bibliography's style has it: ``Doe [2000]`` in a sentence or ``[Doe, 2000]``."""
        inside = role == "t"
        made = nodes.inline("", "" if inside else "[", classes=["bibtex-citation"])
        for key in keys:
            work = full[key]
            if key != keys[0]:
                made += nodes.Text(", " if inside else "; ")
            if inside:
                made += nodes.Text(f"{work['text']} [")
                made += self._link(work["year"], work["url"], full)
            else:
                made += self._link(f"{work['text']}, {work['year']}", work["url"], full)
            if inside or key == keys[-1]:
                made += nodes.Text("]")
        return made

    def _link(self, text: str, url: str, full: labels.Found) -> nodes.reference:
        address, _, anchor = url.partition("#")
        here = self.app.builder.get_target_uri(self.env.docname)
        page = address.removeprefix(labels.FULL).removesuffix(".html")
        return nodes.reference(
            "",
            "",
            nodes.inline(text, text),
            internal=True,
            refuri=relative_uri(here, address) + (f"#{anchor}" if anchor else ""),
            reftitle=f"In the full book: {full[f'doc:{page}']['text']}",
            classes=["full-book"],
        )


def _keys(node: nodes.Element, page: str) -> list[str]:
    """The names in ``labels.json`` of what a reference means."""
    kind, target = node["reftype"], node["reftarget"]
    if node.get("refdomain") == "cite":
        return [f"cite:{key.strip()}" for key in target.split(",")]
    if kind == "doc":
        folder = "" if target.startswith("/") else posixpath.dirname(page)
        return [f"doc:{posixpath.normpath(posixpath.join(folder, target.strip('/')))}"]
    return [f"term:{target.lower()}" if kind == "term" else target]


def _notice(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Say on each page of the full book that a course stands beside it."""
    if folder := app.config.dlbook_folder:
        up = "../" * (page.count("/") + folder.count("/"))
        before = context.get("theme_announcement") or ""
        context["theme_announcement"] = f"{before} {NOTICE.format(f'{up}index.html')}".strip()


def add(app: Sphinx) -> None:
    """Connect."""
    app.add_config_value("dlbook_folder", "", "html", [str])
    app.add_post_transform(FromTheFullBook)
    app.connect("html-page-context", _notice)
