"""The links of the simulation: their slopes are of exposures, never of what a model adjusts for."""

from dataclasses import replace

import pytest

from inference.counterfactual.simulation import chain
from inference.counterfactual.simulation.chain import check_exposures, used
from models.claims.links import AUTOREGRESSIONS, LOGITS
from models.claims.registry import REGISTRY
from models.terms import variables


@pytest.mark.parametrize(("claim", "outcome", "columns"), used(), ids=lambda value: getattr(value, "id", None))
def test_no_slope_that_is_taken_for_an_effect_was_adjusted_for(claim, outcome, columns):
    check_exposures(claim, outcome, columns)
    equation = claim.equation(outcome)
    assert any(set(columns) & set(variables(term)) for term in equation.exposures)


def test_every_link_is_used_and_everything_it_moves_is_checked():
    names = {(claim.id, outcome) for claim, outcome, _ in used()}
    assert names == {tuple(name.split(".")) for name in chain.ARCHIVES}
    simulated = {claim.id for claim, _, columns in used() if set(chain.DYNAMIC) <= set(columns)}
    assert simulated == {chain.LAST_LINK, "onset", "continuation", "capacity", "income", "democracy"}


def test_a_slope_that_was_adjusted_for_is_named():
    carter = replace(REGISTRY["carter-3"], revision=1)  # the last link of the first version
    with pytest.raises(ValueError, match=r"slope of 'capacity' in carter-3\.bandwagon for an effect, but it is adjust"):
        check_exposures(carter, "bandwagon", chain.DYNAMIC)
    link = replace(LOGITS["onset"], exposures=("capacity",))
    with pytest.raises(ValueError, match="make it an exposure \\(now capacity\\)"):
        check_exposures(link, "onset", chain.DYNAMIC)
    link = replace(LOGITS["alignment"], adjust_for=("capacity_lag5",), exposures=("duress",))
    with pytest.raises(ValueError, match="slope of 'capacity_lag5'"):
        check_exposures(link, "bandwagon", chain.DYNAMIC)
    link = replace(AUTOREGRESSIONS["governance"], exposures=("aid_governance",))
    check_exposures(link, "capacity_next", ("aid_governance",))  # of the rest it takes nothing for an effect
