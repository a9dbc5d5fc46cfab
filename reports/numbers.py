"""Every number of a report, from the archives: one JSON that tables and pages print from."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import xarray as xr

from inference.archive import group
from inference.comparison import CI_KIND, CI_PROB, compare, quadrants, slope
from inference.statistics import mcse_mean
from models.hypotheses import OUTCOMES, Hypothesis
from reports.archives import Trees


def _quantity(values: xr.DataArray, scale: float = 1.0) -> dict[str, float]:
    """Mean, Monte Carlo error of the mean and interval of draws (chain, draw)."""
    draws = scale * values.transpose("chain", "draw").to_numpy()
    low, high = np.quantile(draws, [(1 - CI_PROB) / 2, (1 + CI_PROB) / 2])
    return {"value": float(draws.mean()), "mcse": mcse_mean(draws), "low": float(low), "high": float(high)}


def _gate(tree: xr.DataTree) -> list[dict[str, Any]]:
    return json.loads(tree.attrs["gate"])


def _hypothesis(hypothesis: Hypothesis, pair: dict[str, xr.DataTree]) -> dict[str, Any]:
    fits = {
        outcome: {
            "rows": int(tree.attrs["rows"]),
            "events": int(tree.attrs["events"]),
            "rows_lost": json.loads(tree.attrs["rows_lost"]),
            "fit_key": tree.attrs["fit_key"],
            "gate": _gate(tree),
            "rate": _quantity(group(tree, "contrasts")["rate"], 1000),
            "priors": json.loads(tree.attrs["priors"]),
        }
        for outcome, tree in pair.items()
    }
    table = compare(hypothesis, pair)
    return {
        "id": hypothesis.id,
        "claim": hypothesis.claim,
        "source": hypothesis.source,
        "note": hypothesis.note,
        "identified": hypothesis.identified,
        "exposures": list(hypothesis.exposures),
        "adjustment": list(hypothesis.adjustment),
        "fits": fits,
        "estimands": json.loads(table.to_json(orient="records", double_precision=12)),
        "quadrants": {
            term: quadrants(slope(pair["balance"], term), slope(pair["bandwagon"], term)) for term in hypothesis.varying
        },
    }


def _duress(pair: dict[str, xr.DataTree]) -> dict[str, Any]:
    out = {}
    for outcome in OUTCOMES:
        contrasts = group(pair[outcome], "contrasts")
        out[outcome] = {
            "observed": _quantity(contrasts["duress_rate"], 1000),
            "removed": _quantity(contrasts["duress_removed"], 1000),
            "change": _quantity(contrasts["duress_removed"] - contrasts["duress_rate"], 1000),
        }
    return out


def collect(hypotheses: list[Hypothesis], trees: Trees) -> dict[str, Any]:
    """All numbers of a report as plain values."""
    first = trees[hypotheses[0].id]["bandwagon"].attrs
    return {
        "interval": {"probability": CI_PROB, "kind": CI_KIND},
        "provenance": {name: first[name] for name in ("panel_sha256", "code_sha256", "revision", "versions", "engine")},
        "sampling": {name: int(first[name]) for name in ("chains", "draws", "seed")},
        "hypotheses": [_hypothesis(hypothesis, trees[hypothesis.id]) for hypothesis in hypotheses],
        "duress_removed": _duress(trees["carter-3"]) if "carter-3" in trees else None,
    }
