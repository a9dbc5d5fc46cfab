"""The table of all claims: its rows, and neither formulas in the CSV nor commands in the LaTeX."""

import csv
import re

import pytest

from reports.numbers import claims_table
from reports.numbers.collect import NOT_IDENTIFIED
from tests.fixtures.hostile import PAYLOADS, RUN

pytestmark = pytest.mark.slow


def test_the_table_has_one_row_per_estimand_and_the_numbers_of_the_claims(numbers):
    table, expected = numbers["claims"], []
    for entry in numbers["hypotheses"]:
        expected += [(entry["id"], which["estimand"]) for which in entry["estimands"]] or [(entry["id"], None)]
    assert [(row["id"], row["estimand"]) for row in table] == expected
    row = next(row for row in table if row["estimand"] == "b_bw[duress] > 0")
    own = next(e for e in numbers["hypotheses"] if e["id"] == "carter-3")["estimands"][0]
    assert {name: row[name] for name in ("p_sign", "rd", "bayes_factor", "verdict")}.items() <= own.items()
    assert row["remark"].startswith(NOT_IDENTIFIED)
    assert row["agreeing"] == "of another panel"  # 7 rows were planted


def test_the_csv_runs_no_formula_and_keeps_its_numbers(reported, numbers):
    with (reported / "build" / "claims.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(numbers["claims"])
    for row, expected in zip(rows, numbers["claims"], strict=True):
        for column, value in expected.items():
            if isinstance(value, float):
                assert float(row[column]) == value
    assert rows[-1]["claim"].startswith("'=1+1 &")
    texts = {"claim": "@x", "remark": "-1", "mean": -1.5, "verdict": "+a", "id": "\t="}
    line = dict.fromkeys(claims_table.COLUMNS) | texts
    cells = next(csv.reader([claims_table.to_csv([line]).splitlines()[-1]]))
    assert [cell for cell in cells if cell] == ["'\t=", "'@x", "'-1", "-1.5", "'+a"]


def test_the_tex_table_is_escaped(reported, numbers):
    assert claims_table.escaped(r"50 % & a_b $x {y} #1 ~ ^ \z <") == (
        r"50 \% \& a\_b \$x \{y\} \#1 \textasciitilde{} \textasciicircum{} \textbackslash{}z \textless{}"
    )
    text = (reported / "build" / "claims.tex").read_text()
    body = text.split(r"\endhead")[1].split(r"\bottomrule")[0].strip().splitlines()
    assert len(body) == len(numbers["claims"])
    columns = len(claims_table.IN_PRINT)
    assert all(len(re.findall(r"(?<!\\)&", line)) == columns - 1 for line in body)
    assert r"b\_bw[duress:threat] \textgreater{} 0" in text
    assert body[-2].startswith(r"added-1 &  & b\_bal[offence]")
    assert next(line for line in body if line.startswith("ideo-5")).startswith("ideo-5 & Not tested: perceptions")
    assert text.count(r"\toprule") == text.count(r"\bottomrule") == 1


def test_no_cell_of_the_csv_is_a_formula():
    line = dict.fromkeys(claims_table.COLUMNS)
    table = [line | {"id": text, "claim": text, "remark": text, "estimand": text, "mean": -1.5} for text in PAYLOADS]
    rows = list(csv.DictReader(claims_table.to_csv(table).splitlines(keepends=True)))
    assert len(rows) == len(PAYLOADS)
    for row, text in zip(rows, PAYLOADS, strict=True):
        assert {row["id"], row["claim"], row["remark"]} <= {text, "'" + text}
        assert not row["claim"].startswith(claims_table.FORMULA)
        assert row["mean"] == "-1.5"
    marked = [row["claim"][1:] for row in rows if row["claim"].startswith("'") and row["claim"] not in PAYLOADS]
    assert marked == [text for text in PAYLOADS if text[0] in "=+-@\t"]


def test_no_text_of_the_tex_table_is_a_command():
    for text in PAYLOADS:
        plain = claims_table.escaped(text)
        assert "\n" not in plain
        known = r"\\text(backslash|asciitilde|asciicircum|less|greater)\{\}|\\[&%$#_{}]|\$\\(times|pm)\$"
        assert not re.search(r"[\\&%$#_{}~^<>]", re.sub(known, "", plain)), plain
    assert RUN in claims_table.escaped(PAYLOADS[0])
