"""Any panel, claim, scenario and command line: a few drawn examples of what `make faults` draws hundreds of."""

from hypothesis import given, settings

from data import schema
from tests.faults import properties

FEW = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=properties.UNASKED
)


def test_what_is_drawn_from_is_itself_right(simulated):
    assert len(schema.validate(properties.whole(simulated))) == 300
    usual = {"exposures": ("threat",), "estimands": (), "years": (1818, 2011)}
    properties.claim_is_right_or_refused(usual)
    assert properties.EXPOSURES.count("threat") == 1


@FEW
@given(properties.PANELS_CHANGED)
def test_a_panel_is_right_or_refused(simulated, changes):
    properties.panel_is_right_or_refused(simulated, changes)


@FEW
@given(properties.CLAIMS)
def test_a_claim_is_right_or_refused(drawn):
    properties.claim_is_right_or_refused(drawn)


@FEW
@given(properties.SCENARIOS)
def test_a_scenario_is_right_or_refused(drawn):
    properties.scenario_is_right_or_refused(drawn)


@FEW
@given(properties.ARGUMENTS)
def test_arguments_are_refused_in_a_sentence(tmp_path_factory, drawn):
    properties.arguments_are_refused(drawn, tmp_path_factory.mktemp("place"))
