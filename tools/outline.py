"""What a course is: its table of contents and settings, read from ``courses/NAME`` and checked."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from _ext.dlbook.pages import entries

SOLUTIONS = "book/solutions/"
FILES = (".md", ".ipynb")
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class NoCourse(ValueError):
    """A course that is not there, or that names what is not there."""


@dataclass(frozen=True)
class Course:
    """One edition: some pages in some order, with some settings.

    Args:
        name: Its folder in ``courses``.
        toc: Its table of contents, in Jupyter Book's form, from the project's folder.
        settings: All of Jupyter Book's settings.
        solutions: Whether the solutions are shown.
        minutes: What a week may ask for, in minutes of reading; 0 for no limit.
    """

    name: str
    toc: dict[str, Any]
    settings: dict[str, Any]
    solutions: bool = True
    minutes: int = 0

    @property
    def pages(self) -> list[str]:
        """The names of its pages, in order, without ending."""
        return list(entries(self.toc))


def names(root: Path) -> list[str]:
    """Every folder of ``courses`` that holds a table of contents."""
    return sorted(path.parent.name for path in (root / "courses").glob("*/_toc.yml"))


def whole(root: Path, solutions: bool) -> Course:
    """The full book, with or without its solutions."""
    toc = _load(root / "_toc.yml")
    kept = toc if solutions else without(toc, lambda page: page.startswith(SOLUTIONS))
    return Course("the full book", kept, _load(root / "_config.yml"), solutions)


def read(root: Path, name: str, solutions: bool | None = None) -> Course:
    """The course of a name.

    Args:
        root: The project's folder.
        name: A folder of ``courses``.
        solutions: Show them or not; None for what the course's own settings say.

    Raises:
        NoCourse: If there is none of that name, or if it lists what is not there.
    """
    folder = root / "courses" / name
    if not _NAME.fullmatch(name) or not (folder / "_toc.yml").is_file():
        raise NoCourse(f"no course is called {name!r}; there are {', '.join(names(root))}")
    own = _load(folder / "config.yml") if (folder / "config.yml").is_file() else {}
    shown, minutes = own.pop("solutions", True), own.pop("minutes", 0)
    if not isinstance(shown, bool) or not isinstance(minutes, int):
        wanted = "wanted solutions: true or false, and minutes: a whole number"
        raise NoCourse(f"courses/{name}/config.yml: {wanted}; got {shown!r} and {minutes!r}")
    shown = shown if solutions is None else solutions
    toc = _places(root, name, _load(folder / "_toc.yml"))
    if not shown:
        toc = without(toc, lambda page: page.startswith(SOLUTIONS))
    settings = merged(_load(root / "_config.yml"), own)
    # The full book looks away from all courses; a course looks at its own pages.
    patterns = settings.get("exclude_patterns", [])
    settings["exclude_patterns"] = [p for p in patterns if p != "courses"]
    course = Course(name, toc, settings, shown, minutes)
    _check(root, course)
    return course


def merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    """Settings laid over others: what both have as a mapping is merged, all else replaced."""
    found = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = merged(found[key], value) if both else value
    return found


def without(toc: dict[str, Any], unwanted: Callable[[str], bool]) -> dict[str, Any]:
    """A table of contents without some pages, and without the parts that this leaves empty."""
    made = {k: _pruned(v, unwanted) if isinstance(v, list) else v for k, v in toc.items()}
    return {key: value for key, value in made.items() if value != []}


def _pruned(items: list[Any], unwanted: Callable[[str], bool]) -> list[Any]:
    kept = [without(x, unwanted) for x in items if not unwanted(x.get("file", ""))]
    return [x for x in kept if {"file", "url", "chapters", "sections"} & set(x)]


def _places(root: Path, name: str, toc: Any) -> Any:
    """The table of contents with the course's own pages named from the project's folder."""
    if isinstance(toc, list):
        return [_places(root, name, x) for x in toc]
    if not isinstance(toc, dict):
        return toc
    made = {key: _places(root, name, value) for key, value in toc.items()}
    for key in {"root", "file"} & set(made):
        page = re.sub(r"\.(md|ipynb)$", "", str(made[key]))
        made[key] = f"courses/{name}/{page}" if _exists(root / "courses" / name / page) else page
    return made


def _exists(page: Path) -> bool:
    return any(page.with_name(page.name + ending).is_file() for ending in FILES)


def _check(root: Path, course: Course) -> None:
    where = f"courses/{course.name}/_toc.yml"
    for page in course.pages:
        if not _exists(root / page):
            wanted = f"a page of the book or of courses/{course.name}, without ending"
            raise NoCourse(f"{where} lists {page!r}; wanted {wanted}, such as 'book/why-theory'")
    chapters = {page.rsplit("/", 1)[-1] for page in course.pages if not page.startswith(SOLUTIONS)}
    for page in course.pages:
        chapter = page.removeprefix(SOLUTIONS)
        if page.startswith(SOLUTIONS) and chapter not in chapters:
            raise NoCourse(f"{where} lists the solutions of {chapter!r} without the chapter")


def _load(path: Path) -> dict[str, Any]:
    try:
        found = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise NoCourse(f"{path.parent.name}/{path.name} is not YAML: {error}") from None
    if not isinstance(found, dict):
        raise NoCourse(f"{path.parent.name}/{path.name}: wanted a mapping, got {found!r}")
    return found
