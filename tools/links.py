"""Ask every address that the book names whether it still answers.

Run ``python -m tools.links`` from the root of the repository; it needs the standard library and
git, prints the dead addresses with the files that name them, and exits 1 if there is one.
"""

import json
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote, urldefrag, urlsplit

ADDRESS = re.compile(r"""https?://[^\s"'<>\[\]{}\\`|]+""")
DOI = re.compile(r"""\bdoi\s*[=:]\s*["{]?\s*(10\.\d{4,}/[^\s"},]+)""", re.IGNORECASE)
SUFFIXES = ("*.md", "*.ipynb", "*.bib", "*.cff", "*.yml")
NOBODY = re.compile(
    r"\b(?:YOU|UPSTREAM)\b|^https?://127\.0\.0\.1\b"
)  # the reader fills them in, or is it
REFUSALS = {401, 403, 405, 406, 418, 429, 999}  # the page is there, for people


def addresses(text: str) -> set[str]:
    """Find the addresses in a text, DOIs among them, without fragments and closing punctuation."""
    found = {f"https://doi.org/{quote(doi, safe='/:;()')}" for doi in DOI.findall(text)}
    for match in ADDRESS.findall(text):
        address = match.rstrip(".,;:!?*$")
        while address.endswith(")") and address.count(")") > address.count("("):
            address = address[:-1].rstrip(".,;:!?*$")
        named = "." in (urlsplit(address).hostname or "") or "localhost" in address
        if named and not NOBODY.search(address):
            found.add(urldefrag(address).url)
    return found


def prose(path: Path) -> str:
    """Read what a reader sees of a file: of a notebook, its Markdown cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".ipynb":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "markdown")


def collect(paths: list[Path]) -> dict[str, list[str]]:
    """Map every address to the files that name it."""
    places = defaultdict(list)
    for path in paths:
        for address in addresses(prose(path)):
            places[address].append(path.as_posix())
    return dict(places)


class _Stay(urllib.request.HTTPRedirectHandler):
    """Take a redirection for an answer: doi.org knows the work, the publisher may refuse us."""

    def redirect_request(self, req, fp, code, msg, headers, newurl):  # noqa: PLR0917
        return None


def fault(address: str, *, timeout: float = 30.0, attempts: int = 3, pause: float = 5.0) -> str:
    """Say why an address is dead, or "" if it answers.

    Args:
        address: of http or https.
        timeout: seconds to wait for an answer.
        attempts: how often to ask before a fault that may pass counts.
        pause: seconds before the second attempt, twice that before the third, and so on.

    Returns:
        The last reason in a few words; empty as soon as an attempt succeeds.
    """
    stay = urlsplit(address).hostname == "doi.org"
    opener = urllib.request.build_opener(*([_Stay] if stay else []))
    request = urllib.request.Request(address, headers={"User-Agent": "Mozilla/5.0 (link check)"})
    reason = ""
    for attempt in range(attempts):
        time.sleep(pause * attempt)
        try:
            with opener.open(request, timeout=timeout):
                return ""
        except urllib.error.HTTPError as error:
            if error.code in REFUSALS or (stay and 300 <= error.code < 400):
                return ""
            reason = f"HTTP status {error.code}"
            if error.code in (404, 410):
                break
        except (OSError, ValueError) as error:
            reason = f"{type(error).__name__}: {error}"
    return reason


def main() -> int:
    """Check the tracked files; print what is dead."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", *SUFFIXES], capture_output=True, text=True, check=True
    )
    places = collect([Path(name) for name in listed.stdout.split("\0") if name])
    with ThreadPoolExecutor(8) as pool:
        faults = dict(zip(places, pool.map(fault, places), strict=True))
    dead = {address: reason for address, reason in faults.items() if reason}
    for address, reason in sorted(dead.items()):
        print(f"{address}\n  {reason}\n  in {', '.join(sorted(places[address]))}")
    print(f"{len(places)} addresses, {len(dead)} dead")
    return 1 if dead else 0


if __name__ == "__main__":
    sys.exit(main())
