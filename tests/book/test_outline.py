"""Courses are read as they are written, and what cannot be built is refused with a reason."""

import re
import subprocess

import chapters
import pytest
import teaching
import yaml
from making import ROOT

from tools import courses, outline, publish

TOC = """
format: jb-book
root: syllabus
parts:
  - caption: All
    chapters:
      - file: book/part/a
        sections:
          - file: own.ipynb
      - file: book/b
  - caption: Solutions
    chapters:
      - file: book/solutions/a
"""


@pytest.fixture
def root(tmp_path):
    for name in (
        "book/part/a.ipynb",
        "book/b.md",
        "book/solutions/a.ipynb",
        "courses/mine/own.ipynb",
        "courses/mine/syllabus.md",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "_config.yml").write_text(
        "title: Book\nexclude_patterns: [_build, courses]\nhtml: {favicon: f, extra_footer: ''}\n"
    )
    (tmp_path / "courses/mine/_toc.yml").write_text(TOC)
    return tmp_path


def test_own_pages_are_found_in_the_folder(root):
    course = outline.read(root, "mine")
    pages = [
        "courses/mine/syllabus",
        "book/part/a",
        "courses/mine/own",
        "book/b",
        "book/solutions/a",
    ]
    assert course.pages == pages
    assert course.settings["exclude_patterns"] == ["_build"]


def test_hidden_solutions_leave_no_empty_part(root):
    course = outline.read(root, "mine", solutions=False)
    assert "book/solutions/a" not in course.pages
    assert [part["caption"] for part in course.toc["parts"]] == ["All"]
    assert "book/b" in course.pages


def test_settings_are_laid_over_those_of_the_book(root):
    text = "title: Mine\nsolutions: false\nminutes: 90\nhtml: {favicon: g}\n"
    (root / "courses/mine/config.yml").write_text(text)
    course = outline.read(root, "mine")
    assert (course.settings["title"], course.solutions, course.minutes) == ("Mine", False, 90)
    assert course.settings["html"] == {"favicon": "g", "extra_footer": ""}
    assert "solutions" not in course.settings
    assert outline.read(root, "mine", solutions=True).solutions


@pytest.mark.parametrize(
    ("file", "text", "complaint"),
    [
        ("_toc.yml", TOC.replace("book/b", "book/c"), "lists 'book/c'; wanted a page of the book"),
        ("_toc.yml", TOC.replace("book/part/a", "book/b2"), "lists 'book/b2'"),
        ("_toc.yml", TOC.replace("      - file: book/part/a\n        sections:\n          - file: own.ipynb\n", ""), "solutions of 'a' without the chapter"),
        ("_toc.yml", "- a list\n", "wanted a mapping"),
        ("_toc.yml", "root: [\n", "is not YAML"),
        ("config.yml", "solutions: perhaps\n", "wanted solutions: true or false"),
        ("config.yml", "minutes: two hours\n", "a whole number"),
    ],
)  # fmt: skip
def test_what_cannot_be_built_is_refused(root, file, text, complaint):
    (root / "courses/mine" / file).write_text(text)
    with pytest.raises(outline.NoCourse, match=complaint):
        outline.read(root, "mine")


@pytest.mark.parametrize("name", ["nobody", "../mine", "", "mine/", "Mine"])
def test_unknown_names_are_answered_with_the_known(root, name):
    with pytest.raises(outline.NoCourse, match="there are mine"):
        outline.read(root, name)


@pytest.mark.parametrize("arguments", [[], ["nobody"]])
def test_the_command_says_what_there_is(arguments, capsys):
    assert courses.main(arguments) == 1
    assert ", ".join(outline.names(ROOT)) in capsys.readouterr().err


def test_a_build_that_fails_leaves_the_old_site(root, monkeypatch):
    old = root / "_build/courses/mine/html/index.html"
    old.parent.mkdir(parents=True)
    old.write_text("old")
    (root / "_toc.yml").write_text("root: book/b\n")

    def fails(*_, **__):
        raise courses.NotBuilt

    monkeypatch.setattr(courses, "ROOT", root)
    monkeypatch.setattr(courses, "_sphinx", fails)
    with pytest.raises(courses.NotBuilt):
        courses.build(outline.read(root, "mine"), root / "_build")
    assert old.read_text() == "old"


def test_the_ready_courses_are_as_they_are_announced():
    ready = {name: outline.read(ROOT, name) for name in teaching.READY}
    shown = {name: course.solutions for name, course in ready.items()}
    assert shown == {"reading-group": True, "thirteen-weeks": False, "landscapes": True}
    every = set(outline.whole(ROOT, solutions=False).pages)
    assert every - set(ready["thirteen-weeks"].pages) == set(), (
        "it is the whole book: list the new page there, too"
    )
    part = {page for page in every if page.startswith("book/landscapes/")}
    assert part == {
        p for p in ready["landscapes"].pages if p in chapters.notebooks() and chapters.is_chapter(p)
    }


@pytest.mark.parametrize("name", teaching.READY)
def test_a_course_lists_the_solutions_of_its_chapters(name):
    """Whoever turns ``solutions`` on finds all of them."""
    listed = list(outline.entries(yaml.safe_load((ROOT / f"courses/{name}/_toc.yml").read_text())))
    solved = {page.rsplit("/", 1)[-1] for page in listed if page.startswith(outline.SOLUTIONS)}
    read = {
        page.rsplit("/", 1)[-1]
        for page in listed
        if page in chapters.notebooks() and chapters.is_chapter(page)
    }
    assert solved == read


def test_the_variable_of_the_repository_selects_what_is_published():
    flow = yaml.safe_load((ROOT / ".github/workflows/publish.yml").read_text())
    steps = flow["jobs"]["build"]["steps"]
    (environment,) = [step["env"] for step in steps if step.get("run", "").startswith("make book")]
    assert {name: environment[name] for name in ("COURSE", "SOLUTIONS")} == {
        "COURSE": "${{ vars.COURSE }}",
        "SOLUTIONS": "${{ vars.SOLUTIONS }}",
    }
    choice = re.compile(
        r"\$\{\{ vars\.COURSE && format\('([^']*)', vars\.COURSE\) \|\| '([^']*)' \}\}"
    )
    paths = [
        choice.fullmatch(step["with"]["path"]) for step in steps if "upload" in step.get("uses", "")
    ]
    site = publish.Site()
    chosen = courses.place("{0}")
    assert [found and found.groups() for found in paths] == [
        (chosen.html, site.html),
        (chosen.out, site.out),
    ]


@pytest.mark.parametrize(
    ("course", "site"), [("", publish.Site()), ("mine", courses.place("mine"))]
)
def test_make_knows_where_a_course_is_built(course, site):
    command = [
        "make",
        "-n",
        "--assume-old=execute",
        "serve",
        "notebooks",
        f"COURSE={course}",
        "PYTHON=true",
    ]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert f"--directory {site.html}\n" in out
    assert f'/{site.out}"' in out
    assert ("tools.courses 'mine'" in out) == bool(course)
