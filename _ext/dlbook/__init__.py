"""What the book asks of Sphinx beyond its settings: one extension, a few small modules."""

from typing import Any

from sphinx.application import Sphinx

from . import breaks, corrections, evidence, fork, labels, numbers, pages, pictures
from . import progress, reading, theorems  # isort: skip

PARTS = (fork, pictures, breaks, corrections, evidence, theorems, reading, numbers, labels, pages)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add every part."""
    for part in (*PARTS, progress):
        part.add(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
