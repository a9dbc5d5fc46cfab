"""A headless Chromium without a network, which tells what a page said in its console and what it asked for."""

from __future__ import annotations

import base64
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from selenium.webdriver import Chrome

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
# No name resolves, nothing is fetched in the background, and no profile is kept.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-dev-shm-usage",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-default-apps", "--hide-scrollbars",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost", "--proxy-server=direct://",
)  # fmt: skip
WIDE, NARROW = (1100, 900), (390, 844)  # CSS pixels; the second is a phone's
# Faults that axe calls less than serious are advice.
GRAVE = {"serious", "critical"}


class Browser:
    """One Chromium for many pages; `open` starts its console and its list of requests anew."""

    def __init__(self, driver: Chrome) -> None:
        self.driver = driver
        self._page = ""
        self._requests: list[str] = []

    def open(
        self, page: Path | str, size: tuple[int, int] = WIDE, *, dark: bool = False, media: str = "screen"
    ) -> None:
        """Load a file, or an address, in a window of ``size`` CSS pixels with a light or dark scheme."""
        self._page = page.resolve().as_uri() if isinstance(page, Path) else page
        self.driver.get("about:blank")
        self.drain()
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": [scheme]})
        self.driver.get(self._page)

    def drain(self) -> None:
        """Forget what was said and asked for."""
        self.driver.get_log("browser")
        self.driver.get_log("performance")
        self._requests = []

    def run(self, script: str, *arguments: object) -> object:
        """What JavaScript returns, run by the driver: the page's own policy does not stop it."""
        return self.driver.execute_script(script, *arguments)

    def console(self, level: str = "SEVERE") -> list[str]:
        """Messages of a level since the last look: errors, exceptions and refusals of the policy by default."""
        return [entry["message"] for entry in self.driver.get_log("browser") if entry["level"] == level]

    def requests(self, page: Path | str | None = None) -> list[str]:
        """Addresses asked for since `open`, the page itself left out, those that a policy then blocked included."""
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                self._requests.append(message["params"]["request"]["url"])
            elif message["method"] == "Network.webSocketCreated":
                self._requests.append(message["params"]["url"])
        own = self._page if page is None else page.resolve().as_uri() if isinstance(page, Path) else page
        return [address for address in self._requests if address.partition("#")[0] != own.partition("#")[0]]

    def faults(self) -> list[str]:
        """Serious and critical faults of accessibility that axe finds on the page as it is now."""
        from axe_selenium_python import Axe

        axe = Axe(self.driver)
        axe.inject()
        found = [fault for fault in axe.run()["violations"] if fault["impact"] in GRAVE]
        return [f"{f['id']}: {f['help']}: {node['html'][:120]}" for f in found for node in f["nodes"]]

    def screenshot(self, path: Path) -> None:
        """The whole page as PNG, as wide as its window."""
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
        path.write_bytes(base64.b64decode(shot["data"]))


def start(profile: Path) -> Chrome:
    """The driver of a new Chromium with an empty profile in ``profile``."""
    from selenium.webdriver import Chrome, ChromeOptions
    from selenium.webdriver.chrome.service import Service

    options = ChromeOptions()
    options.binary_location = str(CHROMIUM)
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    options.set_capability("unhandledPromptBehavior", "accept")
    os.environ |= dict.fromkeys(("no_proxy", "NO_PROXY"), "localhost,127.0.0.1")  # the driver is asked directly
    driver = Chrome(options=options, service=Service(executable_path=DRIVER))
    driver.set_page_load_timeout(120)  # a busy machine is slow, not wrong
    driver.set_script_timeout(120)
    return driver


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A Chromium shared by all tests of a run; skipped, with the reason, where there is none."""
    if not (CHROMIUM and DRIVER):
        pytest.skip("no browser: install Debian's chromium and chromium-driver to run the tests of the pages")
    with TemporaryDirectory(prefix="chromium-", ignore_cleanup_errors=True) as profile:
        driver = start(Path(profile))
        try:
            yield Browser(driver)
        finally:
            driver.quit()
