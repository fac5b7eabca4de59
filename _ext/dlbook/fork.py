"""Whose book this is: owner, repository and site, so that a fork edits nothing.

They come from ``GITHUB_REPOSITORY`` (set where GitHub builds), else from the remote ``origin``,
else there are none and the buttons that need them are absent.
"""

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx
from sphinx.config import Config

COLAB = "https://colab.research.google.com"
NOTEBOOKS = "notebooks"
"""The branch that holds the published notebooks; Colab opens them from there."""

# https with or without a token, ssh://git@..., and git@github.com:owner/name.git
_REMOTE = re.compile(
    r"(?:https?://(?:[^@/]*@)?|ssh://(?:[^@/]*@)?|[^@/:]+@)?"
    r"github\.com(?::\d+)?[:/]+([\w.-]+)/([\w.-]+?)(?:\.git)?/?"
)


@dataclass(frozen=True)
class Home:
    """A repository on GitHub and the site that its Pages serve."""

    owner: str
    name: str

    @property
    def repository(self) -> str:
        """Address of the repository, without any token."""
        return f"https://github.com/{self.owner}/{self.name}"

    @property
    def site(self) -> str:
        """Address of the site, with a slash at the end; ``BOOK_BASEURL`` holds if it is set."""
        if base := os.environ.get("BOOK_BASEURL"):
            return base.rstrip("/") + "/"
        host = f"{self.owner.lower()}.github.io"
        return f"https://{host}/" if self.name.lower() == host else f"https://{host}/{self.name}/"


def home(root: Path) -> Home | None:
    """The repository that this checkout belongs to, if it says so."""
    if name := os.environ.get("GITHUB_REPOSITORY"):
        return parse(f"https://github.com/{name}")
    command = ["git", "-C", str(root), "config", "--get", "remote.origin.url"]
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    return parse(out.stdout.strip())


def parse(url: str) -> Home | None:
    """Owner and name in the address of a remote on GitHub."""
    found = _REMOTE.fullmatch(url)
    return Home(found[1], found[2]) if found else None


def add(app: Sphinx) -> None:
    """Connect."""
    app.connect("config-inited", _configure, priority=10)
    # The theme makes its buttons at 501.
    app.connect("html-page-context", _colab, priority=900)


def _configure(app: Sphinx, config: Config) -> None:
    """Set the links; off in _config.yml, where Jupyter Book refuses buttons without an address."""
    found = home(Path(app.srcdir))
    options = config.html_theme_options
    buttons = dict.fromkeys(
        ("use_repository_button", "use_issues_button", "use_edit_page_button"), bool(found)
    )
    options.update(buttons, repository_url=found.repository if found else "")
    if found:
        config.html_baseurl = found.site + config.dlbook_folder
    else:
        options["launch_buttons"] = {}


def _colab(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """Colab opens the published notebook; the edit button stays on the source."""
    for group in context.get("header_buttons", []):
        for button in group.get("buttons", []):
            if (button.get("url") or "").startswith(COLAB):
                branch = f"/blob/{NOTEBOOKS}/{app.config.dlbook_folder}"
                button["url"] = re.sub(r"/blob/[^/]+/", branch, button["url"])
