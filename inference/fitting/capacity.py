"""The fit of an autoregression, from design to archive: prior check, sampling by nutpie, gate, predictive checks.

Of capacity, income or democracy.
"""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from inference import panels
from inference.archives.provenance import Provenance, provenance
from inference.fitting.result import FitResult, finish, in_schema, model_attributes, origin_attributes, refused
from inference.sampling import checks, engines
from inference.sampling.converge import Run, first_to_converge, judged
from inference.sampling.settings import Session, Settings, prior_seed, seed_of
from models import capacity
from models.capacity import ScoreDesign
from models.claims.links import AUTOREGRESSIONS
from models.parameters import draw
from models.priors import LEAST_NU

if TYPE_CHECKING:
    from models.claims.registry import Hypothesis

Float = np.ndarray
TUNE = 800
CARE = ((0.8, 1), (0.9, 2), (0.97, 4))  # target acceptance and thinning of the attempts, until one passes its gate
PRIOR_DRAWS, REPLICATES = 2000, 400
OF_INEXACT = {"error", "nu", "omega", "sigma_state"}
CHANGE_BAND, CHANGE_INSIDE = (0.01, 1.0), 0.90  # prior sd of a year's change, and share of prior draws within
PARAMETERS = (
    "alpha", "rho", "beta", "sigma_region", "alpha_region", "sigma_era", "alpha_era", "error", "nu", "sigma", "omega",
    "sigma_state",
)  # fmt: skip


def name_of(link: Hypothesis) -> str:
    """Name of the archive of an autoregression."""
    return f"{link.id}.{link.outcomes[0]}"


def design_of(link: Hypothesis, alignment: Path) -> ScoreDesign:
    """The design of an autoregression on the panels beside ``alignment``."""
    frame, (outcome,) = panels.read(link.panel, alignment), link.outcomes
    rows = link.sample(frame)
    return capacity.design(frame.iloc[rows], link.equation(outcome).terms, link.id, outcome.removesuffix("_next"))


def parameters(what: ScoreDesign) -> list[str]:
    """Names of the parameters that are kept: neither tails nor states where scores are published without an error."""
    return [name for name in PARAMETERS if name not in OF_INEXACT or what.inexact]


def mean(what: ScoreDesign, draws: dict[str, Float]) -> Float:
    """Expected score in t (sample, obs) under draws of the parameters (sample, ...)."""
    index = {name: group.index for name, group in what.groups.items()}
    out = what.centre + draws["alpha"][:, None] + draws["rho"][:, None] * (what.lag - what.centre)
    out += draws["beta"] @ what.x.T
    out += draws["alpha_region"][:, index["region"]] + draws["alpha_era"][:, index["era"]]
    return out + (draws["rho"][:, None] - 1) * draws["error"][:, index["state"]] if what.inexact else out


def prior_draws(what: ScoreDesign, count: int, rng: np.random.Generator) -> dict[str, Float]:
    """Independent draws of every parameter from its prior, the draw first."""
    out = draw(what, count, rng)
    if what.inexact:
        out["nu"] = LEAST_NU + out["z_nu"]
        out["sigma_state"] = out["sigma"][:, None] * np.exp(out["spread"])
    return {name: out[name] for name in parameters(what)}


def replicate(what: ScoreDesign, draws: dict[str, Float], rng: np.random.Generator) -> Float:
    """Scores in t drawn anew (sample, obs)."""
    shape = draws["sigma"].size, what.y.size
    if not what.inexact:
        return mean(what, draws) + draws["sigma"][:, None] * rng.normal(size=shape)
    noise = rng.standard_t(draws["nu"][:, None], shape)
    return mean(what, draws) + draws["sigma_state"][:, what.groups["state"].index] * noise


def spread(scores: Float, what: ScoreDesign) -> Float:
    """Half the range of the inner 68 % of a year's change (sample,): its sd if normal, whatever its tails."""
    low, high = np.quantile(scores - what.lag, [0.16, 0.84], axis=-1)
    return (high - low) / 2


def prior_check(what: ScoreDesign, seed: int) -> list[checks.CheckResult]:
    """The prior predictive gate: a year's change neither nil nor a whole standard deviation of all states."""
    rng = np.random.default_rng(seed)
    few = replace_rows(what, slice(None, None, max(1, what.y.size // 500)))
    change = spread(replicate(few, prior_draws(few, PRIOR_DRAWS, rng), rng), few)
    low, high = CHANGE_BAND
    inside = float(((change >= low) & (change <= high)).mean())
    name = f"prior sd of a year's change within {low:g}-{high:g}"
    return [checks.CheckResult(name, inside, f"at least {CHANGE_INSIDE:g}", inside >= CHANGE_INSIDE)]


def replace_rows(what: ScoreDesign, keep: slice) -> ScoreDesign:
    """The design on some of its rows."""
    groups = {name: capacity.Group(group.index[keep], group.levels) for name, group in what.groups.items()}
    return replace(
        what,
        x=what.x[keep],
        y=what.y[keep],
        lag=what.lag[keep],
        year=what.year[keep],
        groups=groups,
        rows=what.rows[keep],
    )


def sample(what: ScoreDesign, settings: Settings) -> Run:
    """A run of the model by nutpie, with more care where it takes that to pass the gate.

    The chains of one seed differ between processors in their last bits, hence altogether: one that just passes the
    gate here may fail it elsewhere.
    """
    import nutpie

    compiled = nutpie.compile_pymc_model(capacity.build(what))

    def attempt(care: int) -> Run:
        accept, thin = CARE[care]
        begin = time.perf_counter()
        drawn = nutpie.sample(
            compiled, draws=settings.draws * thin, tune=TUNE, chains=settings.chains, cores=2, target_accept=accept,
            seed=seed_of(settings, what.name, "sampling"), progress_bar=False,
        )  # fmt: skip
        posterior = drawn["posterior"].to_dataset()[parameters(what)]
        statistics = drawn["sample_stats"].to_dataset().rename(maxdepth_reached="reached_max_treedepth")
        said = engines.said_of("nutpie", begin, TUNE) | {"thin": thin}
        kept = thinned(posterior.assign_attrs(said), statistics, thin)
        return judged(kept, settings.chains, settings.draws)

    return first_to_converge(attempt, len(CARE))


def thinned(posterior: xr.Dataset, statistics: xr.Dataset, thin: int) -> xr.DataTree:
    """One of ``thin`` draws; a divergence or a saturated tree counts whichever draw it befell."""
    kept = {"posterior": posterior, "sample_stats": statistics}
    kept = {name: values.isel(draw=slice(None, None, thin)) for name, values in kept.items()}
    whichever = statistics[["diverging", "reached_max_treedepth"]].coarsen(draw=thin).max()
    kept["sample_stats"] = kept["sample_stats"].assign({name: v.variable for name, v in whichever.items()})
    numbered = np.arange(kept["posterior"].sizes["draw"])
    return xr.DataTree.from_dict({name: values.assign_coords(draw=numbered) for name, values in kept.items()})


def flat(posterior: xr.Dataset, step: int = 1) -> dict[str, Float]:
    """Draws by parameter, chains one after another, every ``step``-th of them (sample, ...)."""
    out = {}
    for name in (name for name in PARAMETERS if name in posterior):
        values = posterior[name].transpose("chain", "draw", ...).to_numpy()
        out[name] = values.reshape(-1, *values.shape[2:])[::step].astype(float)
    return out


def predictive(what: ScoreDesign, posterior: xr.Dataset, seed: int) -> dict[str, xr.Dataset]:
    """Spread of a year's change, and the share of large ones, drawn and observed."""
    few = flat(posterior, max(1, posterior["alpha"].size // REPLICATES))
    scores = replicate(what, few, np.random.default_rng(seed))
    observed, drawn = spread(what.y[None], what)[0], spread(scores, what)
    large = 0.25
    share = {
        "drawn": (np.abs(scores - what.lag) > large).mean(axis=1),
        "observed": (np.abs(what.y - what.lag) > large).mean(),
    }
    return {
        "posterior_predictive": xr.Dataset({"spread": ("sample", drawn), "large": ("sample", share["drawn"])}),
        "predictive_check": xr.Dataset({"spread": ((), observed), "large": ((), share["observed"])}),
    }


def fit(link: Hypothesis, what: ScoreDesign, settings: Settings, origin: Provenance, folder: Path) -> FitResult:
    """Fit an autoregression and write its archive, aside when it fails a gate."""
    name = name_of(link)
    prior = prior_check(what, prior_seed(what.name))
    if failed := checks.failures(prior):
        return refused(name, failed)
    run = sample(what, settings)
    posterior, gate = run.posterior, prior + run.gate
    drawn = prior_draws(what, PRIOR_DRAWS, np.random.default_rng(prior_seed(what.name)))
    dims = {parameter.name: parameter.dims for parameter in what.parameters} | {"nu": (), "sigma_state": ("state",)}
    prior_set = {name: (("chain", "draw", *dims[name]), values[None]) for name, values in drawn.items()}
    groups = {
        "posterior": in_schema(posterior, posterior.attrs),
        "sample_stats": in_schema(run.tree["sample_stats"].to_dataset(), posterior.attrs),
        "prior": xr.Dataset(prior_set, what.coords),
        "observed_data": xr.Dataset({"score": ("obs", what.y)}),
        "constant_data": xr.Dataset(
            {"lag": ("obs", what.lag), "x": (("obs", "predictor"), what.x)}, {"predictor": list(what.terms)}
        ),
        **predictive(what, posterior, seed_of(settings, what.name, "predictive")),
    }
    result = xr.DataTree.from_dict(groups)
    result.attrs = model_attributes(link, link.outcomes[0], gate) | origin_attributes(name, settings, origin)
    result.attrs |= {
        "priors": json.dumps(what.priors.describe()),
        "rows": what.y.size,
        "rows_lost": json.dumps(dict(what.lost)),
        "engine": "nutpie",
    }
    facts = f"{what.y.size:,} rows, {what.error_sd.size} states"
    return finish(result, name, facts, checks.failures(gate), folder)


def fit_registered(hypothesis: str, session: Session) -> FitResult:
    """`fit` of a registered autoregression by its id."""
    link = AUTOREGRESSIONS[hypothesis]
    origin = provenance(__name__, *panels.files_of(link.panel, session.panel))
    return fit(link, design_of(link, session.panel), session.settings, origin, session.folder)
