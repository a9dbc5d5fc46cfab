"""Models reach the processes of the benchmarks as they are, with every part that changes the posterior."""

from dataclasses import fields, is_dataclass, replace

import numpy as np
import pytest

from benchmarks import cases, files, measure, plan, table
from benchmarks.systems import Length
from models.joint import Joint
from tests.fixtures.engine_designs import paired


def assert_same(one, other):
    """Compare values part by part, arrays element by element."""
    if isinstance(one, np.ndarray):
        np.testing.assert_array_equal(one, other)
    elif is_dataclass(one):
        assert type(one) is type(other)
        for field in fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name))
    elif isinstance(one, dict):
        assert one.keys() == other.keys()
        for key, value in one.items():
            assert_same(value, other[key])
    elif isinstance(one, tuple):
        for mine, theirs in zip(one, other, strict=True):
            assert_same(mine, theirs)
    else:
        assert one == other


def with_error(joint):
    """The joint model, one of whose predictors is measured with error."""
    return replace(joint, designs=tuple(replace(d, error={"x1": np.linspace(0, 1, d.y.size)}) for d in joint.designs))


def test_models_are_read_as_they_were_written(tmp_path):
    models = [with_error(paired(60, extra={"state": 5}, apart=True)), cases.simulated(80, varying=1, actors=7)]
    read = files.read(files.write(models, tmp_path / "models"))
    assert len(read) == len(models)
    for one, other in zip(models, read, strict=True):
        assert_same(one, other)


def test_a_hundredth_of_the_rows_is_taken_of_each_outcome():
    joint = cases.few(paired(300))
    assert isinstance(joint, Joint)
    assert [design.y.size for design in joint.designs] == [3, 3]
    assert cases.size(joint) == 6


@pytest.mark.parametrize("system", ["engine", "nutpie", "pymc", "numpyro", "walnutpie"])
def test_the_joint_model_is_measured_in_each_system_that_can_state_it(system):
    keys = {item.key: item for item in plan.measurements()}
    assert callable(keys["posterior", plan.JOINT, system].models)


def test_measurements_are_told_apart_and_actors_grow():
    every = plan.measurements()
    assert len({item.key for item in every}) == len(every)
    growing = [item for item in every if item.task == "levels"]
    assert [item.case for item in growing] == ["100 actors", "500 actors", "1,000 actors", "5,000 actors"]
    assert growing[0].models is not None
    (model,) = growing[0].models()
    assert not isinstance(model, Joint)
    assert len(model.groups["state"].levels) == 100


@pytest.mark.slow
@pytest.mark.parametrize("task", ["posterior", "together"])
def test_posteriors_are_of_the_length_that_is_asked_for(task):
    (record,) = measure.task(task, Length(2, 12))("engine", [paired(200, extra={"state": 5})], 0.0)
    assert (record["chains"], record["draws"]) == (2, 12)
    assert table.rows([{"status": "ok"} | record], [("chains x draws", table.length)], ()) == [
        "| chains x draws | remark |",
        "|--:|---|",
        "| 2 x 12 |  |",
    ]


def test_a_count_that_a_system_does_not_give_is_left_out_not_zero():
    assert table.whole("divergences")({"divergences": None}) == ""
    assert table.whole("divergences")({"divergences": 0}) == "0"
