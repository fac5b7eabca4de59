"""The fork of an instructor who follows INSTRUCTORS.md word for word, while the book goes on."""

import json
import re

import nbformat
import pytest
import teaching
from making import ROOT
from teaching import Page, dead, notebooks, site, solutions_in

pytestmark = pytest.mark.xdist_group("instructors")


@pytest.fixture(scope="module")
def fork(tmp_path_factory):
    """The fork after the last command of INSTRUCTORS.md; meanwhile the book has gone on."""
    fork = teaching.Fork(tmp_path_factory.mktemp("teaching")).prepare()
    for block in teaching.blocks():
        if "git pull" in block:
            fork.upstream_goes_on()
            fork.goes_further()
        fork.sh(block)
    return fork


def test_commands_of_the_instructions_were_run(fork):
    said = "\n".join(teaching.blocks())
    for command in ("git clone", "make book COURSE=mine", "git pull", "git push", "SOLUTIONS=no"):
        assert command in said
    # what stands in no block cannot be run without GitHub or waits for an interruption
    text = (ROOT / "INSTRUCTORS.md").read_text()
    assert (
        len(re.findall(r"^`{3,}sh$", text, re.MULTILINE))
        == len(teaching.blocks())
        == len(re.findall(r"^`{3,}\w+$", text, re.MULTILINE))
    )


def test_pulling_makes_no_conflict(fork):
    git = lambda *command: fork.git(*command, where=fork.root)  # noqa: E731
    assert git("status", "--porcelain", "--untracked-files=no") in (
        "",
        "M courses/mine/lab.ipynb",
        " M courses/mine/lab.ipynb",
    )
    assert len(git("show", "-s", "--format=%P", "HEAD").split()) == 2
    upstream = git("rev-parse", "upstream/main")
    changed = git("diff", "--name-only", upstream, "HEAD").splitlines()
    assert changed
    assert [name for name in changed if not name.startswith("courses/mine/")] == []
    assert git("rev-parse", "origin/main") == git("rev-parse", "HEAD")


def test_a_fork_has_its_own_pages_and_the_news_of_the_book(fork):
    html = site(fork.root, "mine")
    assert dead(html) == []
    front = (html / "courses/mine/syllabus.html").read_text()
    assert "Symmetry, a seminar" in re.search(r"<title>(.*?)</title>", front, re.DOTALL)[1]
    assert "By A. Teacher" in front
    assert teaching.NEWS in " ".join((html / "book/invariance/symmetry.html").read_text().split())
    assert (html / "full/book/news.html").is_file()
    assert "The book, renamed" in (html / "full/book/news.html").read_text()
    warm = Page(html / "courses/mine/warm-up.html")
    assert {text for _, text in warm.full} >= {"Two-layer networks: a way down, and who finds it"}
    assert any(
        re.fullmatch(r"Proposition \d+\.\d+ of the full book", text) for _, text in warm.full
    )
    assert "book/invariance/symmetry" in " ".join(warm.links)


def test_a_notebook_of_the_fork_is_run_and_published(fork):
    said = "seven times six is 42"
    assert said in json.dumps(
        nbformat.read(fork.root / "courses/mine/lab.ipynb", 4).cells[1].outputs
    )
    assert said in (site(fork.root, "mine") / "courses/mine/lab.html").read_text()
    made = nbformat.read(notebooks(fork.root, "mine") / "courses/mine/lab.ipynb", 4)
    head = fork.git("rev-parse", "HEAD", where=fork.root)
    assert f"git+https://github.com/YOU/dlmath@{head}" in made.cells[2].source


def test_a_copy_of_a_chapter_takes_its_place(fork):
    html = site(fork.root, "mine")
    assert not (html / "book/invariance/scattering.html").exists()
    assert 'id="scattering-parseval"' in (html / "courses/mine/scattering.html").read_text()


@pytest.mark.parametrize("name", ["mine", "reading-group", "thirteen-weeks"])
def test_a_fork_can_hide_the_solutions(fork, name):
    assert solutions_in(site(fork.root, name), notebooks(fork.root, name)) == set()
    if name != "thirteen-weeks":  # the other two leave chapters out
        assert (site(fork.root, name) / "full/book/notation.html").is_file()


def test_hiding_without_a_course_is_refused(fork):
    with pytest.raises(AssertionError, match="SOLUTIONS is for a course"):
        fork.sh("make --assume-old=execute book SOLUTIONS=no")
