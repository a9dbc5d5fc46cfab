"""Each state that joins a war chooses once; what is known of both sides enters as a difference."""

from pathlib import Path

import pandas as pd
import pytest

from data import schema
from data.build.siding import SIDING, siding

PANELS = Path(schema.__file__).parent / "panels"
WORLD_WAR_II, ITALY, USA, GERMANY = 139, 325, 2, 255


@pytest.fixture(scope="module")
def joining():
    return schema.read(PANELS / "joining.parquet", "joining")


def test_every_state_that_joined_has_one_row_in_the_year_in_which_it_did(joining):
    out = siding(joining)
    assert list(out.columns) == list(SIDING.columns)
    assert not out.duplicated(["war", "state"]).any()
    joiners = joining.loc[joining["joined"] == 1, ["war", "state", "year"]]
    pd.testing.assert_frame_equal(
        out[["war", "state", "year"]].sort_values(["war", "state"], ignore_index=True),
        joiners.sort_values(["war", "state"], ignore_index=True),
    )


def test_italy_in_1940_joined_the_stronger_side_and_values_are_its_less_the_others(joining):
    """Germany alone against Britain, France and others at the end of 1939: who was stronger follows from the panel."""
    out = siding(joining)
    row = out[(out["war"] == WORLD_WAR_II) & (out["state"] == ITALY)].iloc[0]
    sides = joining[(joining["war"] == WORLD_WAR_II) & (joining["state"] == ITALY) & (joining["year"] == row["year"])]
    strong, weak = (sides[sides["side_share"].gt(0.5) == flag].iloc[0] for flag in (True, False))
    assert row["year"] == 1940
    assert row["with_stronger"] == strong["joined"] == 1 - weak["joined"]
    assert row["lead"] == pytest.approx(strong["side_share"] - 0.5)
    assert row["ally"] == float(strong["allied"]) - float(weak["allied"])
    assert row["enemy"] == float(strong["rival"]) - float(weak["rival"])
    assert row["nearer"] == pytest.approx(strong["proximity"] - weak["proximity"])


def test_sides_turned_around_say_the_same(joining):
    """Which side is called the first is arbitrary."""
    turned = joining.assign(side=3 - joining["side"])
    pd.testing.assert_frame_equal(siding(turned), siding(joining))
