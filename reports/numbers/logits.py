"""What is reported of one logit: its rows, what its prior and posterior predict, its checks, its slopes and effects."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import xarray as xr

from inference.archives.archive import group
from inference.evidence.quantities import CI_BOUNDS
from inference.evidence.verdicts import quantity
from inference.sampling.diagnostics import mcse_share

PER = 1000  # rows that a rate is given for
Q = dict[str, float]  # value, mcse, low, high


def collect(tree: xr.DataTree) -> dict[str, Any]:
    """What is reported of the logit of an archive; rates are per 1,000 rows."""
    return {
        "rows": int(tree.attrs["rows"]),
        "events": int(tree.attrs["events"]),
        "rows_lost": json.loads(tree.attrs["rows_lost"]),
        "exposures": [term for term in tree.attrs["exposures"].split(", ") if term],
        "adjustment": [term for term in tree.attrs["adjustment"].split(", ") if term],
        "fit_key": tree.attrs["fit_key"],
        "gate": json.loads(tree.attrs["gate"]),
        "rate": quantity(group(tree, "contrasts")["rate"], PER),
        "priors": json.loads(tree.attrs["priors"]),
        "by_era": _by_era(tree),
        "prior_predictive": _prior_predictive(tree),
        "predictive": _predictive(tree),
        "calibration": _calibration(tree),
        "slopes": _slopes(tree),
        "effects": {name: _effects(tree, name) for name in ("region", "era")},
    }


def _by_era(tree: xr.DataTree) -> dict[str, dict[str, int]]:
    """Rows and events of each era."""
    known, checks = group(tree, "constant_data"), group(tree, "predictive_checks")
    rows = np.bincount(known["era_index"], minlength=known.sizes["era"])
    events = checks["observed_events_era"].sel(era=known["era"]).to_numpy()
    eras = known["era"].to_numpy()
    return {str(era): {"rows": int(r), "events": int(e)} for era, r, e in zip(eras, rows, events, strict=True)}


def _prior_predictive(tree: xr.DataTree) -> dict[str, Q | None]:
    """Mean rate and largest region-era cell per 1,000 rows, and bandwagoning's share of alignments, before the data."""
    draws = group(tree, "prior_predictive")
    share = draws.get("share_bandwagoning")
    return {name: quantity(draws[name], PER) for name in ("rate", "largest_cell")} | {
        "share_bandwagoning": None if share is None else quantity(share)
    }


def _predictive(tree: xr.DataTree) -> dict[str, Any]:
    """Observed events beside the posterior predictive ones, in all, and the regions and eras outside their interval."""
    checks = group(tree, "predictive_checks")
    levels = {}
    for name in ("region", "era"):
        tail = checks[f"p_events_{name}"]
        outside = (tail < CI_BOUNDS[0]) | (tail > CI_BOUNDS[1])
        levels[name] = {"outside": [str(v) for v in tail[name].to_numpy()[outside.to_numpy()]], "levels": tail.size}
    observed = {"observed": int(checks["observed_events"]), "tail": float(checks["p_events"])}
    return observed | {"events": quantity(checks["events"].astype(float)), "levels": levels}


def _calibration(tree: xr.DataTree) -> list[dict[str, float]]:
    """Predicted and observed rates per 1,000 rows, with the observed ones' bounds, in bins of equal expected events."""
    bins = group(tree, "calibration")
    rates = {name: PER * bins[name].to_numpy() for name in ("predicted", "observed", "low", "high")}
    return [
        {"rows": int(bins["rows"][k])} | {name: float(values[k]) for name, values in rates.items()}
        for k in range(bins.sizes["bin"])
    ]


def _slopes(tree: xr.DataTree) -> dict[str, dict[str, float]]:
    """Average slope of every predictor, with the probability that it is above 0 and its Monte Carlo error."""
    beta = group(tree, "posterior")["beta"].transpose("chain", "draw", "predictor")
    out = {}
    for term in beta["predictor"].to_numpy():
        draws = beta.sel(predictor=term)
        positive = (draws > 0).to_numpy()
        error = mcse_share(positive)
        out[str(term)] = quantity(draws) | {"positive": float(positive.mean()), "positive_mcse": error}
    return out


def _effects(tree: xr.DataTree, name: str) -> dict[str, Q]:
    """Intercept of each region or era, as log-odds from the average."""
    effects = group(tree, "posterior")[f"alpha_{name}"]
    return {str(level): quantity(effects.sel({name: level})) for level in effects[name].to_numpy()}
