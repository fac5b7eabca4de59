"""A break's table shows what fails; what holds beside it is folded, and nothing is lost."""

import re

import pytest

from _ext.dlbook.breaks import ROW, fold
from dlmath.ledger import Broken, Check, Evidence

FAILS = Check("slope <= 2", 3.0, 1.0, 0.1)
HOLDS = [Check(f"constant {i}", 1.0, 1.0, 0.1) for i in range(3)]


def broken(*checks):
    return Broken({"a & b": Evidence(checks)})._repr_html_()


def rows(html):
    return sorted(row[0] for row in ROW.finditer(html))


def test_what_fails_is_shown_and_what_holds_is_folded():
    whole = broken(HOLDS[0], FAILS, *HOLDS[1:])
    html = fold(whole)
    shown, folded = html.split("<details")
    assert "Broken: a &amp; b" in shown
    assert [row[1] for row in ROW.finditer(shown)] == ["fails"]
    assert [row[1] for row in ROW.finditer(folded)] == ["holds"] * 3
    assert "<summary>3 checks hold none the less</summary>" in folded
    assert rows(html) == rows(whole)


def test_several_breaks_fold_apart():
    found = {name: Evidence((FAILS, *HOLDS)) for name in ("first", "second")}
    html = fold(Broken(found)._repr_html_())
    assert re.findall(r"<caption>(.*?)</caption>", html) == [
        "Broken: first",
        "Holds under the break: first",
        "Broken: second",
        "Holds under the break: second",
    ]


@pytest.mark.parametrize(
    "html",
    [
        broken(FAILS, HOLDS[0]),
        broken(FAILS),
        broken(*HOLDS),
        broken(),
        Evidence((FAILS, *HOLDS))._repr_html_(),
        "<p>no table</p>",
    ],
)
def test_short_tables_and_evidence_stay_as_they_are(html):
    assert fold(html) == html


def test_the_chapters_fold(fork):
    page = (fork / "_build/html/book/landscapes/langevin.html").read_text()
    assert "checks hold none the less</summary>" in page
