"""A fork edits nothing: links, buttons and notebooks are its own."""

import json
import re
import subprocess

import pytest
from making import build, clone

from _ext.dlbook.fork import Home, home, parse

pytestmark = pytest.mark.xdist_group("site")

ALICE = Home("alice", "course")


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("git@github.com:alice/course.git", ALICE),
        ("ssh://git@github.com/alice/course.git", ALICE),
        ("ssh://git@github.com:22/alice/course", ALICE),
        ("https://github.com/alice/course", ALICE),
        ("https://github.com/alice/course.git/", ALICE),
        ("https://ghp_secret@github.com/alice/course.git", ALICE),
        ("https://alice:ghp_secret@github.com/alice/my.course.git", Home("alice", "my.course")),
        ("https://gitlab.com/alice/course", None),
        ("https://notgithub.com/alice/course", None),
        ("/srv/git/course.git", None),
        ("", None),
    ],
)
def test_address_of_a_remote(url, found):
    assert parse(url) == found


def test_site_of_a_repository(monkeypatch):
    monkeypatch.delenv("BOOK_BASEURL", raising=False)
    assert Home("Alice", "course").site == "https://alice.github.io/course/"
    assert Home("Alice", "alice.github.io").site == "https://alice.github.io/"
    monkeypatch.setenv("BOOK_BASEURL", "https://book.example.org")
    assert Home("Alice", "course").site == "https://book.example.org/"


def test_environment_comes_before_the_remote(tmp_path, monkeypatch):
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.delenv("GITHUB_REPOSITORY", raising=False)
    assert home(tmp_path) is None
    address = "https://t0ken@github.com/alice/course.git"
    subprocess.run(["git", "-C", tmp_path, "remote", "add", "origin", address], check=True)
    assert home(tmp_path) == ALICE
    monkeypatch.setenv("GITHUB_REPOSITORY", "bob/other")
    assert home(tmp_path) == Home("bob", "other")


def repositories(text):
    return set(re.findall(r"github\.com/([\w.-]+/[\w.-]+?)(?=[/\"?.)@ ]|$)", text))


def test_pages_point_at_the_fork_alone(fork):
    page = (fork / "_build/html/book/invariance/scattering.html").read_text()
    colab = "https://colab.research.google.com/github/alice/course/blob/notebooks/book/invariance/scattering.ipynb"
    assert f'href="{colab}"' in page
    assert 'href="https://github.com/alice/course"' in page
    assert "https://github.com/alice/course/edit/main/book/invariance/scattering.ipynb" in page
    assert "https://github.com/alice/course/issues/new" in page
    assert 'rel="canonical" href="https://alice.github.io/course/' in page
    links = re.findall(r'href="(https?://[^"]*)"', page)
    owners = {o for link in links for o in repositories(link.replace("/github/", "/github.com/"))}
    owners -= {"executablebooks/sphinx-book-theme"}
    assert owners == {"alice/course"}


def test_notebooks_point_at_the_fork_alone(fork):
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=fork, capture_output=True, text=True, check=True)
    published = sorted((fork / "dist/notebooks").rglob("*.ipynb"))
    assert published
    for path in published:
        notebook = json.loads(path.read_text())
        setup = "".join(notebook["cells"][2]["source"])
        assert f"git+https://github.com/alice/course@{head.stdout.strip()}" in setup
        text = json.dumps([c["source"] for c in notebook["cells"]])
        assert repositories(text) == {"alice/course"}
        assert set(re.findall(r"https://[\w.]+github\.io/\w+/", text)) == {"https://alice.github.io/course/"}


def test_the_download_button_gives_the_edition_that_stands_alone(fork):
    for path in (fork / "dist/notebooks").rglob("*.ipynb"):
        served = fork / "_build/html/_sources" / path.relative_to(fork / "dist/notebooks")
        assert served.read_bytes() == path.read_bytes()


def test_without_a_home_there_are_no_buttons(tmp_path):
    root = clone(tmp_path)
    built = build(root)
    assert built.returncode == 0, built.stdout + built.stderr
    page = (root / "_build/html/book/invariance/scattering.html").read_text()
    assert "colab.research.google.com" not in page
    assert "/issues/new" not in page
    assert "/edit/main" not in page
