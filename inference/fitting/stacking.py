"""Rival explanations of one outcome on the same rows: which of them predicts, and how they would share the weight.

Every rival is the model of its own claim, adjustment set included, fitted on the rows that all of them know.
Stacking weights (Yao, Vehtari, Simpson and Gelman 2018, Bayesian Analysis 13, 917) mix their predictive densities
so that the mixture predicts best; a rival may get none because another says the same.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from inference import panels
from inference.archives import archive
from inference.archives.provenance import provenance
from inference.evidence import loo
from inference.fitting.logit import fit_key
from inference.sampling import checks
from inference.sampling.converge import Settings, seed_of, settled
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
    """ArviZ's table of comparison with stacking weights, by rival, best first; densities of ``densities.pointwise``."""
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


def task(outcome: str, panel: str, settings: dict[str, Any], folder: str) -> dict[str, Any]:
    """Fit the rivals of an outcome on their common rows and archive densities and weights."""
    alignment, asked = Path(panel), Settings(**settings)
    frame = panels.read("alignment", alignment)
    rows = common_rows(frame)
    found, failed = {}, []
    for rival in RIVALS:
        design = REGISTRY[rival].design(frame.iloc[rows], outcome)
        short = Settings(asked.chains, DRAWS, seed_of(asked, design.name, "contest"), asked.engine)
        run = settled(design, short)
        failed += [f"{rival}, {check}" for check in checks.failures(run.gate)]
        found[rival] = loo.pointwise(design, run.posterior, short)
    table = stacking(found).reindex(RIVALS)
    result = xr.DataTree.from_dict({"contest": _dataset(found, table, frame.index[rows].to_numpy())})
    origin, name = provenance(alignment), name_of(outcome)
    events = int(frame[outcome].iloc[rows].sum())
    result.attrs = {
        "outcome": outcome, "rows": rows.size, "events": events, **asdict(asked), "panel_sha256": origin.panel,
        "code_sha256": origin.code, "lock_sha256": origin.lock, "fit_key": fit_key(name, asked, origin),
    }  # fmt: skip
    path = archive.write(result, name, passed=not failed, folder=Path(folder))
    verdict = "all gates passed" if not failed else "GATE FAILED: " + "; ".join(failed)
    text = f"{rows.size:,} rows, {events} events, {len(RIVALS)} rivals; {verdict}"
    return {"name": name, "path": str(path), "failed": failed, "text": text}


def _dataset(found: dict[str, xr.Dataset], table: pd.DataFrame, rows: np.ndarray) -> xr.Dataset:
    """Pointwise densities (rival, obs) and, by rival, elpd, its distance to the best with standard error, weight."""
    best = str(table["elpd"].idxmax())
    change = {name: (found[name]["elpd"] - found[best]["elpd"]).to_numpy() for name in RIVALS}
    return xr.Dataset(
        {
            "elpd_i": (("rival", "obs"), np.stack([found[name]["elpd"].to_numpy() for name in RIVALS])),
            "elpd": ("rival", table["elpd"].to_numpy(float)),
            "elpd_diff": ("rival", np.array([change[name].sum() for name in RIVALS])),
            "elpd_diff_se": ("rival", np.array([np.sqrt(rows.size) * change[name].std() for name in RIVALS])),
            "weight": ("rival", table["weight"].to_numpy(float)),
            "bad_k": ("rival", np.array([int((found[name]["pareto_k"] > loo.BAD_K).sum()) for name in RIVALS])),
        },
        {"rival": list(RIVALS), "row": ("obs", rows)},
    )
