"""A web server on this machine, and a headless Chromium that can reach nothing else.

The tests read the site with it, and ``make pdf`` prints the book with it.
"""

import functools
import gzip
import http.server
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.support.ui import WebDriverWait

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver") or os.environ.get("CHROMEWEBDRIVER", "") + "/chromedriver"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
PACKED = {".html", ".js", ".css", ".svg", ".json", ".xml"}


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves as GitHub Pages does: text goes out compressed."""

    def do_GET(self) -> None:
        """Send a file, or 404."""
        path = Path(self.translate_path(self.path))
        if path.is_dir():
            path = path / "index.html"
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in PACKED:
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address of a server over a folder."""
    handler = functools.partial(Handler, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def browser(profile: Path, *, scripts: bool = True) -> Iterator[webdriver.Chrome]:
    """A headless browser with an empty profile."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or "chromium"
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    if not scripts:
        blocked = {"profile.managed_default_content_settings.javascript": 2}
        options.add_experimental_option("prefs", blocked)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    try:
        driver.get("about:blank")
        driver.get_log("performance")  # the browser's own first page is not ours
        yield driver
    finally:
        driver.quit()


def wait(
    driver: webdriver.Chrome, condition: Callable[[webdriver.Chrome], Any], seconds: int = 30
) -> Any:
    """Wait until a condition on the page holds; its value."""
    return WebDriverWait(driver, seconds).until(condition)


def open_page(
    driver: webdriver.Chrome,
    address: str,
    *,
    width: int = 1200,
    height: int = 1400,
    mode: str = "light",
) -> None:
    """Open a page at a size in pixels and in a mode, and wait until it is all there."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600},
    )
    features = [{"name": "prefers-color-scheme", "value": mode}]
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    driver.get(address)
    wait(driver, lambda d: d.execute_script("return document.readyState") == "complete")


def settle(driver: webdriver.Chrome) -> None:
    """Wait for the formulas and the widgets of a page with scripts."""
    ready = (
        "return (!document.querySelector('.math') || !!document.querySelector('mjx-container'))"
        " && (!document.querySelector('svg[data-widget-model]')"
        "     || document.documentElement.dataset.widgets === 'ready')"
    )
    wait(driver, lambda d: d.execute_script(ready))
    typeset = "(window.MathJax?.startup?.promise ?? Promise.resolve()).then(arguments[0])"
    driver.execute_async_script(typeset)
    driver.execute_async_script(
        "Promise.allSettled(document.getAnimations().map((a) => a.finished)).then(arguments[0])"
    )
