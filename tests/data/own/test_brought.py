"""A panel that somebody brings: read alike from every format, under its mapping, with every fault said at once."""

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadr
import pytest

from data import schema
from data.own import brought
from data.schema import PanelError
from inference import panels
from models.claims.registry import REGISTRY

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "own_panel.csv"
MAPPING = EXAMPLE.with_suffix(".toml")


@pytest.fixture(scope="module")
def table():
    """The example as it stands in its file."""
    return pd.read_csv(EXAMPLE)


@pytest.fixture
def mine(tmp_path):
    """A function that writes a table beside a mapping, that of the example by default, and gives its path."""

    def write(table, ending=".csv", mapping=None):
        path = tmp_path / f"mine{ending}"
        path.with_suffix(".toml").write_text(MAPPING.read_text() if mapping is None else mapping)
        WRITTEN[ending](table, path)
        return path

    return write


WRITTEN = {
    ".csv": lambda table, path: table.to_csv(path, index=False),
    ".tsv": lambda table, path: table.to_csv(path, index=False, sep="\t"),
    ".txt": lambda table, path: table.to_csv(path, index=False, sep=";"),
    ".parquet": lambda table, path: table.to_parquet(path),
    ".dta": lambda table, path: table.rename(columns=lambda name: name[:32]).to_stata(path, write_index=False),
    ".rds": lambda table, path: pyreadr.write_rds(str(path), table),
    ".rda": lambda table, path: pyreadr.write_rdata(str(path), table, df_name="panel"),
    ".xlsx": lambda table, path: table.to_excel(path, index=False),
}


def test_the_example_is_a_panel_whose_columns_mean_what_its_mapping_says(table):
    panel = brought.read(EXAMPLE)
    assert len(panel) == len(table) == 50
    assert panel["state"].tolist() == table["ccode1"].tolist()
    assert panel["bandwagon"].tolist() == (table["joined_threat"] == "yes").astype(int).tolist()
    gone = table["nearness"] == -99
    assert gone.sum() == panel["proximity"].isna().sum() == 2
    assert panel.loc[~gone, "proximity"].tolist() == table.loc[~gone, "nearness"].tolist()
    assert "coder" not in panel
    assert panel.loc[panel["year"] == 1930, "era"].tolist() == ["1919-1938"]
    assert panel.loc[panel["state"] == 90, "region"].tolist() == ["North and Central America"]


@pytest.mark.parametrize("ending", WRITTEN)
def test_every_format_gives_the_same_panel(ending, table, mine):
    expected = brought.read(EXAMPLE)
    found = brought.read(mine(table, ending))
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_categorical=False)


def test_a_whole_panel_of_ours_comes_back_as_it_is(simulated, tmp_path):
    schema.write(simulated, tmp_path / "toy.parquet")
    pd.testing.assert_frame_equal(brought.read(tmp_path / "toy.parquet"), simulated)


def test_every_fault_is_listed_by_column_with_its_count_and_first_rows(command, table, mine):
    wrong = table.assign(
        joined_threat=table["joined_threat"].where(table.index != 2, "perhaps"),
        year=table["year"].where(table.index > 4, 1700),
        former_colony=table["former_colony"].where(table.index != 9, 7),
        power_of_state=table["power_of_state"].astype(object).where(table.index != 1, "strong"),
        mood="good",
    ).drop(columns="joined_others")
    said = MAPPING.read_text().replace('joined_others = "balance"\n', "")
    done = command("data", "--check", path := mine(wrong, mapping=said))
    assert done.returncode == 2
    head, *lines = done.stderr.splitlines()
    assert head == f"error: {path}: {len(lines)} faults in 50 rows, counted from 0"
    listed = "\n".join(lines)
    assert "missing column balance" in listed and "unknown column mood" in listed
    assert "column bandwagon: is not a number, in 1 row: row 2 has 'perhaps'" in listed
    assert "column year: is not a finite number, at least 1817, at most 2018, in 5 rows: row 0 (" in listed
    assert "; and 2 more" in listed
    assert "column past_alliance_lag1" not in listed
    assert "column colonial_tie: is not 0 or 1, in 1 row: row 9 (" in listed and " has 7" in listed
    assert "column own_power_lag1: is not a number, in 1 row: row 1 has 'strong'" in listed
    with pytest.raises(PanelError, match=rf"further: 'python -m data --check {path}' lists all"):
        brought.read(path)


def test_a_file_in_order_is_described_and_nothing_is_written(command, tmp_path):
    for file in (EXAMPLE, MAPPING):
        shutil.copy(file, tmp_path)
    path = tmp_path / EXAMPLE.name
    done = command("data", "--check", path)
    assert done.returncode == 0, done.stderr
    assert "a valid panel of 50 rows" in done.stdout and "9 bandwagon, 9 balance" in done.stdout
    assert "threat_lag5" in done.stdout.partition("columns that are not there")[2]
    assert sorted(file.name for file in tmp_path.iterdir()) == [EXAMPLE.name, MAPPING.name]


@pytest.mark.parametrize(
    ("mapping", "parts"),
    [
        ("columns = ", ["no valid TOML"]),
        ("[colums]\na = 'state'", ["unknown table 'colums'", "columns, missing, recode"]),
        ("[columns]\nccode1 = 'staat'", ["'staat' is no column of the alignment panel"]),
        ("[columns]\na = 'state'\nb = 'state'", ["two columns are to be 'state'"]),
        ("[missing]\nall = -9", ["missing.all must be a list"]),
        ("[recode]\nduress = 1", ["recode.duress must be a table"]),
        ("[file]\nseperator = ';'", ["file.seperator", "separator, decimal"]),
        ("[columns]\nccode9 = 'state'", ["the mapping names ccode9", "it has ccode1, ccode2"]),
    ],
)
def test_a_mapping_that_says_what_cannot_be_is_named(mapping, parts, table, mine):
    with pytest.raises(PanelError) as error:
        brought.read(mine(table, mapping=mapping))
    assert [part for part in parts if part not in str(error.value)] == [], error.value


@pytest.mark.parametrize(
    ("name", "content", "part"),
    [
        ("mine.sav", b"x", "'.sav' is of no known format: choose from .parquet, .csv"),
        ("mine.dta", b"x", "not readable as .dta"),
        ("mine.rds", b"x", "not readable as .rds"),
        ("mine.xlsx", b"x", "not readable as .xlsx"),
        ("mine.csv", b"\xff\xfe\xfa", "not readable as .csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_named_with_the_reason(name, content, part, tmp_path):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(PanelError) as error:
        brought.read(path)
    assert part in str(error.value) and "\n" not in str(error.value)


def test_an_r_file_of_two_frames_asks_which(table, tmp_path):
    path = tmp_path / "mine.rda"
    pyreadr.write_rdata(str(path), table, df_name="panel")
    assert brought.tables.read(path, {"object": "panel"}).shape == table.shape
    with pytest.raises(PanelError, match="no object 'other': name one of panel"):
        brought.tables.read(path, {"object": "other"})


def test_a_comma_may_be_the_decimal_mark(table, tmp_path):
    path = tmp_path / "mine.csv"
    table.to_csv(path, index=False, sep=";", decimal=",")
    path.with_suffix(".toml").write_text(MAPPING.read_text() + "\n[file]\ndecimal = ','\n")
    pd.testing.assert_frame_equal(brought.read(path), brought.read(EXAMPLE), check_categorical=False)


def test_claims_that_lack_a_column_say_so_and_the_others_go_on():
    reasons = {
        claim: panels.lacking(REGISTRY[claim], EXAMPLE) for claim in ("carter-2", "bal-3", "bw-2", "cond-1", "bal-6")
    }
    assert reasons["carter-2"] is reasons["bal-3"] is reasons["cond-1"] is None
    assert reasons["bw-2"] == "own_panel.csv has no column power, proximity_lag1, offence_lag1"
    assert reasons["bal-6"] == "there is no termination.parquet beside own_panel.csv"


def test_a_claim_whose_predictor_never_varies_is_left_out_with_the_reason(table, mine):
    path = mine(table.assign(former_colony=0))
    assert "predictor 'colonial_tie' is constant (0) on all 48 rows" in str(panels.lacking(REGISTRY["carter-2"], path))


def test_what_a_claim_needs_is_enough_to_fit_it():
    panel = brought.read(EXAMPLE)
    for claim in ("carter-2", "cond-1"):
        needed = panel[list(REGISTRY[claim].columns)]
        (design, _), (whole, _) = (REGISTRY[claim].joint(frame).designs for frame in (needed, panel))
        assert np.array_equal(design.x, whole.x) and np.array_equal(design.y, whole.y)


def test_a_changed_mapping_makes_another_panel(table, mine):
    path = mine(table)
    assert panels.files_of("alignment", path) == (path, path.with_suffix(".toml"))


def test_somebody_with_a_csv_is_told_what_it_can_fit(command):
    """The first two commands that the README gives them; the third fits what the second lists."""
    checked, listed = command("data", "--check", EXAMPLE), command("inference", "--list", "--panel", EXAMPLE)
    assert (checked.returncode, listed.returncode) == (0, 0), checked.stderr + listed.stderr
    assert (
        f"make fit PANEL={EXAMPLE}" in checked.stdout
        and f"python -m inference --list --panel {EXAMPLE}" in checked.stdout
    )
    said = dict(line.split(None, 1) for line in listed.stdout.splitlines()[::2])
    marks = dict(zip(said, listed.stdout.splitlines()[1::2], strict=True))
    assert marks["carter-2"].endswith("[now, posterior carter-2]")
    assert marks["bw-2"].endswith("[now, left out: own_panel.csv has no column power, proximity_lag1, offence_lag1]")
