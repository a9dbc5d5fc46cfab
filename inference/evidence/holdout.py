"""How well a posterior foretells outcomes that it has not seen: the years after those that it learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from inference.engine import stream
from inference.evidence.new_levels import with_new_levels
from models.design import Design

if TYPE_CHECKING:
    import pandas as pd

    from models.claims.claim import Hypothesis


@dataclass(frozen=True)
class Scores:
    """Means over held-out rows of the log score and the Brier score, and the area under the precision-recall curve.

    ``_base`` are those of the event rate of all other rows. The area is the average precision, for the base rate the
    share of events; it is None without an event.
    """

    log: float
    log_base: float
    brier: float
    brier_base: float
    precision: float | None
    precision_base: float


def score(design: Design, probability: np.ndarray, base: float) -> Scores:
    """Scores of the probabilities of the held-out rows of ``design``, beside those of the rate ``base`` elsewhere.

    An event counts by its weight, so that a decision is one event.
    """
    y, weight = design.y, design.row_weight

    def log_score(p: np.ndarray | float) -> float:
        return float(np.average(np.where(y == 1, np.log(p), np.log1p(-np.asarray(p))), weights=weight))

    return Scores(
        log=log_score(probability),
        log_base=log_score(base),
        brier=float(np.average((probability - y) ** 2, weights=weight)),
        brier_base=float(np.average((base - y) ** 2, weights=weight)),
        precision=average_precision(probability, y) if y.any() else None,
        precision_base=float(design.decisions.mean()),
    )


def average_precision(probability: np.ndarray, y: np.ndarray) -> float:
    """Mean precision at each event, ranked by probability; ties share their precision."""
    order = np.argsort(-probability, kind="stable")
    ranked, sorted_p = y[order].astype(float), probability[order]
    last = np.append(np.flatnonzero(np.diff(sorted_p)), y.size - 1)  # of each run of equal probabilities
    hits = np.cumsum(ranked)[last]
    return float(np.sum(np.diff(hits, prepend=0.0) * hits / (last + 1)) / ranked.sum())


def holdout(hypothesis: Hypothesis, design: Design, posterior: xr.Dataset, panel: pd.DataFrame) -> xr.Dataset | None:
    """Scores of the years after ``hypothesis.until``, by `Scores`, with what was expected and what happened.

    ``expected`` (chain, draw) is the number of decisions under each draw, ``decisions`` that observed.
    """
    positions = hypothesis.held_out(panel)
    away = design.elsewhere(hypothesis.counted(panel.iloc[positions], design.outcome))
    if not away.y.size:
        return None
    posterior = with_new_levels(posterior, away)
    scores = score(away, stream.row_probability(away, posterior), float(design.decisions.mean()))
    expected = stream.mean_probability(away, posterior, away.x) * away.y.size
    values = {name: value for name, value in vars(scores).items() if value is not None}
    facts = {"rows": away.y.size, "events": int(away.y.sum()), "decisions": float(away.decisions.sum())}
    return xr.Dataset(values | facts | {"expected": (("chain", "draw"), expected)})
