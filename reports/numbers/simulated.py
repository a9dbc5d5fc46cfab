"""The shipped scenarios of state-building aid, from their archives."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from inference import panels
from inference.counterfactual import run, table
from inference.counterfactual.scenario import HEADLINE, POPULATION, SHIPPED
from inference.counterfactual.simulation import chain
from inference.counterfactual.simulation.population import HELD
from inference.robustness import aid as robustness
from inference.robustness.sealed_tables import read as read_table
from inference.robustness.undone import UNDONE
from models.claims.links import LINKS
from reports.numbers import archived
from reports.numbers.refits import coding, level_name, rows_of
from reports.numbers.types import Counterfactual, Table

if TYPE_CHECKING:
    import xarray as xr

    from models.claims.registry import Hypothesis

Scenarios = dict[str, "xr.DataTree"]  # archives by id


def load(hypotheses: list[Hypothesis], alignment: Path, folder: Path, draft: archived.Draft = None) -> Scenarios:
    """Archives of the shipped scenarios; none when not the whole chain was asked for or its panel is not there.

    Raises ArchiveError for a scenario that is missing, corrupted, or of another panel or code; of a draft, ``draft``
    takes the reasons, stale ones are used and the others left out.
    """
    claims = {name.partition(".")[0] for name in chain.ARCHIVES} - set(LINKS)
    files = tuple(panels.files_of("placebo", alignment))
    if not claims <= {hypothesis.id for hypothesis in hypotheses} or not all(file.is_file() for file in files):
        return {}
    names = {scenario.id: run.name_of(scenario) for scenario in SHIPPED.values()}
    trees = {identifier: archived.read_or_leave_out(name, files, folder, draft) for identifier, name in names.items()}
    return {identifier: tree for identifier, tree in trees.items() if tree is not None}


def collect(scenarios: Scenarios, folder: Path, refits: Path) -> Counterfactual | None:
    """Numbers of every scenario, with the links of the chain and its refits; None without a scenario of a population.

    ``folder`` and ``refits`` are those of the posteriors and of the refits.
    """
    whole = {name: tree for name, tree in scenarios.items() if tree.attrs["rung"] == POPULATION}
    if not whole:
        return None
    return Counterfactual(
        headline=HEADLINE if HEADLINE in whole else next(iter(whole)),
        shipped=tuple(table.collect(tree) for tree in whole.values()),
        units=tuple(table.collect_unit(tree) for name, tree in scenarios.items() if name not in whole),
        links=tuple(table.links(folder)),
        refits=_refits(scenarios, refits),
        held=dict(HELD),
        undone={change.words: change.meaning for change in UNDONE.values()},
    )


def _refits(scenarios: Scenarios, folder: Path) -> Table:
    """Effects of the headline scenario under other codings and without a part; none when they are of another chain."""
    if HEADLINE not in scenarios:
        return ()
    refits = read_table(folder / "chain.csv", dtype={"what": str}, keep_default_na=False, na_values=[""])
    if refits is None:
        return ()
    now = robustness.key(json.loads(scenarios[HEADLINE].attrs["links"]))
    rows = rows_of(refits[refits["chain_key"] == now])
    return tuple(
        {**row, "words": _change(str(row["kind"]), str(row["what"]))} for row in rows if row["value"] is not None
    )


def _change(kind: str, what: str) -> str:
    """What was changed or left out, as a reader knows it."""
    if kind == "aggressor":
        return f"without {level_name('aggressor', what)}"
    if kind == "undone":
        return UNDONE[what].words
    return coding(what)
