"""Every bad panel is refused in one sentence that names column, row and value."""

import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from data import schema
from data.build.alignment import ALIGNMENT
from data.schema import PanelError, read, validate, write


def column(name, value, row=7):
    """A change of one value; the column takes the value's type when it must."""

    def change(panel):
        values = panel[name].astype(str if isinstance(value, str) else object)
        values.iloc[row] = value
        return panel.assign(**{name: values if isinstance(value, str) else pd.to_numeric(values)})

    return change


def same_state(panel):
    return panel.assign(aggressor=panel["aggressor"].where(np.arange(len(panel)) != 7, panel["state"]))


def with_empty_group(panel):
    return panel.assign(region=panel["region"].cat.add_categories("Atlantis"))


BAD = {
    "missing column": (lambda p: p.drop(columns=["threat", "era"]), ["missing column era, threat"]),
    "extra column": (lambda p: p.assign(mood=1), ["unknown column mood"]),
    "no rows": (lambda p: p.iloc[:0], ["no rows"]),
    "duplicate": (lambda p: pd.concat([p, p.iloc[[3]]], ignore_index=True), ["row 3000", "more than once", "state"]),
    "i = j": (same_state, ["column aggressor", "row 7", "own aggressor"]),
    "missing value": (column("threat", np.nan), ["column threat", "row 7", "nan", "never missing"]),
    "missing key": (column("state", np.nan), ["column state", "row 7", "never missing"]),
    "infinite": (column("power", np.inf), ["column power", "row 7", "inf", "finite"]),
    "minus infinite": (column("capacity", -np.inf), ["column capacity", "row 7", "-inf", "finite"]),
    "outcome 2": (column("bandwagon", 2), ["column bandwagon", "row 7", "2 is not 0 or 1"]),
    "outcome 0.5": (column("balance", 0.5), ["column balance", "row 7", "0.5 is not 0 or 1"]),
    "binary -1": (column("duress", -1), ["column duress", "row 7", "-1 is not 0 or 1"]),
    "unknown region": (column("region", "Atlantis"), ["column region", "row 7", "Atlantis is not one of"]),
    "unknown era": (column("era", "1500-1600"), ["column era", "row 7", "1500-1600 is not one of", "1946-1968"]),
    "year too early": (column("year", 1815), ["column year", "row 7", "1815", "at least 1817"]),
    "year too late": (column("year", 2050), ["column year", "row 7", "2050", "at most 2018"]),
    "negative distance": (column("distance_km", -1.0), ["column distance_km", "row 7", "-1", "at least 0"]),
    "half a year": (column("year", 1950.5), ["column year", "row 7", "1950.5 is not a whole number"]),
    "half a dispute": (column("threat_disputes", 0.5), ["column threat_disputes", "row 7", "0.5", "whole"]),
    "infinite count": (column("peace_years", np.inf), ["column peace_years", "row 7", "inf is not a finite number"]),
    "treaty out of range": (column("treaty", 12.0), ["column treaty", "row 7", "12", "at least 1000"]),
    "text": (column("threat", "high"), ["column threat", "row 7", "'high' is not a number"]),
    "empty group": (with_empty_group, ["column region", "'Atlantis' is declared and has no row"]),
    "one group": (lambda p: p.assign(era="1946-1968"), ["column era", "every row is in '1946-1968'"]),
    "no event": (lambda p: p.assign(balance=0), ["column balance", "no event", "3,000 rows"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD)
def test_a_bad_panel_is_refused_by_name(simulated, case):
    change, parts = BAD[case]
    with pytest.raises(PanelError) as error:
        validate(change(simulated.copy()))
    text = str(error.value)
    assert "\n" not in text
    assert [part for part in parts if part not in text] == [], text


@pytest.mark.parametrize("case", [case for case in BAD if case not in {"no rows"}])
def test_a_bad_file_is_refused_in_time_with_its_path(simulated, tmp_path, case):
    path = tmp_path / "panel.parquet"
    change, parts = BAD[case]
    change(simulated.copy()).to_parquet(path)
    schema.schema()  # imports pandera, which reading a file does once
    started = time.perf_counter()
    with pytest.raises(PanelError) as error:
        read(path)
    assert time.perf_counter() - started < 2
    assert str(error.value).startswith(f"{path}: ")
    assert parts[0] in str(error.value)


def test_every_row_that_is_named_carries_its_keys(simulated):
    row = simulated.iloc[7]
    with pytest.raises(PanelError, match=f"state {row['state']}, aggressor {row['aggressor']}, year {row['year']}"):
        validate(column("threat", np.nan)(simulated.copy()))


def test_rows_are_counted_by_position_whatever_the_index(simulated):
    panel = column("threat", np.nan, row=7)(simulated.set_index(np.arange(3_000)[::-1]))
    with pytest.raises(PanelError, match="row 7 "):
        validate(panel)


@pytest.mark.parametrize("content", [b"", b"state,aggressor,year\n1,2,1900\n", b"PAR1" + b"\0" * 500 + b"PAR1"])
def test_a_file_that_is_not_parquet_is_refused(tmp_path, content):
    path = tmp_path / "panel.parquet"
    path.write_bytes(content)
    with pytest.raises(PanelError, match="not a readable parquet file") as error:
        read(path)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
def test_a_file_that_is_cut_short_is_refused(simulated, tmp_path, share):
    path = tmp_path / "panel.parquet"
    write(simulated, path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(PanelError, match="not a readable parquet file"):
        read(path)


def test_a_file_that_is_not_there_says_how_to_get_one(tmp_path):
    with pytest.raises(PanelError, match=r"no such file; build it with 'make data'"):
        read(tmp_path / "panel.parquet")


def test_validate_changes_nothing_the_second_time(simulated):
    again = validate(simulated)
    pd.testing.assert_frame_equal(again, simulated)
    pd.testing.assert_frame_equal(validate(again.assign(region=again["region"].astype(str))), simulated)


def test_groups_come_back_as_categories_in_the_order_of_the_codebook(simulated):
    shuffled = simulated.sample(frac=1, random_state=1).reset_index(drop=True)
    shuffled["era"] = shuffled["era"].astype(str)
    for name in ("region", "era"):
        order = [ALIGNMENT.columns[name].levels.index(level) for level in validate(shuffled)[name].cat.categories]
        assert order == sorted(order)
        assert len(order) > 5


def test_what_is_written_is_what_is_read(simulated, tmp_path):
    write(simulated, tmp_path / "a" / "panel.parquet")
    pd.testing.assert_frame_equal(read(tmp_path / "a" / "panel.parquet"), simulated)


def test_a_bad_panel_leaves_the_old_file(simulated, tmp_path):
    path = tmp_path / "panel.parquet"
    write(simulated, path)
    before = path.read_bytes()
    with pytest.raises(PanelError):
        write(simulated.assign(balance=0), path)
    assert path.read_bytes() == before


def test_a_death_while_writing_leaves_the_old_file(simulated, tmp_path, monkeypatch):
    path = tmp_path / "panel.parquet"
    write(simulated, path)
    before = path.read_bytes()

    def die(_frame, target, **_):
        target.write_bytes(before[:100])
        raise KeyboardInterrupt

    monkeypatch.setattr(pd.DataFrame, "to_parquet", die)
    with pytest.raises(KeyboardInterrupt):
        write(simulated, path)
    assert path.read_bytes() == before


FOLDER = Path(schema.__file__).parent / "panels"
OTHERS = ("termination", "joining", "state")


@pytest.fixture(scope="module")
def others():
    """The panels beside alignment, as committed."""
    return {name: read(FOLDER / f"{name}.parquet", name) for name in OTHERS}


def repeated(table):
    return pd.concat([table, table.iloc[[3]]], ignore_index=True)


def own_partner(table):
    return table.assign(partner=table["partner"].where(np.arange(len(table)) != 7, table["member"]))


BAD_OTHERS = {
    "no column": ("state", lambda p: p.drop(columns="capacity"),
                  ["missing column capacity", "the state panel", "data/build/state.py"]),
    "extra column": ("joining", lambda p: p.assign(mood=1), ["unknown column mood", "the joining panel"]),
    "member-year twice": ("termination", repeated, ["columns treaty, member, year", "the member-year occurs more"]),
    "side twice": ("joining", repeated, ["columns war, state, year, side", "side of a war in a year occurs more"]),
    "state-year twice": ("state", repeated, ["columns state, year", "the state-year occurs more than once"]),
    "own partner": ("termination", own_partner, ["column partner", "row 7 (treaty", "its own partner"]),
    "third side": ("joining", column("side", 3), ["column side", "row 7", "3 is not", "at most 2"]),
    "share above 1": ("joining", column("side_share", 1.5), ["column side_share", "row 7 (war", "at most 1"]),
    "half an ending": ("termination", column("terminated", 0.5), ["column terminated", "0.5 is not 0 or 1"]),
    "no ending": ("termination", lambda p: p.assign(dissolved=0), ["column dissolved", "no event"]),
    "nobody joins": ("joining", lambda p: p.assign(joined=0), ["column joined", "no event in"]),
    "year too late": ("state", column("year", 2016), ["column year", "row 7 (state", "at most 2015"]),
    "duress unknown": ("state", column("duress", np.nan), ["column duress", "row 7", "never missing"]),
    "infinite aid": ("state", column("aid_total", np.inf), ["column aid_total", "row 7", "inf is not a finite"]),
    "one era": ("state", lambda p: p.assign(era="1946-1968"), ["column era", "every row is in '1946-1968'"]),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_OTHERS)
def test_the_other_panels_are_refused_as_well(others, case):
    name, change, parts = BAD_OTHERS[case]
    with pytest.raises(PanelError) as error:
        validate(change(others[name].copy()), name)
    text = str(error.value)
    assert "\n" not in text
    assert [part for part in parts if part not in text] == [], text


@pytest.mark.parametrize("name", OTHERS)
def test_the_other_panels_write_read_and_validate_unchanged(others, name, tmp_path):
    pd.testing.assert_frame_equal(validate(others[name], name), others[name])
    write(others[name], tmp_path / "panel.parquet", name)
    pd.testing.assert_frame_equal(read(tmp_path / "panel.parquet", name), others[name])


@pytest.mark.parametrize("name", OTHERS)
def test_one_panel_is_not_taken_for_another(name, simulated, tmp_path):
    with pytest.raises(PanelError, match=r"missing column .*; the alignment panel has the columns of data/measures"):
        read(FOLDER / f"{name}.parquet")
    path = tmp_path / "panel.parquet"
    with pytest.raises(PanelError, match=f"missing column .*; the {name} panel"):
        write(simulated, path, name)
    assert not path.exists()


def test_an_unknown_panel_is_refused_with_the_choices(simulated):
    with pytest.raises(ValueError, match="unknown panel 'weather': choose from alignment, informal, termination"):
        validate(simulated, "weather")


ALIKE = {
    "objects": lambda values: values.astype(object),
    "nullable": lambda values: values.convert_dtypes(),
    "arrow": lambda values: values.convert_dtypes(dtype_backend="pyarrow"),
    "None": lambda values: values.astype(object).where(values.notna(), None),
}


@pytest.mark.parametrize("storage", ALIKE)
def test_what_holds_the_same_values_is_treated_alike(simulated, storage):
    whole = simulated.assign(arms=simulated["arms"].where(simulated.index % 3 != 0))
    numbers = whole.select_dtypes("number").columns
    stored = whole.assign(**{name: ALIKE[storage](whole[name]) for name in numbers})
    found = validate(stored)
    pd.testing.assert_frame_equal(found, validate(whole), check_dtype=False)
    codes = [variable.name for variable in ALIGNMENT.variables if variable.kind == "key"]
    assert all(isinstance(dtype, np.dtype) for dtype in found[numbers.difference(codes)].dtypes)


def test_codes_that_may_be_missing_stay_whole_numbers(simulated):
    assert simulated["treaty"].dtype == validate(simulated)["treaty"].dtype == "Int32"


@pytest.mark.parametrize("column", ["treaty", "arms"])
def test_a_column_that_may_be_missing_may_have_no_value_at_all(simulated, column):
    assert validate(simulated.assign(**{column: None}))[column].isna().all()


def test_the_index_of_a_file_does_not_matter(simulated):
    half = len(simulated) // 2
    halves = pd.concat([simulated[:half], simulated[half:].reset_index(drop=True)])
    pd.testing.assert_frame_equal(validate(halves), validate(simulated))
    labelled = simulated.set_axis([f"row {k}" for k in range(len(simulated))])
    pd.testing.assert_frame_equal(validate(labelled), validate(simulated))


def test_a_value_that_decides_its_column_alone_is_named(simulated):
    panel = simulated.assign(threat=simulated["threat"].where(simulated.index != 5, 1e12))
    with pytest.raises(PanelError, match=r"column threat, row 5 .*1000000000000.0 alone makes 100%"):
        validate(panel)
    assert validate(panel, leverage=False)["threat"].max() == 1e12
    with pytest.raises(PanelError, match="no event"):
        validate(panel.assign(balance=0), leverage=False)


def test_a_column_that_is_there_twice_is_named(simulated):
    with pytest.raises(PanelError, match="column threat occurs more than once"):
        validate(pd.concat([simulated, simulated[["threat"]]], axis=1))


def test_a_number_that_no_float_can_hold_is_refused_by_its_digits(simulated):
    panel = simulated.astype({"threat": object})
    panel.loc[7, "threat"] = 10**5000
    with pytest.raises(PanelError, match=r"threat, row 7: 'a whole number of some 5,001 digits' is not a number"):
        validate(panel)
