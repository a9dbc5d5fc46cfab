"""Which figures a report has, drawn one after another: those that the posteriors and refits at hand allow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.hypotheses import REGISTRY, Hypothesis, archive_of
from reports import refits, style
from reports.figures import checks, graph, posterior, predicted, robustness, verdicts

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from reports.archives import Trees

# Exposure -> claim whose model its curve is drawn from.
CURVES = {"threat": "carter-1", "proximity": "carter-2", "support": "carter-4", "duress": "carter-3"}


def of_claims(exposures: dict[str, str], trees: Trees) -> dict[str, str]:
    """The entries whose claim, or another with the same model, has a posterior."""
    known = {archive_of(REGISTRY[claim]): claim for claim in reversed(trees)}
    named = {
        term: claim if claim in trees else known.get(archive_of(REGISTRY[claim])) for term, claim in exposures.items()
    }
    return {term: claim for term, claim in named.items() if claim}


def _overview(numbers: dict[str, Any], models: Trees, trees: Trees) -> Iterator[tuple[str, Figure]]:
    yield "graph", graph.causal_graphs()
    yield "verdicts", verdicts.verdicts(numbers["hypotheses"])
    if shown := of_claims(verdicts.CONTEST, trees):
        yield "contest", verdicts.contest(trees, shown)
    if shown := of_claims(CURVES, trees):
        yield "curves", predicted.curves(trees, shown)
    if "carter-3" in trees:
        yield "duress_removed", predicted.duress_removed(trees["carter-3"])
        yield "event_counts", checks.event_counts(trees["carter-3"])
    yield "prior_predictive", checks.prior_predictive(models)
    yield "calibration", checks.calibration(models)


def _of_model(hypothesis: Hypothesis, name: str, trees: Trees) -> Iterator[tuple[str, Figure]]:
    pair = trees[hypothesis.id]
    yield f"posterior-{name}", posterior.prior_against_posterior(hypothesis, pair)
    yield f"effects-{name}", posterior.effects(pair)
    if hypothesis.by_era:
        yield f"era_slopes-{name}", posterior.era_slopes(hypothesis, pair)


def _of_claim(hypothesis: Hypothesis, entry: dict[str, Any], tables: refits.Tables) -> Iterator[tuple[str, Figure]]:
    if any(estimand["stale"] for estimand in entry["estimands"]):
        return
    curve = refits.of_claim(tables, "specification", hypothesis.id)
    if curve is not None:
        yield f"specification-{hypothesis.id}", robustness.specification_curve(hypothesis, curve)
    without = refits.of_claim(tables, "left_out", hypothesis.id)
    if without is not None:
        registered = [(estimand["mean"], estimand["sd"]) for estimand in entry["estimands"]]
        yield f"left_out-{hypothesis.id}", robustness.left_out(hypothesis, without, registered)


def figures(
    hypotheses: list[Hypothesis], trees: Trees, numbers: dict[str, Any], tables: refits.Tables
) -> Iterator[tuple[str, Figure]]:
    """Every figure of a report with its name, those of a posterior once."""
    chosen = {hypothesis.id: hypothesis for hypothesis in hypotheses if hypothesis.id in trees}
    models = {archive_of(hypothesis): hypothesis for hypothesis in reversed(chosen.values())}
    ordered = list(dict.fromkeys(map(archive_of, chosen.values())))
    yield from _overview(numbers, {name: trees[models[name].id] for name in ordered}, trees)
    for name in ordered:
        yield from _of_model(models[name], name, trees)
    entries = {entry["id"]: entry for entry in numbers["hypotheses"]}
    for hypothesis in chosen.values():
        yield from _of_claim(hypothesis, entries[hypothesis.id], tables)


def draw(
    hypotheses: list[Hypothesis], trees: Trees, numbers: dict[str, Any], tables: refits.Tables, folder: Path
) -> list[str]:
    """Draw and write every figure; returns their names."""
    names = []
    with style.applied():
        for name, figure in figures(hypotheses, trees, numbers, tables):
            style.save(figure, name, folder)
            names.append(name)
    return names
