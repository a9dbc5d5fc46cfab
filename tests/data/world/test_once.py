"""What worlds under several codings share must not depend on more of a coding than it says."""

from dataclasses import dataclass, field, fields

import pytest

from data.build.alignment import rows_at_risk
from data.codings import REGISTERED, Coding
from data.measures.measure import Sample
from data.measures.outcomes import balance, bandwagon, bandwagons
from data.world.world import World

DIMENSIONS = {each.name for each in fields(Coding)}


@dataclass(frozen=True)
class Watched(Coding):
    """A coding that notes which of its dimensions are read."""

    read: set[str] = field(default_factory=set, compare=False)

    def __getattribute__(self, name):
        if name in DIMENSIONS:
            object.__getattribute__(self, "read").add(name)
        return object.__getattribute__(self, name)


@pytest.fixture(scope="module")
def shared(world):
    """Keys of what is known of a world, each of a function, after both outcomes were coded."""
    sample = Sample(rows_at_risk(world), world, REGISTERED)
    bandwagon(sample)
    balance(sample)
    return {key[0]: {name for name, _ in key[1:]} for key in world.known}


def test_shared_results_depend_on_no_more_of_the_coding_than_they_say(world, shared):
    for function, said in shared.items():
        coding = Watched()
        coding.read.clear()
        known = {key: value for key, value in world.known.items() if key[0] is not function}
        function(World(world.raw, coding, known))
        assert coding.read <= said, function.__qualname__


def test_what_one_world_reads_first_another_shares(world):
    other = world.under(Coding(weak="small"))
    assert other.treaties is world.treaties
    assert bandwagons(other) is bandwagons(world)


def test_another_edition_is_not_shared(world):
    other = world.under(Coding(treaties="atop-4.01"))
    assert other.treaties is not world.treaties
    assert other.grid is world.grid
