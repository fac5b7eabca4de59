"""The link check finds addresses as people write them, and tells the dead from the reserved."""

import json

import pytest

from tests.faulty_server import faulty_server
from tools import links


@pytest.fixture(scope="module")
def server():
    with faulty_server() as running:
        yield running


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see https://a.org/x.", {"https://a.org/x"}),
        ("([here](https://a.org/x#part), and)", {"https://a.org/x"}),
        ("(https://a.org/Set_(mathematics))", {"https://a.org/Set_(mathematics)"}),
        ("<https://a.org> and **http://b.org/**", {"https://a.org", "http://b.org/"}),
        ("doi = {10.1137/0330046},", {"https://doi.org/10.1137/0330046"}),
        ("doi: 10.5281/zenodo.1", {"https://doi.org/10.5281/zenodo.1"}),
        ("doi = {10.1/too-short}", set()),
        ("https://github.com/YOU/x https://YOU.github.io/x/ http://127.0.0.1:8000/", set()),
        ("https://github.com/YOUNG/x", {"https://github.com/YOUNG/x"}),
        ("${{ github.server_url }}/x https://host", set()),
    ],
)
def test_addresses(text, found):
    assert links.addresses(text) == found


def test_only_the_prose_of_a_notebook_is_read(tmp_path):
    cells = [
        {"cell_type": "markdown", "source": ["https://a.org/", "page\n"]},
        {"cell_type": "code", "source": ["'https://b.org/'"]},
    ]
    notebook, page = tmp_path / "n.ipynb", tmp_path / "p.md"
    notebook.write_text(json.dumps({"cells": cells}))
    page.write_text("https://a.org/page")
    assert links.collect([notebook, page]) == {
        "https://a.org/page": [notebook.as_posix(), page.as_posix()]
    }


@pytest.mark.parametrize(
    ("path", "reason", "requests"),
    [
        ("good", "", 1),
        ("403", "", 1),  # reserved to people, not dead
        ("503-twice", "", 3),
        ("404", "HTTP status 404", 1),
        ("500", "HTTP status 500", 3),
    ],
)
def test_fault(server, path, reason, requests):
    server.hits.clear()
    assert links.fault(server.url(path), timeout=2.0, pause=0.0) == reason
    assert server.hits[path] == requests


def test_no_host_is_a_fault():
    assert "URLError" in links.fault("http://127.0.0.1:9/", timeout=2.0, attempts=1)
