"""Predictive densities of clusters of rows, each given all other rows, and differences between models on the same.

The rows of a cluster are left out of both outcomes of a joint model: a treaty that is unknown is unknown to both
logits. Densities come by importance sampling from the draws at hand. Where Pareto's k says that these do not suffice,
the effects of the cluster's years are integrated out of weights and densities (`integrated`), since they are what a
treaty moves most; where that does not suffice either, densities are of draws of a posterior without the rows, by a
short chain. One in some hundred clusters asks for the second, of these one in three for the third: the largest
treaties, which move the effects of their region and aggressors too by several standard deviations.

Moving the draws by their weighted moments (Paananen, Piironen, Bürkner and Vehtari 2021, Statistics and Computing 31,
16) was tried for these and left: on carter-3 it brought 4 of 12 treaties below the bound of k, at four times the cost
of a chain without the rows, which is exact for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.engine import stream
from inference.evidence.left_out import integrated
from inference.evidence.left_out.folds import Folds
from inference.evidence.left_out.importance import BAD_K, Float, log_mean, smoothed
from inference.evidence.left_out.nested import Spread
from inference.evidence.predictions import thinned
from inference.sampling import engines
from inference.sampling.diagnostics import mean_ess, relative_efficiency
from inference.sampling.settings import seed_of
from models.design import Design
from models.joint import Joint, view

if TYPE_CHECKING:
    from inference.sampling.settings import Settings

Int = NDArray[np.intp]
DRAWS = 1000  # evenly spaced, that densities are computed from
REFIT_DRAWS = 250  # of a posterior without a cluster
MOST_REFITS = 100  # of one model and clustering
ALONE = Spread()  # of models that are not nested: the clusters' own standard error stands


def densities(joint: Joint, posterior: xr.Dataset, folds: Folds, settings: Settings) -> dict[str, xr.Dataset]:
    """Log predictive density of each cluster's rows given all others, by outcome.

    ``folds`` are of the rows of the panel. Each data set has, along ``cluster``, ``elpd``, its Monte Carlo error
    ``mcse``, ``pareto_k`` of the weights, ``refitted`` (1 where the density is of draws without the cluster),
    ``rows``, and ``events`` in decisions. Of clusters without rows of the outcome nothing is said. With more than 100
    clusters to refit none is: the model, not the clusters, is then to be looked at.
    """
    draws = thinned(posterior, DRAWS)
    efficiency = relative_efficiency(draws)
    clusters, index = _compact(joint, folds)
    likelihood = np.stack([
        _by_cluster(design, view(draws, joint, design.outcome), at, clusters.size)
        for design, at in zip(joint.designs, index, strict=True)
    ])  # fmt: skip
    log_weight, k = smoothed(-likelihood.sum(axis=0), efficiency)
    elpd, mcse = _weighed(likelihood, log_weight, efficiency)
    refitted, bad = np.zeros(clusters.size, np.int8), np.flatnonzero(k > BAD_K)
    for c in bad if integrated.local_of(joint) else ():
        elpd[:, c], mcse[:, c], k[c] = _integrated(joint, draws, [at == c for at in index], efficiency)
    bad = np.flatnonzero(k > BAD_K)
    if bad.size <= MOST_REFITS:
        for c in bad:
            elpd[:, c], mcse[:, c] = _refitted(joint, [at == c for at in index], folds.labels[clusters[c]], settings)
            refitted[c] = 1
    labels = np.array(folds.labels)[clusters]
    return {
        design.outcome: _dataset(design, at, labels, elpd=elpd[o], mcse=mcse[o], pareto_k=k, refitted=refitted)
        for o, (design, at) in enumerate(zip(joint.designs, index, strict=True))
    }


def difference(full: xr.Dataset, reduced: xr.Dataset, spread: Spread = ALONE) -> dict[str, float]:
    """Difference in expected log predictive density of two models on identical rows (Vehtari et al. 2017).

    ``full`` and ``reduced`` come from `densities`; refused when their clusters differ. ``elpd_diff_se_clusters`` is the
    standard error of a sum over independent clusters, ``elpd_diff_se`` that with the ``spread`` of what ``full`` has
    and ``reduced`` lacks (see `nested`): the same for models of which neither contains the other. ``bad_k`` counts the
    clusters of either whose density is not to be trusted, ``refitted`` those that were refitted in either.
    """
    if not np.array_equal(full["cluster"], reduced["cluster"]) or not np.array_equal(full["rows"], reduced["rows"]):
        raise ValueError("predictive densities of models on different rows cannot be compared")
    change = (full["elpd"] - reduced["elpd"]).to_numpy()
    clustered = float(np.sqrt(change.size) * change.std(ddof=1))
    refitted = np.stack([full["refitted"], reduced["refitted"]]) == 1
    bad = (np.stack([full["pareto_k"], reduced["pareto_k"]]) > BAD_K) & ~refitted
    return {
        "elpd_diff": float(change.sum()),
        "elpd_diff_se": spread.of(clustered),
        "elpd_diff_se_clusters": clustered,
        "elpd_diff_mcse": float(np.sqrt((full["mcse"] ** 2 + reduced["mcse"] ** 2).sum())),
        "bad_k": int(bad.any(axis=0).sum()),
        "refitted": int(refitted.any(axis=0).sum()),
    }


def _compact(joint: Joint, folds: Folds) -> tuple[Int, list[Int]]:
    """The clusters that rows of the model are in, and of each outcome the place among them of each row (obs,)."""
    of_rows = [folds.cluster[design.rows] for design in joint.designs]
    clusters = np.unique(np.concatenate(of_rows))
    return clusters, [np.searchsorted(clusters, own) for own in of_rows]


def _by_cluster(design: Design, posterior: xr.Dataset, at: Int, count: int) -> Float:
    """Log likelihood of all rows of each cluster (cluster, draw)."""
    _, each = stream.by_row(design, posterior, seed=0)
    values = each.to_numpy().reshape(-1, at.size)
    order = np.argsort(at, kind="stable")
    found, first = np.unique(at[order], return_index=True)
    out = np.zeros((count, len(values)))
    out[found] = np.add.reduceat(values[:, order], first, axis=1, dtype=float).T
    return out


def _weighed(likelihood: Float, log_weight: Float, efficiency: float) -> tuple[Float, Float]:
    """Log of the weighed mean over draws of likelihoods (..., draw), and its Monte Carlo error."""
    elpd = log_mean(likelihood + log_weight + np.log(log_weight.shape[-1]))
    relative = np.exp(likelihood - elpd[..., None]) - 1.0
    return elpd, np.sqrt((np.exp(2.0 * log_weight) * relative**2).sum(axis=-1) / efficiency)


def _integrated(
    joint: Joint, draws: xr.Dataset, inside: list[NDArray[np.bool_]], efficiency: float
) -> tuple[Float, Float, float]:
    """As `_weighed`, of a cluster's rows by outcome, with the effects of its years integrated out; and Pareto's k.

    Given all other parameters the posterior without the rows has the density of the one with them over their
    integrated likelihood, of both outcomes together (Vehtari et al. 2016, as in `integrated`).
    """
    found = integrated.likelihood(joint, draws, str(integrated.local_of(joint)), [np.flatnonzero(m) for m in inside])
    log_weight, k = smoothed(-found.together[None], efficiency)
    elpd, mcse = _weighed(found.own, log_weight, efficiency)
    return elpd, mcse, float(k[0])


def _refitted(joint: Joint, inside: list[NDArray[np.bool_]], label: str, settings: Settings) -> tuple[Float, Float]:
    """Log density of a cluster's rows by outcome (outcome,) and its error, from draws that have not seen them."""
    others = joint.subset([~mine for mine in inside])
    seed = seed_of(settings, joint.name, f"without {label}")
    tree = engines.sample(others, settings.engine, chains=1, draws=REFIT_DRAWS, seed=seed)
    posterior, local = tree["posterior"].to_dataset(), integrated.local_of(joint)
    if local is not None:
        own = integrated.likelihood(joint, posterior, local, [np.flatnonzero(mine) for mine in inside]).own
    else:
        parts = [
            (d.subset(mine), view(posterior, joint, d.outcome)) for d, mine in zip(joint.designs, inside, strict=True)
        ]
        own = np.stack([_by_cluster(design, draws, np.zeros(design.y.size, int), 1)[0] for design, draws in parts])
    elpd = log_mean(own)
    relative = np.exp(own - elpd[:, None])
    return elpd, relative.std(axis=1) / np.sqrt(mean_ess(relative[:, None]))


def _dataset(design: Design, at: Int, labels: NDArray, **by_cluster: NDArray) -> xr.Dataset:
    """What is known of each cluster that has rows of ``design``."""
    rows = np.bincount(at, minlength=labels.size)
    events = np.bincount(at, design.decisions, minlength=labels.size)
    out = {name: ("cluster", values) for name, values in (by_cluster | {"rows": rows, "events": events}).items()}
    return xr.Dataset(out, {"cluster": labels}).isel(cluster=np.flatnonzero(rows))
