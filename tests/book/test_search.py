"""The book searches itself: on a server, and unpacked from its archive without one."""

import re
import zipfile

import browser as web
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.by import By

from tools import release

pytestmark = pytest.mark.xdist_group("site")

HITS = "#search-results ul.search li a"


@pytest.fixture(scope="module")
def unpacked(fork, tmp_path_factory):
    """The site as a reader unpacks it."""
    folder = tmp_path_factory.mktemp("unpacked")
    release.archive(fork / "_build/html", folder / "book.zip", (2026, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(folder / "book.zip") as packed:
        packed.extractall(folder)
    return folder / "book"


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with web.browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


def search(driver, site, word):
    """The pages that the search page finds, as file names, and what was asked for meanwhile."""
    web.traffic(driver)
    web.errors(driver)
    web.open_page(driver, f"{site}/search.html?q={word}")
    # the line above the results says when all were found
    said = re.compile("found|did not match")
    web.wait(driver, lambda d: said.search(d.find_element(By.CSS_SELECTOR, "#search-results").text))
    hits = [a.get_attribute("href") for a in driver.find_elements(By.CSS_SELECTOR, HITS)]
    return {hit.removeprefix(f"{site}/").split("?")[0].split("#")[0] for hit in hits}, web.traffic(driver)[0]


def test_a_word_is_found_and_nobody_else_is_asked(driver, unpacked):
    with web.serve(unpacked) as site:
        found, requests = search(driver, site, "Littlewood")
        assert "book/invariance/scattering.html" in found
        assert [u for u in requests if not u.startswith((site, "data:", "blob:"))] == []
        assert web.errors(driver) == []
        assert search(driver, site, "zyxwvut")[0] == set()


def test_the_files_alone_can_be_read_and_searched(driver, unpacked):
    site = unpacked.as_uri()
    found, requests = search(driver, site, "Littlewood")
    assert "book/invariance/scattering.html" in found
    assert [u for u in requests if not u.startswith((site, "data:", "blob:"))] == []
    web.open_page(driver, f"{site}/book/invariance/scattering.html")
    web.settle(driver)
    assert driver.find_elements(By.CSS_SELECTOR, "mjx-container")
    assert driver.find_elements(By.CSS_SELECTOR, ".dlmath-explore input[type=range]")
