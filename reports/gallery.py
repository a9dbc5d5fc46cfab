"""Which figures a report has: those that the posteriors and refits at hand allow."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from inference.archives import archive
from models.claims.registry import REGISTRY, Hypothesis, archive_of
from reports import style
from reports.figures import checks, graph, posterior, predicted, robustness, verdicts
from reports.numbers import refits, scenarios

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from reports.numbers.posteriors import Pair, Trees

Sizes = dict[str, tuple[float, float]]  # figure -> width and height in inches
# Exposure -> claim whose model its curve is drawn from.
CURVES = {"threat": "carter-1", "proximity": "carter-2", "support": "carter-4", "duress": "carter-3"}


class Places(NamedTuple):
    """Where the processes that draw find what they need, and which claim's process draws the figures of a model."""

    posteriors: Path
    refits: Path
    out: Path
    models: dict[str, str]
    draft: bool


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


def _of_model(hypothesis: Hypothesis, pair: Pair) -> Iterator[tuple[str, Figure]]:
    name = archive_of(hypothesis)
    yield f"graph-{name}", graph.claim_graph(hypothesis)
    yield f"checks-{name}", checks.of_model(pair)
    yield f"posterior-{name}", posterior.prior_against_posterior(hypothesis, pair)
    yield f"effects-{name}", posterior.effects(pair)
    if hypothesis.by_era:
        yield f"era_slopes-{name}", posterior.era_slopes(hypothesis, pair)


def _of_refits(hypothesis: Hypothesis, entry: dict[str, Any], tables: refits.Tables) -> Iterator[tuple[str, Figure]]:
    if any(estimand["stale"] for estimand in entry["estimands"]):
        return
    curve = refits.of_claim(tables, "specification", hypothesis.id)
    if curve is not None:
        yield f"specification-{hypothesis.id}", robustness.specification_curve(hypothesis, curve)
    without = refits.of_claim(tables, "left_out", hypothesis.id)
    if without is not None:
        registered = [(estimand["mean"], estimand["sd"]) for estimand in entry["estimands"]]
        yield f"left_out-{hypothesis.id}", robustness.left_out(hypothesis, without, registered)


def _saved(figures: Iterator[tuple[str, Figure]], places: Places) -> Sizes:
    with style.applied():
        return {name: style.save(figure, name, places.out, draft=places.draft) for name, figure in figures}


def _of_claim(entry: dict[str, Any], places: Places) -> Sizes:
    """The figures of one claim, and those of its model when it is the first that has it; for a process of its own."""
    hypothesis = REGISTRY[entry["id"]]
    sizes = _saved(_of_refits(hypothesis, entry, refits.read(places.refits)), places)
    if places.models[entry["archive"]] == entry["id"]:
        names = {o: f"{entry['archive']}.{o}" for o in hypothesis.outcomes}
        pair = {o: archive.read(name, places.posteriors, rows=False) for o, name in names.items()}
        sizes |= _saved(_of_model(hypothesis, pair), places)
    return sizes


def draw(
    trees: Trees,
    simulated: scenarios.Trees,
    numbers: dict[str, Any],
    places: tuple[Path, Path, Path],
    pool: Executor,
) -> Sizes:
    """Draw and write every figure, those of single claims in the processes of ``pool``; returns their sizes by name.

    ``places`` are the folders of the archives that ``trees`` were read from, of the refits, and of the figures;
    ``simulated`` are the archives of the scenarios.
    """
    entries = [entry for entry in numbers["hypotheses"] if entry["id"] in trees]
    models = {entry["archive"]: entry["id"] for entry in reversed(entries)}
    where = Places(*places, models, draft=bool(numbers["draft"]))
    claims = [pool.submit(_of_claim, entry, where) for entry in entries]
    ordered = {entry["archive"]: trees[models[entry["archive"]]] for entry in entries}
    sizes = _saved(_overview(numbers, ordered, trees), where)
    sizes |= _saved(scenarios.figures(simulated, numbers["counterfactual"]), where)
    for claim in claims:
        sizes |= claim.result()
    return sizes
