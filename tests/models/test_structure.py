"""Which keys of a panel are groupings, and which rows a claim then takes to depend on each other."""

import pytest

from data.codebook.panels import panel as panel_of
from models.claims.links import LINKS
from models.claims.registry import REGISTRY
from models.structure import CELLS, INDEPENDENT_ROWS, KEYS, REGISTERED, STRUCTURES, Structure

DYADS = ("region", "era", "state", "aggressor", "year")
GROUPS = {
    "alignment": DYADS,
    "informal": DYADS,
    "placebo": DYADS,
    "termination": ("region", "era", "year"),
    "joining": ("region", "era", "war", "state"),
    "siding": ("region", "era", "war"),
    "onset": CELLS,
    "continued": CELLS,
}


@pytest.mark.parametrize("panel", GROUPS)
def test_the_registered_groupings_of_each_panel(panel):
    assert REGISTERED.groups(panel) == GROUPS[panel]


@pytest.mark.parametrize("panel", KEYS)
def test_what_is_grouped_by_is_a_key_of_the_panel(panel):
    assert set(KEYS[panel]) <= set(panel_of(panel).keys)


@pytest.mark.parametrize("panel", GROUPS)
def test_of_the_first_revision_rows_depended_on_each_other_through_region_and_era_only(panel):
    assert INDEPENDENT_ROWS.groups(panel) == CELLS
    assert INDEPENDENT_ROWS.held(panel, ()) == ()


def test_actors_and_years_are_left_out_one_without_the_other():
    assert Structure(years=False).groups("alignment") == ("region", "era", "state", "aggressor")
    assert Structure(actors=False).groups("alignment") == ("region", "era", "year")
    assert Structure(actors=False).groups("termination") == ("region", "era", "year")
    assert Structure(years=False).groups("joining") == GROUPS["joining"]


def test_outcomes_exclude_each_other_under_one_structure_that_is_the_registered_one_otherwise():
    assert [name for name, structure in STRUCTURES.items() if structure.exclusive] == ["multinomial"]
    assert STRUCTURES["multinomial"].groups("alignment") == REGISTERED.groups("alignment")
    assert STRUCTURES["multinomial"].held("alignment", ()) == REGISTERED.held("alignment", ())


def test_every_claim_has_the_registered_structure_and_its_designs_the_groupings(simulated):
    assert {claim.structure for claim in (REGISTRY | LINKS).values()} == {REGISTERED}
    joint = REGISTRY["carter-3"].joint(simulated)
    assert joint.groups == DYADS
    for design in joint.designs:
        frame = simulated.iloc[design.rows]
        for name, group in design.groups.items():
            assert [group.levels[i] for i in group.index] == frame[name].astype(str).tolist()
