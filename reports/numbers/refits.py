"""What refits under other codings, and with parts left out, say of each claim: tables, where they were made."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from data.groups import REGIONS
from inference.robustness import specifications

if TYPE_CHECKING:
    import pandas as pd

FOLDER = Path(__file__).parents[2] / "inference" / "robustness" / "results"
NAMES = ("specification", "left_out", "scores")
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
    """The tables of the refits that are there, by name, with a column ``side`` even where nothing could be fitted."""
    import pandas as pd

    out = {}
    for name in NAMES:
        path = folder / f"{name}.csv"
        if path.is_file() and path.stat().st_size > 1:
            table = pd.read_csv(path, dtype={"level": str})
            if "mean" in table or name == "scores":
                out[name] = table
    return out


def level_name(group: str, level: str) -> str:
    """What was left out, as a reader knows it."""
    return STATES.get(int(level), f"state {level}") if group == "aggressor" else SPELT.get(level, level)


def of_claim(tables: Tables, name: str, claim: str) -> pd.DataFrame | None:
    """Rows of a table on one claim, those with an estimate; None where there are none."""
    if name not in tables:
        return None
    mine = tables[name][(tables[name]["hypothesis"] == claim) & tables[name]["mean"].notna()]
    return None if mine.empty else mine


def coding(text: str) -> str:
    """The text form of a coding, as a reader knows it."""
    return text.replace("+", ", ").replace("=", ": ").replace("-", " ")


def changes(panel: str) -> dict[str, specifications.Specification]:
    """The specifications of a panel by their text form."""
    return {str(s): s for s in specifications.specifications(panel, full=True)}


def agreeing(tables: Tables) -> dict[tuple[str, int], dict[str, Any]]:
    """Share of codings on the side of the registered one, and how many there are, by claim and estimand."""
    from inference.robustness.summary import agreement

    if "specification" not in tables:
        return {}
    found = agreement(tables["specification"])
    return {
        (str(row["hypothesis"]), int(row["index"])): {
            "share": None if row["agreeing"] != row["agreeing"] else float(row["agreeing"]),
            "codings": int(row["codings"]),
        }
        for row in found.to_dict("records")
    }


def of_same_rows(tables: Tables, claim: str, index: int, rows: int, events: int) -> bool:
    """Whether the refit under the registered coding has the rows and events of the posterior itself."""
    mine = of_claim(tables, "specification", claim)
    if mine is None:
        return True
    registered = mine[(mine["index"] == index) & (mine["changes"] == 0)]
    return registered.empty or tuple(registered[["rows", "events"]].iloc[0]) == (rows, events)


def turned(tables: Tables, claim: str, index: int, verdict: str) -> dict[str, list[str]]:
    """What turns the verdict on an estimand over: single changes of the coding, and parts left out."""
    from inference.robustness.summary import SIDES
    from inference.robustness.summary import turned as over

    registered, out = SIDES.get(verdict, "undecided"), {}
    for name in ("specification", "left_out"):
        mine = of_claim(tables, name, claim)
        if mine is None:
            continue
        mine = mine[mine["index"] == index]
        if name == "specification":
            out["coding"] = [coding(text) for text in over(mine[mine["changes"] == 1], registered)["specification"]]
        else:
            found = over(mine, registered)
            out["left out"] = [
                level_name(group, level) for group, level in zip(found["group"], found["level"], strict=True)
            ]
    return out


def scores(tables: Tables) -> list[dict[str, Any]]:
    """Out-of-sample scores by model, outcome and kind of part left out; None where a score is not defined."""
    if "scores" not in tables:
        return []
    import json

    return json.loads(tables["scores"].to_json(orient="records", double_precision=12))
