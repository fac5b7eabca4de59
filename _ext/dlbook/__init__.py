"""What the book asks of Sphinx beyond its settings: one extension, a few small modules."""

from typing import Any

from sphinx.application import Sphinx

from . import corrections, edition, fork, labels, pages, pictures


def setup(app: Sphinx) -> dict[str, Any]:
    """Add every part."""
    for part in (fork, edition, pictures, corrections, labels, pages):
        part.add(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
