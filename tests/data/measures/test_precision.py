"""Numbers are made in 64 bits and stored in 32, so that the last bits of a processor's logarithms do not show."""

import numpy as np
import pytest

from data.build.state import fields
from data.measures.registry import MEASURES
from data.world.world import World
from tests.data.states import IRAQ, KUWAIT


@pytest.mark.parametrize("measure", MEASURES, ids=lambda measure: measure.variables[0].name)
def test_no_column_is_made_in_single_precision(dyad, measure):
    made = measure.columns(dyad(KUWAIT, IRAQ, 1976, 1991, 2005))
    assert {str(kind) for kind in made.dtypes if kind.kind == "f"} <= {"float64"}


def test_no_field_or_cube_of_the_world_is_in_single_precision(world):
    assert {str(field.dtype) for field in fields(world).values() if field.dtype.kind == "f"} == {"float64"}
    for name in ("contiguity_km", "capital_km", "distance_km", "arms", "aid", "igos", "cinc"):
        assert getattr(world, name).dtype == np.float64, name
    for name in ("revisionist", "launched", "any", "display", "deaths"):
        assert getattr(world.disputes, name).dtype == np.int32, name


def test_distances_of_capitals_are_whole_metres_whatever_the_cosine_says(world, monkeypatch):
    """An arc cosine that is off in its last bits, as on another processor, gives the same distances."""
    arccos = np.arccos
    monkeypatch.setattr(np, "arccos", lambda values: arccos(values) * (1 + 4 * np.finfo(float).eps))
    other = World(world.raw).capital_km
    assert np.array_equal(other, world.capital_km, equal_nan=True)
