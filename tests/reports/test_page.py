"""The pages as text: links, pictures, numbers and the policy; what stands in them stands in numbers.json."""

import json
import re
from html.parser import HTMLParser

import pytest

from reports import page
from reports.destination import MARKER
from tests.fixtures.scenario_numbers import COUNTERFACTUAL, SCENARIO

pytestmark = pytest.mark.slow
PAGES = ("index.html", "appendix.html", "inspect.html")
# Digits that are no results: ids of claims, the years of the two sources, names of hashes and templates.
NAMES = re.compile(r"\w+_sha256\b|\.j2\b|\b(carter|bal|bw|ideo|aid|pen|cond)-\d\b|(Walt|Carter) \(\d{4}\)")


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
def pages(build):
    return {name: Page((build / name).read_text()) for name in PAGES}


def test_names_are_escaped_and_numbers_owed(numbers):
    changed = json.loads(json.dumps(numbers))
    changed["hypotheses"][0]["claim"] = "<script>alert(1)</script>"
    assert "<script>alert" not in page.render("appendix.html.j2", changed)
    del changed["interval"]
    with pytest.raises(Exception, match="interval"):
        page.render("appendix.html.j2", changed)


def test_every_picture_has_words_and_those_of_no_single_claim_are_there_in_pixels_too(build, pages, numbers):
    of_claims = {entry[name] for entry in numbers["hypotheses"] for name in ("id", "archive")}
    for found in pages.values():
        for picture, words in found.pictures:
            assert words
            assert (build / picture).is_file()
            of_one = picture.removesuffix(".svg").partition("-")[2] in of_claims
            assert (build / picture).with_suffix(".png").is_file() != of_one
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
    files = {path.name for path in build.iterdir() if path.is_file() and path.suffix not in {".svg", ".png"}}
    files -= {"index.html", MARKER}
    assert {link for link in pages["index.html"].links if "#" not in link and "." in link} >= files
    index = (build / "index.html").read_text()
    assert "A panel that this project does not ship" in index
    assert "Real treaties" not in index
    assert "9 here,\nof which 7 are tested" in (build / "index.html").read_text()
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
        match = re.search(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">', html)
        policy = match[1] if match else "none"
        assert policy.startswith("default-src &#39;none&#39;")
        assert "unsafe" not in policy
        assert html.index("Content-Security-Policy") < html.index("<style>")
    for name in PAGES:
        assert not [
            attribute for attribute in pages[name].attributes if attribute.startswith("on") or attribute == "style"
        ]
        assert not {"iframe", "object", "embed", "form", "link", "base"} & set(pages[name].tags)


def test_scenarios_are_printed_with_all_three_arrows_or_left_out(numbers):
    assert 'id="scenarios"' not in page.render("appendix.html.j2", numbers)
    told = numbers | {
        "counterfactual": COUNTERFACTUAL,
        "figures": [*numbers["figures"], "fan-aid", "chain_refits"],
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
        "population (a programme does not change it)",
        "does not exclude a slope as large as that of duress itself (+0.31)",
        "nothing: as shipped",
        "Income, democracy as observed: neither answers to what is simulated.",
    ):
        assert words in part
    for horizon in SCENARIO["horizons"]:
        assert part.count(f"<td>{horizon}, early</td>") == part.count(f"<td>{horizon}, late</td>") == 2
    row = next(e for e in SCENARIO["effects"] if e["arrow"] == "given")
    for value in (row["difference"]["value"], row["confounded"]["low"], row["baseline"]["high"]):
        assert page.FILTERS["signed"](value, 2) in part
    assert SCENARIO["fit_key"][:16] in part
    assert "out of reach" in part
    undone = part[part.index("nothing: as shipped") :]
    assert page.FILTERS["signed"](-0.1, 2) in undone[: undone.index("</table>")]
