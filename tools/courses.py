"""Build a course: ``python -m tools.courses NAME``, or ``make book COURSE=NAME``.

A course is a folder ``courses/NAME`` with a table of contents ``_toc.yml`` over the book's pages
and its own, and with a ``config.yml`` that is laid over the book's settings. Where it leaves pages
out, the full book is built as well and stands in the folder ``full`` of the course's site, so that
every reference leads somewhere, also on a reader's own disk.
"""

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import yaml

from _ext.dlbook import fork
from _ext.dlbook.labels import FULL
from tools.files import ROOT, replace
from tools.outline import Course, NoCourse, merged, names, read, whole
from tools.plain import NotPlain
from tools.publish import Site, publish, whose

FULL_LABELS = "full-labels.json"
SHOWN = {"": None, "yes": True, "no": False}


class NotBuilt(Exception):
    """Sphinx failed or warned; the message holds what it said."""


def main(arguments: list[str] | None = None) -> int:
    """Build the courses that are named; the exit status is 1 if one of them could not be."""
    parser = argparse.ArgumentParser(prog="tools.courses", description="Build courses.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="a folder of courses")
    parser.add_argument("--solutions", choices=SHOWN, default="", help="default: as it says")
    options = parser.parse_args(arguments)
    (ROOT / "_build").mkdir(exist_ok=True)
    try:
        if not options.names:
            raise NoCourse(f"wanted a name; there are {', '.join(names(ROOT))}")
        courses = [read(ROOT, name, SHOWN[options.solutions]) for name in options.names]
        with tempfile.TemporaryDirectory(dir=ROOT / "_build", prefix=".courses-") as work:
            for course in courses:
                build(course, Path(work))
    except (NoCourse, NotBuilt, NotPlain) as error:
        print(f"courses: {error}", file=sys.stderr)
        return 1
    return 0


def build(course: Course, work: Path) -> None:
    """Build a course whole, then put it in its place: an interruption leaves the old one.

    Args:
        course: What to build.
        work: A folder for what is not finished; courses built in the same one share the full book.

    Raises:
        NotBuilt: If Sphinx fails or warns.
        NotPlain: If a page has no plain form for Colab.
    """
    full = whole(ROOT, course.solutions)
    beside = work / (".full" if course.solutions else ".full-without-solutions")
    lacks = bool(set(full.pages) - set(course.pages))
    if lacks and not beside.exists():
        _sphinx(full, beside, dlbook_folder=FULL)
    settings = {"dlbook_full": str(beside / "_build/labels.json")} if lacks else {}
    made = work / course.name
    _sphinx(course, made, **settings)
    if lacks:
        shutil.copytree(beside / "_build/html", made / "_build/html" / FULL)
        shutil.copy(beside / "_build/labels.json", made / "_build" / FULL_LABELS)
    done = (ROOT / place(course.name).html).parent
    shutil.rmtree(done, ignore_errors=True)
    done.parent.mkdir(exist_ok=True)
    (made / "_build").rename(done)
    _publish(course, lacks)


def _sphinx(course: Course, folder: Path, **settings: str) -> None:
    """Build one edition into ``folder/_build``."""
    own = {"sphinx": {"local_extensions": {"dlbook": str(ROOT / "_ext")}, "config": settings}}
    files = {"_config.yml": merged(course.settings, own), "_toc.yml": course.toc}
    for name, content in files.items():
        text = yaml.safe_dump(content, sort_keys=False, allow_unicode=True)
        replace(folder / name, text)
    tool = Path(sys.executable).with_name("jupyter-book")
    command = [tool, "build", ".", "-W", "--keep-going", "--quiet", "--path-output", folder]
    command += ["--config", folder / "_config.yml", "--toc", folder / "_toc.yml"]
    out = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if out.returncode:
        raise NotBuilt(f"{course.name} was not built\n{out.stdout}{out.stderr}")
    for rest in (".doctrees", "jupyter_execute"):
        shutil.rmtree(folder / "_build" / rest)


def place(name: str) -> Site:
    """Where a course of this name is built, from the project's folder."""
    build = f"_build/courses/{name}"
    return Site(f"{build}/html", f"{build}/labels.json", f"dist/courses/{name}/notebooks")


def _publish(course: Course, lacks: bool) -> None:
    """Write the notebooks of a course, and those of the full book beside it."""
    home, site = fork.home(ROOT), place(course.name)
    done = publish(site, home)
    if lacks:
        labels = f"{Path(site.labels).parent.as_posix()}/{FULL_LABELS}"
        publish(Site(f"{site.html}/{FULL}", labels, f"{site.out}/{FULL}", FULL), home)
    beside = ", with the full book beside it" if lacks else ""
    print(f"courses: {course.name}, {len(course.pages)} pages{beside}, for {whose(home)}")
    print(f"courses: its {len(done)} notebooks are in {site.out}")
    print(f"the course: {ROOT / site.html / 'index.html'}")


if __name__ == "__main__":
    sys.exit(main())
