"""What a scenario's archive says: effects, thresholds, paths and flags as plain values, and as a table of text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.archives import archive
from inference.counterfactual import effects
from inference.counterfactual.programme import (
    ARROWS,
    BASELINE,
    BIASES,
    CHIEF,
    DRAWN,
    SIZES,
    SLOPES,
    TIMINGS,
    Arm,
    biased,
)
from inference.evidence.quantities import CI_BOUNDS
from inference.evidence.verdicts import quantity
from inference.sampling.diagnostics import mcse_share
from models.claims.links import LINKS
from models.claims.registry import OUTCOMES

Float = NDArray[np.float64]
CUTS = (0.10, 0.25)  # reductions of the rate that thresholds are given for


def share(draws: xr.DataArray) -> tuple[float, float]:
    """Share of draws (chain, draw) that hold, and its Monte Carlo error."""
    values = draws.transpose("chain", "draw").to_numpy()
    return float(values.mean()), mcse_share(values)


def needed(averted: xr.DataArray) -> dict[str, Any]:
    """Programmes per event averted: the inverse of the mean, and of its interval (Altman 1998, BMJ 317, 1309).

    Where the interval holds zero, it runs from a number that benefits through infinity to one that harms.
    """
    low, mean, high = quantity(averted)["low"], float(averted.mean()), quantity(averted)["high"]
    inverse = [None if abs(value) < 1e-12 else 1 / value for value in (high, mean, low)]
    first, middle, last = ("more than can be told" if v is None else f"{abs(v):,.0f}" for v in inverse)
    if mean == 0:
        words = "no event is averted or caused by any number of programmes"
    elif low > 0:
        words = f"{middle} programmes avert one event ({first} to {last})"
    elif high < 0:
        words = f"{middle} programmes cause one event ({last} to {first})"
    else:
        verb = "avert" if mean > 0 else "cause"
        words = (
            f"{middle} programmes {verb} one event ({first} to avert one, through no effect, to {last} to cause one)"
        )
    return {"value": inverse[1], "low": inverse[0], "high": inverse[2], "words": words}


def effect(groups: xr.Dataset, arm: Arm, outcome: str, horizon: int) -> dict[str, Any]:
    """One row of the table of effects."""
    which = (outcome, BASELINE.name, horizon), (outcome, arm.name, horizon)
    base, treated = (effects.rate(groups, *w) for w in which)
    base_decade, treated_decade = (effects.per_decade(groups, *w) for w in which)
    drawn = [effects.rate(groups, outcome, f"{name} | {DRAWN}", horizon) for name in (BASELINE.name, arm.name)]
    fewer, error = share(treated < base)
    return {
        "arrow": arm.arrow, "timing": arm.timing, "outcome": outcome, "horizon": horizon,
        "baseline": quantity(base), "treated": quantity(treated), "difference": quantity(treated - base),
        "decade": {
            "baseline": quantity(base_decade), "treated": quantity(treated_decade),
            "difference": quantity(treated_decade - base_decade),
        },
        "confounded": quantity(drawn[1] - drawn[0]),
        "p_fewer": fewer, "p_fewer_mcse": error,
        "programmes": quantity(groups["programmes"].sel(arm=arm.name, horizon=horizon)),
        "nnt": needed(effects.averted(groups, outcome, arm.name, horizon)),
    }  # fmt: skip


def early_less_late(groups: xr.Dataset) -> list[dict[str, Any]]:
    """Events per 1,000 dyad-years under an early programme less those under a late one."""
    out = []
    for arrow in ARROWS:
        for outcome in OUTCOMES:
            for horizon in groups["horizon"].to_numpy().tolist():
                early, late = (effects.rate(groups, outcome, Arm(arrow, t).name, horizon) for t in TIMINGS)
                words = {"arrow": arrow, "outcome": outcome, "horizon": horizon}
                out.append(words | {"difference": quantity(early - late)})
    return out


def paths(groups: xr.Dataset, arm: Arm) -> list[dict[str, Any]]:
    """Change of the rate along each path alone, over the longest horizon; ``together`` is what their sum lacks."""
    horizon, out = int(groups["horizon"][-1]), []
    for outcome in OUTCOMES:
        base = effects.rate(groups, outcome, BASELINE.name, horizon)
        left = effects.rate(groups, outcome, arm.name, horizon) - base
        for path in ("duress alone", "capacity alone", "aid itself alone"):
            change = effects.rate(groups, outcome, f"{arm.name} | {path}", horizon) - base
            left = left - change
            out.append(
                {
                    "arrow": arm.arrow,
                    "timing": arm.timing,
                    "path": path,
                    "outcome": outcome,
                    "difference": quantity(change),
                }
            )
        out.append(
            {
                "arrow": arm.arrow,
                "timing": arm.timing,
                "path": "together",
                "outcome": outcome,
                "difference": quantity(left),
            }
        )
    return out


def _ratio(groups: xr.Dataset, outcome: str, timing: str, size: float) -> xr.DataArray:
    horizon = int(groups["horizon"][-1])
    base = effects.rate(groups, outcome, BASELINE.name, horizon)
    return effects.rate(groups, outcome, Arm("given", timing, size).name, horizon) / base


def dose(groups: xr.Dataset) -> dict[str, Any]:
    """Rate with a programme over that without, by its given size, over the longest horizon."""
    none = {"value": 1.0, "mcse": 0.0, "low": 1.0, "high": 1.0}
    ratio = {
        timing: {o: [none, *(quantity(_ratio(groups, o, timing, size)) for size in SIZES)] for o in OUTCOMES}
        for timing in TIMINGS
    }
    return {"sizes": [0.0, *SIZES], "ratio": ratio}


def threshold(groups: xr.Dataset, outcome: str, cut: float, timing: str) -> dict[str, Any]:
    """The rise in capacity at which the mean rate falls by a share ``cut``, and the share of draws where any does."""
    ratios = np.array([1.0, *(float(_ratio(groups, outcome, timing, size).mean()) for size in SIZES)])
    sizes = np.array([0.0, *SIZES])
    below = np.flatnonzero(ratios <= 1 - cut)
    size = None
    if below.size:
        k = int(below[0])
        size = float(np.interp(1 - cut, [ratios[k], ratios[k - 1]], [sizes[k], sizes[k - 1]]))
    reached, error = share(_ratio(groups, outcome, timing, SIZES[-1]) <= 1 - cut)
    words = {"outcome": outcome, "timing": timing, "cut": cut, "largest": SIZES[-1]}
    return words | {"size": size, "share": reached, "share_mcse": error}


def tipping(groups: xr.Dataset, outcome: str, which: str) -> list[dict[str, Any]]:
    """The early given programme's effect where the slope of duress or capacity is off by each bias, longest horizon."""
    horizon, out = int(groups["horizon"][-1]), []
    for bias in BIASES:
        names = [biased(arm, which, bias).name for arm in (BASELINE, CHIEF[0])]
        base, treated = (effects.rate(groups, outcome, name, horizon) for name in names)
        fewer, error = share(treated < base)
        out.append({"bias": bias, "difference": quantity(treated - base), "p_fewer": fewer, "p_fewer_mcse": error})
    return out


def natural_course(tree: xr.DataTree, seed: int = 0) -> list[dict[str, Any]]:
    """Observed events by region, era and outcome against those of the simulation without a programme.

    Predicted counts are Poisson around the expected events of each draw; ``p`` is Pr(drawn < observed) + Pr(equal) / 2.
    """
    rng, out = np.random.default_rng(seed), []
    expected = archive.group(tree, "cells")["events"].sel(arm=BASELINE.name)
    observed, rows = (archive.group(tree, "observed")[name] for name in ("events", "dyad_years"))
    for outcome in OUTCOMES:
        for dim, levels in (("all", [""]), ("region", expected["region"].values), ("era", expected["era"].values)):
            for level in levels:
                which = {"outcome": outcome} | ({} if dim == "all" else {dim: level})
                sums = [a.sel(which) for a in (expected, observed, rows)]
                mean, seen, size = (a.sum([d for d in ("region", "era") if d in a.dims]) for a in sums)
                if not int(size):
                    continue
                drawn, y = rng.poisson(mean.to_numpy().astype(float)), int(seen)
                low, high = np.quantile(drawn, CI_BOUNDS)
                out.append({
                    "outcome": outcome, "by": dim, "level": str(level), "observed": y, "dyad_years": int(size),
                    "expected": quantity(mean), "low": float(low), "high": float(high),
                    "p": float((drawn < y).mean() + (drawn == y).mean() / 2),
                })  # fmt: skip
    return out


def by_cell(tree: xr.DataTree, arm: Arm = CHIEF[0]) -> list[dict[str, Any]]:
    """Events averted by a programme in each region and era of the years counted."""
    values = archive.group(tree, "cells")["events"]
    rows = archive.group(tree, "observed")["dyad_years"]
    out = []
    for outcome in OUTCOMES:
        for region in values["region"].to_numpy().tolist():
            for era in values["era"].to_numpy().tolist():
                which = {"outcome": outcome, "region": region, "era": era}
                if size := int(rows.sel(which)):
                    change = values.sel(arm=BASELINE.name, **which) - values.sel(arm=arm.name, **which)
                    out.append(which | {"dyad_years": size, "averted": quantity(change)})
    return out


def by_region(tree: xr.DataTree, arm: Arm = CHIEF[0]) -> dict[str, dict[str, dict[str, float]]]:
    """Events averted by a programme in each region over all years counted, by outcome."""
    values = archive.group(tree, "cells")["events"].sum("era")
    change = values.sel(arm=BASELINE.name) - values.sel(arm=arm.name)
    regions = values["region"].to_numpy().tolist()
    return {o: {r: quantity(change.sel(outcome=o, region=r)) for r in regions} for o in OUTCOMES}


def collect(tree: xr.DataTree) -> dict[str, Any]:
    """Everything that is reported of a population scenario, as plain values."""
    groups, scenario = archive.group(tree, "events"), json.loads(tree.attrs["scenario"])
    arms = [Arm(arrow, timing) for arrow in ARROWS for timing in TIMINGS]
    horizons = groups["horizon"].to_numpy().tolist()
    return {
        "id": scenario["id"], "title": tree.attrs["title"], "words": tree.attrs["words"], "rung": tree.attrs["rung"],
        "years": [scenario["year"], scenario["year"] + scenario["horizon"] - 1], "horizons": horizons,
        "states": int(tree.attrs["states"]), "size": scenario["size"], "dollars": scenario["dollars"],
        "fit_key": tree.attrs["fit_key"], "flags": json.loads(tree.attrs["flags"]),
        "dyad_years": {o: int(groups["dyad_years"].sel(outcome=o, horizon=horizons[-1])) for o in OUTCOMES},
        "effects": [effect(groups, arm, o, h) for arm in arms for o in OUTCOMES for h in horizons],
        "early_less_late": early_less_late(groups),
        "paths": [row for arm in arms for row in paths(groups, arm)],
        "threshold": [threshold(groups, o, cut, t) for o in OUTCOMES for cut in CUTS for t in TIMINGS],
        "dose": dose(groups),
        "tipping": {which: {o: tipping(groups, o, which) for o in OUTCOMES} for which in SLOPES},
        "natural_course": natural_course(tree),
        "cells": by_cell(tree),
        "regions": by_region(tree),
    }  # fmt: skip


def collect_unit(tree: xr.DataTree) -> dict[str, Any]:
    """Everything that is reported of a named state, as plain values."""
    groups, scenario = archive.group(tree, "unit"), json.loads(tree.attrs["scenario"])
    rows, arms = [], groups["arm"].to_numpy().tolist()
    for outcome in OUTCOMES:
        observed = int(groups[f"{outcome}_observed"].sum())
        for arm in arms[1:]:
            change = groups[f"{outcome}_events"].sel(arm=arm) - observed
            rows.append({"arm": arm, "outcome": outcome, "observed": observed, "change": quantity(change)})
    return {
        "id": scenario["id"], "title": tree.attrs["title"], "words": tree.attrs["words"], "rung": tree.attrs["rung"],
        "years": [scenario["year"], scenario["year"] + scenario["horizon"] - 1], "fit_key": tree.attrs["fit_key"],
        "flags": json.loads(tree.attrs["flags"]), "changes": rows,
        "duress": {
            "years": groups["year"].to_numpy().tolist(), "observed": groups["observed_duress"].to_numpy().tolist(),
            "arms": {arm: groups["duress"].sel(arm=arm).to_numpy().tolist() for arm in arms},
        },
    }  # fmt: skip


def _words(q: dict[str, float], digits: int = 2) -> str:
    error, interval = f"{q['mcse']:.{digits + 1}f}", f"[{q['low']:+.{digits}f}, {q['high']:+.{digits}f}]"
    return f"{q['value']:+.{digits}f} \N{PLUS-MINUS SIGN} {error} {interval}"


def text(tree: xr.DataTree) -> str:
    """A scenario's archive as a table of text: intervals of 90 %, Monte Carlo errors after each mean."""
    if "unit" in tree.children:
        found = collect_unit(tree)
        lines = [found["title"], found["words"], found["rung"], ""]
        lines += [
            f"{r['outcome']:<10} {r['arm']:<26} observed {r['observed']}, change {_words(r['change'], 3)}"
            for r in found["changes"]
        ]
        return "\n".join([*lines, *found["flags"]])
    found = collect(tree)
    lines = [found["title"], found["words"], f"{found['states']} states; {found['rung']}", ""]
    lines.append(
        "change in events per 1,000 dyad-years, mean, Monte Carlo error, 90 % interval (and with a confounder)"
    )
    for e in found["effects"]:
        lines.append(
            f"{e['outcome']:<10} {e['arrow']:<18} {e['timing']:<6} {e['horizon']:>2} years  "
            f"base {e['baseline']['value']:5.2f}  "
            f"{_words(e['difference'])}  ({e['confounded']['low']:+.2f}, {e['confounded']['high']:+.2f})  "
            f"Pr(fewer) {e['p_fewer']:.2f}"
        )
    for t in found["threshold"]:
        size = "out of reach" if t["size"] is None else f"{t['size']:.2f} sd"
        lines.append(
            f"{t['outcome']:<10} {t['timing']:<6} a cut by {100 * t['cut']:.0f} % needs {size}; "
            f"{100 * t['share']:.0f} % of draws reach it"
        )
    return "\n".join([*lines, *found["flags"]])


def links(folder: Path) -> list[dict[str, Any]]:
    """The registered slopes of every link and of the negative control, with the share of draws above zero."""
    out = []
    for link in LINKS.values():
        for which in link.estimands:
            tree = archive.read(f"{link.id}.{which.outcome}", folder, rows=False)
            draws = archive.group(tree, "posterior")["beta"].sel(predictor=which.term)
            above, error = share(draws > 0)
            out.append({
                "id": link.id, "claim": link.claim, "estimand": str(which), "slope": quantity(draws), "p_above": above,
                "p_above_mcse": error, "rows": int(tree.attrs["rows"]), "identified": link.identified,
                "adjustment": tree.attrs["adjustment"], "fit_key": tree.attrs["fit_key"],
            })  # fmt: skip
    return out
