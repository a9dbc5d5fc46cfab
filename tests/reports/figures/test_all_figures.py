"""What figures print stands in numbers.json."""

import re
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.slow
TICKS = ("xtick", "ytick")


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
    agreeing = [
        estimand["codings"][name]
        for estimand in estimands
        if estimand["codings"]
        for name in ("share", "weighed", "moved_share")
    ]
    agreeing += [e["permuted"][name] for e in estimands if e["permuted"] for name in ("share", "mcse")]
    codings = [f"{100 * share:.0f}" for share in agreeing] if kind == "specification" else []
    return {"0.01", "0.99", *codings, *(f"{share:.2f}" for share in shares.get(kind, []))}


def written(element):
    """Texts of a figure, those at ticks left out."""
    if element.get("id", "").startswith(TICKS):
        return
    if element.tag.endswith("}text"):
        yield "".join(element.itertext())
    for part in element:
        yield from written(part)


def test_figures_print_only_numbers_of_their_claims(build, numbers):
    printed = 0
    for path in build.glob("*.svg"):
        for text in written(ElementTree.parse(path).getroot()):
            assert "mathdefault" not in text, path.name
            found = re.findall(r"\d+\.\d+|\d+(?= %)", text)
            assert set(found) <= known(path.stem, numbers), (path.name, text)
            printed += len(found)
    assert printed > 20
