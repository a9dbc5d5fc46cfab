"""Predictive densities of clusters of rows, each given all other rows, and differences between models on the same.

The rows of a cluster are left out of both outcomes of a joint model: a treaty that is unknown is unknown to both
logits. Densities come by importance sampling, from moved draws where these do not suffice (`matching`), and from draws
without the rows where those do not either.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine import stream
from inference.evidence import matching
from inference.evidence.folds import Folds
from inference.evidence.importance import BAD_K, Float, log_mean, smoothed
from inference.evidence.predictions import thinned
from inference.sampling.converge import draw_until_converged
from inference.sampling.diagnostics import relative_efficiency
from models.design import Design
from models.joint import Joint, view

if TYPE_CHECKING:
    from inference.sampling.settings import Settings

Int = NDArray[np.intp]
DRAWS = 1000  # evenly spaced, that densities are computed from
SHORTER = 0.25  # share of the draws for a posterior without a cluster
MOST_REFITS = 5  # of one model and clustering
AS_DRAWN, MOVED, REFITTED, BAD = 0, 1, 2, 3  # where a density comes from


def densities(joint: Joint, posterior: xr.Dataset, folds: Folds, settings: Settings) -> dict[str, xr.Dataset]:
    """Log predictive density of each cluster's rows given all others, by outcome.

    ``folds`` are of the rows of the panel. Each data set has, along ``cluster``, ``elpd``, its Monte Carlo error
    ``mcse``, ``pareto_k``, ``source`` (0: weighed draws, 1: moved draws, 2: draws without the cluster, 3: none of
    these is to be trusted), ``rows``, and ``events`` in decisions. Of clusters that are no cluster of any row of the
    outcome nothing is said.
    """
    draws = thinned(posterior, DRAWS)
    efficiency = relative_efficiency(draws)
    clusters, index = _compact(joint, folds)
    likelihood = np.stack([
        _by_cluster(joint, draws, outcome, at, clusters.size) for outcome, at in zip(joint.outcomes, index, strict=True)
    ])  # fmt: skip
    log_weight, k = smoothed(-likelihood.sum(axis=0), efficiency)
    elpd = log_mean(likelihood + log_weight + np.log(log_weight.shape[-1]))
    relative = np.exp(likelihood - elpd[..., None]) - 1.0
    mcse = np.sqrt((np.exp(2.0 * log_weight) * relative**2).sum(axis=-1) / efficiency)
    source = np.full(clusters.size, AS_DRAWN)
    for c in np.flatnonzero(k > BAD_K):
        local = matching.Local(joint, draws, [np.flatnonzero(at == c) for at in index])
        elpd[:, c], mcse[:, c], k[c] = matching.matched(local, efficiency)
        source[c] = MOVED
    bad = np.flatnonzero(k > BAD_K)
    source[bad] = BAD
    if bad.size <= MOST_REFITS:
        for c in bad:
            inside = [at == c for at in index]
            elpd[:, c], mcse[:, c] = _refitted(joint, inside, folds.labels[clusters[c]], settings)
            source[c] = REFITTED
    labels = np.array(folds.labels)[clusters]
    return {
        design.outcome: _dataset(design, at, labels, elpd=elpd[o], mcse=mcse[o], pareto_k=k, source=source)
        for o, (design, at) in enumerate(zip(joint.designs, index, strict=True))
    }


def difference(full: xr.Dataset, reduced: xr.Dataset) -> dict[str, float]:
    """Difference in expected log predictive density of two models on identical rows (Vehtari et al. 2017).

    ``full`` and ``reduced`` come from `densities`; refused when their clusters differ. The standard error is that of a
    sum over independent clusters. ``bad_k`` counts the clusters of either whose density is not to be trusted,
    ``refitted`` those that were refitted in either.
    """
    if not np.array_equal(full["cluster"], reduced["cluster"]) or not np.array_equal(full["rows"], reduced["rows"]):
        raise ValueError("predictive densities of models on different rows cannot be compared")
    change = (full["elpd"] - reduced["elpd"]).to_numpy()
    sources = np.stack([full["source"], reduced["source"]])
    return {
        "elpd_diff": float(change.sum()),
        "elpd_diff_se": float(np.sqrt(change.size) * change.std(ddof=1)),
        "elpd_diff_mcse": float(np.sqrt((full["mcse"] ** 2 + reduced["mcse"] ** 2).sum())),
        "bad_k": int((sources == BAD).any(axis=0).sum()),
        "refitted": int((sources == REFITTED).any(axis=0).sum()),
    }


def _compact(joint: Joint, folds: Folds) -> tuple[Int, list[Int]]:
    """The clusters that rows of the model are in, and of each outcome the place among them of each row (obs,)."""
    of_rows = [folds.index[design.rows] for design in joint.designs]
    clusters = np.unique(np.concatenate(of_rows))
    return clusters, [np.searchsorted(clusters, own) for own in of_rows]


def _by_cluster(joint: Joint, draws: xr.Dataset, outcome: str, at: Int, count: int) -> Float:
    """Log likelihood of one outcome of all rows of each cluster (cluster, draw)."""
    design = joint.designs[joint.outcomes.index(outcome)]
    _, each = stream.by_row(design, view(draws, joint, outcome), seed=0)
    values = each.to_numpy().reshape(-1, at.size)
    order = np.argsort(at, kind="stable")
    found, first = np.unique(at[order], return_index=True)
    out = np.zeros((count, len(values)))
    out[found] = np.add.reduceat(values[:, order], first, axis=1, dtype=float).T
    return out


def _refitted(joint: Joint, inside: list[NDArray[np.bool_]], label: str, settings: Settings) -> tuple[Float, Float]:
    """Log density of a cluster's rows by outcome (outcome,) and its error, from draws that have not seen them."""
    name = f"{joint.name}.without {label}"
    others = replace(joint.subset([~mine for mine in inside]), name=name)
    few = replace(settings, draws=max(1, int(settings.draws * SHORTER)))
    posterior = draw_until_converged(others, few, scale=SHORTER).posterior
    likelihood = []
    for design, mine in zip(joint.designs, inside, strict=True):
        _, each = stream.by_row(design.subset(mine), view(posterior, joint, design.outcome), seed=0)
        likelihood.append(each.to_numpy().reshape(-1, int(mine.sum())).sum(axis=1))
    own = np.stack(likelihood)
    elpd = log_mean(own)
    relative = np.exp(own - elpd[:, None])
    return elpd, relative.std(axis=1) / np.sqrt(own.shape[1] * relative_efficiency(posterior))


def _dataset(design: Design, at: Int, labels: NDArray, **by_cluster: NDArray) -> xr.Dataset:
    """What is known of each cluster that has rows of ``design``."""
    rows = np.bincount(at, minlength=labels.size)
    events = np.bincount(at, design.decisions, minlength=labels.size)
    out = {name: ("cluster", values) for name, values in (by_cluster | {"rows": rows, "events": events}).items()}
    return xr.Dataset(out, {"cluster": labels}).isel(cluster=np.flatnonzero(rows))
