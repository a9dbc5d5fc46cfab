"""Every number of a report, from the archives: one JSON that tables and pages print from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import xarray as xr

from inference.archive import group
from inference.comparison import CI_KIND, CI_PROB, compare, quadrants, slope
from inference.statistics import mcse_mean
from models.hypotheses import FAMILIES, OUTCOMES, Hypothesis, archive_of
from reports import claims, refits

if TYPE_CHECKING:
    from reports.archives import Pair, Trees

COUNTS = ("rows", "events", "bad_k", "refitted")
# What a difference between two logits, or a ratio of their rates, does not have.
OF_ONE_LOGIT = (
    "rd", "rd_mcse", "rd_low", "rd_high", "elpd_diff", "elpd_diff_se", "prior_sensitivity", "likelihood_sensitivity",
)  # fmt: skip
OTHERS = "beside the claims"  # the family of what is registered and is no claim of either author


def quantity(values: xr.DataArray, scale: float = 1.0) -> dict[str, float]:
    """Mean, Monte Carlo error of the mean and interval of draws (chain, draw)."""
    draws = scale * values.transpose("chain", "draw").to_numpy()
    low, high = np.quantile(draws, [(1 - CI_PROB) / 2, (1 + CI_PROB) / 2])
    return {"value": float(draws.mean()), "mcse": mcse_mean(draws), "low": float(low), "high": float(high)}


def _fit(tree: xr.DataTree) -> dict[str, Any]:
    """What is reported of one logit."""
    return {
        "rows": int(tree.attrs["rows"]),
        "events": int(tree.attrs["events"]),
        "rows_lost": json.loads(tree.attrs["rows_lost"]),
        "exposures": [term for term in tree.attrs["exposures"].split(", ") if term],
        "adjustment": [term for term in tree.attrs["adjustment"].split(", ") if term],
        "fit_key": tree.attrs["fit_key"],
        "gate": json.loads(tree.attrs["gate"]),
        "rate": quantity(group(tree, "contrasts")["rate"], 1000),
        "priors": json.loads(tree.attrs["priors"]),
    }


def _plain(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values, None where a number is missing; counts are whole."""
    rows = json.loads(table.to_json(orient="records", double_precision=12))
    for row in rows:
        row |= {name: None if row.get(name) is None else int(row[name]) for name in COUNTS}
        row |= {name: row.get(name) for name in OF_ONE_LOGIT}
    return rows


def contested(hypothesis: Hypothesis) -> list[str]:
    """Exposures with a slope in both logits, whose signs say which of the four answers they support."""
    if hypothesis.outcomes != OUTCOMES:
        return []
    bandwagon, balance = (hypothesis.equation(outcome).varying for outcome in OUTCOMES)
    return [term for term in bandwagon if term in balance]


def family_of(hypothesis: Hypothesis) -> str:
    """The family that a claim is registered in."""
    known = {claim.id: name for name, members in FAMILIES.items() for claim in members}
    return known.get(hypothesis.id, OTHERS)


def _hypothesis(hypothesis: Hypothesis, pair: Pair, absent: str | None) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": hypothesis.id,
        "claim": hypothesis.claim,
        "family": family_of(hypothesis),
        "source": hypothesis.source,
        "status": hypothesis.status,
        "note": hypothesis.note,
        "absent": absent,
        "panel": hypothesis.panel,
        "sample": hypothesis.sample_words,
        "causal": hypothesis.adjust_for is None and hypothesis.testable,
        "identified": hypothesis.identified,
        "by_era": list(hypothesis.by_era),
    }
    if absent:
        return entry | {"archive": None, "fits": {}, "estimands": [], "quadrants": {}}
    return entry | {
        "archive": archive_of(hypothesis),
        "fits": {outcome: _fit(tree) for outcome, tree in pair.items()},
        "estimands": _plain(compare(hypothesis, pair)),
        "quadrants": {
            term: quadrants(slope(pair["balance"], term), slope(pair["bandwagon"], term))
            for term in contested(hypothesis)
        },
    }


def _duress(pair: Pair) -> dict[str, Any]:
    out = {}
    for outcome in OUTCOMES:
        contrasts = group(pair[outcome], "contrasts")
        out[outcome] = {
            "observed": quantity(contrasts["duress_rate"], 1000),
            "removed": quantity(contrasts["duress_removed"], 1000),
            "change": quantity(contrasts["duress_removed"] - contrasts["duress_rate"], 1000),
        }
    return out


def _origin(trees: Trees) -> dict[str, Any]:
    """Hashes, versions and settings that the posteriors were made with; their panels by name."""
    every = [tree.attrs for pair in trees.values() for tree in pair.values()]
    first = every[0]
    kept = {name: str(first[name]) for name in ("code_sha256", "revision", "versions", "engine")}
    return {
        "provenance": kept | {"panels": {str(a["panel"]): str(a["panel_sha256"]) for a in every}},
        "sampling": {name: int(first[name]) for name in ("chains", "draws", "seed")},
    }


def _agreement(entry: dict[str, Any], agreeing: dict[tuple[str, int], dict[str, Any]], tables: refits.Tables) -> None:
    """Put beside each estimand what the refits say of it; nothing when they are of another panel."""
    for index, estimand in enumerate(entry["estimands"]):
        found = agreeing.get((entry["id"], index))
        fresh = refits.of_same_rows(tables, entry["id"], index, estimand["rows"], estimand["events"])
        estimand["codings"] = found if fresh else None
        estimand["stale"] = found is not None and not fresh
        estimand["turned"] = refits.turned(tables, entry["id"], index, estimand["verdict"]) if fresh else {}


def collect(
    hypotheses: list[Hypothesis], trees: Trees, absent: dict[str, str], tables: refits.Tables
) -> dict[str, Any]:
    """All numbers of a report as plain values.

    ``absent`` says of claims without a posterior why there is none; ``tables`` are those of the refits.
    """
    entries = [_hypothesis(h, trees.get(h.id, {}), absent.get(h.id)) for h in hypotheses]
    agreeing = refits.agreeing(tables)
    for entry in entries:
        _agreement(entry, agreeing, tables)
        entry["remark"] = claims.remark(entry)
    families = dict.fromkeys(entry["family"] for entry in entries)
    return {
        "interval": {"probability": CI_PROB, "kind": CI_KIND},
        **_origin(trees),
        "families": {name: [e["id"] for e in entries if e["family"] == name] for name in families},
        "hypotheses": entries,
        "claims": claims.rows(entries),
        "duress_removed": _duress(trees["carter-3"]) if "carter-3" in trees else None,
    }
