"""Every link inside the built site leads to a file, and to a place that it has."""

import pytest

from tools import anchors

pytestmark = pytest.mark.xdist_group("site")


def test_the_site_has_no_dead_link(fork):
    site = fork / "_build/html"
    assert len(anchors.written(site)) > 40
    assert anchors.faults(site) == []


PAGE = '<h1 id="top">A</h1><a name="old"></a><a href="{link}">b</a><img src="picture.svg" alt="b">'


@pytest.mark.parametrize(
    ("link", "reason"),
    [
        ("part/b.html", ""),
        ("./part/b.html#b", ""),
        ("#top", ""),
        ("#old", ""),
        ("#", ""),
        ("part/", ""),
        ("/part/b.html", ""),
        ("part/b.html?q=1#%62", ""),
        ("https://example.org/c.html#d", ""),
        ("mailto:a@example.org", ""),
        ("data:,", ""),
        ("c.html", "is no file of the site"),
        ("part/b.html#c", "finds no id 'c'"),
        ("#nowhere", "finds no id 'nowhere'"),
    ],
)
def test_dead_links_are_found(tmp_path, link, reason):
    (tmp_path / "part").mkdir()
    (tmp_path / "picture.svg").touch()
    (tmp_path / "part/index.html").write_text('<a href="../a.html#top">a</a>')
    (tmp_path / "part/b.html").write_text('<p id="b">b</p>')
    (tmp_path / "a.html").write_text(PAGE.format(link=link))
    assert anchors.faults(tmp_path) == ([f"a.html: {link} {reason}"] if reason else [])


def test_a_missing_picture_is_found(tmp_path):
    (tmp_path / "a.html").write_text('<img src="gone.svg" alt="a"><link rel="canonical" href="gone">')
    assert anchors.faults(tmp_path) == ["a.html: gone.svg is no file of the site"]
