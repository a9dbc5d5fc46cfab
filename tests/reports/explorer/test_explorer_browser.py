"""The explorer in a real browser: its numbers, its controls, its manners."""

import numpy as np
import pytest
from selenium.webdriver import ActionChains, Keys

from data import schema, synthetic
from data.groups import ERAS, REGIONS
from inference import panels
from models.claims.registry import OUTCOMES, REGISTRY
from reports.explorer import grid, neighbours, page
from tests.fixtures.browser import NARROW, WIDE
from tests.fixtures.explorer_world import found_of, interpolated, numbers_of, scenario, trees_of

CLAIMS = ("all-in", "carter-1", "carter-2")
BOUNDS = ("value", "low", "high")
LARGEST, POSITIONS = 3_000_000, 100
SET = """
for (const [id, value] of arguments[0]) {
  const control = document.getElementById(id);
  if (control.type === "checkbox") control.checked = value; else control.value = value;
  control.dispatchEvent(new Event("input", { bubbles: true }));
}
"""
READ = """
const shown = document.querySelectorAll(".card:not([hidden]) data");
return Object.fromEntries(Array.from(shown, (d) => [d.id, Number(d.value)]));
"""
PAINTED = """
return new Promise((done) => new PerformanceObserver((seen) => done(seen.getEntries()[0].startTime))
  .observe({ type: "paint", buffered: true }));
"""
HOLE = (3, 4)  # a region and an era without rows
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The page with an aid programme, the panel it is of and what the page holds."""
    folder = tmp_path_factory.mktemp("explorer")
    rows = synthetic.panel(3000, seed=5)
    empty = (rows["region"] == list(REGIONS)[HOLE[0]]) & (rows["era"] == list(ERAS)[HOLE[1]])
    schema.write(rows[~empty].reset_index(drop=True), folder / "panel.parquet")
    panel = panels.read("alignment", folder / "panel.parquet")
    found = found_of(CLAIMS, trees_of(CLAIMS, panel), folder / "panel.parquet")
    html = page.render(numbers_of(CLAIMS) | {"counterfactual": scenario()}, found)
    (folder / "explorer.html").write_text(html, encoding="utf-8")
    return folder / "explorer.html", panel, found


@pytest.fixture
def opened(browser, made):
    """The browser with the page open."""
    browser.open(made[0])
    return browser


def numbers(browser, **choices):
    """The numbers shown after some controls were set."""
    browser.run(SET, list(choices.items()))  # a driver sorts the keys of an object, and the order matters
    return browser.run(READ)


def text(browser, identifier):
    return browser.run("return document.getElementById(arguments[0]).textContent", identifier)


def random_point(found, rng):
    """A model, a place in it, positions of its controls and the values of the drivers there."""
    model = found[rng.integers(len(found))]
    part = model.outcomes["bandwagon"]
    at = int(rng.integers(len(part.places)))
    region, era, *_ = part.places[at]
    choices, values = {"claim": model.claims[0], "region": str(region), "era": str(era)}, {}
    for name, nodes in part.axes.items():
        position = int(rng.integers(POSITIONS + 1))
        choices[name] = position % 2 == 0 if name == "duress" else position
        share = float(choices[name]) if name == "duress" else position / POSITIONS
        values[name] = nodes[0] + (nodes[-1] - nodes[0]) * share
    return model, at, choices, values


def test_the_page_is_quiet_small_and_fast(opened, made):
    assert made[0].stat().st_size < LARGEST
    assert opened.requests() == []
    assert opened.console() == opened.console("WARNING") == []
    assert opened.run(PAINTED) < 1000  # milliseconds


def test_the_numbers_of_the_page_are_those_of_python_at_a_hundred_random_points(opened, made):
    rng = np.random.default_rng(0)
    for _ in range(100):
        model, at, choices, values = random_point(made[2], rng)
        shown = numbers(opened, **choices)
        for outcome in OUTCOMES:
            expected = interpolated(model.outcomes[outcome], at, values)
            np.testing.assert_allclose([shown[f"{b}-{outcome}"] for b in BOUNDS], expected, rtol=1e-9)
    assert opened.console() == []


@pytest.mark.parametrize(
    ("control", "value"),
    [
        ("claim", "carter-1"), ("region", "2"), ("era", "5"), ("threat", 90), ("proximity", 95), ("support", 80),
        ("duress", True), ("size", 15), ("outcome", "balance"),
    ],
)  # fmt: skip
def test_every_control_changes_the_numbers_and_the_words(opened, control, value):
    before, said = numbers(opened), text(opened, "against-balance") + text(opened, "data") + text(opened, "from")
    after = numbers(opened, **{control: value})
    assert after != before
    assert opened.run("return new Promise(done => setTimeout(() => done(1), 700))")
    assert text(opened, "said")
    if control in {"region", "era", "threat", "proximity", "support", "duress"}:
        assert text(opened, "against-balance") + text(opened, "data") != said


def test_timing_and_size_multiply_by_the_ratio_of_rates(opened):
    without = numbers(opened)
    rows = scenario()["shipped"][0]["dose"]["ratio"]
    for timing in ("early", "late"):
        shown = numbers(opened, size=20, timing=timing)
        for outcome in OUTCOMES:
            last = rows[timing][outcome][-1]
            value, low, high = (shown[f"{bound}-{outcome}"] for bound in BOUNDS)
            plain, below, above = (without[f"{bound}-{outcome}"] for bound in BOUNDS)
            assert value == pytest.approx(plain * last["value"])
            down = np.hypot(np.log(plain / below), np.log(last["value"] / last["low"]))
            up = np.hypot(np.log(above / plain), np.log(last["high"] / last["value"]))
            assert (low, high) == pytest.approx((value * np.exp(-down), value * np.exp(up)))
    assert numbers(opened, size=0) == without


def test_data_behind_the_point_are_counted_and_a_thin_point_says_so(opened, made):
    _, panel, _ = made
    numbers(opened, threat=0, proximity=10, support=0, duress=False)
    design = REGISTRY["all-in"].design(panel, "balance")
    mine, frame = np.ones(design.y.size, bool), panel.iloc[design.rows]
    axes = made[2][0].outcomes["balance"].axes
    for name, position in {"threat": 0, "proximity": 0.1, "support": 0, "duress": 0}.items():
        at = axes[name][0] + (axes[name][-1] - axes[name][0]) * position
        mine &= neighbours.band(name, frame[name].to_numpy(float)) == neighbours.band(name, at)
    assert f": {mine.sum():,}, " in text(opened, "data")
    assert f"{design.y[mine].sum():,} with balancing" in text(opened, "data")
    numbers(opened, region="3", era="5", threat=100, proximity=100, support=100, duress=True)
    assert text(opened, "thin").startswith(("Thin: ", "No such dyad-year"))


def test_a_driver_outside_the_model_is_disabled_and_says_why(opened):
    numbers(opened, claim="carter-2")
    off = opened.run("return Array.from(document.querySelectorAll('input:disabled'), (i) => i.id)")
    assert off == ["threat", "support", "duress"]
    assert text(opened, "role-threat").startswith("Not in the model of this claim")
    assert opened.run("return document.getElementById('about-carter-2').hidden") is False
    assert opened.run("return document.getElementById('along').value") == "proximity"


def test_an_era_without_rows_in_the_region_cannot_be_chosen(opened):
    region, era = map(str, HOLE)
    numbers(opened, era=era, region=region)
    assert opened.run("return document.getElementById('era').value") == "-1"
    assert opened.run(f"return document.querySelector('#era option[value=\"{era}\"]').disabled") is True


def test_the_keyboard_alone_reaches_and_moves_everything(opened):
    reached, before = [], numbers(opened)
    for _ in range(30):
        ActionChains(opened.driver).send_keys(Keys.TAB).perform()
        focus = opened.driver.switch_to.active_element
        identifier = focus.get_attribute("id")
        if not identifier:
            break
        reached.append(identifier)
        outline = opened.run("return getComputedStyle(arguments[0]).outlineWidth", focus)
        assert outline == "3px", identifier
        key = {"duress": Keys.SPACE, "typical": None}.get(identifier, Keys.ARROW_RIGHT)
        if identifier in {"region", "era"}:
            key = Keys.ARROW_DOWN
        if key and identifier != "outcome":
            ActionChains(opened.driver).send_keys(key).perform()
            after = numbers(opened)
            assert after != before or identifier in {"timing", "along"}, identifier
            before = after
    asked = ["claim", "outcome", "region", "era", *grid.CONTROLS, "typical", "size", "timing", "along"]
    others = {"proximity", "support", "duress"}  # not in the model of carter-1, whose one driver is threat
    assert reached == [name for name in asked if name not in others]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_it_fits_and_has_no_grave_fault_of_accessibility(browser, made, size, dark):
    browser.open(made[0], size, dark=dark)
    assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
    assert browser.faults() == []
    paper = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (sum(map(int, paper.strip("rgb()").split(","))) < 3 * 64) == dark
    numbers(browser, claim="carter-2", outcome="bandwagon")
    assert browser.faults() == []


def test_curves_pass_through_the_point_and_say_in_words_what_they_show(opened):
    numbers(opened, threat=50)
    for outcome in OUTCOMES:
        dot, line = opened.run(
            "const svg = document.getElementById(arguments[0]);"
            "const dot = svg.querySelector('.dot'), points = svg.querySelector('.line').getAttribute('points');"
            "return [[dot.cx.baseVal.value, dot.cy.baseVal.value], points]",
            f"chart-{outcome}",
        )
        middle = [float(part) for part in line.split()[20].split(",")]
        np.testing.assert_allclose(dot, middle, atol=0.1)
        label = opened.run(
            "return document.getElementById(arguments[0]).getAttribute('aria-label')", f"chart-{outcome}"
        )
        assert "along threat from the aggressor: from " in label
    browser_along = "document.getElementById('along').value = 'duress';"
    opened.run(browser_along + "document.getElementById('along').dispatchEvent(new Event('input'))")
    assert opened.run("return document.querySelectorAll('#chart-balance .bar').length") == 2
    assert opened.console() == []


def test_print_hides_what_cannot_be_used_on_paper(browser, made):
    browser.open(made[0], (794, 1123), media="print")
    assert browser.run("return getComputedStyle(document.getElementById('typical')).display") == "none"
    assert browser.run("return getComputedStyle(document.querySelector('.answer')).position") == "static"
    assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
