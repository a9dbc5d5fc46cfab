"""The committed panel: what the codebook says, and exactly what the raw files make."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import schema
from data.build import earlier
from data.build.alignment import ALIGNMENT, alignment, rows_at_risk
from data.codings import Coding
from data.coverage import coverage
from data.groups import era
from data.period import FIRST
from data.world.riskset import Rows

ROOT = Path(__file__).parents[3]
COMMITTED = ROOT / "data" / "panels" / "alignment.parquet"


@pytest.fixture(scope="module")
def committed():
    return schema.read(COMMITTED)


LAST_BITS = 2.0**-22  # two of the last of a 32-bit number


def differences(made, stored):
    """Rows that differ, by column, missing values alike; shapes and types must agree.

    The last bit of a logarithm depends on the processor, for several of which numpy has code of their own.
    """
    assert made.shape == stored.shape
    assert made.dtypes.to_dict() == stored.dtypes.to_dict()
    counts = {name: int(_unequal(made[name], stored[name]).sum()) for name in made}
    return {name: count for name, count in counts.items() if count}


def _unequal(made, stored):
    if made.dtype.kind == "f":
        return ~np.isclose(made, stored, rtol=LAST_BITS, atol=LAST_BITS, equal_nan=True)
    return ((made != stored) & (made.notna() | stored.notna())).fillna(True)


def test_the_columns_are_those_of_the_codebook_in_its_order(committed):
    assert list(committed.columns) == list(ALIGNMENT.columns)


def test_rows_are_sorted_by_state_aggressor_and_year(committed):
    keys = committed[["state", "aggressor", "year"]]
    assert keys.equals(keys.sort_values(list(keys), ignore_index=True))


def test_the_panel_is_exactly_what_the_raw_files_make(committed, rebuilt):
    assert differences(schema.validate(rebuilt), committed) == {}


def test_rows_of_years_after_the_registered_ones_are_a_coding(world, rebuilt):
    """The rows alone; the campaign builds their panel."""
    rows = rows_at_risk(world, Coding(last=2018))
    years = rows.t + FIRST
    assert years.max() == 2018
    assert (years <= 2015).sum() == len(rebuilt)
    assert set(era(years[years > 2015])) == {"2002-2015"}


@pytest.mark.slow
@pytest.mark.campaign
def test_years_after_the_registered_ones_are_a_coding_and_nothing_before_them_moves(world, rebuilt):
    coding = Coding(last=2018)
    panel = schema.validate(alignment(world, coding))
    assert panel["year"].max() == 2018
    assert len(panel[panel["year"] <= 2015]) == len(rebuilt)
    assert (panel.loc[panel["year"] > 2015, "era"] == "2002-2015").all()


def test_the_coverage_table_beside_it_is_that_of_the_panel(committed):
    stored = pd.read_csv(COMMITTED.with_suffix(".coverage.csv"))
    made = coverage(committed)
    pd.testing.assert_frame_equal(stored, made.astype(stored.dtypes.to_dict()))


def test_all_tables_together_are_small():
    assert sum(path.stat().st_size for path in COMMITTED.parent.iterdir()) < 15_000_000


def test_numbers_are_stored_in_the_smallest_type_that_holds_them(committed):
    kinds = {str(dtype) for dtype in committed.dtypes}
    assert kinds == {"int8", "int16", "Int32", "float32", "category"}


def test_proximity_power_and_threat_follow_from_their_parts(committed):
    np.testing.assert_allclose(committed["proximity"], -np.log1p(committed["distance_km"] / 100), rtol=1e-5, atol=1e-6)
    threat = np.log1p(committed["threat_disputes"]) + committed["rivalry"]
    np.testing.assert_allclose(committed["threat"], threat, rtol=1e-6)
    assert (committed["threat"] >= 0).all()
    assert (committed["power"] > 0).all()


def test_an_earlier_value_is_the_value_of_the_row_that_many_years_before(world, committed):
    """Where that row is at risk too; ties are a share of the rows of a year, which an earlier row has not all of."""
    begun = earlier.entered(world.grid.member)
    for lag, names in earlier.WANTED.items():
        then = committed.assign(year=committed["year"] + lag)[["state", "aggressor", "year", *names]]
        both = committed.merge(then, on=["state", "aggressor", "year"], suffixes=("", "_then"))
        t = both["year"].to_numpy(int) - FIRST
        since = np.maximum(*(begun[world.grid.index(both[side]), t] for side in ("state", "aggressor")))
        both = both[since < t - lag]  # not of Cuba in 1910, which entered the system again in 1909
        assert len(both) > 10_000
        for name in set(names) - {"ties"}:
            np.testing.assert_array_equal(both[f"{name}_lag{lag}"], both[f"{name}_then"], err_msg=f"{name}, {lag}")


def test_of_a_young_state_the_first_year_stands_for_earlier_ones(world):
    syria, israel = (world.grid.index([code]) for code in (652, 666))
    rows = Rows(syria, israel, np.array([1950 - FIRST]))
    then = earlier.earlier(rows, world.grid.member, 10)
    assert then.t + FIRST == 1949  # Israel entered in 1948
    assert earlier.earlier(rows, world.grid.member, 1).t + FIRST == 1949
