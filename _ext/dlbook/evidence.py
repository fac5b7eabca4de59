"""From a theorem to its numbers: a line under each that the appendix of claims measures.

The appendix marks each entry with the target ``claim-NAME``; a theorem of that name gets a link
there. A course that leaves the appendix out has no such line, and no dead link.
"""

from docutils import nodes
from sphinx.application import Sphinx

from .contents import CLAIMS

MEASURED = ("theorem", "proposition")


def add(app: Sphinx) -> None:
    """Connect."""
    app.connect("doctree-resolved", _link)


def target(name: str) -> str:
    """The anchor of a claim in the appendix."""
    return f"claim-{name}"


def _link(app: Sphinx, tree: nodes.document, page: str) -> None:
    if app.builder.format != "html" or page == CLAIMS:
        return
    anchors = app.env.get_domain("std").anonlabels  # type: ignore[attr-defined]
    for theorem in tree.findall(nodes.Element):
        name = theorem.get("label", "")
        if theorem.get("realtype") in MEASURED and target(name) in anchors:
            where, anchor = anchors[target(name)]
            uri = f"{app.builder.get_relative_uri(page, where)}#{anchor}"
            line = nodes.paragraph(classes=["in-the-ledger"])
            line += nodes.Text("In the ledger: ")
            line += nodes.reference("", name, refuri=uri, internal=True)
            theorem.children[-1].append(line)  # type: ignore[attr-defined]
