"""A reader's ticks: kept in the browser, counted, carried over by a file, and never in the way."""

import json
import re
from types import SimpleNamespace

import browser as web
import chapters
import pytest
from docutils import nodes
from docutils.utils import new_document
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from _ext.dlbook import progress

pytestmark = pytest.mark.xdist_group("site")

CHAPTERS = [
    page for page in chapters.pages() if chapters.is_chapter(page) and page in chapters.notebooks()
]
CHAPTER = "book/invariance/scattering"
EXERCISE, OTHER = "ex-scattering-network", "ex-scattering-phases"
GUESS = "before-scattering-two-changes-and-three-witnesses"
STORED = "return Object.entries(localStorage).filter(([key]) => key.startsWith('dlmath-progress'))"
# Only the book's own entry is refused: the theme has one for its mode.
DENY = """
for (const name of ["getItem", "setItem"]) {
  const real = Storage.prototype[name];
  Storage.prototype[name] = function (key, ...rest) {
    if (key.startsWith("dlmath-progress")) throw new DOMException("denied", "SecurityError");
    return real.call(this, key, ...rest);
  };
}
"""


@pytest.fixture(scope="module")
def host(fork, tmp_path_factory):
    """The address of a host with two sites, as github.io has a site for every fork."""
    folder = tmp_path_factory.mktemp("host")
    for name in ("course", "other"):
        (folder / name).symlink_to(fork / "_build/html")
    with web.serve(folder) as address:
        yield address


@pytest.fixture(scope="module")
def one_browser(tmp_path_factory):
    with web.browser(tmp_path_factory.mktemp("profile")) as driver:
        yield driver


@pytest.fixture
def driver(one_browser, host):
    """A browser that has never been here."""
    web.open_page(one_browser, f"{host}/course/book/progress.html")
    one_browser.execute_script("localStorage.clear()")
    return one_browser


def read(driver, host, page=CHAPTER, site="course"):
    web.open_page(driver, f"{host}/{site}/{page}.html")
    web.settle(driver)


def box(driver, name):
    return driver.find_element(By.ID, f"done-{name}")


def tick(driver, name):
    """Click on a box, in the middle of the window: at its top the header covers a part."""
    driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", box(driver, name))
    box(driver, name).click()


def ticked(driver):
    return driver.execute_script(
        "return [...document.querySelectorAll('.dlmath-done input:checked')]"
        ".map((box) => box.id.replace('done-', '')).sort()"
    )


def counts(driver, page=CHAPTER):
    """The two cells of a chapter on the page of progress."""
    link = f'.dlmath-progress a[href="{page.removeprefix("book/")}.html"]'
    cells = driver.find_element(By.CSS_SELECTOR, link).find_elements(By.XPATH, "./ancestor::tr/td")
    return [cell.text for cell in cells]


def said(driver, kind="said"):
    return driver.find_element(By.CSS_SELECTOR, f".dlmath-progress-{kind}").text


def press(driver, words):
    driver.find_element(By.XPATH, f"//button[text()='{words}']").click()


@pytest.mark.parametrize("page", CHAPTERS)
def test_every_chapter_asks_for_a_guess_before_a_run(page):
    """The form that gets a box: a question or a task, and a cell that answers it further down."""
    notebook = chapters.notebooks()[page]
    asked = [
        k
        for k, cell in enumerate(notebook.cells)
        if cell.cell_type == "markdown"
        and re.search(rf"{progress.BEFORE.pattern}(?: [^\s.?]+|\n[^\s.?]+){{3}}", cell.source)
    ]
    assert asked
    assert any(cell.cell_type == "code" for cell in notebook.cells[asked[0] :])
    loose = re.findall(
        r"[^\n]*\b[Bb]efore you (?:run|read|look)\b[^\n]*", chapters.markdown(notebook)
    )
    assert [line for line in loose if not progress.BEFORE.search(line)] == []


def test_the_page_counts_what_the_chapters_hold(fork):
    html = (fork / "_build/html/book/progress.html").read_text()
    rows = json.loads(re.search(r'id="dlmath-progress-rows">(.*?)</script>', html)[1])
    assert [row["page"] for row in rows] == CHAPTERS
    for row in rows:
        notebook = chapters.notebooks()[row["page"]]
        labels = [label for label, _, _ in chapters.exercises(chapters.markdown(notebook))]
        assert row["exercises"] == labels
        assert row["guesses"]
        page = (fork / f"_build/html/{row['page']}.html").read_text()
        assert [name for name in labels + row["guesses"] if f' id="{name}"' not in page] == []
    names = [name for row in rows for name in row["exercises"] + row["guesses"]]
    assert len(set(names)) == len(names)


def test_a_tick_is_still_there_when_the_reader_comes_back(driver, host):
    read(driver, host)
    assert ticked(driver) == []
    web.traffic(driver)
    tick(driver, EXERCISE)
    tick(driver, GUESS)
    assert web.traffic(driver)[0] == []
    read(driver, host)
    assert ticked(driver) == [GUESS, EXERCISE]
    ((key, text),) = driver.execute_script(STORED)
    assert key == "dlmath-progress-v1:/course/"
    assert json.loads(text) == {"version": 1, "done": [GUESS, EXERCISE]}
    read(driver, host, "book/progress")
    assert counts(driver) == ["1 of 2", "1 of 8"]
    assert counts(driver, "book/invariance/symmetry")[1] == "0 of 9"
    read(driver, host)
    tick(driver, EXERCISE)
    read(driver, host)
    assert ticked(driver) == [GUESS]
    assert web.errors(driver) == []


def test_the_boxes_work_by_keyboard_and_have_names(driver, host):
    read(driver, host)
    tick_box = box(driver, EXERCISE)
    tick_box.send_keys(Keys.SPACE)
    assert ticked(driver) == [EXERCISE]
    assert driver.switch_to.active_element == tick_box
    style = driver.execute_script("return getComputedStyle(arguments[0]).outline", tick_box)
    assert "solid 3px" in style
    assert tick_box.accessible_name == "done Exercise 6.5 (The network, by yourself)"
    assert box(driver, GUESS).accessible_name == "guessed prediction 1 of this page"
    assert min(tick_box.size.values()) >= 20


def test_export_reset_import(driver, host, tmp_path):
    behaviour = {"behavior": "allow", "downloadPath": str(tmp_path)}
    driver.execute_cdp_cmd("Browser.setDownloadBehavior", behaviour)
    read(driver, host)
    tick(driver, EXERCISE)
    read(driver, host, "book/progress")
    web.traffic(driver)
    press(driver, "Export")
    assert said(driver) == "Written to dlmath-progress.json: 1 done."
    file = tmp_path / "dlmath-progress.json"
    web.wait(driver, lambda _: file.exists())
    assert json.loads(file.read_text()) == {"version": 1, "done": [EXERCISE]}
    press(driver, "Reset")
    driver.switch_to.alert.dismiss()
    assert counts(driver)[1] == "1 of 8"
    press(driver, "Reset")
    driver.switch_to.alert.accept()
    assert counts(driver)[1] == "0 of 8"
    read(driver, host)
    tick(driver, OTHER)
    read(driver, host, "book/progress")
    driver.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(file))
    web.wait(driver, said)
    assert said(driver) == "Added from dlmath-progress.json: 1 done."
    assert counts(driver)[1] == "2 of 8"
    assert [u for u in web.traffic(driver)[0] if not u.startswith((host, "blob:", "data:"))] == []
    read(driver, host)
    assert ticked(driver) == [EXERCISE, OTHER]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[1]",
        '{"version": 2, "done": []}',
        '{"version": 1, "done": ["<b>"]}',
        '{"version": 1}',
    ],
)
def test_what_cannot_be_read_is_said_and_replaced(driver, host, tmp_path, text):
    read(driver, host)
    driver.execute_script("localStorage.setItem('dlmath-progress-v1:/course/', arguments[0])", text)
    read(driver, host, "book/progress")
    assert "could not be read" in said(driver, "state")
    file = tmp_path / "mine.json"
    file.write_text(text)
    driver.find_element(By.CSS_SELECTOR, "input[type=file]").send_keys(str(file))
    web.wait(driver, said)
    assert (
        said(driver) == "mine.json is not a file that this page has written. Nothing was changed."
    )
    assert driver.execute_script(STORED)[0][1] == text
    read(driver, host)
    tick(driver, EXERCISE)
    read(driver, host, "book/progress")
    assert counts(driver)[1] == "1 of 8"
    assert said(driver, "state") == ""
    assert web.errors(driver) == []


def test_a_browser_that_stores_nothing_says_so(driver, host):
    script = driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": DENY})
    try:
        read(driver, host)
        tick(driver, EXERCISE)
        tick(driver, OTHER)
        assert ticked(driver) == [EXERCISE, OTHER]
        notes = driver.find_elements(By.CSS_SELECTOR, ".dlmath-not-kept")
        assert [note.text for note in notes] == [
            "(not kept: this browser stores nothing for this site)"
        ] * 2
        read(driver, host, "book/progress")
        assert "stores nothing" in said(driver, "state")
        assert web.errors(driver) == []
    finally:
        driver.execute_cdp_cmd("Page.removeScriptToEvaluateOnNewDocument", script)
    assert driver.execute_script(STORED) == []


def test_two_tabs_agree(driver, host):
    read(driver, host)
    first = driver.current_window_handle
    driver.switch_to.new_window("tab")
    try:
        read(driver, host)
        tick(driver, OTHER)
        driver.switch_to.window(first)
        web.wait(driver, lambda d: ticked(d) == [OTHER])
        tick(driver, EXERCISE)
        assert json.loads(driver.execute_script(STORED)[0][1])["done"] == [EXERCISE, OTHER]
    finally:
        driver.switch_to.window(next(h for h in driver.window_handles if h != first))
        driver.close()
        driver.switch_to.window(first)


def test_two_sites_of_a_host_are_apart(driver, host):
    read(driver, host)
    tick(driver, EXERCISE)
    read(driver, host, site="other")
    assert ticked(driver) == []
    tick(driver, OTHER)
    read(driver, host)
    assert ticked(driver) == [EXERCISE]
    assert {key for key, _ in driver.execute_script(STORED)} == {
        "dlmath-progress-v1:/course/",
        "dlmath-progress-v1:/other/",
    }


def test_boxes_hide_no_text(driver, host):
    """On a phone each box stands beside or under the words before it, never over them."""
    web.open_page(driver, f"{host}/course/{CHAPTER}.html", width=390, height=844)
    web.settle(driver)
    over = driver.execute_script(
        "const over = []; for (const label of document.querySelectorAll('.dlmath-done')) {"
        "  const box = label.getBoundingClientRect(), range = document.createRange();"
        "  range.setStart(label.parentElement, 0); range.setEndBefore(label);"
        "  for (const r of range.getClientRects()) if (r.width > 1 && r.right > box.left + 1"
        "    && r.left < box.right - 1 && r.bottom > box.top + 8 && r.top < box.bottom - 8)"
        "    over.push(label.textContent);"
        "} return over;"
    )
    assert driver.find_elements(By.CSS_SELECTOR, ".dlmath-done")
    assert over == []


def test_without_scripts_there_is_nothing_to_tick(host, tmp_path):
    with web.browser(tmp_path, scripts=False) as driver:
        web.open_page(driver, f"{host}/course/{CHAPTER}.html")
        assert driver.find_elements(By.CSS_SELECTOR, "article input, .dlmath-done") == []
        web.open_page(driver, f"{host}/course/book/progress.html")
        assert (
            driver.find_elements(By.CSS_SELECTOR, "article input, article button[type=button]")
            == []
        )
        assert counts(driver) == ["2", "8"]


def marked(*sections):
    """The ids that a page gets whose sections have these ids and numbers of predictions."""
    document = new_document("page")
    whole = nodes.section(ids=["title"])
    document += whole
    for name, many in sections:
        part = nodes.section(ids=[name]) if name else whole
        if name:
            whole += part
        for _ in range(many):
            part += nodes.paragraph("", "A bound. Before you run it: which?")
            part += nodes.paragraph("", "Not before you run it.")
    app = SimpleNamespace(
        env=SimpleNamespace(docname="book/part/chapter", metadata={"book/part/chapter": {}})
    )
    progress.mark(app, document)
    found = [
        p["ids"][0] for p in document.findall(nodes.paragraph) if progress.CLASS in p["classes"]
    ]
    assert app.env.metadata["book/part/chapter"] == {"dlbook-predictions": found}
    return found


def test_a_prediction_is_named_after_its_section():
    start, two, second, one = marked(("", 1), ("two", 2), ("one", 1))
    assert start == "before-chapter-start"
    assert (two, second) == ("before-chapter-two", "before-chapter-two-2")
    assert marked(("one", 1), ("two", 2)) == [one, two, second], "sections may change places"
