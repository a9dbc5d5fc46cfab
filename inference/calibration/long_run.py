"""A long run of another sampler on the joint model in PyMC, summed up with Monte Carlo errors.

R-hat of split chains is the square root of 1 + m / ESS, or so, of m half chains: of ten chains it is below 1.01 from an
effective sample size of a thousand on. This decides how many draws are needed, more than `LEAST_ESS` does.
"""

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
from models.parameters import is_auxiliary

if TYPE_CHECKING:
    from models.joint import Joint
    from models.priors import Prior

FOLDER = ROOT / "tests" / "reference"
HYPOTHESIS = "carter-3"
CHAINS, DRAWS, TUNE, TARGET_ACCEPT = 10, 2000, 500, 0.95
LEAST_ESS, LARGEST_RHAT = 400, 1.01
QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
Float = NDArray[np.float64]
Summary = dict[str, dict[str, list[float]]]


def parameters(posterior: xr.Dataset) -> dict[str, Float]:
    """Draws (chain, draw) of every single parameter, named with its coordinates; none of the auxiliary ones."""
    out, names = {}, sorted(map(str, posterior.data_vars))
    for name in [name for name in names if not is_auxiliary(name)]:
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


def reference_model(panel: Path = PANEL) -> Joint:
    """The joint model that the reference is a posterior of: carter-3 as the run found it.

    It adjusts for what revision 1 of the graph does, and the slope of a square has its prior per unit. An engine is
    right or wrong of any model; the run takes two hours, and graph and priors may change again.
    """
    from data import schema
    from models.claims.registry import REGISTRY

    joint = replace(REGISTRY[HYPOTHESIS], revision=1).joint(schema.read(panel))
    return replace(joint, designs=tuple(replace(design, product_sd=None) for design in joint.designs))


def model_sha256(joint: Joint) -> str:
    """Hash of all that the posterior of ``joint`` is made of: rows, and priors by their numbers, not their reasons."""
    digest = hashlib.sha256(repr(joint.coords).encode())
    for name, prior in joint.correlations.items():
        _add_prior(name, prior, digest)
    for design in joint.designs:
        digest.update(repr((design.outcome, design.terms, design.varying)).encode())
        indices = [group.index for group in design.groups.values()]
        for array in (design.x, design.y, design.row_weight, *design.error.values(), *indices):
            digest.update(np.ascontiguousarray(array).tobytes())
        for parameter in design.parameters:
            _add_prior(parameter.name, parameter.prior, digest)
            for scale, elements in parameter.scales.items():
                digest.update(scale.encode() + np.asarray(elements).tobytes())
    return digest.hexdigest()


def _add_prior(name: str, prior: Prior, digest: hashlib._Hash) -> None:
    digest.update(f"{name} {type(prior).__name__}".encode())
    for number in prior.numbers:
        digest.update(np.asarray(number, float).tobytes())


def sample(joint: Joint, seed: int, draws: int = DRAWS) -> xr.DataTree:
    """The long run: nutpie on the model in PyMC."""
    import pymc as pm

    from models import logit

    nutpie: Any = "nutpie"
    with logit.build(joint):
        return pm.sample(
            draws=draws, tune=TUNE, chains=CHAINS, cores=2, random_seed=seed, target_accept=TARGET_ACCEPT,
            nuts_sampler=nutpie, progressbar=False, compute_convergence_checks=False,
        )  # fmt: skip


def convergence(draws: dict[str, Float]) -> dict[str, float]:
    """Largest R-hat and smallest effective sample sizes of all parameters (chain, draw)."""
    found = diagnostics.convergence(np.stack(list(draws.values())))
    return {
        "largest_rhat": float(found.rhat.max()),
        "smallest_bulk_ess": float(found.bulk_ess.min()),
        "smallest_tail_ess": float(found.tail_ess.min()),
    }


def write(seed: int, folder: Path = FOLDER, draws: int = DRAWS) -> Path:
    """Sample the reference posterior and write its summary; ValueError if it has not converged.

    What has not converged is written too, aside, so that nothing of a long run is lost.
    """
    began, joint = time.monotonic(), reference_model()
    tree = sample(joint, seed, draws)
    found = parameters(tree["posterior"].to_dataset())
    worst = convergence(found)
    provenance = {
        "model_sha256": model_sha256(joint),
        "versions": versions(),
        "seed": seed,
        "sampler": "nutpie",
        "chains": CHAINS,
        "draws": draws,
        "tune": TUNE,
        "target_accept": TARGET_ACCEPT,
        "seconds": round(time.monotonic() - began),
        **worst,
        "divergences": int(tree["sample_stats"].to_dataset()["diverging"].sum()),
    }
    converged = worst["largest_rhat"] < LARGEST_RHAT and worst["smallest_bulk_ess"] > LEAST_ESS
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / (f"{HYPOTHESIS}.json" if converged else f"{HYPOTHESIS}.json.partial")
    path.write_text(text_of(provenance, summarise(found)), "utf-8")
    if not converged:
        figures = ", ".join(f"{name.replace('_', ' ')} {value:.5g}" for name, value in worst.items())
        raise ValueError(f"the reference has not converged: {figures}; take more draws than {draws}. It is in {path}")
    return path


def text_of(provenance: dict[str, Any], summary: Summary) -> str:
    """The reference as JSON, one line for each parameter, in six digits."""
    short = {
        name: {k: [float(f"{v:.6g}") for v in pair] for k, pair in kinds.items()} for name, kinds in summary.items()
    }
    lines = ",\n".join(f"  {json.dumps(name)}: {json.dumps(kinds)}" for name, kinds in short.items())
    head = json.dumps(provenance, indent=2).replace("\n", "\n ")
    return f'{{\n "provenance": {head},\n "parameters": {{\n{lines}\n }}\n}}\n'
