"""What refits under other codings, and with parts left out, say of each claim: tables, where they were made."""

from __future__ import annotations

from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING

from data.groups import REGIONS
from inference.robustness import specifications
from inference.robustness.sealed_tables import FOLDER
from inference.robustness.sealed_tables import read as read_table
from reports.numbers.types import Agreement, Permuted, Recoded, Table, Verdict

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("specification", "left_out", "scores", "permuted")
INTERVAL_SDS = 1.645  # sd to either side of the mean of a normal that hold 90 %
# Correlates of War codes of states that often are the aggressor; any other is named by its code.
STATES = {
    2: "United States", 40: "Cuba", 70: "Mexico", 90: "Guatemala", 91: "Honduras", 92: "El Salvador",
    93: "Nicaragua", 100: "Colombia", 101: "Venezuela", 130: "Ecuador", 135: "Peru", 140: "Brazil", 145: "Bolivia",
    150: "Paraguay", 155: "Chile", 160: "Argentina", 200: "United Kingdom", 210: "Netherlands", 220: "France",
    230: "Spain", 235: "Portugal", 255: "Germany", 260: "West Germany", 265: "East Germany", 290: "Poland",
    300: "Austria-Hungary", 310: "Hungary", 315: "Czechoslovakia", 325: "Italy", 339: "Albania", 345: "Yugoslavia",
    350: "Greece", 355: "Bulgaria", 360: "Romania", 365: "Russia", 369: "Ukraine", 490: "DR Congo", 500: "Uganda",
    530: "Ethiopia", 531: "Eritrea", 540: "Angola", 560: "South Africa", 600: "Morocco", 615: "Algeria",
    620: "Libya", 625: "Sudan", 630: "Iran", 640: "Turkey", 645: "Iraq", 651: "Egypt", 652: "Syria", 663: "Jordan",
    666: "Israel", 670: "Saudi Arabia", 700: "Afghanistan", 710: "China", 713: "Taiwan", 731: "North Korea",
    732: "South Korea", 740: "Japan", 750: "India", 770: "Pakistan", 775: "Myanmar", 800: "Thailand",
    811: "Cambodia", 816: "Vietnam", 850: "Indonesia",
}  # fmt: skip
# Level -> its form in the name of a refit, undone.
SPELT = {name.replace(" ", "-"): name for name in REGIONS}
Tables = dict[str, "pd.DataFrame"]


def read(folder: Path = FOLDER) -> Tables:
    """The tables of the refits that are there, by name, where anything was fitted; ValueError for a damaged one."""
    out: Tables = {}
    for name in NAMES:
        table = read_table(folder / f"{name}.csv", dtype={"level": str})
        if table is not None and ("mean" in table or name in ("scores", "permuted")):
            out[name] = table
    return out


def level_name(group: str, level: str) -> str:
    """What was left out, as a reader knows it."""
    if group == "treaty":
        return f"treaty {level}"
    return STATES.get(int(level), f"state {level}") if group == "aggressor" else SPELT.get(level, level)


def of_claim(tables: Tables, name: str, claim: str) -> pd.DataFrame | None:
    """Rows of a table on one claim, those with an estimate; None where there are none."""
    if name not in tables:
        return None
    mine = tables[name][(tables[name]["hypothesis"] == claim) & tables[name]["mean"].notna()]
    return None if mine.empty else mine


def _permuted(tables: Tables, index: int, verdict: Verdict) -> Permuted | None:
    """Where the curve of an estimand lies among those of permuted outcomes, by its median."""
    if "permuted" not in tables:
        return None
    table = tables["permuted"]
    mine = table[(table["hypothesis"] == verdict.hypothesis) & (table["index"] == index)]
    mine = mine[mine["statistic"] == "median"]
    if mine.empty:
        return None
    share, mcse, permutations, codings = mine[["share", "mcse", "permutations", "codings"]].to_numpy(float)[0].tolist()
    return Permuted(share, mcse, int(permutations), int(codings))


def coding(text: str) -> str:
    """The text form of a coding, as a reader knows it."""
    return text.replace("+", ", ").replace("=", ": ").replace("-", " ")


def changes(panel: str) -> dict[str, specifications.Specification]:
    """The specifications of a panel by their text form."""
    return {str(s): s for s in specifications.specifications(panel, full=True)}


def recoded(tables: Tables, index: int, verdict: Verdict) -> Recoded:
    """What the refits say of the ``index``-th estimand of a claim; nothing when they are of another panel."""
    agreement = _agreement(tables, index, verdict)
    if not _of_same_rows(tables, index, verdict):
        return Recoded(codings=None, permuted=None, stale=agreement is not None, turned={})
    permuted = _permuted(tables, index, verdict)
    return Recoded(codings=agreement, permuted=permuted, stale=False, turned=_turned(tables, index, verdict))


def _of_estimand(tables: Tables, name: str, index: int, verdict: Verdict) -> pd.DataFrame | None:
    rows = of_claim(tables, name, verdict.hypothesis)
    return None if rows is None else rows[rows["index"] == index]


def _agreement(tables: Tables, index: int, verdict: Verdict) -> Agreement | None:
    """How many codings there are, and the share of them on the side of the registered one."""
    from inference.robustness.summary import agreement

    curve = tables.get("specification")
    rows = None if curve is None else curve[(curve["hypothesis"] == verdict.hypothesis) & (curve["index"] == index)]
    if rows is None or rows.empty:
        return None
    row = agreement(rows).iloc[0]
    share, weighed, moved_share = (
        None if isnan(value) else value for value in (float(row[name]) for name in ("agreeing", "weighed", "share"))
    )
    return Agreement(share, int(row["codings"]), weighed, row["moved_by"], moved_share)


def _of_same_rows(tables: Tables, index: int, verdict: Verdict) -> bool:
    """Whether the refit under the registered coding has the rows and events of the posterior itself."""
    rows = _of_estimand(tables, "specification", index, verdict)
    if rows is None:
        return True
    registered = rows[rows["changes"] == 0]
    return registered.empty or tuple(registered[["rows", "events"]].iloc[0]) == (verdict.rows, verdict.events)


def _turned(tables: Tables, index: int, verdict: Verdict) -> dict[str, tuple[str, ...]]:
    """What turns the verdict over: single changes of the coding, and parts left out."""
    from inference.robustness.summary import SIDES, turned

    registered = SIDES.get(verdict.verdict_by_sign, "undecided")
    out: dict[str, tuple[str, ...]] = {}
    curve = _of_estimand(tables, "specification", index, verdict)
    if curve is not None:
        out["coding"] = tuple(map(coding, turned(curve[curve["changes"] == 1], registered)["specification"]))
    without = _of_estimand(tables, "left_out", index, verdict)
    if without is not None:
        over = turned(without, registered)
        out["left out"] = tuple(map(level_name, over["group"], over["level"]))
    return out


def scores(tables: Tables) -> Table:
    """Out-of-sample scores by model, outcome and kind of part left out; None where a score is not defined."""
    return rows_of(tables["scores"]) if "scores" in tables else ()


def rows_of(table: pd.DataFrame) -> Table:
    """The rows of a table as plain values; None where a number is missing."""
    import json

    return tuple(json.loads(table.to_json(orient="records", double_precision=12)))
