"""The case of 2015 for readers: what the sources say of each pair, and what the models expected of its rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import xarray as xr

from data.files.shipped import verified
from inference import panels
from inference.archives.archive import group
from inference.evidence.quantities import Quantity
from inference.fitting.case_2015 import CLAIMS, NAME, TABLE, table_of
from reports.numbers.limits import PER
from reports.readings.values import Case, Expected, Highest, Opening, Pair, PairYear

if TYPE_CHECKING:
    from models.claims.claim import Hypothesis

__all__ = ["NAME", "collect", "lacking"]

Row = dict[str, object]
RANKS = ("rank_year", "rows_year", "rank_all", "rows_all")
OPENING = (652, 365, 2015)  # Syria with Russia: the case that Carter (2022) opens with
EXPOSURES = ("threat", "threat_other", "duress")


def lacking(hypotheses: list[Hypothesis], alignment: Path) -> str | None:
    """Why there is no reading of the case; None where there is one."""
    if missing := [claim for claim in CLAIMS if claim not in {hypothesis.id for hypothesis in hypotheses}]:
        return f"it needs the models of {' and '.join(CLAIMS)}, and {' and '.join(missing)} was not asked for"
    return None if table_of(alignment).is_file() else f"there is no {TABLE} beside {alignment.name}"


def _expected(case: xr.Dataset, position: int) -> dict[str, Expected]:
    """What each model expected of a row of the case; a model that lacks a column of it is left out."""
    out: dict[str, Expected] = {}
    for claim in map(str, case["claim"].to_numpy()):
        row = case.sel(claim=claim).isel(obs=position)
        if not np.isfinite(row["probability"]).all():
            continue
        quantity = Quantity.of(row["probability"], PER)
        ranks = {name: int(row[name]) for name in RANKS}
        out[claim] = Expected(**vars(quantity), **ranks, times=quantity.value / (PER * float(row["rate"])))
    return out


def _year(row: Row, case: xr.Dataset, positions: dict[tuple[int, ...], int], panel: pd.DataFrame) -> PairYear:
    key = tuple(int(str(row[name])) for name in ("state", "aggressor", "year"))
    position, votes = positions.get(key), float(str(row["votes"] or "nan"))
    exposures = {} if position is None else {name: float(str(panel.loc[key, name])) for name in EXPOSURES}
    return PairYear(
        year=key[2],
        at_risk=position is not None,
        fails=str(row["fails"]),
        treaties=str(row["treaties"]),
        support=str(row["support"]),
        new_support=str(row["new_support"]),
        arms=float(str(row["arms"])),
        votes=votes if np.isfinite(votes) else None,
        exposures=exposures,
        expected={} if position is None else _expected(case, position),
    )


def _pairs(table: pd.DataFrame, years: list[PairYear]) -> tuple[Pair, ...]:
    out: list[Pair] = []
    for (_, _), rows in table.groupby(["state", "aggressor"], sort=False):
        mine, first = [years[k] for k in rows.index], rows.iloc[0]
        fails = dict.fromkeys(year.fails for year in mine if year.fails)
        names = (str(first["state_name"]), str(first["aggressor_name"]))
        known = (str(rows.iloc[-1][name]) for name in ("agreements", "exercises"))
        out.append(Pair(*names, sum(year.at_risk for year in mine), tuple(fails), *known, years=tuple(mine)))
    return tuple(out)


def _highest(pairs: tuple[Pair, ...], claim: str) -> Highest | None:
    every = [(pair, year) for pair in pairs for year in pair.years if claim in year.expected]
    if not every:
        return None
    pair, year = min(every, key=lambda one: one[1].expected[claim].rank_all)
    return Highest(pair.state, pair.aggressor, year.year, year.expected[claim])


def _opening(table: pd.DataFrame, years: list[PairYear]) -> Opening | None:
    at = (table[["state", "aggressor", "year"]] == list(OPENING)).all(axis=1)
    if not at.any() or not (year := years[int(np.argmax(at))]).at_risk:
        return None
    first = table[at].iloc[0]
    names = str(first["state_name"]), str(first["aggressor_name"])
    return Opening(*names, year.year, year.exposures, year.expected, year.new_support)


def collect(tree: xr.DataTree, alignment: Path) -> Case:
    """The reading of the case from its archive and the table beside the panel."""
    table, case = pd.read_csv(verified(table_of(alignment)), keep_default_na=False), group(tree, "case")
    keys = zip(*(case[name].to_numpy().tolist() for name in ("state", "aggressor", "year")), strict=True)
    positions = {key: position for position, key in enumerate(keys)}
    panel = panels.read("alignment", alignment).set_index(["state", "aggressor", "year"])
    rows = [{str(name): value for name, value in row.items()} for row in table.to_dict("records")]
    years = [_year(row, case, positions, panel) for row in rows]
    pairs = _pairs(table, years)
    claims = [str(claim) for claim in case["claim"].to_numpy()]
    scored = {claim: [year.expected[claim] for year in years if claim in year.expected] for claim in claims}
    highest = {claim: found for claim in claims if (found := _highest(pairs, claim))}
    return Case(
        pairs=pairs,
        first=int(table["year"].min()),
        last=int(table["year"].max()),
        until=int(tree.attrs["until"]),
        since=int(tree.attrs["since"]),
        rows=int(tree.attrs["rows"]),
        events=int(tree.attrs["events"]),
        supported=sum(year.at_risk and year.new_support != "none" for year in years),
        pairs_with_rows=sum(pair.rows > 0 for pair in pairs),
        opening=_opening(table, years),
        highest=highest,
        learnt={claim: int(case["learnt"].sel(claim=claim)) for claim in claims},
        rate={claim: PER * float(case["rate"].sel(claim=claim)) for claim in claims},
        below={claim: sum(one.times < 1 for one in scored[claim]) for claim in claims},
        scored={claim: len(scored[claim]) for claim in claims},
        fit_key=str(tree.attrs["fit_key"]),
    )
