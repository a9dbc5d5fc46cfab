"""What the table of decisions says: counts, weights of treaties, readings, and the tables that stand beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from data.codings import CLASSES, NO_ALIGNMENT
from data.famous import FAMOUS, STILL_WRONG
from data.files.shipped import verified
from data.groups import ERAS, REGIONS, era, region
from data.measures.interests import by_era
from inference import panels
from models.claims.registry import OUTCOMES, REGISTRY
from reports.readings.looked_up import HEAVY, LIMIT, LOOKED_UP, VERDICTS, Reading
from reports.readings.values import (
    Correlation,
    Counted,
    Decisions,
    LookedUp,
    Sign,
    StillWrong,
    Tally,
    Treaty,
)

if TYPE_CHECKING:
    from models.claims.claim import Hypothesis

EVENTS, VALIDATION = "events.csv", "validation.csv"
TREATY = {"bandwagon": "treaty", "balance": "balance_treaty"}
# Whose claims count which classes: the first testable claim on alignment stands for all of its author.
AUTHORS = {"Carter (2022)": "carter-1", "Walt (1987)": "bw-1"}
SHOWN = "Carter (2022)"


def lacking(alignment: Path) -> str | None:
    """Why there is no reading of the decisions of this panel; None where there is one."""
    if missing := [name for name in (EVENTS, VALIDATION) if not alignment.with_name(name).is_file()]:
        return f"there is no {missing[0]} beside {alignment.name}"
    panel, events = panels.read("alignment", alignment), _registered(alignment)
    for outcome, treaty in TREATY.items():
        there = panel.loc[panel[outcome] == 1, ["state", "year", treaty]].drop_duplicates()
        table = events.loc[events["outcome"] == outcome, ["state", "year", "treaty"]]
        if {*map(tuple, there.to_numpy().tolist())} != {*map(tuple, table.to_numpy().tolist())}:
            return f"{EVENTS} beside {alignment.name} is of another panel"
    return None


def _registered(alignment: Path) -> pd.DataFrame:
    """The decisions under the registered coding, with region and era of the state."""
    table = pd.read_csv(verified(alignment.with_name(EVENTS)))
    counted = ["registered" in str(names).split("; ") for names in table["codings"]]
    table = table[counted].reset_index(drop=True)
    return table.assign(region=region(table["state"]), era=era(table["year"]))


def counts(table: pd.DataFrame, claim: Hypothesis) -> pd.Series:
    """Which decisions count as alignments for a claim (decision,): those of no class that it excludes.

    Balancing is against an enemy, so there a common enemy is never excluded.
    """
    enemy = (table["class"] == "common enemy") & (table["outcome"] == "balance")
    return ~table["class"].isin(list(claim.excluded)) | enemy


def _tallies(table: pd.DataFrame, column: str, names: tuple[str, ...]) -> tuple[Tally, ...]:
    counted = counts(table, REGISTRY[AUTHORS[SHOWN]])

    def number(name: str, outcome: str, mask: pd.Series) -> int:
        return int(((table[column] == name) & (table["outcome"] == outcome) & mask).sum())

    every = pd.Series(data=True, index=table.index)
    return tuple(
        Tally(name, *(number(name, outcome, mask) for outcome in OUTCOMES for mask in (every, counted)))
        for name in names
    )


def _counted(table: pd.DataFrame, author: str) -> Counted:
    claim = REGISTRY[AUTHORS[author]]
    mine = table[counts(table, claim)]["outcome"].value_counts()
    bandwagon, balance = (int(mine.get(outcome, 0)) for outcome in OUTCOMES)
    ratio = balance / bandwagon if bandwagon else None
    return Counted(author, claim.excluded, bandwagon, balance, ratio)


def treaties(table: pd.DataFrame, outcome: str) -> list[Treaty]:
    """The treaties of an outcome by their share of the decisions that count for Carter's claims, largest first."""
    mine = table[(table["outcome"] == outcome) & counts(table, REGISTRY[AUTHORS[SHOWN]])]
    out: list[Treaty] = []
    for treaty, under in mine.groupby("treaty"):
        states, all_but = int(under["state"].nunique()), len(mine) - len(under)
        out.append(
            Treaty(
                treaty=int(str(treaty)),
                outcome=outcome,
                decisions=len(under),
                states=states,
                share=len(under) / len(mine),
                first=states / (all_but + states),
                reason=HEAVY.get(int(str(treaty)), "No reason is recorded."),
            )
        )
    return sorted(out, key=lambda one: (-one.decisions, one.treaty))


def _names(table: pd.DataFrame) -> dict[int, str]:
    """Names of states by code, as far as the table has them."""
    pairs = (zip(table[side], table[f"{side}_name"], strict=True) for side in ("state", "partner"))
    return {int(code): str(name) for pair in pairs for code, name in pair}


def _looked_up(table: pd.DataFrame, reading: Reading) -> LookedUp:
    key = table["outcome"].eq(reading.outcome) & table["state"].eq(reading.state) & table["year"].eq(reading.year)
    rows = table[key & table["treaty"].eq(reading.treaty)]
    row = {str(name): value for name, value in rows.iloc[0].items()} if len(rows) else {}
    names = _names(table)
    aggressors = [names.get(int(code), code) for code in str(row.get("aggressors", "")).split()]
    return LookedUp(
        title=reading.title,
        outcome=reading.outcome,
        year=reading.year,
        treaty=reading.treaty,
        found=bool(row),
        given=str(row.get("class", "not counted")),
        obligations=str(row.get("obligations", "")).replace("+", ", "),
        partner=str(row.get("partner_name", "")),
        aggressors=", ".join(aggressors),
        threat=float(row.get("threat", 0.0)),
        words=reading.words,
        rule=reading.rule,
        verdict=reading.verdict,
    )


def _signs(alignment: Path) -> tuple[Sign, ...]:
    table = pd.read_csv(verified(alignment.with_name(VALIDATION))).rename(columns={"n": "rows"})
    names = tuple(Sign.__dataclass_fields__)
    rows = table[list(names)].itertuples(index=False, name=None)
    return tuple(Sign(*row) for row in rows)


def _threats(alignment: Path) -> tuple[Correlation, ...]:
    table = by_era(panels.read("alignment", alignment))
    rows = zip(table.index, table["rows"], table["disputes"], table["capabilities"], table["interests"], strict=True)
    return tuple(Correlation(str(era), int(rows), *map(float, values)) for era, rows, *values in rows)


def collect(alignment: Path) -> Decisions:
    """The reading of the decisions of a panel, from the tables beside it."""
    table = _registered(alignment)
    ranked = {outcome: treaties(table, outcome) for outcome in OUTCOMES}
    readings = tuple(_looked_up(table, reading) for reading in LOOKED_UP)
    return Decisions(
        total={outcome: int((table["outcome"] == outcome).sum()) for outcome in OUTCOMES},
        any_coding=len(pd.read_csv(verified(alignment.with_name(EVENTS)))),
        by_class=_tallies(table, "class", CLASSES),
        by_era=_tallies(table, "era", tuple(ERAS)),
        by_region=_tallies(table, "region", tuple(REGIONS)),
        no_alignment=NO_ALIGNMENT,
        counted=tuple(_counted(table, author) for author in AUTHORS),
        limit=LIMIT,
        treaties=tuple(one for every in ranked.values() for one in every if one.share > LIMIT),
        largest={outcome: every[0] for outcome, every in ranked.items()},
        looked_up=readings,
        verdicts={word: sum(one.verdict == word for one in readings) for word in VERDICTS},
        famous=len(FAMOUS),
        wrong=tuple(StillWrong(w.name, w.year, w.given, w.right, w.source, w.why) for w in STILL_WRONG),
        signs=_signs(alignment),
        threats=_threats(alignment),
    )
