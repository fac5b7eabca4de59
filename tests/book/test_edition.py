"""Every page says which version it is; one that is kept says so, and where the current one is."""

import re
import subprocess
from types import SimpleNamespace

import pytest
from making import ROOT, bare, build

from _ext.dlbook import edition


def test_an_edition_that_is_kept_links_to_the_current_one(tmp_path):
    root = bare(tmp_path)
    (root / "book/one.md").write_text("# One\n")
    (root / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    made = build(root, BOOK_ARCHIVED="v1.2.3", GITHUB_REPOSITORY="alice/course")
    assert made.returncode == 0, made.stdout + made.stderr
    text = (root / "_build/html/book/one.html").read_text()
    words = re.search(r"This is the edition v1\.2\.3 of the book, kept as it was\. (.*?)</a>", text)
    assert words is not None
    assert 'href="https://alice.github.io/course/"' in words[1]
    assert 'rel="canonical" href="https://alice.github.io/course/book/one.html"' in text
    assert "Version 1.2.3." in text


@pytest.mark.parametrize(
    ("current", "link"),
    [
        ("https://book.example.org/", '<a href="https://book.example.org/">Read the current one</a>.'),
        ("", ""),  # a checkout without a home: the banner has no link
    ],
)
def test_the_address_of_the_current_one_can_be_told(monkeypatch, tmp_path, current, link):
    monkeypatch.setenv("BOOK_ARCHIVED", "v1")
    monkeypatch.setenv("BOOK_CURRENT", current)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    config = SimpleNamespace(html_theme_options={}, html_baseurl="")
    edition._configure(SimpleNamespace(srcdir=tmp_path), config)
    said = f"This is the edition v1 of the book, kept as it was. {link}"
    assert config.html_theme_options["announcement"] == said.strip()
    assert config.html_baseurl == current


@pytest.mark.parametrize(("told", "found"), [("", ""), ("0", ""), ("false", ""), ("v2", "v2")])
def test_what_is_told(monkeypatch, tmp_path, told, found):
    monkeypatch.setenv("BOOK_ARCHIVED", told)
    assert edition.archived(tmp_path) == found


def test_the_tag_of_the_checkout(monkeypatch, tmp_path):
    monkeypatch.setenv("BOOK_ARCHIVED", "1")
    git = ["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    subprocess.run([*git, "init", "-q"], check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "One"], check=True)
    with pytest.raises(ValueError, match="check a tag out, or say BOOK_ARCHIVED="):
        edition.archived(tmp_path)
    subprocess.run([*git, "tag", "v3.0.0"], check=True)
    assert edition.archived(tmp_path) == "v3.0.0"


def test_the_banner_is_words_not_markup():
    assert "<b>" not in edition.banner("<b>", "")
    assert "href" not in edition.banner("v1", "javascript:alert(1)")


@pytest.mark.xdist_group("site")
def test_the_current_edition_has_its_version_and_no_banner(fork):
    text = (fork / "_build/html/book/notation.html").read_text()
    assert f"Version {edition.version(ROOT)}." in text
    assert "kept as it was" not in text
