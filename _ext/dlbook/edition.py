"""Which edition this is: its version on every page, and a banner on one that is kept as it was.

``BOOK_ARCHIVED`` says that the site is such an edition, and which: ``v1.0.0``, or ``1`` for the
tag of the checkout. Its pages then link to the current site: ``BOOK_CURRENT``, or else the one
that the repository serves.
"""

import os
import re
import subprocess
import tomllib
from html import escape
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.config import Config

from . import fork

BANNER = "This is the edition {edition} of the book, kept as it was. {current}"


def add(app: Sphinx) -> None:
    """Connect."""
    app.connect("config-inited", _configure, priority=20)


def version(root: Path) -> str:
    """The version in ``pyproject.toml``; empty where there is no such file."""
    path = root / "pyproject.toml"
    if not path.is_file():
        return ""
    return tomllib.loads(path.read_text(encoding="utf-8"))["project"]["version"]


def archived(root: Path) -> str:
    """The edition that ``BOOK_ARCHIVED`` names; empty for the current one.

    Raises:
        ValueError: If it names none: it is 1, and the checkout has no tag.
    """
    told = os.environ.get("BOOK_ARCHIVED", "").strip()
    if told.lower() in ("", "0", "false"):
        return ""
    if told.lower() not in ("1", "true"):
        return told
    command = ["git", "-C", str(root), "describe", "--tags", "--exact-match"]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    if out.returncode:
        raise ValueError(
            f"BOOK_ARCHIVED is {told}, so the edition is the tag of the checkout, which has none; "
            "check a tag out, or say BOOK_ARCHIVED=v1.0.0"
        )
    return out.stdout.strip()


def banner(edition: str, current: str) -> str:
    """The line above every page of an edition that is kept, as HTML."""
    link = ""
    if re.match(r"https?://", current):
        link = f'<a href="{escape(current)}">Read the current one</a>.'
    return BANNER.format(edition=escape(edition), current=link).strip()


def _configure(app: Sphinx, config: Config) -> None:
    root = Path(app.srcdir)
    options = config.html_theme_options
    if number := version(root):
        config.version = config.release = number
        options["extra_footer"] = f'<p class="edition">Version {escape(number)}.</p>'
    if edition := archived(root):
        found = fork.home(root)
        current = os.environ.get("BOOK_CURRENT") or (found.site if found else "")
        options["announcement"] = banner(edition, current)
        config.html_baseurl = current  # a search engine is sent to the current page
