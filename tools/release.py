"""What an edition is made of, in ``dist/release``: ``make release``.

The site, the notebooks and the decks as archives, the PDF, and their checksums. Two runs over the
same files give the same archives: entries are sorted, and dated by the commit.
"""

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from _ext.dlbook import edition
from tools.files import ROOT, replace

OUT = ROOT / "dist" / "release"
FOLDERS = {
    "site": ROOT / "_build" / "html",
    "notebooks": ROOT / "dist" / "notebooks",
    "slides": ROOT / "dist" / "slides",
}
BOOK = ROOT / "dist" / "dlmath.pdf"
SUMS = "SHA256SUMS"
EARLIEST = 315532800
"""1980-01-01, before which an archive knows no date, in seconds since 1970."""


class Refused(Exception):
    """Something that the edition needs is missing or disagrees."""


def date() -> tuple[int, int, int, int, int, int]:
    """When the commit was made, or what ``SOURCE_DATE_EPOCH`` says; in UTC."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH", "")
    if not seconds:
        command = ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"]
        out = subprocess.run(command, capture_output=True, text=True, check=False)
        seconds = out.stdout.strip() or "0"
    moment = time.gmtime(max(int(seconds), EARLIEST))
    return (
        moment.tm_year,
        moment.tm_mon,
        moment.tm_mday,
        moment.tm_hour,
        moment.tm_min,
        moment.tm_sec,
    )


def archive(folder: Path, path: Path, when: tuple[int, int, int, int, int, int]) -> None:
    """Pack a folder below its archive's own name, the same way each time.

    Raises:
        Refused: If the folder is missing or empty.
    """
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    if not files:
        raise Refused(f"{folder.relative_to(ROOT)} is not there; run `make release`")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as out:
        for file in files:
            name = f"{path.stem}/{file.relative_to(folder).as_posix()}"
            entry = zipfile.ZipInfo(name, when)
            entry.external_attr = 0o100644 << 16
            entry.create_system = 3  # Unix, wherever it is packed
            out.writestr(entry, file.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def sums(paths: list[Path]) -> str:
    """Checksums, as ``sha256sum --check`` reads them."""
    rows = [f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}" for p in sorted(paths)]
    return "\n".join(rows) + "\n"


def changes(text: str, number: str) -> str:
    """What the changelog says of an edition.

    Raises:
        Refused: If it says nothing of it.
    """
    head = f"## [{number}]"
    _, found, rest = text.partition(head)
    if not found:
        raise Refused(f"CHANGELOG.md has no section {head!r}; move there what is unreleased")
    return rest.partition("\n")[2].partition("\n## [")[0].strip() + "\n"


def check(tag: str, number: str) -> None:
    """Raise unless a tag is that of the version in ``pyproject.toml``."""
    if tag != f"v{number}":
        raise Refused(f"the tag is {tag}, pyproject.toml has the version {number}; make them agree")


def make(number: str, out: Path) -> list[Path]:
    """Make every file of an edition; their paths.

    Raises:
        Refused: If something was not built.
    """
    if not BOOK.is_file():
        raise Refused(f"{BOOK.relative_to(ROOT)} is not there; run `make release`")
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    when = date()
    made = [out / f"dlmath-{number}-{name}.zip" for name in FOLDERS]
    for path, folder in zip(made, FOLDERS.values(), strict=True):
        archive(folder, path, when)
    made.append(Path(shutil.copyfile(BOOK, out / f"dlmath-{number}.pdf")))
    replace(out / SUMS, sums(made))
    return [*made, out / SUMS]


def main(arguments: list[str] | None = None) -> int:
    """Make the edition of this checkout."""
    parser = argparse.ArgumentParser(prog="tools.release", description="Make an edition's files.")
    parser.add_argument("--tag", help="refuse unless it is the tag of this version; write NOTES.md")
    options = parser.parse_args(arguments)
    number = edition.version(ROOT)
    try:
        notes = ""
        if options.tag:
            check(options.tag, number)
            notes = changes((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), number)
        made = make(number, OUT)
    except Refused as error:
        print(f"release: {error}", file=sys.stderr)
        return 1
    if notes:
        replace(OUT / "NOTES.md", notes)
    for path in made:
        print(f"{path.stat().st_size / 1e6:7.1f} MB  {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
