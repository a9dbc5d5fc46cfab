"""The results of a scenario from its archive: effects, paths, thresholds, tipping points, and checks beside them."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import numpy as np
import xarray as xr

from inference.archives import archive
from inference.counterfactual import benchmark, effects, results, timing
from inference.counterfactual.simulation import programme
from inference.counterfactual.simulation.programme import ARROWS, BASELINE, CHIEF, MAIN, REPORTED, SIZES, TIMINGS, Arm
from inference.evidence.quantities import CI_BOUNDS, Quantity, Share
from models.claims.links import ALIGNMENT, LINKS, PLACEBO
from models.claims.registry import OUTCOMES

CUTS = (0.10, 0.25)  # reductions of the rate that thresholds are given for


def needed(averted: xr.DataArray) -> results.NumberNeeded:
    """Programmes per event averted: the inverse of the mean, and of its interval (Altman 1998, BMJ 317, 1309).

    Where the interval holds zero, it runs from a number that benefits through infinity to one that harms.
    """
    interval, mean = Quantity.of(averted), float(averted.mean())
    if np.isnan(mean):  # nothing over nothing
        return results.NumberNeeded(None, None, None, "no programme is started")
    inverse = [None if abs(value) < 1e-12 else 1 / value for value in (interval.high, mean, interval.low)]
    first, middle, last = ("more than can be told" if v is None else f"{abs(v):,.0f}" for v in inverse)
    if mean == 0:
        words = "no event is averted or caused by any number of programmes"
    elif interval.low > 0:
        words = f"{middle} programmes avert one event ({first} to {last})"
    elif interval.high < 0:
        words = f"{middle} programmes cause one event ({last} to {first})"
    else:
        verb = "avert" if mean > 0 else "cause"
        words = (
            f"{middle} programmes {verb} one event ({first} to avert one, through no effect, to {last} to cause one)"
        )
    return results.NumberNeeded(value=inverse[1], low=inverse[0], high=inverse[2], words=words)


def drawn(
    groups: xr.Dataset, arm: Arm, outcome: str, horizon: int, kind: str = "", measure: effects.Measure = effects.rate
) -> tuple[xr.DataArray, xr.DataArray]:
    """Draws of a rate without a programme and with it, less the biases of an unobserved cause of a ``kind``."""
    suffix = f" | {kind}" if kind else ""
    base, treated = (measure(groups, outcome, a.name + suffix, horizon) for a in (BASELINE, arm))
    return base, treated


def effect(groups: xr.Dataset, arm: Arm, outcome: str, horizon: int) -> results.Effect:
    """One row of the table of effects."""
    cell = groups, arm, outcome, horizon
    base, treated = drawn(*cell)
    confounded, signed = (drawn(*cell, kind) for kind in (programme.DRAWN, programme.SIGNED))
    comparison, fewer = results.Comparison.of(base, treated), Share.of(treated < base)
    return results.Effect(
        arm.arrow, arm.timing, outcome, horizon, comparison.baseline, comparison.treated, comparison.difference,
        decade=results.Comparison.of(*drawn(*cell, measure=effects.per_decade)),
        confounded=Quantity.of(confounded[1] - confounded[0]),
        signed=Quantity.of(signed[1] - signed[0]),
        p_fewer=fewer.value,
        p_fewer_mcse=fewer.mcse,
        programmes=Quantity.of(groups["programmes"].sel(arm=arm.name, horizon=horizon)),
        nnt=needed(effects.averted(groups, outcome, arm.name, horizon)),
    )  # fmt: skip


def effects_of(groups: xr.Dataset) -> list[results.Effect]:
    """The table of effects: every arm that is reported, outcome and horizon."""
    horizons = groups["horizon"].to_numpy().tolist()
    return [effect(groups, arm, o, h) for arm in REPORTED for o in OUTCOMES for h in horizons]


def thresholds(groups: xr.Dataset) -> list[results.Threshold]:
    """The thresholds of every outcome, cut and timing."""
    return [threshold(groups, o, cut, t) for o in OUTCOMES for cut in CUTS for t in TIMINGS]


def equal_exposure(tree: xr.DataTree, dollars: float) -> list[results.EqualExposure]:
    """Early against late at equal exposure; none where too few years are simulated."""
    return timing.equal_exposure(archive.group(tree, timing.GROUP), dollars) if timing.GROUP in tree else []


def early_less_late(groups: xr.Dataset) -> list[results.TimingEffect]:
    """The effect of timing by arrow, outcome and horizon, each programme on its own dates."""
    out = []
    for arrow, outcome in product(ARROWS, OUTCOMES):
        for horizon in groups["horizon"].to_numpy().tolist():
            early, late = (effects.rate(groups, outcome, Arm(arrow, t).name, horizon) for t in TIMINGS)
            out.append(results.TimingEffect(arrow, outcome, horizon, Quantity.of(early - late)))
    return out


def _longest(groups: xr.Dataset) -> int:
    return int(groups["horizon"][-1])


def paths(groups: xr.Dataset, arm: Arm) -> list[results.PathEffect]:
    """Change of the rate along each path of an arm, over the longest horizon."""
    horizon, out = _longest(groups), []
    for outcome in OUTCOMES:
        base = effects.rate(groups, outcome, BASELINE.name, horizon)
        changes = {p: effects.rate(groups, outcome, f"{arm.name} | {p}", horizon) - base for p in programme.PATHS}
        left = effects.rate(groups, outcome, arm.name, horizon) - base
        for change in changes.values():
            left = left - change
        out += [
            results.PathEffect(arm.arrow, arm.timing, path, outcome, Quantity.of(change))
            for path, change in (changes | {"together": left}).items()
        ]
    return out


def _ratio(groups: xr.Dataset, outcome: str, timing: str, size: float) -> xr.DataArray:
    horizon = _longest(groups)
    base = effects.rate(groups, outcome, BASELINE.name, horizon)
    return effects.rate(groups, outcome, Arm("given", timing, size).name, horizon) / base


def dose(groups: xr.Dataset) -> results.DoseResponse:
    """The dose-response curve of given sizes, which begins at no programme."""
    none = Quantity(1.0, 0.0, 1.0, 1.0)
    ratio = {
        timing: {o: [none, *(Quantity.of(_ratio(groups, o, timing, size)) for size in SIZES)] for o in OUTCOMES}
        for timing in TIMINGS
    }
    return results.DoseResponse([0.0, *SIZES], ratio)


def threshold(groups: xr.Dataset, outcome: str, cut: float, timing: str) -> results.Threshold:
    """The threshold of a cut, interpolated between the sizes of the grid."""
    ratios = np.array([1.0, *(float(_ratio(groups, outcome, timing, size).mean()) for size in SIZES)])
    sizes = np.array([0.0, *SIZES])
    below = np.flatnonzero(ratios <= 1 - cut)
    size = None
    if below.size:
        k = int(below[0])
        size = float(np.interp(1 - cut, [ratios[k], ratios[k - 1]], [sizes[k], sizes[k - 1]]))
    reached = Share.of(_ratio(groups, outcome, timing, SIZES[-1]) <= 1 - cut)
    return results.Threshold(outcome, timing, cut, SIZES[-1], size, reached.value, reached.mcse)


def tipping(groups: xr.Dataset, outcome: str, slope: str) -> list[results.TippingPoint]:
    """The early given programme's effect under each bias of the slope of duress or capacity, longest horizon."""
    out = []
    for bias in programme.BIASES:
        names = [programme.biased(arm, slope, bias).name for arm in (BASELINE, CHIEF[0])]
        base, treated = (effects.rate(groups, outcome, name, _longest(groups)) for name in names)
        fewer = Share.of(treated < base)
        out.append(results.TippingPoint(bias, Quantity.of(treated - base), fewer.value, fewer.mcse))
    return out


def natural_course(tree: xr.DataTree, seed: int = 0) -> list[results.NaturalCourse]:
    """Observed against simulated events, over all and by region and era; ``seed`` is that of the predicted counts."""
    rng, out = np.random.default_rng(seed), []
    expected = archive.group(tree, "cells")["events"].sel(arm=BASELINE.name)
    observed, rows = (archive.group(tree, "observed")[name] for name in ("events", "dyad_years"))
    levels = [("all", ""), *((dim, str(level)) for dim in ("region", "era") for level in expected[dim].values)]
    for outcome in OUTCOMES:
        for by, level in levels:
            chosen = {"outcome": outcome} | ({} if by == "all" else {by: level})
            sums = [values.sel(chosen) for values in (expected, observed, rows)]
            mean, seen, size = (a.sum([d for d in ("region", "era") if d in a.dims]) for a in sums)
            if not int(size):
                continue
            drawn, y = rng.poisson(mean.to_numpy().astype(float)), int(seen)
            low, high = map(float, np.quantile(drawn, CI_BOUNDS))
            p = float((drawn < y).mean() + (drawn == y).mean() / 2)
            out.append(results.NaturalCourse(outcome, by, level, y, int(size), Quantity.of(mean), low, high, p))
    return out


def by_cell(tree: xr.DataTree, arm: Arm = CHIEF[0]) -> list[results.CellEffect]:
    """Events averted by a programme in each region and era that has dyad-years."""
    values = archive.group(tree, "cells")["events"]
    rows = archive.group(tree, "observed")["dyad_years"]
    out = []
    for outcome, region, era in product(
        OUTCOMES, values["region"].to_numpy().tolist(), values["era"].to_numpy().tolist()
    ):
        chosen = {"outcome": outcome, "region": region, "era": era}
        if size := int(rows.sel(chosen)):
            here = values.sel(chosen)
            averted = here.sel(arm=BASELINE.name) - here.sel(arm=arm.name)
            out.append(results.CellEffect(outcome, region, era, size, Quantity.of(averted)))
    return out


def by_region(tree: xr.DataTree, arm: Arm = CHIEF[0]) -> dict[str, dict[str, Quantity]]:
    """Events averted by a programme in each region over all years counted, by outcome."""
    values = archive.group(tree, "cells")["events"].sum("era")
    change = values.sel(arm=BASELINE.name) - values.sel(arm=arm.name)
    regions = values["region"].to_numpy().tolist()
    return {o: {r: Quantity.of(change.sel(outcome=o, region=r)) for r in regions} for o in OUTCOMES}


def collect(tree: xr.DataTree) -> results.ScenarioResult:
    """Everything that is reported of a population scenario, from its archive."""
    groups, scenario = archive.group(tree, "events"), json.loads(tree.attrs["scenario"])
    horizons = groups["horizon"].to_numpy().tolist()
    tipped = {slope: {o: tipping(groups, o, slope) for o in OUTCOMES} for slope in programme.SLOPES}
    return results.ScenarioResult(
        id=scenario["id"], title=tree.attrs["title"], words=tree.attrs["words"], rung=tree.attrs["rung"],
        years=(scenario["year"], scenario["year"] + scenario["horizon"] - 1), horizons=horizons,
        states=int(tree.attrs["states"]), size=scenario["size"], dollars=scenario["dollars"],
        fit_key=tree.attrs["fit_key"], flags=json.loads(tree.attrs["flags"]),
        dyad_years={o: int(groups["dyad_years"].sel(outcome=o, horizon=horizons[-1])) for o in OUTCOMES},
        effects=effects_of(groups),
        early_less_late=early_less_late(groups),
        equal_exposure=equal_exposure(tree, scenario["dollars"]),
        paths=[row for arm in MAIN for row in paths(groups, arm)],
        threshold=thresholds(groups),
        dose=dose(groups),
        tipping=tipped,
        benchmarks=benchmark.table(archive.group(tree, benchmark.GROUP), tipped),
        natural_course=natural_course(tree),
        cells=by_cell(tree),
        regions=by_region(tree),
    )  # fmt: skip


def collect_unit(tree: xr.DataTree) -> results.UnitResult:
    """Everything that is reported of a named state, from its archive."""
    groups, scenario = archive.group(tree, "unit"), json.loads(tree.attrs["scenario"])
    changes, arms = [], groups["arm"].to_numpy().tolist()
    for outcome in OUTCOMES:
        observed = int(groups[f"{outcome}_observed"].sum())
        for arm in arms[1:]:
            change = groups[f"{outcome}_events"].sel(arm=arm) - observed
            changes.append(results.UnitChange(arm, outcome, observed, Quantity.of(change)))
    return results.UnitResult(
        id=scenario["id"], title=tree.attrs["title"], words=tree.attrs["words"], rung=tree.attrs["rung"],
        years=(scenario["year"], scenario["year"] + scenario["horizon"] - 1), fit_key=tree.attrs["fit_key"],
        flags=json.loads(tree.attrs["flags"]), changes=changes,
        duress=results.DuressByYear(
            groups["year"].to_numpy().tolist(), groups["observed_duress"].to_numpy().tolist(),
            {arm: groups["duress"].sel(arm=arm).to_numpy().tolist() for arm in arms},
        ),
    )  # fmt: skip


def links(folder: Path) -> list[results.LinkResult]:
    """The registered slopes of every link and of the negative control."""
    out = []
    for link in LINKS.values():
        for estimand in link.estimands:
            tree = archive.read(f"{link.id}.{estimand.outcome}", folder, rows=False)
            draws = archive.group(tree, "posterior")["beta"].sel(predictor=estimand.term)
            above, slope = Share.of(draws > 0), Quantity.of(draws)
            out.append(results.LinkResult(
                link.id, link.claim, str(estimand), slope, above.value, above.mcse,
                int(tree.attrs["rows"]), link.identified, tree.attrs["adjustment"], tree.attrs["fit_key"],
                control=control(estimand.outcome, slope, folder) if link is PLACEBO else None,
            ))  # fmt: skip
    return out


def control(outcome: str, slope: Quantity, folder: Path) -> results.Control:
    """The slope of a negative control beside that of duress itself, which it would be if a shared cause made it up."""
    last = archive.group(archive.read(f"{ALIGNMENT.id}.{outcome}", folder, rows=False), "posterior")
    claimed = float(last["beta"].sel(predictor="duress").mean())
    return results.Control(ALIGNMENT.id, claimed, excluded=not slope.low <= claimed <= slope.high)
