"""The brief in a real browser: narrow and wide, light and dark, without a fault of accessibility or a request."""

import shutil

import pytest

from reports.brief import brief
from tests.fixtures import brief_world as world

pytestmark = pytest.mark.slow
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
SERIOUS = {"serious", "critical"}


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    selenium = pytest.importorskip("selenium.webdriver")
    driver = shutil.which("chromedriver")
    if not driver:
        pytest.skip("no chromedriver: install chromium and chromium-driver")
    options = selenium.ChromeOptions()
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('profile')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    made = selenium.Chrome(options=options, service=selenium.ChromeService(driver))
    yield made
    made.quit()


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A brief whose every free text tries to run or to load something."""
    folder = tmp_path_factory.mktemp("brief")
    entries = world.refitted([world.entry(f"carter-{k}", source=world.ESCAPES) for k in (1, 2, 3, 4)])
    told = world.programme(words=world.ESCAPES, flags=[world.ESCAPES])
    brief.write(world.collected(entries, counterfactual=told), folder, draft=world.ESCAPES)
    return (folder / "brief.html").as_uri()


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (390, "light"), (1200, "dark"), (1200, "light")])
def test_it_fits_the_screen_and_everyone_can_read_it(browser, page, width, scheme):
    axe = pytest.importorskip("axe_selenium_python")
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    browser.get(page)
    assert browser.execute_script("return document.documentElement.scrollWidth <= window.innerWidth")
    assert browser.execute_script("return [...document.images].every(image => image.naturalWidth > 0)")
    assert browser.get_log("browser") == []
    loaded = browser.execute_script("return performance.getEntriesByType('resource').map(entry => entry.name)")
    assert all(address.startswith("file:") for address in loaded)
    browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": True})  # for the checker, which is a script
    browser.get(page)
    checker = axe.Axe(browser)
    checker.inject()
    faults = [fault for fault in checker.run()["violations"] if fault["impact"] in SERIOUS]
    browser.execute_cdp_cmd("Page.setBypassCSP", {"enabled": False})
    assert not faults
