"""Sixty hostile texts in every place that prints text: none runs, none loads, each can be read as it is."""

from typing import Any

import pytest

from reports import page, style
from reports.appendix import inspecting
from reports.figures import posterior, verdicts
from tests.fixtures.hostile import PAYLOADS
from tests.fixtures.scenario_numbers import COUNTERFACTUAL, SCENARIO

pytestmark = pytest.mark.slow
# Names that the templates look things up by, and hashes: not free text.
KEPT = {"id", "archive", "outcome", "panel", "fit_key", "fit_keys", "arrow", "timing", "horizon", "headline", "name"}


def planted(value: Any, text: str) -> Any:
    """The value with every free text in it replaced."""
    if isinstance(value, str):
        return text
    if isinstance(value, list):
        return [planted(part, text) for part in value]
    if isinstance(value, dict):
        return {name: part if name in KEPT else planted(part, text) for name, part in value.items()}
    return value


def hostile(numbers):
    """Numbers of a report with a claim, scenario, archive and reason for each payload, that payload in all of them."""
    first = next(entry for entry in numbers["hypotheses"] if entry["id"] == "carter-3")
    entries, archives = [], []
    for text in PAYLOADS:
        entry = planted(first, text)
        entry |= {
            "id": text,
            "family": text,
            "estimands": [e | {"turned": {"coding": [text]}} for e in entry["estimands"]],
        }
        entry["fits"] = {
            outcome: fit | {"rows_lost": {text: 1}, "priors": {text: text}} for outcome, fit in entry["fits"].items()
        }
        entry["quadrants"] = {text: {text: 0.5}}
        entry["quadrant_errors"] = entry["quadrants"]
        entries.append(entry)
        archives.append(planted(numbers["archives"][0], text) | {"name": text, "claims": [text]})
    untested = [entry | {"id": f"no {entry['id']}", "absent": entry["claim"], "estimands": []} for entry in entries]
    shipped = [planted(SCENARIO, text) | {"id": f"s {k}"} for k, text in enumerate(PAYLOADS)]
    return numbers | {
        "hypotheses": entries + untested,
        "families": {text: [text, f"no {text}"] for text in PAYLOADS},
        "archives": archives,
        "counterfactual": COUNTERFACTUAL | {"headline": "s 0", "shipped": shipped},
        "draft": list(PAYLOADS),
        "provenance": planted(numbers["provenance"], PAYLOADS[0]) | {"panels": dict.fromkeys(PAYLOADS, PAYLOADS[1])},
    }


@pytest.fixture(scope="module")
def folder(reported, numbers, tmp_path_factory):
    """The pages of a report with hostile texts, beside the figures of the report."""
    root, changed = tmp_path_factory.mktemp("hostile"), hostile(numbers)
    for path in (reported / "build").glob("*.svg"):
        (root / path.name).write_bytes(path.read_bytes())
    steps = [inspecting.Step(text, text, text) for text in PAYLOADS]
    for name, words in {
        "appendix": {},
        "inspect": {"steps": steps},
        "index": {"links": {text: text for text in PAYLOADS}},
    }.items():
        (root / f"{name}.html").write_text(page.render(f"{name}.html.j2", changed, **words))
    return root


def inert(browser, path):
    """Open a page, touch everything on it, and see that nothing ran and that only its own pictures were asked for."""
    browser.open(path)
    browser.run(
        "for (const d of document.querySelectorAll('details')) d.open = true;"
        "for (const e of document.querySelectorAll('*')) { e.focus?.(); e.dispatchEvent(new Event('mouseover')); }"
    )
    assert browser.run("return window.ran === undefined")
    assert browser.run(
        "return [...document.querySelectorAll('*')].every("
        "(e) => e.getAttributeNames().every((name) => !name.startsWith('on')))"
    )
    asked = {address.rpartition("/")[2] for address in browser.requests()}
    assert asked <= {picture.name for picture in path.parent.glob("*.svg")}
    assert browser.console() == []


@pytest.mark.parametrize("name", ["appendix", "inspect", "index"])
def test_pages_print_hostile_texts_as_they_are(browser, folder, name):
    inert(browser, folder / f"{name}.html")
    assert browser.run("return document.scripts.length") == (1 if name == "appendix" else 0)
    text = browser.run("return document.documentElement.textContent")
    squeezed = "".join(str(text).split())
    for payload in PAYLOADS:
        assert "".join(payload.split()) in squeezed


def test_the_filter_finds_hostile_texts_and_runs_none(browser, folder):
    browser.open(folder / "appendix.html")
    for payload in PAYLOADS[:20]:
        browser.run(
            "const f = document.getElementById('filter'); f.value = arguments[0]; f.dispatchEvent(new Event('input'))",
            payload,
        )
        assert browser.run("return document.querySelectorAll('section.claim:not([hidden])').length") >= 1
        browser.run("location.hash = arguments[0]", payload)
    assert browser.run("return window.ran === undefined")


def test_the_payloads_would_run_and_load_if_they_were_not_escaped(browser, tmp_path):
    ran = loaded = 0
    for payload in PAYLOADS:
        (tmp_path / "bare.html").write_text(f"<!doctype html><p title='x'>{payload}</p>")
        browser.open(tmp_path / "bare.html")
        ran += not browser.run("return window.ran === undefined")
        loaded += any("evil.invalid" in address for address in browser.requests())
    assert ran >= 25
    assert loaded >= 10


def test_the_policy_stops_what_is_not_escaped(browser, folder, tmp_path):
    head = (folder / "index.html").read_text().split("<title>")[0]
    for payload in PAYLOADS:
        if "refresh" in payload:  # no policy stops a page from leaving itself
            continue
        (tmp_path / "bare.html").write_text(f"{head}</head><body><p title='x'>{payload}</p>")
        browser.open(tmp_path / "bare.html")
        assert browser.run("return window.ran === undefined"), payload
        sent = [address for address in browser.requests() if "evil.invalid" in address]
        assert not sent or "Content Security Policy" in " ".join(browser.console()), payload


@pytest.mark.filterwarnings("ignore:Glyph", "ignore:constrained_layout")
def test_figures_opened_by_themselves_run_and_load_nothing(browser, numbers, reported, tmp_path):
    from inference.archives import archive

    first = next(entry for entry in numbers["hypotheses"] if entry["id"] == "carter-3")
    entries = [
        first | {"id": text, "family": text, "estimands": [first["estimands"][0] | {"estimand": text, "verdict": text}]}
        for text in PAYLOADS
    ]
    tree = archive.read("carter-3.bandwagon", reported / "posteriors")
    regions = tree["posterior"].to_dataset().isel(region=[0] * len(PAYLOADS)).assign_coords(region=list(PAYLOADS))
    tree["posterior"] = tree["posterior"].to_dataset().drop_dims("region").merge(regions[["alpha_region"]])
    with style.applied():
        style.save(verdicts.verdicts(entries), "verdicts", tmp_path)
        style.save(posterior.effects({"bandwagon": tree}), "effects", tmp_path)
    for name in ("verdicts", "effects"):
        inert(browser, tmp_path / f"{name}.svg")
        text = browser.run("return document.documentElement.textContent")
        assert browser.run("return document.querySelectorAll('script, image, foreignObject').length") == 0
        squeezed = "".join(str(text).split())
        assert all("".join(payload.split()) in squeezed for payload in PAYLOADS)
