"""What models that end before it expected of the case of 2015: bandwagonings among Russia, Syria, Iran and Iraq.

The models are those registered for Carter's first and third claim, trained to the year before the case. Of every row of
the case the archive keeps the yearly probability under each draw, and where its mean ranks among the rows of its year
and among all rows since 1976 that the model can score. Rows that the model learnt from are among the latter.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from data.build.informal import SINCE
from data.case_2015 import STATES, YEARS
from inference import panels
from inference.archives.provenance import provenance
from inference.engine import stream
from inference.engine.stream.draws import draws_of, linear_predictors
from inference.evidence.new_levels import with_new_levels
from inference.fitting.result import FitResult, finish, origin_attributes
from inference.sampling.converge import draw_until_converged
from inference.sampling.settings import Session, Settings, seed_of
from models.claims.registry import REGISTRY

if TYPE_CHECKING:
    import pandas as pd

    from models.design import Design

Float = np.ndarray
NAME, TABLE, OUTCOME = "case.2015", "case_2015.csv", "bandwagon"
CLAIMS = ("carter-1", "carter-3")
UNTIL = YEARS[0] - 1


def table_of(alignment: Path) -> Path:
    """The file of what the sources say of the case, beside an alignment panel of the real world and no other."""
    return alignment.with_name(TABLE)


def rows_of(panel: pd.DataFrame) -> Float:
    """Positions of the rows of the case in an alignment panel (row,)."""
    named = panel["state"].isin(list(STATES)) & panel["aggressor"].isin(list(STATES))
    return np.flatnonzero(named & panel["year"].isin(list(YEARS)))


def probabilities(design: Design, posterior: xr.Dataset) -> Float:
    """Probability of each row of a small design under every draw (chain, draw, row)."""
    draws = draws_of(design, posterior)
    out = np.empty((design.y.size, len(draws.slope)))
    for block, eta in linear_predictors(design, draws, np.arange(design.y.size)):
        out[block] = 1 / (1 + np.exp(-eta))
    return out.T.reshape(*draws.shape, -1)


def ranks(values: Float, groups: Float) -> tuple[Float, Float]:
    """Rank of each value in its group, 1 for the highest, and the size of the group; ties share the better rank."""
    rank, size = np.empty(values.size, int), np.empty(values.size, int)
    for group in np.unique(groups):
        mine = groups == group
        rank[mine] = 1 + mine.sum() - np.searchsorted(np.sort(values[mine]), values[mine], side="right")
        size[mine] = mine.sum()
    return rank, size


@dataclass(frozen=True)
class Expectation:
    """What one model expected: a dataset of the rows of the case (obs), and the checks of its draws that failed."""

    expected: xr.Dataset
    failed: tuple[str, ...]


def expected(claim_id: str, panel: pd.DataFrame, settings: Settings) -> Expectation:
    """Fit the registered model of a claim to the years before the case, and score the rows of the case."""
    claim = replace(REGISTRY[claim_id], until=UNTIL)
    design, case = claim.design(panel, OUTCOME), rows_of(panel)
    own = replace(settings, seed=seed_of(settings, design.name, "case"))
    run = draw_until_converged(design, own)
    late = np.flatnonzero(panel["year"] >= SINCE)
    whole = design.elsewhere(claim.counted(panel.iloc[late], OUTCOME))
    posterior = with_new_levels(run.posterior, whole)
    mean, position = stream.row_probability(whole, posterior), late[whole.rows]
    mine = np.flatnonzero(np.isin(position, case))
    where = np.searchsorted(case, position[mine])  # rows with a missing column have no expectation

    def spread(values: Float, missing: float) -> Float:
        out = np.full((*values.shape[:-1], case.size), missing, values.dtype)
        out[..., where] = values
        return out

    inside = whole.subset(np.isin(position, case))
    values = {"probability": (("chain", "draw", "obs"), spread(probabilities(inside, posterior), np.nan))}
    years, one = panel["year"].to_numpy()[position], np.zeros(position.size)
    for name, groups in {"year": years, "all": one}.items():
        rank, size = (spread(found[mine], 0) for found in ranks(mean, groups))
        values |= {f"rank_{name}": ("obs", rank), f"rows_{name}": ("obs", size)}
    facts = {"rate": float(mean.mean()), "learnt": design.y.size, "decisions": float(design.decisions.sum())}
    return Expectation(xr.Dataset(values | facts), tuple(f"{claim_id}, {check}" for check in run.failed))


def fit_case(session: Session) -> FitResult:
    """Fit the models of the case and archive what they expected of its rows."""
    frame, settings = panels.read("alignment", session.panel), session.settings
    case = rows_of(frame)
    if not case.size:
        raise ValueError(f"no row of the case of 2015 in {session.panel}, though {TABLE} lies beside it")
    found = {claim: expected(claim, frame, settings) for claim in CLAIMS}
    values = xr.concat([one.expected for one in found.values()], xr.Variable("claim", list(CLAIMS)))
    values["probability"] = values["probability"].astype(np.float32)
    keys = {name: ("obs", frame[name].to_numpy()[case].astype(int)) for name in ("state", "aggressor", "year")}
    happened = frame[OUTCOME].to_numpy()[case].astype(int)
    tree = xr.DataTree.from_dict({"case": values.assign(happened=("obs", happened)).assign_coords(keys)})
    tree.attrs = {"outcome": OUTCOME, "rows": case.size, "events": int(happened.sum()), "until": UNTIL, "since": SINCE}
    tree.attrs |= origin_attributes(NAME, settings, provenance(__name__, session.panel))
    failed = [check for one in found.values() for check in one.failed]
    facts = f"{case.size} rows of the case, {len(CLAIMS)} models trained to {UNTIL}"
    return finish(tree, NAME, facts, failed, session.folder)
