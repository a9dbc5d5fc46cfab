"""The reading of the decisions: counts against the panel, treaties with reasons, readings of real decisions."""

import shutil

import pandas as pd
import pytest

from data import schema, synthetic
from data.codings import CLASSES
from data.famous import STILL_WRONG
from inference import panels
from models.claims.registry import OUTCOMES, REGISTRY
from reports.readings import decisions
from reports.readings.looked_up import HEAVY, LIMIT, LOOKED_UP, VERDICTS


@pytest.fixture(scope="module")
def panel():
    return panels.read("alignment", panels.PANEL)


def weight(panel, outcome):
    return (panel[outcome] / panel[f"{outcome}_rows"]).sum()


def test_decisions_are_the_weights_of_the_panel(read, panel):
    for outcome in OUTCOMES:
        assert read.decisions.total[outcome] == pytest.approx(weight(panel, outcome))
        for tallies in (read.decisions.by_class, read.decisions.by_era, read.decisions.by_region):
            assert sum(getattr(tally, outcome) for tally in tallies) == read.decisions.total[outcome]


def test_what_claims_count_is_what_their_models_learn(read, panel):
    for counted in read.decisions.counted:
        claim = REGISTRY[decisions.AUTHORS[counted.author]]
        for outcome in OUTCOMES:
            assert getattr(counted, outcome) == pytest.approx(weight(claim.counted(panel, outcome), outcome))
        assert counted.ratio == counted.balance / counted.bandwagon
    carter, walt = read.decisions.counted
    assert walt.bandwagon < carter.bandwagon
    assert walt.balance == carter.balance
    assert sum(tally.bandwagon_counted for tally in read.decisions.by_era) == carter.bandwagon


def test_tallies_by_era_and_class_are_those_of_the_panel(read, panel):
    mine = panel[panel["bandwagon"] == 1]
    by_era = (1 / mine["bandwagon_rows"]).groupby(mine["era"].astype(str)).sum()
    by_class = (1 / mine["bandwagon_rows"]).groupby(mine["bandwagon_class"].astype(str)).sum()
    for tallies, expected in ((read.decisions.by_era, by_era), (read.decisions.by_class, by_class)):
        for tally in tallies:
            assert tally.bandwagon == pytest.approx(expected.get(tally.name, 0.0)), tally.name
    assert [tally.name for tally in read.decisions.by_class] == [*CLASSES]


def test_every_treaty_above_the_limit_is_named_with_a_reason(read):
    assert {(treaty.treaty, treaty.outcome) for treaty in read.decisions.treaties} == {(3180, "balance")}
    for treaty in read.decisions.treaties:
        assert treaty.share > LIMIT
        assert treaty.reason == HEAVY[treaty.treaty]
        assert treaty.states <= treaty.decisions
    assert read.decisions.largest["bandwagon"].share < LIMIT
    table = pd.DataFrame({"outcome": ["balance"] * 4, "class": "other", "treaty": [1, 1, 1, 2], "state": [7, 7, 8, 9]})
    first, second = decisions.treaties(table, "balance")
    assert (first.share, first.states, first.first, second.share) == (3 / 4, 2, 2 / 3, 1 / 4)


def test_ten_decisions_are_looked_up_across_classes_eras_and_outcomes(read):
    looked_up = read.decisions.looked_up
    assert len(looked_up) == 10
    assert all(one.found for one in looked_up)
    assert {one.outcome for one in looked_up} == {*OUTCOMES}
    assert len({one.given for one in looked_up}) >= 6
    assert max(one.year for one in looked_up) - min(one.year for one in looked_up) > 150
    assert set(read.decisions.verdicts) == {reading.verdict for reading in LOOKED_UP} == {*VERDICTS}
    by_title = {one.title: one for one in looked_up}
    nkomati = by_title["Mozambique with South Africa, the Nkomati accord"]
    assert (nkomati.given, nkomati.aggressors, nkomati.obligations) == (
        "source of threat",
        "South Africa",
        "neutral, nonagg",
    )
    assert by_title["Italy in the North Atlantic Treaty"].given == "imposed"


def test_the_founders_of_nato_decide_once():
    """ATOP begins a new phase in 1951, when Greece and Turkey enter; what the founders owe is the same in both."""
    events = pd.read_csv(panels.PANEL.with_name(decisions.EVENTS))
    nato = events[(events["treaty"] == 3180) & (events["outcome"] == "balance")]
    counted = nato[nato["codings"].str.startswith("registered")]
    assert counted.query("year == 1951 and state not in (350, 640)").empty
    assert not counted.query("year == 1949").empty


def test_famous_decisions_that_come_out_wrong_are_those_of_the_tests(read):
    assert [(w.name, w.given, w.right) for w in read.decisions.wrong] == [
        (w.name, w.given, w.right) for w in STILL_WRONG
    ]


def test_signs_and_threats_are_those_of_the_tables(read, panel):
    table = pd.read_csv(panels.PANEL.with_name(decisions.VALIDATION))
    assert [sign.excess for sign in read.decisions.signs] == table["excess"].tolist()
    assert [row.rows for row in read.decisions.threats[:-1]] == panel["era"].value_counts(sort=False).tolist()
    assert read.decisions.threats[-1].era == "all"
    assert all(-1 <= row.disputes < row.capabilities <= 1 for row in read.decisions.threats)


def test_why_there_is_no_reading(tmp_path):
    assert decisions.lacking(panels.PANEL) is None
    schema.write(synthetic.panel(500, seed=3), tmp_path / "toy.parquet")
    assert decisions.lacking(tmp_path / "toy.parquet") == "there is no events.csv beside toy.parquet"
    for name in (decisions.EVENTS, decisions.VALIDATION):
        shutil.copy(panels.PANEL.with_name(name), tmp_path / name)
    assert decisions.lacking(tmp_path / "toy.parquet") == "events.csv beside toy.parquet is of another panel"
