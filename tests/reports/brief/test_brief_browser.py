"""The brief in a real browser: narrow and wide, light and dark, without a fault of accessibility or a request."""

import pytest

from reports.brief import brief
from tests.fixtures import brief_world as world

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A brief whose every free text tries to run or to load something."""
    folder = tmp_path_factory.mktemp("brief")
    entries = world.refitted([world.entry(f"carter-{k}", source=world.ESCAPES) for k in (1, 2, 3, 4)])
    told = world.programme(words=world.ESCAPES, flags=[world.ESCAPES])
    brief.write(world.collected(entries, counterfactual=told), folder, draft=world.ESCAPES)
    return folder / "brief.html"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1200])
def test_it_fits_the_screen_and_everyone_can_read_it(browser, page, width, dark):
    browser.open(page, (width, 800), dark=dark)
    assert browser.run("return document.documentElement.scrollWidth <= window.innerWidth")
    assert browser.run("return [...document.images].every(image => image.naturalWidth > 0)")
    assert browser.driver.get_log("browser") == []
    assert all(address.startswith("file:") for address in browser.requests())
    assert browser.faults() == []
