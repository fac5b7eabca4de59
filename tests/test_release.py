"""The files of an edition: the same bytes each time, checksums that hold, nothing by halves."""

import hashlib
import os
import re
import zipfile

import pytest

from tools import release

WHEN = (2026, 1, 2, 3, 4, 6)


@pytest.fixture
def built(tmp_path, monkeypatch):
    """A project where everything is built, on a small scale."""
    folders = {name: tmp_path / name for name in release.FOLDERS}
    for name, folder in folders.items():
        (folder / "part").mkdir(parents=True)
        (folder / "index.html").write_text(name)
        (folder / "part/a.txt").write_text("a" * 1000)
    (tmp_path / "book.pdf").write_bytes(b"%PDF")
    monkeypatch.setattr(release, "ROOT", tmp_path)
    monkeypatch.setattr(release, "FOLDERS", folders)
    monkeypatch.setattr(release, "BOOK", tmp_path / "book.pdf")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1767323046")
    return tmp_path


def test_the_files_and_their_checksums(built):
    made = release.make("1.2.3", built / "out")
    assert [p.name for p in made] == [
        "dlmath-1.2.3-site.zip",
        "dlmath-1.2.3-notebooks.zip",
        "dlmath-1.2.3-slides.zip",
        "dlmath-1.2.3.pdf",
        "SHA256SUMS",
    ]
    assert sorted(p.name for p in (built / "out").iterdir()) == sorted(p.name for p in made)
    rows = (built / "out/SHA256SUMS").read_text().splitlines()
    assert len(rows) == 4
    for row in rows:
        digest, name = row.split("  ")
        assert hashlib.sha256((built / "out" / name).read_bytes()).hexdigest() == digest
    with zipfile.ZipFile(made[0]) as packed:
        assert packed.namelist() == ["dlmath-1.2.3-site/index.html", "dlmath-1.2.3-site/part/a.txt"]
        assert packed.read("dlmath-1.2.3-site/index.html") == b"site"


def test_two_runs_give_the_same_bytes(built):
    first = [p.read_bytes() for p in release.make("1.2.3", built / "out")]
    for folder in release.FOLDERS.values():
        os.utime(folder / "index.html", (1e9, 1e9))
        (folder / "part/a.txt").chmod(0o600)
    assert [p.read_bytes() for p in release.make("1.2.3", built / "out")] == first


def test_the_date_is_told(built, monkeypatch):
    assert release.date() == WHEN
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1")
    assert release.date() == (1980, 1, 1, 0, 0, 0)


@pytest.mark.parametrize("missing", ["slides/index.html slides/part/a.txt", "book.pdf"])
def test_what_is_not_built_is_named(built, missing):
    for name in missing.split():
        (built / name).unlink()
    with pytest.raises(release.Refused, match=re.escape(missing.split("/")[0])):
        release.make("1.2.3", built / "out")


def test_a_tag_must_be_the_version():
    release.check("v1.2.3", "1.2.3")
    with pytest.raises(release.Refused, match=r"the tag is v1\.2\.4"):
        release.check("v1.2.4", "1.2.3")


CHANGES = """\
# Changelog

## [Unreleased]

- c

## [1.1.0]

- b

### Added

- d

## [1.0.0]

- a
"""


def test_the_notes_are_those_of_the_edition():
    assert release.changes(CHANGES, "1.1.0") == "- b\n\n### Added\n\n- d\n"
    assert release.changes(CHANGES, "1.0.0") == "- a\n"
    with pytest.raises(release.Refused, match="move there what is unreleased"):
        release.changes(CHANGES, "2.0.0")
