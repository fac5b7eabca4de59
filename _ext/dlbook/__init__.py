"""What the book asks of Sphinx beyond its settings: one extension, a few small modules."""

from typing import Any

from sphinx.application import Sphinx

from . import (  # fmt: skip
    breaks,
    corrections,
    edition,
    evidence,
    fork,
    full,
    labels,
    numbers,
    pages,
    pictures,
    progress,
    reading,
    theorems,
)

LOOKS = (pictures, breaks, corrections, evidence, theorems, reading, numbers, progress)


def setup(app: Sphinx) -> dict[str, Any]:
    """Add every part; what checks the finished pages comes last."""
    for part in (fork, edition, *LOOKS, labels, full, pages):
        part.add(app)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
