"""The engine's draws of every registered model beside those of another sampler.

nutpie's no-U-turn sampler draws from the engine's density, with rows in float64; tests hold that density and its
gradient to the PyMC model for every registered logit. Compared are, then, the sampler and what rows in float32 do to
the draws: in seconds a model. The long run of `long_run` draws from the PyMC model itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
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
from inference.engine.density import assemble
from inference.engine.density.posterior import Posterior, log_density
from inference.engine.sampler import sampling
from inference.fleet import fleet
from models.claims.links import LOGITS, logits
from models.claims.registry import REGISTRY, Hypothesis
from models.design import Design
from models.joint import Joint

CHAINS, DRAWS, TUNE = 4, 1000, 400
ERRORS = 4.0  # combined Monte Carlo errors that means may differ by
SPREAD = 0.05  # relative difference of standard deviations that is no matter, whatever its error
Float = NDArray[np.float64]
Density = Callable[[Float, Float], float]


def exact(mine: Posterior) -> Density:
    """The engine's density itself."""
    return lambda position, gradient: log_density(mine, position, gradient)


def by_nutpie(
    model: Design | Joint,
    posterior: Posterior,
    sigma: Float,
    seed: int,
    *,
    draws: int = DRAWS,
    tune: int = TUNE,
    chains: int = CHAINS,
    cores: int = sampling.CORES,
    thin: int = 1,
    density: Callable[[Posterior], Density] = exact,
) -> xr.DataTree:
    """Draws of the parameters by nutpie, named as the engine's, and its statistics.

    Parameters
    ----------
    model, posterior, sigma
        The model, and what `assemble.posterior` makes of it: scales (scale,) at which chains begin.
    seed, draws, tune, chains, cores, thin : int
        As of the engine.
    density
        Of a posterior with scratch of its own: fills the gradient at a position, and returns the log density.
    """
    import nutpie
    from nutpie.compiled_pyfunc import from_pyfunc

    start = assemble.origin(posterior, sigma)
    latents = posterior.prior.mean.size
    scales = start.size - latents  # and correlations

    def evaluated(*_: object) -> Any:  # noqa: ANN401 (a function of a chain of its own)
        evaluate = density(assemble.for_chain(posterior))

        def at(position: Float) -> tuple[float, Float]:
            gradient = np.zeros_like(position)
            return evaluate(np.ascontiguousarray(position), gradient), gradient

        return at

    def expanded(*_: object) -> Any:  # noqa: ANN401
        mine = assemble.for_chain(posterior)

        def expand(position: Float) -> dict[str, Float]:
            log_density(mine, np.ascontiguousarray(position), np.zeros_like(position))
            t = mine.transport
            return {"scales": np.concatenate([t.sigma, t.rho]), "theta": t.theta.copy()}

        return expand

    compiled = from_pyfunc(
        start.size, evaluated, expanded, [np.dtype("float64")] * 2, [(scales,), (latents,)], ["scales", "theta"],
        make_initial_point_fn=lambda _seed: start,
    )  # fmt: skip
    tree = nutpie.sample(compiled, draws=draws, tune=tune, chains=chains, cores=cores, seed=seed, progress_bar=False)
    found = tree["posterior"]
    named = sampling.named(model, *(found[name].to_numpy()[:, ::thin] for name in ("scales", "theta")))
    return xr.DataTree.from_dict({"posterior": named, "sample_stats": tree["sample_stats"].to_dataset()})


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


def compare(hypothesis: str, seed: int, draws: int = DRAWS) -> Differences:
    """`differences` of the engine and nutpie for the outcomes of one registered model."""
    claim = (REGISTRY | LOGITS)[hypothesis]
    joint = claim.joint(panels.read(claim.panel, panels.PANEL))
    ours = sample(joint, chains=CHAINS, draws=draws, seed=seed)["posterior"].to_dataset()
    theirs = by_nutpie(joint, *assemble.posterior(joint, "float64"), seed + 1, draws=draws)
    return differences(ours, theirs["posterior"].to_dataset())


def registered() -> dict[str, Hypothesis]:
    """Every registered model of one outcome or of several, each once, by hypothesis."""
    return {claim.id: claim for claim, _ in logits()}


def task(**arguments: Any) -> dict[str, Any]:  # noqa: ANN401 (those of `compare`)
    """`compare` for a fleet: the same from plain values to plain values."""
    return asdict(compare(**arguments))


def run(seed: int, folder: Path) -> tuple[dict[str, Differences], dict[str, str]]:
    """`compare` of every registered model, and errors, by hypothesis.

    What ``folder`` holds of this code is used again.
    """
    tasks = [fleet.Task(name, {"hypothesis": name, "seed": seed}) for name in registered()]
    outcome = fleet.run(tasks, task, folder=folder, stamp=_stamp(), label="models")
    return {name: Differences(**values) for name, values in outcome.results.items()}, outcome.failures


def _stamp() -> str:
    """Hash of all that decides a comparison beside its arguments: panels, code and lock."""
    files = {file for claim in registered().values() for file in panels.files_of(claim.panel, panels.PANEL)}
    origin = asdict(provenance(__name__, *sorted(files))) | {"revision": ""}
    return hashlib.sha256(json.dumps(origin).encode()).hexdigest()
