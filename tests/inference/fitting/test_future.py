"""Models are trained to a year and scored on the years after it alone, with effects of new eras drawn."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from data import synthetic
from inference import panels
from inference.archives import archive, contents
from inference.evidence.new_levels import with_new_levels
from inference.fitting import future
from inference.sampling.settings import Session, Settings
from models.claims.registry import REGISTRY
from tests.fixtures.small_system import SMALL

CLAIM = REGISTRY["carter-1"]


def test_spans_follow_each_other_to_the_last_year_of_the_claim():
    spans = future.spans(CLAIM, panels.read("alignment", panels.PANEL))
    assert [until for until, _ in spans] == list(future.TRAINED_TO)
    assert all(last == until for (_, last), (until, _) in pairwise(spans))
    assert spans[-1][1] == CLAIM.until


def test_a_model_that_needs_capacity_is_trained_only_since_it_is_measured():
    spans = future.spans(REGISTRY["carter-3"], panels.read("alignment", panels.PANEL))
    assert [until for until, _ in spans] == [1989, 2001]


def test_a_new_era_is_a_new_level_only_where_it_is_asked_for():
    panel = panels.read("alignment", panels.PANEL)
    trained = replace(CLAIM, until=1913)
    design = trained.design(panel, "bandwagon")
    coming = panel[panel["year"].between(1914, 1938)]
    assert design.elsewhere(coming).y.size == 0
    away = design.elsewhere(coming, new_eras=True)
    assert away.y.size > 1000
    assert set(away.groups["era"].levels) - set(design.groups["era"].levels) == {"1914-1918", "1919-1938"}
    assert away.groups["region"].levels == design.groups["region"].levels


@pytest.mark.slow
def test_years_to_come_are_scored_and_archived(tmp_path, monkeypatch):
    frame = synthetic.panel(3000, seed=1, system=SMALL)
    monkeypatch.setattr(panels, "read", lambda *_: frame)
    monkeypatch.setattr(future, "TRAINED_TO", (1975, 1995))
    result = future.fit_future("carter-3", Session(panels.PANEL, Settings(seed=3), tmp_path))
    tree = archive.read("future.carter-3", tmp_path) if not result.failed else None
    assert tree is not None, result.failed
    assert list(contents.deviations(contents.FUTURE, tree)) == []
    table = archive.group(tree, "future")
    for k, (until, last) in enumerate(future.spans(REGISTRY["carter-3"], frame)):
        years = frame["year"].between(until + 1, last)
        one = table.isel(until=k).sel(model="registered", outcome="bandwagon")
        assert 0 < int(one["rows"]) <= int(years.sum())
        assert float(one["low"]) <= float(one["high"])
        assert float(one["expected"]) > 0
    assert (table["rows"].std("model") == 0).all()
    bins = archive.group(tree, "calibration").sel(model="registered", outcome="balance")
    assert int(bins["rows"].sum()) == int(table["rows"].sel(model="registered", outcome="balance").sum())


def test_effects_of_new_eras_have_the_scale_of_their_grouping():
    import xarray as xr

    panel = panels.read("alignment", panels.PANEL)
    design = replace(CLAIM, until=1913).design(panel, "bandwagon")
    away = design.elsewhere(panel[panel["year"].between(1914, 1938)], new_eras=True)
    draws = np.random.default_rng(1).uniform(0.5, 1.5, (4, 1000))
    eras = list(design.groups["era"].levels)
    known = {"era": eras, "chain": range(4), "draw": range(1000)}
    posterior = xr.Dataset(
        {
            "sigma_era": (("chain", "draw"), draws),
            "alpha_era": (("chain", "draw", "era"), np.zeros((4, 1000, len(eras)))),
        },
        known,
    )
    only = replace(away, groups={"era": away.groups["era"]})
    new = with_new_levels(posterior, only)["alpha_era"].sel(era=["1914-1918", "1919-1938"])
    assert float((new / posterior["sigma_era"]).std()) == pytest.approx(1.0, abs=0.03)
