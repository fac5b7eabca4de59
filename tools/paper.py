"""Pages of the site on paper: Chromium prints them, with the site's own numbering.

A page is opened, unfolded, fitted to the width of the paper and printed; its formulas are those of
the screen, its widgets show their first figure. ``_assets/print.css`` is its dress.
"""

import base64
import json
from dataclasses import dataclass

from selenium import webdriver

from tools.chromium import open_page, settle

WIDTH = 627
"""Of the text on A4 with the margins of ``print.css``, in CSS pixels: 166 mm at 96 a inch."""

# Chromium gives a place a name in the PDF if the page itself links to it: so that other pages find
# it, each wanted place gets a link that nobody sees.
_NAME = """
for (const id of arguments[0]) {
  const link = document.createElement("a");
  link.href = "#" + encodeURIComponent(id);
  link.hidden = true;
  document.querySelector("article").append(link);
}
"""
_UNFOLD = """
for (const fold of document.querySelectorAll("details")) fold.open = true;
for (const e of document.querySelectorAll(".toggle-hidden")) e.classList.remove("toggle-hidden");
"""
# A wide formula or table scrolls on the screen; on paper it is drawn smaller. Zoom moves the line
# breaks of a table, so a second look may find it still too wide.
_FIT = """
const article = document.querySelector("article");
const room = (e) => Math.min(e.parentElement.getBoundingClientRect().right,
                             article.getBoundingClientRect().right);
const width = (e) => {
  const formula = e.querySelector("mjx-math");
  const label = e.closest("div.math")?.querySelector(".eqno");
  return Math.max(e.scrollWidth, (formula ? formula.getBoundingClientRect().width : 0)
                                 + (label ? 2 * label.getBoundingClientRect().width + 8 : 0));
};
for (let look = 0; look < 3; look += 1) {
  for (const e of article.querySelectorAll("mjx-container, table, .cell_output pre")) {
    const free = room(e) - e.getBoundingClientRect().left;
    const wanted = e.tagName === "MJX-CONTAINER" && !e.hasAttribute("display")
      ? e.getBoundingClientRect().width : width(e);
    if (wanted <= free + 1 || free <= 50) continue;
    e.style.zoom = (e.style.zoom || 1) * Math.max(free / wanted, 0.4);
  }
}
return [...article.querySelectorAll("mjx-container, table, svg, img, pre")]
  .filter((e) => e.getBoundingClientRect().right > article.getBoundingClientRect().right + 2
                 && getComputedStyle(e).position !== "absolute")
  .map((e) => e.outerHTML.slice(0, 100));
"""
_HEADINGS = """
return [...document.querySelectorAll("article h1, article h2")].map((h) => {
  const bare = h.cloneNode(true);
  bare.querySelectorAll(".headerlink, mjx-assistive-mml").forEach((e) => e.remove());
  // a formula is named by its source: its drawing has no letters
  bare.querySelectorAll("mjx-container").forEach((e, k) => {
    const source = [...MathJax.startup.document.math].find(
      (m) => m.typesetRoot === h.querySelectorAll("mjx-container")[k]);
    e.replaceWith(source ? source.math : "");
  });
  return [h.tagName, bare.textContent.trim(), h.closest("section")?.id ?? ""];
});
"""


@dataclass(frozen=True)
class Sheet:
    """A page as it was printed.

    Args:
        name: The page, from the site's root, as in ``book/intro.html``.
        pdf: The bytes.
        headings: Tag, text and id of the title and of each section.
        cut: What still sticks out of the paper, as HTML.
    """

    name: str
    pdf: bytes
    headings: list[list[str]]
    cut: list[str]


def folio(first: int, *, style: str = "decimal", head: str = "") -> str:
    """The style of a page's margins: numbers from ``first`` on, and a running title."""
    number = f"counter(page, {style})"
    return (
        f"html {{ counter-reset: page {first - 1}; }}"
        "@page { @bottom-center { content: " + number + "; font: 10pt var(--book-serif), serif; }"
        f"@top-right {{ content: {json.dumps(head, ensure_ascii=False)};"
        " font: italic 9pt var(--book-serif), serif; color: #444; } }"
        '@page :first { @top-right { content: ""; } }'
    )


def load(driver: webdriver.Chrome, site: str, name: str) -> None:
    """Open a page of the site as it is on paper: light, unfolded, with the figures in place."""
    driver.execute_cdp_cmd("Network.enable", {})
    # Without the script that mounts them the widgets are the figures that they start from.
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/embed.js*"]})
    open_page(driver, f"{site}/{name}", width=WIDTH)
    driver.execute_script(
        "document.documentElement.dataset.theme = 'light';"
        "if (!document.documentElement.dataset.widgets)"
        "  document.documentElement.dataset.widgets = 'ready'"
    )
    media = {"media": "print", "features": [{"name": "prefers-color-scheme", "value": "light"}]}
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", media)
    settle(driver)
    driver.execute_script(_UNFOLD)


def headings(driver: webdriver.Chrome) -> list[list[str]]:
    """Tag, text and id of the title and of each section of what is open."""
    return driver.execute_script(_HEADINGS)


def fit(driver: webdriver.Chrome, wanted: list[str]) -> list[str]:
    """Give the wanted places names, and draw smaller what is too wide: what still sticks out."""
    driver.execute_script(_NAME, wanted)
    return driver.execute_script(_FIT)


def put(driver: webdriver.Chrome, style: str) -> bytes:
    """Print what is open, with the style of its margins."""
    driver.execute_script(
        "document.getElementById('folio')?.remove();"
        "const style = document.createElement('style');"
        "style.id = 'folio'; style.textContent = arguments[0]; document.head.append(style)",
        style,
    )
    options = {"printBackground": True, "preferCSSPageSize": True, "generateTaggedPDF": False}
    return base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", options)["data"])
