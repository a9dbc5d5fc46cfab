"""The pages as text: links, pictures, numbers and the policy; what stands in them stands in numbers.json."""

import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from data import schema
from data.codebook.panels import label
from inference import panels
from inference.archives import archive
from inference.evidence.verdicts import ROPE, SUPPORTED, verdict
from inference.sampling import checks
from inference.sampling.diagnostics import mcse_share
from models.claims.registry import REGISTRY
from reports import page
from reports.numbers import limits, logits, sample
from tests.fixtures.scenario_numbers import COUNTERFACTUAL, SCENARIO

pytestmark = pytest.mark.slow
PAGES = ("index.html", "appendix.html", "inspect.html")
# Digits that are no results: ids of claims, the years of the two sources, names of hashes and templates.
NAMES = re.compile(r"\w+_sha256\b|\.j2\b|\b(carter|bal|bw|ideo|aid|pen|cond)-\d\b|(Walt|Carter) \(\d{4}\)")
# Parts of numbers.json that are no results of a posterior: constants, hashes, what the panels hold, layout, refits.
OTHER = {"interval", "limits", "provenance", "sampling", "figure_sizes", "coverage", "scores", "rows_lost", "codings"}
CONSTANT = {"near_km", "scale", "largest_mcse", "values"}  # what the brief's words are made with
TICKS = ("xtick", "ytick")


class Page(HTMLParser):
    """Ids, links, pictures and attributes of a page."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.pictures, self.attributes, self.tags = [], [], [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.tags.append(tag)
        self.attributes += named
        self.ids += [named["id"]] if "id" in named else []
        self.links += [named["href"]] if tag == "a" else []
        self.pictures += [(named["src"], named["alt"])] if tag == "img" else []


@pytest.fixture(scope="module")
def build(reported):
    return reported / "build"


@pytest.fixture(scope="module")
def numbers(build):
    return json.loads((build / "numbers.json").read_text())


@pytest.fixture(scope="module")
def pages(build):
    return {name: Page((build / name).read_text()) for name in PAGES}


def test_every_picture_exists_as_svg_and_png_and_has_words(build, pages, numbers):
    for found in pages.values():
        for picture, words in found.pictures:
            assert words
            assert (build / picture).is_file()
            assert (build / picture).with_suffix(".png").is_file()
    shown = {picture.removesuffix(".svg") for picture, _ in pages["appendix.html"].pictures}
    assert shown == set(numbers["figures"])


def test_every_link_leads_somewhere_and_every_id_is_one(build, pages):
    for name, found in pages.items():
        assert len(found.ids) == len(set(found.ids)), name
        for link in found.links:
            file, _, fragment = link.partition("#")
            assert (build / (file or name)).is_file(), link
            assert not fragment or fragment in pages[file or name].ids, link


def test_the_index_links_to_what_was_written_and_to_nothing_else(build, pages):
    files = {path.name for path in build.iterdir() if path.suffix not in {".svg", ".png"}} - {"index.html"}
    assert {link for link in pages["index.html"].links if "#" not in link and "." in link} >= files
    assert "8 here,\nof which 6 are tested" in (build / "index.html").read_text()
    html = page.render("index.html.j2", json.loads((build / "numbers.json").read_text()), links={"x.pdf": "words"})
    assert 'href="x.pdf"' in html
    assert 'href="brief.pdf"' not in html


def test_every_claim_has_its_section_and_every_number_its_archive(pages, numbers):
    found = pages["appendix.html"]
    for entry in numbers["hypotheses"]:
        assert {entry["id"], f"figure-graph-{entry['id']}"} & set(found.ids)
        for estimand in entry["estimands"]:
            for outcome, key in estimand["fit_keys"].items():
                assert f"#archive-{entry['archive']}.{outcome}" in found.links
                assert key == entry["fits"][outcome]["fit_key"]


def test_templates_hold_words_and_no_number():
    for path in sorted(page.TEMPLATES.glob("*.j2")):
        text = path.read_text(encoding="utf-8")
        expressions = re.findall(r"{{(.*?)}}|{%(.*?)%}", text, re.DOTALL)
        for expression in map("".join, expressions):
            # Digits to print, positions and lengths of hashes are no results: what is left may hold none.
            bare = re.sub(r"\(\d\)|, ?\d\)|\[\d\]|\[:\d+\]|loop\.index0", "", NAMES.sub("", expression))
            assert not re.search(r"\d", bare), f"{path.name}: {expression}"
        prose = re.sub(r"{{.*?}}|{%.*?%}|{#.*?#}", " ", text, flags=re.DOTALL)
        prose = re.sub(r"<style>.*?</style>|<script.*?</script>", " ", prose, flags=re.DOTALL)
        prose = re.sub(r"<(?!img)[^>]*>", " ", prose, flags=re.DOTALL)
        prose += " ".join(re.findall(r'(?:alt|title|aria-label)="([^"]*)"', text))
        assert not re.search(r"\d.*", NAMES.sub("", prose)), path.name


def test_every_page_has_the_policy_and_nothing_that_it_would_stop(build, pages):
    for path in build.glob("*.html"):
        html = path.read_text()
        policy = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)[1]
        assert policy.startswith("default-src &#39;none&#39;")
        assert "unsafe" not in policy
        assert html.index("Content-Security-Policy") < html.index("<style>")
    for name in PAGES:
        assert not [
            attribute for attribute in pages[name].attributes if attribute.startswith("on") or attribute == "style"
        ]
        assert not {"iframe", "object", "embed", "form", "link", "base"} & set(pages[name].tags)


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, (name, value)))
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part, (*path, ("", value)))
    elif isinstance(value, float):
        yield path, value


def test_every_number_stands_beside_the_hash_of_its_posterior(numbers):
    seen = 0
    for path, _ in leaves(numbers):
        if {name for name, _ in path} & (OTHER | CONSTANT):
            continue
        seen += 1
        holders = [holder for _, holder in path if isinstance(holder, dict)]
        hashed = any({"fit_key", "fit_keys"} & set(holder) for holder in holders)
        quadrants = {"quadrants", "quadrant_errors"} & {name for name, _ in path}
        assert hashed or (quadrants and all(fit["fit_key"] for fit in holders[1]["fits"].values())), path
    assert seen > 1000


def known(figure, numbers):
    """Numbers that a figure may print: those of its own claims."""
    kind, _, name = figure.partition("-")
    entries = [e for e in numbers["hypotheses"] if not name or name in {e["id"], e["archive"]}]
    estimands = [estimand for entry in entries for estimand in entry["estimands"]]
    slopes = [slope["positive"] for e in entries for fit in e["fits"].values() for slope in fit["slopes"].values()]
    shares = {
        "posterior": slopes + [estimand["p_sign"] for estimand in estimands if estimand["outcome"] == "ratio"],
        "verdicts": [estimand["p_sign"] for estimand in estimands],
        "glance": [estimand["p_sign"] for estimand in estimands]
        + [mass for e in entries for masses in e["quadrants"].values() for mass in masses.values()],
        "contest": [mass for e in entries for masses in e["quadrants"].values() for mass in masses.values()],
    }
    agreeing = [estimand["codings"]["share"] for estimand in estimands if estimand["codings"]]
    codings = [f"{100 * share:.0f}" for share in agreeing] if kind == "specification" else []
    return {"0.01", "0.99", *codings, *(f"{share:.2f}" for share in shares.get(kind, []))}


def test_figures_print_only_numbers_of_their_claims(build, numbers):
    printed = 0
    for path in build.glob("*.svg"):
        for text in written(ElementTree.parse(path).getroot()):
            assert "mathdefault" not in text, path.name
            found = re.findall(r"\d+\.\d+|\d+(?= %)", text)
            assert set(found) <= known(path.stem, numbers), (path.name, text)
            printed += len(found)
    assert printed > 20


def written(element):
    """Texts of a figure, those at ticks left out."""
    if element.get("id", "").startswith(TICKS):
        return
    if element.tag.endswith("}text"):
        yield "".join(element.itertext())
    for part in element:
        yield from written(part)


def test_what_is_reported_of_a_logit_is_what_its_archive_holds(reported, numbers):
    entry = next(e for e in numbers["hypotheses"] if e["id"] == "carter-3")
    tree, fit = archive.read("carter-3.balance", reported / "posteriors"), entry["fits"]["balance"]
    eras = tree["constant_data"]["era"].to_numpy()
    assert {era: row["rows"] for era, row in fit["by_era"].items()} == dict(
        zip(*np.unique(eras[tree["constant_data"]["era_index"]], return_counts=True), strict=True)
    )
    assert sum(row["events"] for row in fit["by_era"].values()) == fit["events"] == fit["predictive"]["observed"]
    draws = tree["posterior"]["beta"].sel(predictor="power")
    slope = fit["slopes"]["power"]
    assert (slope["value"], slope["positive"]) == pytest.approx((float(draws.mean()), float((draws > 0).mean())))
    assert slope["low"] < slope["value"] < slope["high"]
    effect = tree["posterior"]["alpha_region"].sel(region="Middle East")
    assert fit["effects"]["region"]["Middle East"]["value"] == pytest.approx(float(effect.mean()))
    prior = 1000 * tree["prior_predictive"]["largest_cell"]
    assert fit["prior_predictive"]["largest_cell"]["high"] == pytest.approx(float(prior.quantile(0.95)))
    assert fit["calibration"][3]["observed"] == pytest.approx(1000 * float(tree["calibration"]["observed"][3]))
    none = (np.abs(tree["posterior"]["beta"].sel(predictor="duress")) < ROPE).to_numpy()
    own = numbers["hypotheses"][[e["id"] for e in numbers["hypotheses"]].index("bal-3")]["estimands"][0]
    assert 0 < own["in_rope_mcse"] < 0.02
    assert mcse_share(none) == pytest.approx(np.sqrt(none.mean() * (1 - none.mean()) / none.size), rel=0.5)
    assert mcse_share(np.ones((4, 10), bool)) == 1 / 40
    masses, errors = entry["quadrants"]["duress"], entry["quadrant_errors"]["duress"]
    assert sum(masses.values()) == pytest.approx(1)
    assert all(0 < errors[name] < 0.05 for name in masses)


def test_regions_outside_their_predictive_interval_are_named(reported):
    tree = archive.read("carter-3.balance", reported / "posteriors")
    moved = tree["predictive_checks"].to_dataset()
    moved["p_events_region"][2] = 0.99
    tree["predictive_checks"] = tree["predictive_checks"].assign(moved.data_vars)
    outside = logits.collect(tree)["predictive"]["levels"]["region"]["outside"]
    assert "Western Europe" in outside


def test_coverage_counts_the_rows_of_the_claim():
    panel, hypothesis = schema.read(panels.PANEL, "alignment"), REGISTRY["bal-4"]
    found, rows = sample.collect(hypothesis, panels.PANEL), panel.iloc[hypothesis.sample(panel)]
    assert sum(found["rows"]) == len(rows)
    gap = next(column for column in found["columns"] if column["column"] == "offence")
    assert sum(gap["lost"]) == rows["offence"].isna().sum() > 0
    assert gap["label"] == label("offence")
    assert {*found["complete"], *(column["column"] for column in found["columns"])} == set(hypothesis.terms)


def test_the_constants_of_the_pages_are_those_of_the_code():
    found = limits.collect()["limits"]
    for row in found["verdicts"]:
        assert verdict((row["low"] + row["high"]) / 2) == row["label"]
    assert found["verdicts"][0]["low"] == SUPPORTED
    y = np.r_[np.ones(40, np.int8), np.zeros(60, np.int8)]
    bins = checks.calibration(np.full(100, 0.4), y, bins=1)
    from scipy.stats import binomtest

    exact = binomtest(40, 100).proportion_ci(found["bin_bounds"], method="wilson")
    assert (float(bins["low"][0]), float(bins["high"][0])) == pytest.approx((exact.low, exact.high), abs=1e-6)


def test_scenarios_are_printed_with_all_three_arrows_or_left_out(numbers):
    assert 'id="scenarios"' not in page.render("appendix.html.j2", numbers)
    told = numbers | {
        "counterfactual": COUNTERFACTUAL,
        "figures": [*numbers["figures"], "fan-aid"],
    }
    html = page.render("appendix.html.j2", told)
    part = html[html.index('id="scenarios"') : html.index('id="claims"')]
    for words in (
        SCENARIO["words"],
        "Mind:",
        "as estimated",
        "as elicited",
        "raised for certain",
        "fan-aid.svg",
    ):
        assert words in part
    for horizon in SCENARIO["horizons"]:
        assert part.count(f"<td>{horizon}, early</td>") == part.count(f"<td>{horizon}, late</td>") == 2
    row = next(e for e in SCENARIO["effects"] if e["arrow"] == "given")
    for value in (row["difference"]["value"], row["confounded"]["low"], row["baseline"]["high"]):
        assert page.FILTERS["signed"](value, 2) in part
    assert SCENARIO["fit_key"][:16] in part
    assert "out of reach" in part
