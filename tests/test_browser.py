"""The browser of the tests notices what it must: a script that runs, a request, an error, a fault."""

import pytest

from tests.browser import NARROW

pytestmark = pytest.mark.slow
PAGE = "<!doctype html><html lang=en><meta charset=utf-8><title>page</title>{}<main><h1>A page</h1>{}</main>"


def test_a_clean_page_asks_for_nothing_says_nothing_and_has_no_fault(browser, tmp_path):
    page = tmp_path / "clean.html"
    page.write_text(PAGE.format("", "<p>Words.</p>"))
    browser.open(page, NARROW, dark=True)
    assert browser.run("return [innerWidth, matchMedia('(prefers-color-scheme: dark)').matches]") == [390, True]
    assert browser.requests() == []
    assert browser.console() == []
    assert browser.faults() == []


def test_requests_errors_and_faults_are_noticed(browser, tmp_path):
    page = tmp_path / "dirty.html"
    scripts = "<script>fetch('http://one.example/');new WebSocket('ws://two.example/');throw Error('three')</script>"
    page.write_text(PAGE.format("", f"<img src='four.png'><input>{scripts}"))
    browser.open(page)
    browser.run("return new Promise(done => setTimeout(done, 300))")
    assert {address.rpartition("/")[2] or address for address in browser.requests()} == {
        "http://one.example/",
        "ws://two.example/",
        "four.png",
    }
    assert any("three" in message for message in browser.console())
    assert {fault.partition(":")[0] for fault in browser.faults()} >= {"image-alt", "label"}


def test_what_a_policy_blocks_is_noticed_too_and_does_not_run(browser, tmp_path):
    page = tmp_path / "guarded.html"
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'">'
    page.write_text(PAGE.format(policy, "<img alt=x src='http://one.example/' onerror='window.ran = 1'>"))
    browser.open(page)
    assert browser.run("return window.ran === undefined")
    assert browser.requests() == ["http://one.example/"]
    assert all("Content Security Policy" in message for message in browser.console())
