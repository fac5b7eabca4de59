"""What the book asks of Sphinx beyond its settings: one extension, a few small modules."""

from typing import Any

from sphinx.application import Sphinx

from . import corrections, fork, labels, pages, pictures, progress


def setup(app: Sphinx) -> dict[str, Any]:
    """Add every part."""
    for part in (fork, pictures, corrections, labels, pages, progress):
        part.add(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
