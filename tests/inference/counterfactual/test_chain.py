"""The links of the simulation: their slopes are of exposures, never of what a model adjusts for."""

from dataclasses import replace

import numpy as np
import pytest

from inference.counterfactual.simulation import chain as links
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
    assert names == {tuple(name.split(".")) for name in links.ARCHIVES}
    simulated = {claim.id for claim, _, columns in used() if set(links.DYNAMIC) <= set(columns)}
    assert simulated == {links.LAST_LINK, "onset", "continuation", "capacity", "income", "democracy"}


def test_a_slope_that_was_adjusted_for_is_named():
    carter = replace(REGISTRY["carter-3"], revision=1)  # the last link of the first version
    with pytest.raises(ValueError, match=r"slope of 'capacity' in carter-3\.bandwagon for an effect, but it is adjust"):
        check_exposures(carter, "bandwagon", links.DYNAMIC)
    link = replace(LOGITS["onset"], exposures=("capacity",))
    with pytest.raises(ValueError, match="make it an exposure \\(now capacity\\)"):
        check_exposures(link, "onset", links.DYNAMIC)
    link = replace(LOGITS["alignment"], adjust_for=("capacity_lag5",), exposures=("duress",))
    with pytest.raises(ValueError, match="slope of 'capacity_lag5'"):
        check_exposures(link, "bandwagon", links.DYNAMIC)
    link = replace(AUTOREGRESSIONS["governance"], exposures=("aid_governance",))
    check_exposures(link, "capacity_next", ("aid_governance",))  # of the rest it takes nothing for an effect


def test_a_thinned_chain_has_every_so_many_draws_of_every_link(chain):
    few = chain.thinned(2)
    assert few.shape == (chain.shape[0], chain.shape[1] // 2)
    np.testing.assert_array_equal(few.onset.slope, chain.onset.slope[..., ::2])
    np.testing.assert_array_equal(few.outcomes["balance"].intercept, chain.outcomes["balance"].intercept[..., ::2])
    np.testing.assert_array_equal(few.drop, chain.drop[::2])
    with pytest.raises(ValueError, match="cannot be thinned"):
        chain.thinned(2 * chain.shape[1])
