"""The opening pages: what they show runs, and the cover is what the code draws."""

import doctest
import re

import pytest
from chapters import ROOT, is_chapter, notebooks

from dlmath.figures.cover import FOLDER, cover


@pytest.mark.parametrize("page", ["README.md", "book/intro.md"])
def test_what_is_shown_runs(page):
    failed, tried = doctest.testfile(str(ROOT / page), module_relative=False)
    assert tried > 0
    assert failed == 0


def test_the_cover_is_drawn_by_the_code():
    picture = cover()
    stored = (FOLDER / "cover.svg").read_text()
    label = re.search(r'aria-label="([^"]*)"', stored)
    assert label is not None
    assert label[1] == picture.alt
    # the pictures inside are bytes that another processor may round otherwise; the frame is not
    frame = re.compile(r'base64,[^"]*')
    assert frame.sub("", stored) == frame.sub("", picture.svg())
    assert (FOLDER / "cover.png").stat().st_size > 10_000


@pytest.mark.parametrize("page", ["README.md", "book/intro.md"])
def test_the_cover_is_described_where_it_is_shown(page):
    assert cover().alt in (ROOT / page).read_text()


def test_the_opening_page_lists_every_chapter_in_order():
    text = (ROOT / "book/intro.md").read_text().split("## Nineteen chapters")[1].split("## ")[0]
    listed = re.findall(r"\{doc\}`[^`<]+<([^>]+)>`", text)
    chapters = [page.removeprefix("book/") for page in notebooks() if is_chapter(page)]
    assert listed == chapters
    assert len(chapters) == 19, "the opening page and the reading map say nineteen"
