"""What is computed from draws and rows: predictive summaries, contrasts, curves, predictive densities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine import stream
from inference.engine.density.layout import sum_by_cell
from inference.evidence import clusters, datagrid
from inference.sampling import checks
from models.design import Design

if TYPE_CHECKING:
    import pandas as pd

FEW = 1000  # draws that simulated counts are made for, evenly spaced
CURVE_DRAWS = 400  # draws that a curve is averaged over, evenly spaced
BY_ROW = 400  # draws of which every row is kept: with fewer the mean of a rare outcome is too coarse to be ranked by


def cells(design: Design) -> xr.Dataset:
    """Rows and events, counted in decisions, of each region-era cell (region, era)."""
    region, era = design.groups["region"], design.groups["era"]
    shape = (len(region.levels), len(era.levels))
    rows, events = (sum_by_cell(design, values).reshape(shape) for values in (None, design.decisions))
    dims = ("region", "era")
    coords = {"region": list(region.levels), "era": list(era.levels)}
    return xr.Dataset({"rows": (dims, rows), "events": (dims, events)}, coords)


def cell_probability(design: Design, draws: xr.Dataset) -> xr.Dataset:
    """``probability`` (chain, draw, region, era), the mean over the rows of a cell, and ``rows``."""
    return cells(design)[["rows"]].assign(probability=stream.cell_probability(design, draws))


def overall(cells: xr.Dataset) -> xr.DataArray:
    """Mean probability over all rows (chain, draw)."""
    return (cells["probability"].fillna(0.0) * cells["rows"]).sum(("region", "era")) / cells["rows"].sum()


def thinned(posterior: xr.Dataset, draws: int) -> xr.Dataset:
    """At least ``draws`` draws of all chains together, evenly spaced."""
    return posterior.isel(draw=slice(None, None, max(1, posterior.sizes["draw"] * posterior.sizes["chain"] // draws)))


def predictive(design: Design, posterior: xr.Dataset, frame: pd.DataFrame, seed: int) -> dict[str, xr.Dataset]:
    """What the posterior says of the rows: replicates, log likelihoods, event counts, calibration, fitted rates.

    ``frame`` holds the rows of the design, whose keys clusters of events are counted by.

    ``posterior_predictive`` and ``log_likelihood`` hold ``y`` (chain, draw, obs) of evenly spaced draws, as ArviZ's
    predictive plots and comparisons ask; the counts in ``predictive_checks`` are of more draws and of replicates of
    their own. ``fitted`` is averaged over all draws.
    """
    simulated = stream.event_counts(design, thinned(posterior, FEW), seed)  # (chain, draw, region, era)
    observed = cells(design)["events"]

    def margins(events: xr.DataArray) -> xr.Dataset:
        return xr.Dataset(
            {
                "events": events.sum(("region", "era")),
                "events_region": events.sum("era"),
                "events_era": events.sum("region"),
            }
        )

    counts, truth = margins(simulated), margins(observed)
    fitted = stream.row_probability(design, posterior)
    replicated, log_likelihood = stream.by_row(design, thinned(posterior, BY_ROW), seed + 1)
    return {
        "posterior_predictive": xr.Dataset({"y": replicated}),
        "log_likelihood": xr.Dataset({"y": log_likelihood}),
        "predictive_checks": _beside_observed(counts, truth),
        "cluster_checks": cluster_checks(design, replicated, frame),
        "fitted": xr.Dataset({"probability": ("obs", fitted.astype(np.float32))}),
        "calibration": checks.calibration(fitted, design.decisions),
    }


def cluster_checks(design: Design, replicated: xr.DataArray, frame: pd.DataFrame) -> xr.Dataset:
    """The statistics of `clusters` of replicates (chain, draw), ``observed_<name>`` and ``p_<name>``."""
    return _beside_observed(clusters.replicated(replicated, frame), clusters.observed(design.decisions, frame))


def _beside_observed(replicated: xr.Dataset, observed: xr.Dataset) -> xr.Dataset:
    """Replicated statistics, the observed as ``observed_<name>``, and their tail probabilities as ``p_<name>``."""
    tails = checks.posterior_predictive(replicated, observed)
    return replicated.merge(tails).assign({f"observed_{name}": observed[name] for name in observed.data_vars})


def contrasts(exposures: tuple[str, ...], design: Design, frame: pd.DataFrame, posterior: xr.Dataset) -> xr.Dataset:
    """Average risk differences (chain, draw, term) of the exposures, the mean rate, and duress removed.

    ``risk_difference`` is the change in the yearly probability, averaged over all rows, when a binary exposure
    goes from 0 to 1 or a continuous one rises by a standard deviation around its observed value; of a product,
    the change in that change. ``rate`` is the mean probability as observed. With duress among the exposures,
    ``duress_rate`` is the mean probability of the rows under duress and ``duress_removed`` the same with
    duress set to none: an intervention on a population, valid under the adjustment set.
    """
    signs: list[list[float]] = []  # of the changes whose mean probabilities add up to a difference, by exposure

    def changes() -> Iterator[NDArray[np.float64]]:
        yield design.x
        for term in exposures:
            parts = datagrid.risk_difference(design, frame, term)
            signs.append([sign for sign, _ in parts])
            yield from (x for _, x in parts)

    rate, *changed = stream.mean_probabilities(design, posterior, changes())
    rates, draw = iter(changed), ("chain", "draw")
    differences = [np.sum([sign * next(rates) for sign in mine], axis=0) for mine in signs]
    out = xr.Dataset(
        {
            "risk_difference": ((*draw, "term"), np.stack([rate, *differences], axis=-1)[..., 1:]),
            "rate": (draw, rate),
        },
        {"chain": posterior["chain"], "draw": posterior["draw"], "term": list(exposures)},
    )
    if "duress" in exposures and frame["duress"].any():
        under = frame["duress"].to_numpy() == 1
        part = design.subset(under)
        calm = datagrid.set_to(part, frame[under], duress=0.0)
        rates = stream.mean_probabilities(part, posterior, [part.x, calm])
        out["duress_rate"], out["duress_removed"] = (draw, rates[0]), (draw, rates[1])
    return out


def curves(design: Design, frame: pd.DataFrame, posterior: xr.Dataset) -> xr.Dataset:
    """Mean probability along each main exposure, all rows set to each value in turn, other columns as observed.

    Variables ``<exposure>`` (draw, <exposure>_value) over evenly spaced draws.
    """
    few = thinned(posterior, CURVE_DRAWS)
    out = {}
    for name in design.varying:
        values = datagrid.grid(design, frame, name)
        rates = stream.mean_probabilities(design, few, [datagrid.set_to(design, frame, **{name: v}) for v in values])
        dim = f"{name}_value"
        out[name] = xr.DataArray(rates.reshape(len(values), -1).T, dims=("sample", dim), coords={dim: values})
    return xr.Dataset(out)
