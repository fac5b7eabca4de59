"""The pages as a reader meets them, in a real browser that can reach nothing but the site."""

import re
from pathlib import Path

import axe_core_python
import browser as web
import chapters
import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

pytestmark = pytest.mark.xdist_group("site")

PAGES = chapters.pages()
WITH_WIDGET = [
    page
    for page, notebook in chapters.notebooks().items()
    if any("explore(" in c.source for c in notebook.cells if c.cell_type == "code")
]
AXE = (Path(axe_core_python.__file__).parent / "axe.min.js").read_text()
PAGE_BUDGET = 1_000_000
PROSE = """
const article = document.querySelector('article').cloneNode(true);
article.querySelectorAll('pre, code, script, style, svg, mjx-container').forEach(e => e.remove());
return article.textContent;
"""


@pytest.fixture(scope="module")
def site(fork):
    with web.serve(fork / "_build/html") as address:
        yield address


@pytest.fixture(scope="module")
def driver(tmp_path_factory):
    with web.browser(tmp_path_factory.mktemp("profile")) as driver:
        driver.execute_cdp_cmd("Network.setCacheDisabled", {"cacheDisabled": True})
        yield driver


def picture(driver):
    return driver.execute_script("return document.querySelector('.dlmath-explore .dlmath-fig').innerHTML")


def words(driver):
    return driver.execute_script(
        "return document.querySelector('.dlmath-explore [aria-live=polite]').textContent"
    )


def violations(driver, formulas=False):
    """What axe finds; the insides of formulas are MathJax's, thousands a page, and take minutes."""
    if not formulas:
        driver.execute_script(
            "document.querySelectorAll('mjx-container').forEach((f) => f.replaceWith('formula'))"
        )
    driver.set_script_timeout(110)  # the driver itself waits for 120
    driver.execute_script(AXE)
    found = driver.execute_async_script(
        "axe.run(document, {resultTypes: ['violations']}).then(arguments[0])"
    )["violations"]
    return [
        (v["id"], [(n["target"], n["failureSummary"]) for n in v["nodes"][:3]])
        for v in found
        if v["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("page", PAGES)
def test_page_is_light_quiet_and_asks_no_third_party(driver, site, page):
    web.traffic(driver)
    web.errors(driver)
    web.open_page(driver, f"{site}/{page}.html")
    web.settle(driver)
    requests, received = web.traffic(driver)
    assert [u for u in requests if not u.startswith((site, "data:", "blob:"))] == []
    assert requests
    assert web.errors(driver) == []
    assert 10_000 < received <= PAGE_BUDGET


@pytest.mark.parametrize("page", PAGES)
def test_formulas_are_drawn_and_can_be_read_aloud(driver, site, page):
    web.open_page(driver, f"{site}/{page}.html")
    web.settle(driver)
    spans, drawn, spoken, wrong = driver.execute_script(
        "const n = (s) => document.querySelectorAll(s).length;"
        "return [n('.math'), n('mjx-container'), n('mjx-assistive-mml'), n('mjx-merror')]"
    )
    assert wrong == 0
    assert drawn >= spans
    assert spoken == drawn
    prose = driver.execute_script(PROSE)
    assert [line for line in prose.splitlines() if "$" in line] == []


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_page_is_accessible(driver, site, page, mode):
    web.open_page(driver, f"{site}/{page}.html", mode=mode)
    web.settle(driver)
    assert driver.execute_script("return document.documentElement.dataset.theme") == mode
    assert violations(driver, formulas=page == "book/notation") == []


@pytest.mark.parametrize("page", PAGES)
def test_phone_scrolls_one_way_only(driver, site, page):
    web.open_page(driver, f"{site}/{page}.html", width=390, height=844)
    web.settle(driver)
    assert driver.execute_script("return document.documentElement.scrollWidth") <= 390
    # What sticks out must stand in something that scrolls.
    outside = driver.execute_script(
        "const scrolls = (e) => { for (; e; e = e.parentElement) {"
        "  if (['auto', 'scroll', 'hidden'].includes(getComputedStyle(e).overflowX)"
        "      && !['BODY', 'HTML'].includes(e.tagName)) return true; } return false; };"
        "return [...document.querySelectorAll('.bd-article *')]"
        "  .filter((e) => e.getBoundingClientRect().right > 391 && !scrolls(e))"
        "  .map((e) => e.outerHTML.slice(0, 120)).slice(0, 5)"
    )
    assert outside == []


@pytest.mark.parametrize("page", WITH_WIDGET)
def test_sliders_move_by_keyboard(driver, site, page):
    web.open_page(driver, f"{site}/{page}.html")
    web.settle(driver)
    assert driver.find_elements(By.CSS_SELECTOR, "svg[data-widget-model]") == []
    slider = driver.find_element(By.CSS_SELECTOR, ".dlmath-explore input[type=range]")
    before, said, value = picture(driver), words(driver), slider.get_attribute("aria-valuetext")
    at, most = int(slider.get_attribute("value")), int(slider.get_attribute("max"))
    slider.send_keys(Keys.ARROW_RIGHT if at < most else Keys.ARROW_LEFT)
    assert picture(driver) != before
    assert words(driver) != said
    assert slider.get_attribute("aria-valuetext") != value
    assert re.search(r'aria-label="([^"]*)"', picture(driver))[1] == words(driver)
    assert slider.accessible_name


@pytest.mark.parametrize("page", WITH_WIDGET)
def test_ink_follows_the_mode(driver, site, page):
    colours = []
    for mode in ("light", "dark"):
        web.open_page(driver, f"{site}/{page}.html", mode=mode)
        web.settle(driver)
        ink, ground = driver.execute_script(
            "let e = document.querySelector('.dlmath-explore .dlmath-fig svg');"
            "const ink = getComputedStyle(e).color, clear = 'rgba(0, 0, 0, 0)'; let ground = clear;"
            "for (; e && ground === clear; e = e.parentElement)"
            "  ground = getComputedStyle(e).backgroundColor;"
            "return [ink, ground]"
        )
        colours.append([sum(map(int, re.findall(r"\d+", c)[:3])) for c in (ink, ground)])
    (light_ink, light_ground), (dark_ink, dark_ground) = colours
    assert light_ground - light_ink > 380
    assert dark_ink - dark_ground > 380


@pytest.mark.parametrize("page", WITH_WIDGET[:1])
def test_without_scripts_the_figure_stands(site, page, tmp_path):
    with web.browser(tmp_path, scripts=False) as driver:
        web.open_page(driver, f"{site}/{page}.html")
        figure = driver.find_element(By.CSS_SELECTOR, ".dlmath-fig svg[data-widget-model]")
        assert figure.size["width"] > 200
        assert figure.get_attribute("aria-label").endswith(".")
        assert driver.find_elements(By.CSS_SELECTOR, ".dlmath-explore") == []


@pytest.mark.parametrize("page", WITH_WIDGET[:1])
def test_a_widget_that_fails_leaves_the_figure(driver, site, page):
    """A browser without the decompressor shows what a reader without scripts sees."""
    script = driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": "delete window.DecompressionStream"}
    )
    try:
        web.open_page(driver, f"{site}/{page}.html")
        web.settle(driver)
        assert driver.find_elements(By.CSS_SELECTOR, ".dlmath-fig svg[data-widget-model]")
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
        web.errors(driver)
