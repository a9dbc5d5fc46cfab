"""How sure a brief says that it is."""

from reports.brief import caveats, sentences
from reports.brief.printed import Place, joined
from tests.fixtures import brief_world as world
from tests.fixtures.brief_world import text

MINUS, NBSP = "\N{MINUS SIGN}", "\N{NO-BREAK SPACE}"


def carter(**probabilities):
    entries = [world.entry(claim.replace("_", "-"), p) for claim, p in probabilities.items()]
    return text(sentences.carter(Place(world.collected(entries))))


def test_refits_are_told_apart_from_none():
    without = Place(world.collected())
    assert text(caveats.coding(without)).endswith("no other coding was run.")
    assert "neither was run" in text(joined(caveats.would_change(without), " "))
    entries = world.refitted([world.entry(claim) for claim in sentences.CARTER])
    entries[3]["estimands"][0]["stale"] = True
    run = Place(world.collected(entries))
    assert "external threat: at least 62 % of 92 agree" in text(caveats.coding(run))
    assert "absent allied support: refits are of another panel" in text(caveats.coding(run))
    assert text(caveats.would_change(run)[0]) == (
        "External threat: another verdict with another coding (bandwagon: any treaty, aggressor: any revisionist, "
        "weak: small and others); without Russia."
    )
    firm = world.entry("carter-2")
    for row in firm["estimands"]:
        row |= {"codings": {"share": 1.0, "codings": 92}, "turned": {"coding": [], "left out": []}}
    assert "No single change" in text(caveats.would_change(Place(world.collected([firm])))[0])


def test_causes_are_sorted_by_what_identifies_them():
    said = text(caveats.causal(Place(world.collected())))
    assert "identifies the effect of external threat and a neighbouring aggressor" in said
    assert said.count("internal duress and absent allied support") == 1
    assert "was not simulated" in said
    simulated = text(caveats.causal(Place(world.collected(counterfactual=world.programme()))))
    assert "carried in, the effect of early governance aid is 0.2 fewer" in simulated


def test_what_is_not_claimed_goes_with_what_was_done():
    without, simulated = (
        text(joined(caveats.not_claimed(Place(world.collected(counterfactual=what))), " "))
        for what in (None, world.programme())
    )
    for said in (without, simulated):
        assert "no replication of Carter's numbers" in said
        assert "A treaty is not an alignment" in said
        assert "lies after 2011" in said
    assert "none was simulated" in without
    assert "in part elicited" in simulated
