"""Which figures a report has: those that the posteriors and refits at hand allow."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from inference.archives import archive
from inference.counterfactual.scenario import HEADLINE
from models.claims.registry import REGISTRY, Hypothesis, archive_of
from reports import style
from reports.figures import checks, counterfactual, foretold, graph, posterior, predicted, robustness, verdicts
from reports.numbers import refits
from reports.numbers.collect import DURESS

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from reports.numbers.archived import Pair, Trees
    from reports.numbers.report import Numbers
    from reports.numbers.simulated import Scenarios

Sizes = dict[str, tuple[float, float]]  # figure -> width and height in inches
# Exposure -> claim whose model its curve is drawn from.
CURVES = {"threat": "carter-1", "proximity": "carter-2", "support": "carter-4", "duress": "carter-3"}
CLUSTERED = "carter-1"  # its rows are of all years


class Places(NamedTuple):
    """The folders of the archives, of the refits, and of the figures."""

    posteriors: Path
    refits: Path
    out: Path


def of_claims(exposures: dict[str, str], trees: Trees) -> dict[str, str]:
    """The entries whose claim, or another with the same model, has a posterior."""
    known = {archive_of(REGISTRY[claim]): claim for claim in reversed(trees)}
    named = {
        term: claim if claim in trees else known.get(archive_of(REGISTRY[claim])) for term, claim in exposures.items()
    }
    return {term: claim for term, claim in named.items() if claim}


def _overview(numbers: Numbers, models: Trees, trees: Trees) -> Iterator[tuple[str, Figure]]:
    yield "graph", graph.causal_graphs()
    yield "verdicts", verdicts.verdicts(numbers["hypotheses"])
    if shown := of_claims(verdicts.CONTEST, trees):
        yield "contest", verdicts.contest(trees, shown)
    if shown := of_claims(CURVES, trees):
        yield "curves", predicted.curves(trees, shown)
    if DURESS in trees:
        yield "duress_removed", predicted.duress_removed(trees[DURESS])
        yield "event_counts", checks.event_counts(trees[DURESS])
    if CLUSTERED in trees:
        yield "clusters", checks.clusters(trees[CLUSTERED])
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


def _of_refits(hypothesis: Hypothesis, entry: Numbers, tables: refits.Tables) -> Iterator[tuple[str, Figure]]:
    if any(estimand["stale"] for estimand in entry["estimands"]):
        return
    curve = refits.of_claim(tables, "specification", hypothesis.id)
    if curve is not None:
        permuted = [estimand["permuted"] for estimand in entry["estimands"]]
        yield f"specification-{hypothesis.id}", robustness.specification_curve(hypothesis, curve, permuted)
    without = refits.of_claim(tables, "left_out", hypothesis.id)
    if without is not None:
        registered = [(estimand["mean"], estimand["sd"]) for estimand in entry["estimands"]]
        yield f"left_out-{hypothesis.id}", robustness.left_out(hypothesis, without, registered)


def _of_scenarios(trees: Scenarios, numbers: Numbers | None) -> Iterator[tuple[str, Figure]]:
    if numbers and numbers["refits"]:
        yield "chain_refits", counterfactual.refits(numbers["refits"])
    for scenario in numbers["shipped"] if numbers else ():
        name, tree = scenario["id"], trees[scenario["id"]]
        yield f"fan-{name}", counterfactual.fan(scenario, archive.group(tree, "trajectory"))
        yield f"timing-{name}", counterfactual.timing(scenario)
        yield f"natural_course-{name}", counterfactual.natural_course(scenario)
        if name != HEADLINE:  # the rest is the same kind of picture: one scenario shows it
            continue
        yield f"dose-{name}", counterfactual.dose(scenario)
        yield f"paths-{name}", counterfactual.paths(scenario)
        yield f"tipping-{name}", counterfactual.tipping(scenario)
        yield f"map-{name}", counterfactual.region_map(scenario)
        yield f"positivity-{name}", counterfactual.positivity(archive.group(tree, "positivity"))


def _saved(figures: Iterator[tuple[str, Figure]], folder: Path, *, draft: bool, pixels: bool = True) -> Sizes:
    with style.applied():
        return {name: style.save(figure, name, folder, pixels=pixels, draft=draft) for name, figure in figures}


def _of_claim(entry: Numbers, places: Places, *, model: bool, draft: bool) -> Sizes:
    """The figures of one claim, and with ``model`` those of its model; for a process of its own.

    There are hundreds, which the appendix shows as vector graphics: none is written in pixels too.
    """
    hypothesis = REGISTRY[entry["id"]]
    sizes = _saved(_of_refits(hypothesis, entry, refits.read(places.refits)), places.out, draft=draft, pixels=False)
    if model:
        names = {o: f"{entry['archive']}.{o}" for o in hypothesis.outcomes}
        pair = {o: archive.read(name, places.posteriors, rows=False) for o, name in names.items()}
        sizes |= _saved(_of_model(hypothesis, pair), places.out, draft=draft, pixels=False)
    return sizes


def draw(
    trees: Trees, scenarios: Scenarios, years: dict[str, xr.DataTree], numbers: Numbers, places: Places, pool: Executor
) -> Sizes:
    """Draw and write every figure, those of single claims in the processes of ``pool``; returns their sizes by name.

    ``trees``, ``scenarios`` and ``years``, those foretold, are the archives that ``numbers`` were collected from.
    """
    entries = [entry for entry in numbers["hypotheses"] if entry["id"] in trees]
    models = {entry["archive"]: entry["id"] for entry in reversed(entries)}  # archive -> first claim that has it
    draft = bool(numbers["draft"])
    claims = [
        pool.submit(_of_claim, entry, places, model=models[entry["archive"]] == entry["id"], draft=draft)
        for entry in entries
    ]
    ordered = {entry["archive"]: trees[models[entry["archive"]]] for entry in entries}
    sizes = _saved(_overview(numbers, ordered, trees), places.out, draft=draft)
    foreseen = ((f"foretold-{claim}", foretold.foretold(tree)) for claim, tree in years.items())
    sizes |= _saved(foreseen, places.out, draft=draft)
    sizes |= _saved(_of_scenarios(scenarios, numbers["counterfactual"]), places.out, draft=draft)
    for claim in claims:
        sizes |= claim.result()
    return sizes
