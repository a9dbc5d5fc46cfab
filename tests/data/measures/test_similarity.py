import numpy as np
import pytest

from data.codings import REGISTERED, Coding
from data.measures.measure import Sample
from data.measures.similarity import SIMILARITY, best_ally
from data.world.riskset import Rows
from tests.data.states import CHINA, INDIA, TURKEY, US, USSR


def test_the_best_available_ally_is_found_by_a_slow_loop_too(world, rows):
    rng = np.random.default_rng(5)
    few = rng.choice(len(rows.t), 25, replace=False)
    some = Rows(rows.i[few], rows.j[few], rows.t[few])
    sample = Sample(some, world, REGISTERED)
    found, out = best_ally(sample), SIMILARITY.columns(sample)["similarity_ally"]
    for n, (i, j, t) in enumerate(zip(some.i, some.j, some.t, strict=True)):
        best, strongest = -1, 0.0
        for k in range(len(world.grid.states)):
            past = range(max(t - REGISTERED.window, 0), t)
            against = any(world.disputes.any[k, j, y] > 0 or world.rivals[k, j, y] for y in past)
            if k in {i, j} or not against or world.treaties.defence[k, j, t - 1] or not world.grid.member[k, t - 1]:
                continue
            strength = world.cinc[k, t - 1] / (1 + world.distance_km[i, k, t - 1] / 1000)
            if strength > strongest:
                best, strongest = k, strength
        assert found[n] == best
        expected = -abs(world.regime[i, t - 1] - world.regime[best, t - 1]) if best >= 0 else np.nan
        assert out[n] == pytest.approx(expected, nan_ok=True)


def test_the_best_available_ally_follows_the_window_of_the_coding(world, rows):
    short, long = (best_ally(Sample(rows, world, Coding(window=years))) for years in (5, 15))
    assert (short >= 0).sum() < (long >= 0).sum()
    assert (short != rows.i).all()
    assert (short != rows.j).all()


def test_an_enemy_of_the_aggressor_with_a_pact_still_in_force_is_not_available(world, dyad):
    # Against China in 1970: not the USSR, whose pact of 1950 still stood after the Ussuri clashes, but the US.
    assert world.grid.states[best_ally(dyad(INDIA, CHINA, 1971))].tolist() == [US]
    # Against the USSR in 1947, Turkey's is the US too.
    assert world.grid.states[best_ally(dyad(TURKEY, USSR, 1947))].tolist() == [US]
