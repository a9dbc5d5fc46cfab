"""The case of 2015: rows among four states, probabilities of models that end before it, and their ranks."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from data import schema, synthetic
from data.case_2015 import STATES, YEARS
from inference import panels, plan
from inference.archives import archive, contents
from inference.engine import stream
from inference.fitting import case_2015, future
from inference.sampling.settings import Session, Settings
from models.claims.registry import REGISTRY
from models.parameters import draw
from tests.fixtures.case_world import with_case
from tests.fixtures.small_system import SMALL

RUSSIA, SYRIA, IRAN, IRAQ = STATES


def test_ranks_are_within_groups_and_ties_share_the_better_one():
    values, groups = np.array([0.1, 0.3, 0.3, 0.2, 0.9]), np.array([1, 1, 1, 1, 2])
    rank, size = case_2015.ranks(values, groups)
    assert rank.tolist() == [4, 1, 1, 3, 1]
    assert size.tolist() == [4, 4, 4, 4, 1]


def test_rows_of_the_case_in_the_panel_are_those_at_risk_by_the_sources():
    panel = panels.read("alignment", panels.PANEL)
    rows = panel.iloc[case_2015.rows_of(panel)]
    table = pd.read_csv(case_2015.table_of(panels.PANEL), keep_default_na=False)
    at_risk = table[table["at_risk"]]
    key = ["state", "aggressor", "year"]
    assert {*map(tuple, rows[key].to_numpy().tolist())} == {*map(tuple, at_risk[key].to_numpy().tolist())}
    assert (SYRIA, RUSSIA, 2015) in set(rows[key].itertuples(index=False, name=None))
    assert not rows["bandwagon"].any()  # the case left no treaty
    assert set(rows["year"]) == set(YEARS)


def test_probabilities_under_draws_have_the_means_that_the_engine_gives():
    panel = synthetic.panel(2000, seed=2)
    design = REGISTRY["carter-3"].design(panel, "bandwagon")
    truth = draw(design, 6, np.random.default_rng(1))
    point = {p.name: (("chain", "draw", *p.dims), truth[p.name].reshape(2, 3, *truth[p.name].shape[1:]))
             for p in design.parameters}  # fmt: skip
    posterior = xr.Dataset(point, {"chain": [0, 1], "draw": [0, 1, 2]} | design.coords)
    few = design.subset(slice(0, 40))
    found = case_2015.probabilities(few, posterior)
    assert found.shape == (2, 3, 40)
    np.testing.assert_allclose(found.mean((0, 1)), stream.row_probability(few, posterior, "float64"), rtol=1e-9)
    np.testing.assert_allclose(found.mean(2), stream.mean_probability(few, posterior, few.x, "float64"), rtol=1e-9)


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    root = tmp_path_factory.mktemp("case")
    schema.write(with_case(synthetic.panel(2500, seed=3, system=SMALL)), root / "alignment.parquet")
    return Session(root / "alignment.parquet", Settings(chains=2, draws=200), root / "posteriors")


@pytest.fixture(scope="module")
def tree(session):
    case_2015.fit_case(session)
    path = next(session.folder.glob("case.2015*.nc"))  # so few draws need not pass the gate
    with xr.open_datatree(path, engine="netcdf4") as file:
        return file.load()


@pytest.mark.slow
def test_the_archive_holds_what_is_said_of_it(tree, session):
    assert list(contents.deviations(contents.CASE, tree)) == []
    assert tree.attrs["made_by"] == "inference.fitting.case_2015"
    assert archive.staleness(tree.attrs, session.panel) is None
    assert (tree.attrs["until"], tree.attrs["since"]) == (2010, 1976)


@pytest.mark.slow
def test_models_learn_from_no_row_of_the_case(tree, session):
    panel, case = panels.read("alignment", session.panel), archive.group(tree, "case")
    for claim in case_2015.CLAIMS:
        design = replace(REGISTRY[claim], until=2010).design(panel, "bandwagon")
        assert panel["year"].iloc[design.rows].max() <= 2010
        assert int(case["learnt"].sel(claim=claim)) == design.y.size
    assert case["year"].min() == 2011


@pytest.mark.slow
def test_every_row_has_its_probability_and_its_rank_where_its_columns_are_known(tree, session):
    panel, case = panels.read("alignment", session.panel), archive.group(tree, "case")
    rows = panel.iloc[case_2015.rows_of(panel)]
    assert case["state"].to_numpy().tolist() == rows["state"].tolist()
    known = rows["capacity_lag5"].notna().to_numpy()
    of_duress, of_threat = (case.sel(claim=claim) for claim in ("carter-3", "carter-1"))
    assert np.isfinite(of_threat["probability"]).all()
    np.testing.assert_array_equal(np.isfinite(of_duress["probability"].to_numpy()).all((0, 1)), known)
    assert not known.all()
    for name in ("rank_year", "rank_all"):
        assert (of_duress[name].to_numpy()[~known] == 0).all()
        assert (case[name] <= case[f"rows_{name.removeprefix('rank_')}"]).all()
    assert (of_threat["rows_all"] == (panel["year"] >= 1976).sum()).all()
    best = of_threat["probability"].mean(("chain", "draw")).argsort().to_numpy()[::-1]
    assert (np.diff(of_threat["rank_all"].to_numpy()[best]) >= 0).all()


def test_the_case_is_fitted_with_its_models_and_on_the_panel_of_the_real_world_only(session, tmp_path):
    both, one = [REGISTRY[claim] for claim in case_2015.CLAIMS], [REGISTRY["carter-1"]]
    assert [work.name for work in plan.of_the_world(both, panels.PANEL)] == [
        *map(future.name_of, future.CLAIMS),
        case_2015.NAME,
    ]
    assert [work.name for work in plan.of_the_world(one, panels.PANEL)] == [future.name_of("carter-1")]
    assert plan.of_the_world(both, session.panel) == []
    work = plan.of_the_world(both, panels.PANEL)[-1]
    assert not plan.is_there(work, Session(panels.PANEL, Settings(), tmp_path))
    assert work.made_by == case_2015.__name__


def test_a_panel_without_the_case_says_so(tmp_path):
    schema.write(synthetic.panel(500, seed=3), tmp_path / "alignment.parquet")
    with pytest.raises(ValueError, match="no row of the case of 2015"):
        case_2015.fit_case(Session(tmp_path / "alignment.parquet", Settings(), tmp_path))
