"""Rival explanations of one outcome on the same rows: which of them predicts, and how they would share the weight.

Every rival is the model of its own claim, adjustment set included, fitted on the rows that all of them know.
Stacking weights (Yao, Vehtari, Simpson and Gelman 2018, Bayesian Analysis 13, 917) mix their predictive densities
so that the mixture predicts best; a rival may get none because another says the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from inference import panels
from inference.archives.provenance import provenance
from inference.evidence import loo
from inference.fitting.result import FitResult, finish, origin_attributes
from inference.sampling.converge import draw_until_converged
from inference.sampling.settings import Session, Settings, seed_of
from models.claims.registry import OUTCOMES, REGISTRY

if TYPE_CHECKING:
    import pandas as pd

RIVALS = ("bal-1", "bal-2", "carter-2", "bal-4", "bal-5", "cond-4", "carter-3", "carter-4", "ideo-1", "pen-1", "cond-1")
DRAWS = 500  # of each chain: pointwise densities need fewer than tails do


def name_of(outcome: str) -> str:
    """Name of the archive of an outcome's contest."""
    return f"contest.{outcome}"


def common_rows(panel: pd.DataFrame) -> np.ndarray:
    """Positions of the rows that every rival knows, for either outcome (row,)."""
    rows = [REGISTRY[name].design(panel, outcome).rows for name in RIVALS for outcome in OUTCOMES]
    return np.flatnonzero(np.bincount(np.concatenate(rows), minlength=len(panel)) == len(rows))


def stacking(pointwise: dict[str, xr.Dataset]) -> pd.DataFrame:
    """ArviZ's table of comparison with stacking weights, by rival, best first; densities of `loo.pointwise`."""
    from arviz_stats import compare
    from arviz_stats.utils import ELPDData

    def data(values: xr.Dataset) -> ELPDData:
        elpd, n = values["elpd"], values.sizes["obs"]
        return ELPDData(
            elpd=float(elpd.sum()), se=float(np.sqrt(n) * elpd.std()), p=float(values["p_loo"].sum()),
            n_samples=4 * DRAWS, n_data_points=n, scale="log", warning=False, good_k=loo.BAD_K, elpd_i=elpd,
            pareto_k=values["pareto_k"],
        )  # fmt: skip

    return compare({name: data(values) for name, values in pointwise.items()}, method="stacking", round_to="none")


def fit_contest(outcome: str, session: Session) -> FitResult:
    """Fit the rivals of an outcome on their common rows and archive densities and weights."""
    settings, frame = session.settings, panels.read("alignment", session.panel)
    rows = common_rows(frame)
    densities, failed = {}, []
    for rival in RIVALS:
        design = REGISTRY[rival].design(frame.iloc[rows], outcome)
        short = Settings(settings.chains, DRAWS, seed_of(settings, design.name, "contest"), settings.engine)
        run = draw_until_converged(design, short)
        failed += [f"{rival}, {check}" for check in run.failed]
        densities[rival] = loo.pointwise(design, run.posterior, short)
    table = stacking(densities).reindex(RIVALS)
    result = xr.DataTree.from_dict({"contest": _dataset(densities, table, frame.index[rows].to_numpy())})
    name, events = name_of(outcome), int(frame[outcome].iloc[rows].sum())
    result.attrs = {"outcome": outcome, "rows": rows.size, "events": events}
    result.attrs |= origin_attributes(name, settings, provenance(__name__, session.panel))
    return finish(result, name, f"{rows.size:,} rows, {events} events, {len(RIVALS)} rivals", failed, session.folder)


def _dataset(densities: dict[str, xr.Dataset], table: pd.DataFrame, rows: np.ndarray) -> xr.Dataset:
    """Pointwise densities (rival, obs) and, by rival, elpd, its distance to the best with standard error, weight."""
    best = str(table["elpd"].idxmax())
    change = {name: (densities[name]["elpd"] - densities[best]["elpd"]).to_numpy() for name in RIVALS}
    return xr.Dataset(
        {
            "elpd_i": (("rival", "obs"), np.stack([densities[name]["elpd"].to_numpy() for name in RIVALS])),
            "elpd": ("rival", table["elpd"].to_numpy(float)),
            "elpd_diff": ("rival", np.array([change[name].sum() for name in RIVALS])),
            "elpd_diff_se": ("rival", np.array([np.sqrt(rows.size) * change[name].std() for name in RIVALS])),
            "weight": ("rival", table["weight"].to_numpy(float)),
            "bad_k": ("rival", np.array([int((densities[name]["pareto_k"] > loo.BAD_K).sum()) for name in RIVALS])),
        },
        {"rival": list(RIVALS), "row": ("obs", rows)},
    )
