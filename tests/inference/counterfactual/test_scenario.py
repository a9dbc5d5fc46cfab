"""Scenarios as values: what they derive, and what they refuse."""

import pytest

from inference.counterfactual import scenario
from inference.counterfactual.scenario import SHIPPED, Scenario, ScenarioError, changed, check, get

BASE = SHIPPED["fragile-1992"]


@pytest.mark.parametrize("shipped", SHIPPED.values(), ids=lambda s: s.id)
def test_every_shipped_scenario_holds(shipped):
    assert check(shipped) is shipped
    assert shipped.id in SHIPPED
    assert shipped.horizons[-1] == shipped.horizon
    assert shipped.begin + shipped.years - 1 == shipped.last == shipped.year + shipped.horizon - 1


def test_a_population_and_a_named_state_stand_on_different_rungs():
    assert BASE.rung == "intervention on a population"
    assert SHIPPED["georgia-1992"].rung == "counterfactual of a named state"
    assert "372" in SHIPPED["georgia-1992"].description


def test_a_dropped_programme_runs_until_the_drop():
    assert BASE.running == BASE.duration == 10
    assert SHIPPED["withdrawal-1992"].running == 5


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"size": "-1"}, "size is -1.0, but must be a finite number from 0 to 5"),
        ({"size": "nan"}, "size is nan"),
        ({"dollars": "inf"}, "dollars is inf"),
        ({"dollars": "many"}, "dollars is 'many', but must be a number"),
        ({"start": "2013"}, "start is 2013, but must be a whole number from 1987 to 2011"),
        ({"year": "2010"}, "year is 2010, but must be a whole number from 1966 to 1992"),
        ({"year": "1900"}, "year is 1900"),
        ({"region": "Atlantis"}, "region is 'Atlantis', but must be one of North and Central America"),
        ({"rule": "poor"}, "rule is 'poor', but must be one of fragile, calm, duress, all"),
        ({"era": "1500-1600"}, "era is '1500-1600', but must be one of 1817-1870"),
        ({"horizon": "40"}, "horizon is 40, but must be a whole number from 1 to 20"),
        ({"withdrawal": "12"}, "withdrawal is 12, but must be a whole number from 1 to 10"),
        ({"duration": "0"}, "duration is 0"),
        ({"inducement": "perhaps"}, "inducement is 'perhaps', but must be yes or no"),
        ({"colour": "red"}, "there is no field 'colour'; fields are era, year"),
    ],
)
def test_what_cannot_be_is_refused_by_field_value_and_choices(change, said):
    with pytest.raises(ScenarioError) as error:
        changed(BASE, change)
    assert said in str(error.value)
    assert str(error.value).startswith("scenario fragile-1992")


def test_a_scenario_of_one_state_has_no_region():
    with pytest.raises(
        ScenarioError, match=r"region is 'West Africa', but must be none in a scenario of one state \(372\)"
    ):
        changed(SHIPPED["georgia-1992"], {"region": "West Africa"})


@pytest.mark.parametrize("text", ["1", "1.0", "1e0", "+1", "1." + "0" * 200])
def test_one_value_is_one_scenario_however_it_is_written(text):
    assert changed(BASE, {"size": text}) == changed(BASE, {"size": "1"})


def test_an_unknown_scenario_is_refused_with_the_choices():
    with pytest.raises(ScenarioError, match="unknown scenario 'x': choose from fragile-1992"):
        get("x")


def test_changes_are_texts_and_leave_the_rest():
    other = changed(BASE, {"size": "1", "region": "West Africa", "withdrawal": "none", "inducement": "yes"})
    assert (other.size, other.region, other.withdrawal, other.inducement) == (1.0, "West Africa", None, True)
    assert (other.year, other.rule) == (BASE.year, BASE.rule)
    assert other.id == "fragile-1992+size=1+region=West-Africa+withdrawal=none+inducement=yes"
    assert changed(BASE, {"era": "1969-1989"}).year == 1969
    assert changed(BASE, {}) == BASE


def test_a_whole_number_is_not_a_truth_value():
    with pytest.raises(ScenarioError, match="lead is True"):
        check(Scenario("x", "x", 1990, lead=True))


@pytest.mark.parametrize(
    "words", [["nothing"], ["fragile-1992", "size=-1"], ["fragile-1992", "size"], ["fragile-1992", "region=Mars"]]
)
def test_the_command_answers_with_one_sentence_and_code_2(command, words, tmp_path):
    done = command("inference.counterfactual", "--folder", tmp_path, "--scenario", *words)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert len(done.stderr.strip().splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_the_headline_is_shipped():
    assert scenario.HEADLINE in SHIPPED
