"""The pages in a browser: the filter by keyboard, links into what is folded, a phone's width, paper, no script."""

import base64
import json
import re

import pytest

from tests.fixtures.browser import NARROW, WIDE

pytestmark = pytest.mark.slow
PAGES = ("index.html", "appendix.html", "inspect.html")
SHOWN = "return [...document.querySelectorAll('section.claim')].filter((s) => !s.hidden).map((s) => s.id)"


@pytest.fixture(scope="module")
def build(reported):
    return reported / "build"


@pytest.fixture
def appendix(browser, build):
    browser.open(build / "appendix.html")
    return browser


def typed(browser, text):
    from selenium.webdriver.common.by import By

    field = browser.driver.find_element(By.ID, "filter")
    field.send_keys(text)
    return browser.run(SHOWN)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("name", PAGES)
def test_pages_say_nothing_ask_for_nothing_and_fit(browser, build, name, size, dark):
    browser.open(build / name, size, dark=dark)
    assert browser.console() == []
    asked = browser.requests()
    assert all(address.startswith(build.as_uri()) and address.endswith(".svg") for address in asked)
    width, window = browser.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert width <= window
    assert browser.run("return [...document.images].every((i) => i.loading === 'lazy' && i.width > 0)")
    browser.run("for (const d of document.querySelectorAll('details')) d.open = true")
    assert browser.faults() == []


def test_the_filter_is_reached_and_used_by_keyboard(appendix):
    from selenium.webdriver import ActionChains, Keys

    for _ in range(10):
        if appendix.run("return document.activeElement.id") == "filter":
            break
        ActionChains(appendix.driver).send_keys(Keys.TAB).perform()
    assert appendix.run("return document.activeElement.id") == "filter"
    every = appendix.run(SHOWN)
    assert typed(appendix, "Leaders DURESS:threat") == ["carter-3"]
    assert appendix.run("return document.getElementById('found').textContent") == f"1 of {len(every)} claims"
    rows = "return [...document.querySelectorAll('tbody[data-words]')].filter((t) => !t.hidden).length"
    assert appendix.run(rows) == 1
    families = "return [...document.querySelectorAll('div[data-family]')].filter((f) => !f.hidden).length"
    assert appendix.run(families) == 1
    assert typed(appendix, Keys.ESCAPE) == every


def test_claims_are_found_by_author_verdict_and_remark(appendix, build):
    numbers = json.loads((build / "numbers.json").read_text())
    walt = [e["id"] for family in numbers["families"].values() for e in numbers["hypotheses"]
            if e["id"] in family and "Walt" in e["source"]]  # fmt: skip
    assert typed(appendix, "walt") == walt
    from selenium.webdriver import Keys

    typed(appendix, Keys.ESCAPE)
    assert "ideo-5" in typed(appendix, "not tested")
    typed(appendix, Keys.ESCAPE)
    assert typed(appendix, "no such words") == []


def test_a_link_opens_what_is_folded_and_lifts_the_filter(appendix):
    assert typed(appendix, "ideo") != []
    appendix.run("location.hash = '#figure-effects-carter-3'")
    assert appendix.run("return document.getElementById('figure-effects-carter-3').closest('details').open")
    assert "carter-3" in appendix.run(SHOWN)
    appendix.run("location.hash = '#archive-carter-2.balance'")
    top = appendix.run("return document.getElementById('archive-carter-2.balance').getBoundingClientRect().top")
    assert 0 <= top < WIDE[1]


def test_before_printing_everything_is_unfolded_and_after_it_folded(appendix):
    count = "return document.querySelectorAll('details[open]').length"
    folded = appendix.run("return document.querySelectorAll('details').length")
    assert appendix.run(count) == 0
    appendix.run("dispatchEvent(new Event('beforeprint'))")
    assert appendix.run(count) == folded
    appendix.run("dispatchEvent(new Event('afterprint'))")
    assert appendix.run(count) == 0


def test_on_paper_no_table_is_cut_off_and_no_control_is_left(browser, build):
    paper = (703, 1000)  # CSS pixels between the margins of A4
    browser.open(build / "appendix.html", paper, media="print")
    wide = browser.run(
        "return [...document.querySelectorAll('table')].map((t) => [t.getBoundingClientRect().right, t.textContent])"
        ".filter((t) => t[0] > innerWidth + 1).map((t) => t[1].slice(0, 60))"
    )
    assert wide == []
    assert browser.run("return getComputedStyle(document.getElementById('search')).display") == "none"
    folded = browser.run(
        "return [...document.querySelectorAll('details > :not(summary)')]"
        ".filter((e) => !e.checkVisibility({contentVisibilityAuto: true})).length"
    )
    assert folded == 0


def test_the_whole_appendix_is_printed(browser, build):
    browser.open(build / "appendix.html")
    pdf = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    data = base64.b64decode(pdf["data"])
    assert data.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type\s*/Page[^s]", data))
    assert pages > 15


def test_without_script_the_page_is_whole(browser, build):
    browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.open(build / "appendix.html")
        assert browser.run("return document.getElementById('search').hidden")
        assert len(browser.run(SHOWN)) == 10
        assert browser.run("return document.querySelector('#carter-3 summary').offsetHeight > 0")
    finally:
        browser.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
