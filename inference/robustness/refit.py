"""One refit of one logit: under another coding, or without a region, an era or an aggressor.

Chains are shorter than those of a fit, and the gate is scaled to them; what fails it is drawn again with four
times the draws and shorter steps.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from inference import panels
from inference.engine import sample, stream
from inference.robustness import recoding
from inference.sampling import checks
from models.claims.registry import REGISTRY, Hypothesis
from models.design import Design

if TYPE_CHECKING:
    import pandas as pd

CHAINS, TUNE = 2, 120
ATTEMPTS = ((400, 0.85), (1600, 0.95), (1600, 0.99))  # draws of each chain, and target acceptance
AGGRESSORS = 15  # with the most events, each left out in turn
FEW = 5  # events below which nothing is refitted


def _panel(hypothesis: Hypothesis, specification: dict[str, str], alignment: Path) -> pd.DataFrame:
    if hypothesis.panel == "alignment":
        return recoding.alignment_under(specification)
    frame = panels.read(hypothesis.panel, alignment)
    under = {"termination": recoding.termination_under, "joining": recoding.joining_under}
    return under[hypothesis.panel](frame, specification)


def _seed(*parts: object) -> int:
    return int.from_bytes(hashlib.sha256(repr(parts).encode()).digest()[:4], "little")


def _gate(tree: xr.DataTree, draws: int) -> list[str]:
    """Failed checks of a shorter run: effective draws scaled to its length, and R-hat's room for noise with them."""
    scale = CHAINS * draws / 4000
    posterior, statistics = (tree[name].to_dataset() for name in ("posterior", "sample_stats"))
    results = checks.convergence(
        posterior, xr.Dataset(), statistics, chains=CHAINS, draws=draws, scale=scale, rhat=1 + 0.01 / scale
    )
    return checks.failures(results)


def draw(design: Design, seed: int) -> tuple[xr.Dataset, list[str]]:
    """Posterior draws, and the checks that failed at the last attempt."""
    tree, failed = xr.DataTree(), ["not drawn"]
    for draws, accept in ATTEMPTS:
        if not failed:
            break
        tree = sample(design, chains=CHAINS, draws=draws, tune=TUNE, seed=seed, target_accept=accept)
        failed = _gate(tree, draws)
    return tree["posterior"].to_dataset(), failed


def _slopes(design: Design, posterior: xr.Dataset, terms: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Mean, standard deviation and probability above 0 of each exposure's slope, and of the log rate."""
    draws = {term: posterior["beta"].sel(predictor=term).to_numpy() for term in terms}
    if not terms:
        draws["rate"] = np.log(stream.mean_probability(design, posterior, design.x))
    return {
        term: {"mean": float(d.mean()), "sd": float(d.std()), "positive": float((d > 0).mean())}
        for term, d in draws.items()
    }


def _facts(design: Design) -> dict[str, Any]:
    return {"rows": int(design.y.size), "events": int(design.y.sum())}


def weighted(design: Design, frame: pd.DataFrame, outcome: str, specification: dict[str, str]) -> Design:
    """The design, with every treaty counted once where the specification says so."""
    if specification.get("event") != "treaty":
        return design
    return replace(design, weight=recoding.treaty_weights(frame, outcome)[design.rows])


def aggressors(panel: pd.DataFrame) -> list[int]:
    """The aggressors with the most events of either kind, each left out in turn."""
    events = panel[["bandwagon", "balance"]].sum(axis=1).groupby(panel["aggressor"]).sum()
    return [int(code) for code in events.nlargest(AGGRESSORS).index]


def recoded(hypothesis: str, outcome: str, specification: dict[str, str], panel: str) -> dict[str, Any]:
    """Refit a logit under a specification; ``impossible`` says why there is none."""
    claim = REGISTRY[hypothesis]
    frame = _panel(claim, specification, Path(panel))
    try:
        design = claim.design(frame, outcome)
    except ValueError as error:
        return {"impossible": str(error)}
    if design.y.sum() < FEW:
        return _facts(design) | {"impossible": f"{int(design.y.sum())} events"}
    design = weighted(design, frame, outcome, specification)
    posterior, failed = draw(design, _seed(hypothesis, outcome, specification))
    return _facts(design) | {"slopes": _slopes(design, posterior, claim.equation(outcome).exposures), "failed": failed}


def left_out(hypothesis: str, outcome: str, group: str, level: str, panel: str) -> dict[str, Any]:
    """Refit a logit without the rows of a region, an era or an aggressor, and score it on them.

    A level without rows keeps an effect drawn from its prior, so the prediction for it is that for a new one.
    """
    claim = REGISTRY[hypothesis]
    frame = panels.read(claim.panel, Path(panel))
    design = claim.design(frame, outcome)
    held = (frame[group].iloc[design.rows].astype(str) == level).to_numpy()
    rest, away = design.subset(~held), design.subset(held)
    if not held.any() or rest.y.sum() < FEW:
        return _facts(away) | {"impossible": f"{int(held.sum())} rows to leave out, {int(rest.y.sum())} events left"}
    posterior, failed = draw(rest, _seed(hypothesis, outcome, group, level))
    slopes = _slopes(rest, posterior, claim.equation(outcome).exposures)
    scores = score(stream.row_probability(away, posterior), away.y, float(rest.y.mean()))
    return _facts(away) | {"slopes": slopes, "failed": failed, "scores": scores}


def score(probability: np.ndarray, y: np.ndarray, base: float) -> dict[str, float | None]:
    """Log score, Brier score and precision-recall area of held-out rows, beside those of the rate of all others.

    Scores are means over rows; the area is the average precision, for the base rate the share of events. The area
    is None without an event.
    """

    def log_score(p: np.ndarray | float) -> float:
        return float(np.mean(np.where(y == 1, np.log(p), np.log1p(-np.asarray(p)))))

    return {
        "log": log_score(probability),
        "log_base": log_score(base),
        "brier": float(np.mean((probability - y) ** 2)),
        "brier_base": float(np.mean((base - y) ** 2)),
        "precision": average_precision(probability, y) if y.any() else None,
        "precision_base": float(y.mean()),
    }


def average_precision(probability: np.ndarray, y: np.ndarray) -> float:
    """Mean precision at each event, ranked by probability; ties share their precision."""
    order = np.argsort(-probability, kind="stable")
    ranked, sorted_p = y[order].astype(float), probability[order]
    last = np.append(np.flatnonzero(np.diff(sorted_p)), y.size - 1)  # of each run of equal probabilities
    hits = np.cumsum(ranked)[last]
    return float(np.sum(np.diff(hits, prepend=0.0) * hits / (last + 1)) / ranked.sum())
