"""The pages of the readings: words for what came out, both on two printed pages, on a phone, linked from the index."""

import base64
import json
import re
from html import unescape

import pytest

from reports import formats, page
from tests.fixtures.browser import NARROW, WIDE
from tests.fixtures.hostile import PAYLOADS

NAMES = ("decisions.html", "case-2015.html")
PAPER = (703, 1000)  # CSS pixels between the margins of A4


def text(html):
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]*>", " ", html.split("</style>")[1])))


def test_decisions_are_printed_with_their_numbers(folder, told):
    html = text((folder / "decisions.html").read_text())
    for counted in told["decisions"]["counted"]:
        assert formats.fixed(counted["ratio"], 2) in html
    for one in told["decisions"]["looked_up"]:
        assert one["words"] in html
        assert one["rule"] in html
    for wrong in told["decisions"]["wrong"]:
        assert wrong["why"] in html
    assert "Treaty 3180 of ATOP holds" in html


def test_the_case_says_plainly_what_came_out(folder, told):
    html = text((folder / "case-2015.html").read_text())
    assert "5 of 12 ordered pairs are rows, 25 in all. In none of them did the state bandwagon by treaty" in html
    assert "By disputes and rivalry Russia is no threat to Syria" in html
    expected = told["case"]["opening"]["expected"]["carter-1"]
    assert f"rank {expected['rank_year']} of {expected['rows_year']} in that year" in html


def test_the_verdict_on_the_case_follows_from_its_numbers(told):
    case = json.loads(json.dumps(told["case"]))
    verdict = page.FILTERS["case_verdict"]
    assert "Neither the outcome nor the models say anything" in verdict(case)
    for expected in case["opening"]["expected"].values():
        expected["rank_year"] = 1
    assert "more than of 95 % of its year's rows" in verdict(case)
    assert "A treaty was signed" in verdict(case | {"events": 1})
    assert "no row that a model can score" in verdict(case | {"opening": None})


def test_sentences_on_signs_and_threats_follow_from_their_numbers():
    signs = [{"sign": "arms, log", "event": event, "excess": excess, "excess_se": 1.0} for event, excess in
             {"support": 2.5, "treaty": 1.5, "none": 0.0}.items()]  # fmt: skip
    assert page.FILTERS["signs"]({"signs": signs}).startswith("1 of 2 rise")
    assert page.FILTERS["signs"]({"signs": signs}).endswith("not so treaty (arms).")
    rows = [{"disputes": -0.1, "capabilities": 0.9}, {"disputes": 0.2, "capabilities": 0.8}]
    assert "not of one sign" in page.FILTERS["threats"](rows)
    assert "negative in every era" in page.FILTERS["threats"](rows[:1])


def test_texts_of_the_readings_are_escaped(told):
    changed = json.loads(json.dumps(told))
    changed["decisions"]["looked_up"] = [one | {"words": text, "title": text} for one in
                                         changed["decisions"]["looked_up"][:1] for text in PAYLOADS]  # fmt: skip
    changed["case"]["pairs"][0]["state"] = PAYLOADS[0]
    for template in ("decisions.html.j2", "case-2015.html.j2"):
        html = page.render(template, changed, case_file="x.nc")
        assert not [payload for payload in PAYLOADS if "<" in payload and payload in html]


@pytest.mark.slow
def test_a_report_of_a_simulated_panel_leaves_them_out_and_says_why(reported):
    numbers = json.loads((reported / "build" / "numbers.json").read_text())
    assert numbers["decisions"] is numbers["case"] is numbers["changes"] is None
    assert numbers["left_out"] == {
        "decisions.html": "there is no events.csv beside panel.parquet",
        "case-2015.html": "there is no case_2015.csv beside panel.parquet",
        "changes.html": "it tells how verdicts on alignment.parquet came about, and not those on panel.parquet",
    }
    index, said = (reported / "build" / "index.html").read_text(), (reported / "said.txt").read_text()
    for name, reason in numbers["left_out"].items():
        assert f"{name} is left out: {reason}" in index
        assert f"{name} is left out: {reason}" in said
        assert f'href="{name}"' not in index
        assert not (reported / "build" / name).exists()


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("name", NAMES)
def test_the_pages_say_nothing_ask_for_nothing_and_fit(browser, folder, name, size, dark):
    browser.open(folder / name, size, dark=dark)
    assert browser.console() == []
    assert browser.requests() == []
    width, window = browser.run("return [document.documentElement.scrollWidth, innerWidth]")
    assert width <= window
    assert browser.faults() == []


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_each_is_printed_on_two_pages_and_no_table_is_cut_off(browser, folder, name):
    browser.open(folder / name, PAPER, media="print")
    wide = browser.run(
        "return [...document.querySelectorAll('table')].map((t) => t.getBoundingClientRect().right)"
        ".filter((right) => right > innerWidth + 1)"
    )
    assert wide == []
    pdf = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    assert len(re.findall(rb"/Type\s*/Page[^s]", base64.b64decode(pdf["data"]))) == 2
