"""Rival explanations of one outcome on the same rows: which of them predicts, and how they would share the weight.

Rivals differ by their exposures alone (of a product, its main effects included): all hold what every rival's claim
adjusts for and what is no rival's exposure, measured before the longest of their windows began, on the rows that all
of them know. Until 2026-11-28 each
kept its claim's own adjustment set, so that the contest compared adjustment sets. Rows are left out by treaty.
Stacking weights (Yao, Vehtari, Simpson and Gelman 2018, Bayesian Analysis 13, 917) mix their predictive densities
so that the mixture predicts best; a rival may get none because another says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from data.codebook.lags import lag_of, unlagged
from inference import panels
from inference.archives.provenance import provenance
from inference.evidence.left_out import folds, leave_out
from inference.evidence.left_out.importance import BAD_K
from inference.fitting.result import FitResult, finish, origin_attributes
from inference.sampling.converge import draw_until_converged
from inference.sampling.settings import Session, Settings, seed_of
from models.claims.claim import Equation
from models.claims.registry import OUTCOMES, REGISTRY
from models.joint import as_joint
from models.terms import needed

if TYPE_CHECKING:
    import pandas as pd

RIVALS = ("bal-1", "bal-2", "carter-2", "bal-4", "bal-5", "cond-4", "carter-3", "carter-4", "ideo-1", "pen-1", "cond-1")
DRAWS = 500  # of each chain: pointwise densities need fewer than tails do


def name_of(outcome: str) -> str:
    """Name of the archive of an outcome's contest."""
    return f"contest.{outcome}"


def exposures(outcome: str) -> dict[str, tuple[str, ...]]:
    """Exposures by which each rival differs from the others; a product brings its main effects."""
    own = {name: REGISTRY[name].equation(outcome) for name in RIVALS}
    return {name: (*e.exposures, *(v for v in needed(e.products) if v not in e.exposures)) for name, e in own.items()}


def equations(outcome: str) -> dict[str, Equation]:
    """The terms of each rival's logit: its exposures, and what all of them share."""
    rivals = exposures(outcome)
    claims = [REGISTRY[name].equation(outcome) for name, terms in rivals.items() if terms]
    claimed = {variable for terms in rivals.values() for variable in needed(terms)}

    adjusting = [{unlagged(term): term for term in equation.adjustment} for equation in claims]
    everywhere = set(adjusting[0]).intersection(*adjusting) - claimed
    adjustment = tuple(max((own[name] for own in adjusting), key=lag_of) for name in adjusting[0] if name in everywhere)
    lasting = set(claims[0].durations).intersection(*(equation.durations for equation in claims))
    durations = tuple(term for term in claims[0].durations if term in lasting - claimed)
    return {name: Equation(terms, adjustment, durations=durations) for name, terms in rivals.items()}


def common_rows(panel: pd.DataFrame) -> np.ndarray:
    """Positions of the rows that every rival knows, for either outcome (row,)."""
    rows = [REGISTRY[name].design(panel, outcome).rows for name in RIVALS for outcome in OUTCOMES]
    return np.flatnonzero(np.bincount(np.concatenate(rows), minlength=len(panel)) == len(rows))


def stacking(pointwise: dict[str, xr.Dataset]) -> pd.DataFrame:
    """ArviZ's table of comparison with stacking weights, by rival, best first; densities of `leave_out.densities`."""
    from arviz_stats import compare
    from arviz_stats.utils import ELPDData

    def data(values: xr.Dataset) -> ELPDData:
        elpd, n = values["elpd"], values.sizes["cluster"]
        return ELPDData(
            elpd=float(elpd.sum()), se=float(np.sqrt(n) * elpd.std()), p=float("nan"), n_samples=leave_out.DRAWS,
            n_data_points=n, scale="log", warning=False, good_k=BAD_K, elpd_i=elpd, pareto_k=values["pareto_k"],
        )  # fmt: skip

    return compare({name: data(values) for name, values in pointwise.items()}, method="stacking", round_to="none")


def fit_contest(outcome: str, session: Session) -> FitResult:
    """Fit the rivals of an outcome on their common rows and archive densities and weights."""
    settings, frame = session.settings, panels.read("alignment", session.panel)
    rows = common_rows(frame)
    common, densities, failed = frame.iloc[rows], {}, []
    treaties = folds.of_panel("alignment", common)["treaty"]
    for rival, equation in equations(outcome).items():
        design = REGISTRY[rival].design_of(common, outcome, equation, f"{rival}.{outcome}.contest")
        short = Settings(settings.chains, DRAWS, seed_of(settings, design.name, "contest"), settings.engine)
        run = draw_until_converged(design, short)
        failed += [f"{rival}, {check}" for check in run.failed]
        densities[rival] = leave_out.densities(as_joint(design), run.posterior, treaties, short)[outcome]
    table = stacking(densities).reindex(RIVALS)
    result = xr.DataTree.from_dict({"contest": _dataset(densities, table)})
    name, events = name_of(outcome), int(frame[outcome].iloc[rows].sum())
    result.attrs = {"outcome": outcome, "rows": rows.size, "events": events}
    result.attrs |= origin_attributes(name, settings, provenance(__name__, session.panel))
    return finish(result, name, f"{rows.size:,} rows, {events} events, {len(RIVALS)} rivals", failed, session.folder)


def _dataset(densities: dict[str, xr.Dataset], table: pd.DataFrame) -> xr.Dataset:
    """Densities of clusters (rival, cluster) and, by rival, elpd, its distance to the best, its error, and weight."""
    best = densities[str(table["elpd"].idxmax())]
    apart = [leave_out.difference(densities[name], best) for name in RIVALS]
    out: dict[str, tuple[str | tuple[str, str], np.ndarray]] = {
        name: ("rival", np.array([row[name] for row in apart])) for name in ("elpd_diff", "elpd_diff_se", "bad_k")
    }
    out["elpd_i"] = ("rival", "cluster"), np.stack([densities[name]["elpd"].to_numpy() for name in RIVALS])
    out |= {name: ("rival", table[name].to_numpy(float)) for name in ("elpd", "weight")}
    return xr.Dataset(out, {"rival": list(RIVALS), "cluster": best["cluster"].to_numpy()})
