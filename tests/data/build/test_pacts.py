"""The years that pacts with the aggressor took out of the risk set, beside the panel that they are missing from."""

import numpy as np
import pandas as pd
import pytest

from data.build.pacts import pacts
from inference import panels
from inference.counterfactual.simulation.population import of_pacts, pacts_of
from models.claims.links import ALIGNMENT

KEYS = ["state", "aggressor", "year"]
COLUMNS = [*KEYS, "pact_began", "ended"]


@pytest.fixture(scope="module")
def table():
    return pacts_of(panels.PANEL)


@pytest.fixture(scope="module")
def alignment():
    return panels.read("alignment", panels.PANEL)


def keys(frame, year="year"):
    return pd.MultiIndex.from_frame(frame[["state", "aggressor", year]])


def test_every_pact_began_as_an_alignment_and_its_years_are_in_no_other_panel(table, alignment):
    assert keys(table, "pact_began").isin(keys(alignment[alignment["bandwagon"] == 1])).all()
    assert not keys(table).isin(keys(alignment)).any()
    assert (table["year"] > table["pact_began"]).all()
    assert not table.duplicated(KEYS).any()


def test_known_pacts_are_there_and_collective_ones_are_not(table):
    """North Korea with the Soviet Union, 1961, and Mozambique with Zimbabwe, 1981; not Georgia's way into the CIS."""
    of = dict(iter(table.groupby(["state", "aggressor"])))
    korea, mozambique = of[731, 365], of[541, 552]
    assert (korea["pact_began"] == 1961).all()
    assert korea["year"].tolist() == list(range(1962, 1998))
    assert korea["ended"].tolist() == [0] * 35 + [1]
    assert mozambique["year"].tolist() == list(range(1982, 1987))
    assert (372, 365) not in of


def test_what_is_learnt_of_pacts_is_counted_from_both_panels(table, alignment):
    found = of_pacts(ALIGNMENT, alignment, table)
    counted = ALIGNMENT.counted(alignment, "bandwagon")
    began = counted[(counted["bandwagon"] == 1) & (counted["year"] >= table["pact_began"].min())]
    hard = known = 0
    years, after = ({tuple(map(int, key)) for key in keys(frame)} for frame in (table, alignment))
    for state, aggressor, year in began[KEYS].to_numpy(int):
        hard += (state, aggressor, year + 1) in years
        known += (state, aggressor, year + 1) in years | after
    assert (found.hard, found.alignments) == (hard, known)
    assert 0 < found.hard < found.alignments
    own = table[keys(table, "pact_began").isin(keys(began))]
    assert (found.years, found.ended) == (len(own), int(own["ended"].sum()))
    assert of_pacts(ALIGNMENT, alignment, None).drawn(3, np.random.default_rng(1))[0].tolist() == [0, 0, 0]
    share, lapse = found.drawn(4000, np.random.default_rng(1))
    assert share.mean() == pytest.approx((hard + 0.5) / (known + 1), abs=0.01)
    assert lapse.mean() == pytest.approx((found.ended + 0.5) / (found.years + 1), abs=0.002)


@pytest.mark.slow
def test_the_panel_is_that_of_the_raw_files(world, table):
    rebuilt = pacts(world)
    pd.testing.assert_frame_equal(rebuilt[COLUMNS], table[COLUMNS])
    np.testing.assert_array_equal(rebuilt["threat"], table["threat"])
