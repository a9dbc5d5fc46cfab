"""How well years to come were foretold by models trained to the years before, from the archive of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from inference.archives import archive
from inference.fitting import case_2015, future
from reports.numbers import archived
from reports.numbers.report import Foretold, Span

if TYPE_CHECKING:
    import xarray as xr

    from models.claims.registry import Hypothesis

NUMBERS = ("expected", "low", "high", "decisions", "log", "log_base", "brier", "brier_base")


def load(
    hypotheses: list[Hypothesis], alignment: Path, folder: Path, draft: archived.Draft = None
) -> dict[str, xr.DataTree]:
    """The archives of the claims that were asked for, by claim; none where the panel is not that of the real world.

    Raises ArchiveError for one that is missing, failed its gate or is of another panel or code; a draft uses a stale
    one and leaves out any other.
    """
    if not case_2015.table_of(alignment).is_file():
        return {}
    asked = [claim for claim in future.CLAIMS if claim in {hypothesis.id for hypothesis in hypotheses}]
    found = {claim: archived.read_or_leave_out(future.name_of(claim), (alignment,), folder, draft) for claim in asked}
    return {claim: tree for claim, tree in found.items() if tree is not None}


def collect(trees: dict[str, xr.DataTree]) -> tuple[Foretold, ...]:
    """The scores of every span of years, model and outcome, by claim."""
    return tuple(_of_claim(claim, tree) for claim, tree in trees.items())


def _of_claim(claim: str, tree: xr.DataTree) -> Foretold:
    table = archive.group(tree, "future")
    spans = [
        _span(table.sel(outcome=outcome, until=until, model=model), str(outcome), int(until), str(model))
        for outcome in table["outcome"].to_numpy()
        for until in table["until"].to_numpy()
        for model in table["model"].to_numpy()
    ]
    return Foretold(claim, tree.attrs["fit_key"], tuple(spans))


def _span(row: xr.Dataset, outcome: str, until: int, model: str) -> Span:
    numbers = {name: float(row[name]) for name in NUMBERS}
    return Span(outcome, until + 1, int(row["last"]), model, int(row["rows"]), **numbers)
