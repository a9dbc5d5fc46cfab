"""The engine's draws of every registered logit beside those of another sampler.

nutpie's no-U-turn sampler draws from the engine's density, with rows in float64; tests hold that density and its
gradient to the PyMC model for every registered logit. Compared are, then, the sampler and what rows in float32 do to
the draws: in seconds a model. The long run of `long_run` draws from the PyMC model itself.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference import panels
from inference.archives.provenance import provenance
from inference.calibration import long_run
from inference.engine import sample
from inference.engine.density import assemble, transport
from inference.engine.density.posterior import log_density
from inference.engine.sampler import sampling
from inference.fleet import fleet
from models.claims.links import LOGITS, logits
from models.claims.registry import REGISTRY
from models.design import Design

CHAINS, DRAWS, TUNE = 4, 1000, 400
ERRORS = 4.0  # combined Monte Carlo errors that means may differ by
SPREAD = 0.05  # relative difference of standard deviations that is no matter, whatever its error
Float = NDArray[np.float64]


def others(design: Design, seed: int, draws: int = DRAWS) -> xr.Dataset:
    """Draws of the parameters by nutpie, named as the engine's."""
    import nutpie
    from nutpie.compiled_pyfunc import from_pyfunc

    posterior, sigma = assemble.posterior(design, "float64")
    scales, latents = sigma.size, posterior.prior.mean.size
    start = transport.origin(posterior.prior, sigma)

    def density() -> Any:  # noqa: ANN401 (a function of a chain of its own)
        mine = assemble.for_chain(posterior)

        def evaluate(position: Float) -> tuple[float, Float]:
            gradient = np.zeros_like(position)
            return log_density(mine, np.ascontiguousarray(position), gradient), gradient

        return evaluate

    def parameters(*_seed: int) -> Any:  # noqa: ANN401
        mine = assemble.for_chain(posterior)

        def expand(position: Float) -> dict[str, Float]:
            log_density(mine, np.ascontiguousarray(position), np.zeros_like(position))
            return {"sigma": mine.transport.sigma.copy(), "theta": mine.transport.theta.copy()}

        return expand

    compiled = from_pyfunc(
        start.size, density, parameters, [np.dtype("float64")] * 2, [(scales,), (latents,)], ["sigma", "theta"],
        make_initial_point_fn=lambda _seed: start,
    )  # fmt: skip
    tree = nutpie.sample(
        compiled, draws=draws, tune=TUNE, chains=CHAINS, cores=sampling.CORES, seed=seed, progress_bar=False
    )
    found = tree["posterior"]
    return sampling.named(design, found["sigma"].to_numpy(), found["theta"].to_numpy())


@dataclass(frozen=True)
class Differences:
    """How far the draws of two samplers lie apart.

    ``mean`` and ``sd`` are the largest differences of means and of standard deviations in combined Monte Carlo errors,
    ``spread`` the largest of standard deviations as a share; ``failed`` names the parameters that are too far apart.
    """

    parameters: int
    mean: float
    sd: float
    spread: float
    failed: tuple[str, ...]


def differences(ours: xr.Dataset, theirs: xr.Dataset) -> Differences:
    """The differences between the draws of two samplers, over all parameters."""
    one, other = (long_run.summarise(long_run.parameters(draws)) for draws in (ours, theirs))

    def in_errors(name: str, kind: str) -> float:
        (a, error), (b, its_error) = one[name][kind], other[name][kind]
        return float(abs(a - b) / np.hypot(error, its_error))

    mean, sd = ({name: in_errors(name, kind) for name in one} for kind in ("mean", "sd"))
    spread = {name: float(abs(one[name]["sd"][0] / other[name]["sd"][0] - 1.0)) for name in one}
    failed = [name for name in one if mean[name] > ERRORS or (spread[name] > SPREAD and sd[name] > ERRORS)]
    return Differences(len(one), max(mean.values()), max(sd.values()), max(spread.values()), tuple(failed))


def compare(hypothesis: str, outcome: str, seed: int, draws: int = DRAWS) -> Differences:
    """`differences` of the engine and nutpie for one registered logit."""
    claim = (REGISTRY | LOGITS)[hypothesis]
    design = claim.design(panels.read(claim.panel, panels.PANEL), outcome)
    ours = sample(design, chains=CHAINS, draws=draws, seed=seed)["posterior"].to_dataset()
    return differences(ours, others(design, seed + 1, draws))


def task(**arguments: Any) -> dict[str, Any]:  # noqa: ANN401 (those of `compare`)
    """`compare` for a fleet: the same from plain values to plain values."""
    return asdict(compare(**arguments))


def run(seed: int, folder: Path) -> tuple[dict[str, Differences], dict[str, str]]:
    """`compare` of every registered logit, and errors, by ``<hypothesis>.<outcome>``.

    What ``folder`` holds of this code is used again.
    """
    tasks = [
        fleet.Task(f"{claim.id}.{outcome}", {"hypothesis": claim.id, "outcome": outcome, "seed": seed})
        for claim, outcome in logits()
    ]
    outcome = fleet.run(tasks, task, folder=folder, stamp=_stamp(), label="logits")
    return {name: Differences(**values) for name, values in outcome.results.items()}, outcome.failures


def _stamp() -> str:
    """Hash of all that decides a comparison beside its arguments: panels, code and lock."""
    files = {file for claim, _ in logits() for file in panels.files_of(claim.panel, panels.PANEL)}
    origin = asdict(provenance(__name__, *sorted(files))) | {"revision": ""}
    return hashlib.sha256(json.dumps(origin).encode()).hexdigest()
