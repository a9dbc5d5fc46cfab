"""What is reported of one logit: its rows, what its prior and posterior predict, its checks, its slopes and effects."""

# xarray does not say what all of its methods take.
# pyright: reportUnknownMemberType=false
from __future__ import annotations

import json

import numpy as np
import xarray as xr
from numpy.typing import NDArray
from scipy import special  # pyright: ignore[reportMissingTypeStubs]

from data.period import END
from inference.archives.archive import group
from inference.evidence.quantities import CI_BOUNDS, Quantity, Share
from inference.sampling.checks import CheckResult
from reports.numbers.limits import PER
from reports.numbers.types import (
    Bin,
    Cluster,
    Counts,
    Fit,
    Holdout,
    Outside,
    Predictive,
    PriorPredictive,
    Sensitivity,
    Slope,
)

LEVELS = ("region", "era")


def collect(tree: xr.DataTree) -> Fit:
    """What is reported of the logit of an archive; KeyError for what it lacks."""
    attributes = tree.attrs
    return Fit(
        rows=int(attributes["rows"]),
        events=int(attributes["events"]),
        decisions=round(float(attributes["decisions"])),
        rows_lost=json.loads(attributes["rows_lost"]),
        exposures=_names(attributes["exposures"]),
        adjustment=_names(attributes["adjustment"]),
        durations=_names(attributes["durations"]),
        fit_key=attributes["fit_key"],
        gate=tuple(CheckResult(**check) for check in json.loads(attributes["gate"])),
        rate=Quantity.of(group(tree, "contrasts")["rate"], PER),
        priors=json.loads(attributes["priors"]),
        by_era=_by_era(tree),
        prior_predictive=_prior_predictive(tree),
        predictive=_predictive(tree),
        calibration=_calibration(tree),
        holdout=_holdout(tree),
        slopes=_slopes(tree),
        effects={name: _effects(tree, name) for name in LEVELS},
        clusters=_clusters(tree),
        scales=_by_grouping(tree, "sigma_"),
        correlations=_by_grouping(tree, "rho_"),
        sensitivity=_sensitivity(tree),
    )


def _names(listed: str) -> tuple[str, ...]:
    return tuple(term for term in listed.split(", ") if term)


def _by_era(tree: xr.DataTree) -> dict[str, Counts]:
    known, checks = group(tree, "constant_data"), group(tree, "predictive_checks")
    rows = np.bincount(known["era_index"], minlength=known.sizes["era"])
    events = checks["observed_events_era"].sel(era=known["era"]).to_numpy()
    eras = known["era"].to_numpy()
    return {str(era): Counts(int(r), round(float(e))) for era, r, e in zip(eras, rows, events, strict=True)}


def _prior_predictive(tree: xr.DataTree) -> PriorPredictive:
    draws = group(tree, "prior_predictive")
    rate, largest = (Quantity.of(draws[name], PER) for name in ("rate", "largest_cell"))
    share = draws.get("share_bandwagoning")
    return PriorPredictive(rate, largest, None if share is None else Quantity.of(share))


def _predictive(tree: xr.DataTree) -> Predictive:
    checks = group(tree, "predictive_checks")
    events = Quantity.of(checks["events"].astype(float))
    levels = {name: _outside(checks[f"p_events_{name}"], name) for name in LEVELS}
    return Predictive(round(float(checks["observed_events"])), float(checks["p_events"]), events, levels)


def _outside(tail: xr.DataArray, name: str) -> Outside:
    beyond = (tail < CI_BOUNDS[0]) | (tail > CI_BOUNDS[1])
    return Outside(tuple(str(level) for level in tail[name].to_numpy()[beyond.to_numpy()]), tail.size)


def _clusters(tree: xr.DataTree) -> dict[str, Cluster]:
    """The statistics of clusters by name, under the model and as if rows were independent."""
    here, apart = group(tree, "cluster_checks"), group(tree, "independent_clusters")
    names = [str(name) for name in here.data_vars if f"observed_{name}" in here]
    return {
        name: Cluster(
            float(here[f"observed_{name}"]), float(here[f"p_{name}"]), Quantity.of(here[name]),
            Quantity.of(apart[name]), float(apart[f"p_{name}"]),
        )
        for name in names
    }  # fmt: skip


def _by_grouping(tree: xr.DataTree, prefix: str) -> dict[str, Quantity]:
    """Parameters of the groupings' effects, by grouping."""
    draws = group(tree, "posterior")
    names = [str(name) for name in draws.data_vars if str(name).startswith(prefix) and draws[name].ndim == 2]
    return {name.removeprefix(prefix): Quantity.of(draws[name]) for name in names}


def _sensitivity(tree: xr.DataTree) -> dict[str, Sensitivity]:
    scaled = group(tree, "power_scaling")
    prior, likelihood = (scaled[f"{name}_sensitivity"].to_numpy() for name in ("prior", "likelihood"))
    return {
        str(term): Sensitivity(float(p), float(q))
        for term, p, q in zip(scaled["term"].to_numpy(), prior, likelihood, strict=True)
    }


def _calibration(tree: xr.DataTree) -> tuple[Bin, ...]:
    bins = group(tree, "calibration")
    rates = (PER * bins[name].to_numpy() for name in ("predicted", "observed", "low", "high"))
    columns = zip(bins["rows"].to_numpy(), *rates, strict=True)
    return tuple(Bin(int(rows), *map(float, values)) for rows, *values in columns)


def _holdout(tree: xr.DataTree) -> Holdout | None:
    if "holdout" not in tree.children:
        return None
    scores, log = group(tree, "holdout"), ("log", "log_base")
    low, high = _predicted(scores["expected"].to_numpy().ravel())
    return Holdout(
        first=int(tree.attrs["until"]) + 1,
        last=END,
        rows=int(scores["rows"]),
        decisions=float(scores["decisions"]),
        expected=Quantity.of(scores["expected"]),
        low=low,
        high=high,
        **{name: float(scores[name]) for name in log},
    )


def _predicted(expected: NDArray[np.float64]) -> tuple[int, int]:
    """The interval of a number of decisions, of rare ones, from draws of how many are expected."""
    numbers = np.arange(int(expected.max() + 10 * np.sqrt(expected.max()) + 10))
    below = np.mean([special.pdtr(numbers, one) for one in expected], axis=0)  # at most so many
    low, high = (int(np.searchsorted(below, bound)) for bound in CI_BOUNDS)
    return low, high


def _slopes(tree: xr.DataTree) -> dict[str, Slope]:
    beta = group(tree, "posterior")["beta"]
    return {str(term): _slope(beta.sel(predictor=term)) for term in beta["predictor"].to_numpy()}


def _slope(draws: xr.DataArray) -> Slope:
    positive = Share.of(draws > 0)
    return Slope(**vars(Quantity.of(draws)), positive=positive.value, positive_mcse=positive.mcse)


def _effects(tree: xr.DataTree, name: str) -> dict[str, Quantity]:
    """Intercept of each region or era, as log-odds from the average."""
    effects = group(tree, "posterior")[f"alpha_{name}"]
    return {str(level): Quantity.of(effects.sel({name: level})) for level in effects[name].to_numpy()}
