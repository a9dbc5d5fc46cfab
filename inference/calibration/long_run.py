"""A long run of another sampler on the model in PyMC, summed up with Monte Carlo errors."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import replace
from functools import partial
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.archives.provenance import ROOT, versions
from inference.panels import PANEL
from inference.sampling import diagnostics

if TYPE_CHECKING:
    from models.design import Design

FOLDER = ROOT / "tests" / "reference"
HYPOTHESIS, OUTCOME = "carter-3", "bandwagon"
CHAINS, DRAWS, TUNE, TARGET_ACCEPT = 10, 1000, 1000, 0.95
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
Float = NDArray[np.float64]
Summary = dict[str, dict[str, list[float]]]


def parameters(posterior: xr.Dataset) -> dict[str, Float]:
    """Draws (chain, draw) of every single parameter, named with its coordinates; none of the auxiliary z."""
    out = {}
    for name in sorted(str(name) for name in posterior.data_vars if not str(name).startswith("z_")):
        values = posterior[name].transpose("chain", "draw", ...)
        labels = [values[dim].to_numpy() for dim in values.dims[2:]]
        flat = values.to_numpy().reshape(*values.shape[:2], -1)
        for i, label in enumerate(product(*labels)):
            out[f"{name}[{', '.join(map(str, label))}]" if label else name] = flat[:, :, i]
    return out


def summarise(draws: dict[str, Float]) -> Summary:
    """Mean, sd and quantiles of each parameter, each as a value and its Monte Carlo standard error."""
    from arviz_stats.base import array_stats

    stacked = np.stack(list(draws.values()))
    error: Any = partial(array_stats.mcse, stacked, chain_axis=1, draw_axis=2)
    flat = stacked.reshape(len(stacked), -1)
    found = {
        "mean": (flat.mean(axis=1), error(method="mean")),
        "sd": (flat.std(axis=1, ddof=1), error(method="sd")),
    }
    for prob in QUANTILES:
        found[f"q{100 * prob:02.0f}"] = np.quantile(flat, prob, axis=1), error(method="quantile", prob=prob)
    return {
        name: {kind: [float(value[i]), float(its_error[i])] for kind, (value, its_error) in found.items()}
        for i, name in enumerate(draws)
    }


def registered(panel: Path = PANEL) -> Design:
    """The design that the reference is a posterior of."""
    from data import schema
    from models.claims.registry import REGISTRY

    return REGISTRY[HYPOTHESIS].design(schema.read(panel), OUTCOME)


def design_sha256(design: Design) -> str:
    """Hash of everything that the posterior of ``design`` is made of, its own priors included."""
    own = replace(design.priors, alpha={design.outcome: design.priors.alpha[design.outcome]})
    digest = hashlib.sha256(repr((design.terms, design.varying, own, list(design.groups))).encode())
    arrays = [design.x, design.y, design.shrunk, *design.error.values(), *(g.index for g in design.groups.values())]
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def sample(design: Design, seed: int) -> xr.DataTree:
    """The long run: nutpie on the model in PyMC."""
    import pymc as pm

    from models import logit

    nutpie: Any = "nutpie"
    with logit.build(design):
        return pm.sample(
            draws=DRAWS, tune=TUNE, chains=CHAINS, cores=2, random_seed=seed, target_accept=TARGET_ACCEPT,
            nuts_sampler=nutpie, progressbar=False, compute_convergence_checks=False,
        )  # fmt: skip


def write(seed: int, folder: Path = FOLDER) -> Path:
    """Sample the reference posterior and write its summary; ValueError if it has not converged."""
    began = time.monotonic()
    design = registered()
    tree = sample(design, seed)
    draws = parameters(tree["posterior"].to_dataset())
    stacked = np.stack(list(draws.values()))
    rhat = diagnostics.worst_rhat(stacked)
    if not rhat < 1.01:
        raise ValueError(
            f"largest R-hat {rhat:.4f} of the reference is not below 1.01; take another seed or more draws"
        )
    provenance = {
        "design_sha256": design_sha256(design),
        "versions": versions(),
        "seed": seed,
        "sampler": "nutpie",
        "chains": CHAINS,
        "draws": DRAWS,
        "tune": TUNE,
        "target_accept": TARGET_ACCEPT,
        "seconds": round(time.monotonic() - began),
        "largest_rhat": rhat,
        "smallest_bulk_ess": diagnostics.worst_ess(stacked, "bulk"),
        "smallest_tail_ess": diagnostics.worst_ess(stacked, "tail"),
        "divergences": int(tree["sample_stats"].to_dataset()["diverging"].sum()),
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{HYPOTHESIS}.{OUTCOME}.json"
    path.write_text(json.dumps({"provenance": provenance, "parameters": summarise(draws)}, indent=1) + "\n", "utf-8")
    return path
