"""The browser of the tools, and what the tests ask it: its requests and its complaints."""

import json

from tools.chromium import CHROMIUM, DRIVER, browser, open_page, serve, settle, wait

__all__ = ["CHROMIUM", "DRIVER", "browser", "errors", "open_page", "serve", "settle", "traffic", "wait"]


def traffic(driver):
    """The requests since the last call, and the bytes that came over the wire."""
    requests, received = [], 0
    for entry in driver.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            requests.append(message["params"]["request"]["url"])
        elif message["method"] == "Network.loadingFinished":
            received += message["params"]["encodedDataLength"]
    return requests, received


def errors(driver):
    """What the page complained about on the console."""
    return [e["message"] for e in driver.get_log("browser") if e["level"] == "SEVERE"]
