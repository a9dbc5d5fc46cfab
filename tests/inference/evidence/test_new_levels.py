"""Levels that no draw was learnt for: their effects have the scale of each draw, and nothing else changes."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from data import synthetic
from inference.engine import stream
from inference.evidence.holdout import holdout
from inference.evidence.new_levels import with_new_levels
from models.claims.registry import REGISTRY
from models.parameters import draw

LAST = 2004
CHAINS, DRAWS = 2, 2000


@pytest.fixture(scope="module")
def panel():
    return synthetic.panel(2000, seed=4)


@pytest.fixture(scope="module")
def claim():
    return replace(REGISTRY["carter-1"], until=LAST)


@pytest.fixture(scope="module")
def design(claim, panel):
    return claim.design(panel, "balance")


@pytest.fixture(scope="module")
def away(design, claim, panel):
    """The design on later rows."""
    return design.elsewhere(claim.counted(panel.iloc[claim.held_out(panel)], "balance"))


@pytest.fixture(scope="module")
def posterior(design):
    drawn = draw(design, CHAINS * DRAWS, np.random.default_rng(1))
    dims = {p.name: ("chain", "draw", *p.dims) for p in design.parameters}
    values = {name: (dims[name], v.reshape(CHAINS, DRAWS, *v.shape[1:])) for name, v in drawn.items()}
    return xr.Dataset(values, {"chain": range(CHAINS), "draw": range(DRAWS)} | design.coords)


def new_of(name, design, away):
    return [level for level in away.groups[name].levels if level not in design.groups[name].levels]


def test_years_to_come_are_new_and_stand_behind_the_known_ones(design, away, panel, claim):
    years = new_of("year", design, away)
    assert years == sorted(years)
    assert min(map(int, years)) == LAST + 1
    assert away.groups["year"].levels == (*design.groups["year"].levels, *years)
    assert away.y.size == len(claim.held_out(panel))  # no row is lost with its year
    for name in ("region", "era"):
        assert away.groups[name].levels == design.groups[name].levels


def test_new_levels_have_the_scale_of_each_draw(design, away, posterior):
    found = with_new_levels(posterior, away)
    for name in away.groups:
        assert found[name].to_numpy().tolist() == list(away.groups[name].levels)
        assert found[f"alpha_{name}"].dims == ("chain", "draw", name)
    scale = posterior["sigma_year"]
    standard = (found["alpha_year"].sel(year=new_of("year", design, away)) / scale).to_numpy()
    large = (scale > scale.median()).to_numpy()
    for part in (standard[large], standard[~large]):
        assert part.mean() == pytest.approx(0.0, abs=5 / np.sqrt(part.size))
        assert part.std() == pytest.approx(1.0, abs=5 / np.sqrt(2 * part.size))
    between = np.corrcoef(standard.reshape(-1, standard.shape[-1]).T) - np.eye(standard.shape[-1])
    assert np.abs(between).max() < 5 / np.sqrt(CHAINS * DRAWS)  # each year has an effect of its own


def test_known_levels_and_all_other_parameters_are_untouched(design, away, posterior):
    found = with_new_levels(posterior, away)
    for name, values in posterior.data_vars.items():
        group = str(name).removeprefix("alpha_")
        same = found[name].sel({group: list(design.groups[group].levels)}) if group in design.groups else found[name]
        np.testing.assert_array_equal(same, values, err_msg=str(name))
    assert set(found.data_vars) == set(posterior.data_vars)


def test_each_call_gives_the_same_and_each_model_its_own(design, away, posterior):
    years = new_of("year", design, away)
    one, two = (with_new_levels(posterior, away) for _ in range(2))
    xr.testing.assert_identical(one, two)
    other = with_new_levels(posterior, replace(away, name="another"))
    assert not np.array_equal(other["alpha_year"].sel(year=years), one["alpha_year"].sel(year=years))


def test_where_nothing_is_new_the_posterior_stays_itself(design, posterior):
    assert with_new_levels(posterior, design) is posterior


def test_rows_of_new_years_are_scored_with_their_effects(design, away, posterior, claim, panel):
    few = posterior.isel(draw=slice(0, 50))
    found = holdout(claim, design, few, panel)
    assert found is not None
    assert int(found["rows"]) == away.y.size == len(claim.held_out(panel))
    expected = stream.mean_probability(away, with_new_levels(few, away), away.x) * away.y.size
    np.testing.assert_array_equal(found["expected"], expected)
