"""Every number of a report, from the archives: one JSON that tables and pages print from."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from data.codebook.panels import label
from inference.archives.archive import group
from inference.evidence.verdicts import compare, quadrants, quantity, slope
from inference.sampling.diagnostics import mcse_share
from models.claims.registry import FAMILIES, OUTCOMES, RATIO, Hypothesis, archive_of
from reports.numbers import claims, limits, logits, refits, sample
from reports.numbers.logits import PER

if TYPE_CHECKING:
    from reports.numbers.posteriors import Pair, Trees

COUNTS = ("rows", "events", "bad_k", "refitted")
# What a difference between two logits, or a ratio of their rates, does not have.
OF_ONE_LOGIT = (
    "rd", "rd_mcse", "rd_low", "rd_high", "elpd_diff", "elpd_diff_se", "prior_sensitivity", "likelihood_sensitivity",
)  # fmt: skip
OTHERS = "beside the claims"  # the family of what is registered and is no claim of either author
DURESS = "carter-3"  # the claim whose model tells what duress does


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


def _keys(pair: Pair, outcome: str) -> dict[str, str]:
    """Hashes of the posteriors that an estimand is computed from, by outcome."""
    return {name: tree.attrs["fit_key"] for name, tree in pair.items() if outcome == name or outcome not in pair}


def _estimands(hypothesis: Hypothesis, pair: Pair) -> list[dict[str, Any]]:
    """Every registered estimand with its sign, its numbers and the posteriors they are of."""
    rows = _plain(pd.DataFrame([asdict(verdict) for verdict in compare(hypothesis, pair)]))
    for which, row in zip(hypothesis.estimands, rows, strict=True):
        ratio = which.outcome == RATIO
        row["label"] = "rate" if ratio else label(which.term, hypothesis.panel)
        row["sign"] = which.expectation.name
        row["fit_keys"] = _keys(pair, which.outcome)
    return rows


def _masses(pair: Pair, term: str) -> dict[str, dict[str, float]]:
    """Mass of the four quadrants of a term's slopes, and its Monte Carlo error."""
    balance, bandwagon = slope(pair["balance"], term), slope(pair["bandwagon"], term)
    up, towards = balance > 0, bandwagon > 0
    inside = (up & ~towards, ~up & towards, up & towards, ~up & ~towards)
    masses = quadrants(balance, bandwagon)
    errors = {name: mcse_share(draws) for name, draws in zip(masses, inside, strict=True)}
    return {"masses": masses, "errors": errors}


def _hypothesis(hypothesis: Hypothesis, pair: Pair, absent: str | None, alignment: Path) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "id": hypothesis.id,
        "claim": hypothesis.claim,
        "family": family_of(hypothesis),
        "source": hypothesis.source,
        "status": hypothesis.status,
        "note": hypothesis.note,
        "absent": absent,
        "panel": hypothesis.panel,
        "sample": hypothesis.sample_description,
        "causal": hypothesis.adjust_for is None and hypothesis.testable,
        "identified": hypothesis.identified,
        "by_era": list(hypothesis.by_era),
    }
    if absent:
        return entry | {"archive": None, "fits": {}, "estimands": [], "quadrants": {}, "quadrant_errors": {}}
    contest = {term: _masses(pair, term) for term in contested(hypothesis)}
    return entry | {
        "archive": archive_of(hypothesis),
        "fits": {outcome: logits.collect(tree) for outcome, tree in pair.items()},
        "estimands": _estimands(hypothesis, pair),
        "quadrants": {term: mass["masses"] for term, mass in contest.items()},
        "quadrant_errors": {term: mass["errors"] for term, mass in contest.items()},
        "coverage": sample.collect(hypothesis, alignment),
    }


def _duress(pair: Pair) -> dict[str, Any]:
    out = {}
    for outcome in OUTCOMES:
        contrasts = group(pair[outcome], "contrasts")
        out[outcome] = {
            "observed": quantity(contrasts["duress_rate"], PER),
            "removed": quantity(contrasts["duress_removed"], PER),
            "change": quantity(contrasts["duress_removed"] - contrasts["duress_rate"], PER),
            "fit_key": pair[outcome].attrs["fit_key"],
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


def _archives(entries: list[dict[str, Any]], trees: Trees) -> list[dict[str, Any]]:
    """Every posterior of the report once: its name, hashes, and the claims that share it."""
    out = {}
    for entry in entries:
        for outcome, tree in trees.get(entry["id"], {}).items():
            name = f"{entry['archive']}.{outcome}"
            facts = {key: str(tree.attrs[key]) for key in ("fit_key", "panel_sha256", "code_sha256")}
            known = out.setdefault(name, {"name": name, "claims": [], **facts})
            known["claims"].append(entry["id"])
    return list(out.values())


def _counts(entries: list[dict[str, Any]]) -> dict[str, int]:
    """How many claims of the two authors the report is on, and how many of them are tested."""
    known = [entry for entry in entries if entry["family"] != OTHERS]
    return {"claims": len(known), "tested": sum(bool(entry["estimands"]) for entry in known)}


def _agreement(entry: dict[str, Any], agreeing: dict[tuple[str, int], dict[str, Any]], tables: refits.Tables) -> None:
    """Put beside each estimand what the refits say of it; nothing when they are of another panel."""
    for index, row in enumerate(entry["estimands"]):
        found = agreeing.get((entry["id"], index))
        fresh = refits.of_same_rows(tables, entry["id"], index, row["rows"], row["events"])
        row["codings"] = found if fresh else None
        row["stale"] = found is not None and not fresh
        row["turned"] = refits.turned(tables, entry["id"], index, row["verdict"]) if fresh else {}


def collect(
    hypotheses: list[Hypothesis], trees: Trees, absent: dict[str, str], tables: refits.Tables, alignment: Path
) -> dict[str, Any]:
    """All numbers of a report as plain values.

    ``absent`` says of claims without a posterior why there is none; ``tables`` are those of the refits.
    """
    entries = [_hypothesis(h, trees.get(h.id, {}), absent.get(h.id), alignment) for h in hypotheses]
    agreeing = refits.agreeing(tables)
    for entry in entries:
        _agreement(entry, agreeing, tables)
        entry["remark"] = claims.remark(entry)
    families = dict.fromkeys(entry["family"] for entry in entries)
    return {
        **limits.collect(),
        **_origin(trees),
        "families": {name: [e["id"] for e in entries if e["family"] == name] for name in families},
        "counts": _counts(entries),
        "hypotheses": entries,
        "archives": _archives(entries, trees),
        "claims": claims.rows(entries),
        "duress_removed": _duress(trees[DURESS]) if DURESS in trees else None,
    }
