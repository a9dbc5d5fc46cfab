"""A calibrated engine is found calibrated, a corrupted one is not; a case is kept and drawn."""

from __future__ import annotations

import numpy as np
import pytest

from inference.calibration import cases, ecdf_figure, study

GROSS = "swapped sign"
REPLICATES = 20


def test_a_case_is_read_back_and_drawn(tmp_path, monkeypatch):
    rng = np.random.default_rng(10)
    made = cases.Case("engine", {"a": rng.integers(0, 200, 60), "b": np.zeros(60, int)}, 0, 1.0)
    monkeypatch.setattr(cases, "run", lambda *_: made)
    first = cases.kept("engine", 60, 1, tmp_path)
    monkeypatch.setattr(cases, "run", lambda *_: pytest.fail("run again"))
    again = cases.kept("engine", 60, 1, tmp_path)
    for name, value in first.ranks.items():
        np.testing.assert_array_equal(again.ranks[name], value)
    assert again.outside() == again.noticed == ["b"]
    assert again.family_level == pytest.approx(0.995)
    assert '"outside_99": [\n    "b"' in cases.write([again], 1, tmp_path).read_text()
    drawn = ecdf_figure.draw(again).axes[0].lines[0].get_ydata()
    np.testing.assert_array_equal(drawn, ecdf_figure.differences(again)["a"])


def test_replicates_end_when_a_look_notices_and_each_look_asks_for_more(monkeypatch):
    asked = []

    def ranked(_, __, number):
        asked.append(number)
        return study.Replicate({"a": 100 if number < 20 else 199, "b": 5 * number}, 0)

    monkeypatch.setattr(cases, "_replicate", ranked)
    case = cases.run("lost events", 80, seed=1, looks=4, cores=1)
    assert asked == list(range(case.replicates))
    assert case.replicates in (20, 40)
    assert case.noticed
    assert case.family_level == pytest.approx(1 - 0.01 / 8)
    assert cases.run("lost events", 80, seed=1, cores=1).replicates == 80


@pytest.mark.slow
@pytest.mark.parametrize("name", ["engine", pytest.param("wrong K", marks=pytest.mark.campaign)])
def test_the_engine_is_calibrated_also_by_a_wrong_transport(name):
    healthy = cases.run(name, REPLICATES, seed=1, cores=1)
    assert not healthy.noticed
    assert healthy.divergences == 0


@pytest.mark.slow
def test_an_engine_with_a_gross_bug_is_not():
    assert "bandwagon log likelihood" in cases.run(GROSS, REPLICATES, seed=1, looks=4, cores=1).noticed


@pytest.mark.slow
@pytest.mark.campaign
def test_a_wrong_jacobian_is_noticed():
    """Its sampler is compiled for this test alone; the gross bug above is noticed with the one that is kept."""
    assert cases.run("wrong Jacobian", REPLICATES, seed=1, cores=1).noticed


@pytest.mark.slow
def test_ranks_are_the_same_on_one_core_and_on_two():
    one, two = (cases.run("lost events", 4, seed=3, cores=cores) for cores in (1, 2))
    for name, value in one.ranks.items():
        np.testing.assert_array_equal(two.ranks[name], value)
