"""One hypothesis, from design to archive: prior check, sampling, gate, predictive checks, comparison."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import xarray as xr

from data.codebook.panels import panel as panel_of
from inference import panels
from inference.archives import archive
from inference.archives.provenance import Provenance, provenance
from inference.engine import stream
from inference.evidence import holdout, predictions, sensitivity
from inference.fitting import comparison, thinned
from inference.fitting.result import FitResult, finished, in_schema, model_attributes, origin_attributes, refused
from inference.sampling import checks
from inference.sampling.converge import Run, draw_until_converged
from inference.sampling.settings import Session, Settings, prior_seed, seed_of
from models.claims.links import LOGITS
from models.claims.registry import REGISTRY, Hypothesis
from models.design import Design
from models.joint import Joint, draw_prior, view
from models.structure import CELLS, INDEPENDENT_ROWS

if TYPE_CHECKING:
    import pandas as pd


DRAWN = ("posterior", "sample_stats")
PRIOR_DRAWS = 4000  # the gate asks for shares: with these their Monte Carlo error is below 0.006


def prior_draws(joint: Joint, seed: int) -> dict[str, xr.Dataset]:
    """Draws of every parameter from its prior as one chain, by outcome, named as in the posterior."""
    drawn, out = draw_prior(joint, PRIOR_DRAWS, np.random.default_rng(seed)), {}
    for design in joint.designs:
        dims = {p.name: p.dims for p in design.parameters}
        values = {n: (("chain", "draw", *dims.get(n, ())), v[None]) for n, v in drawn[design.outcome].items()}
        out[design.outcome] = xr.Dataset(values, {"chain": [0], "draw": np.arange(PRIOR_DRAWS)} | design.coords)
    return out


@dataclass(frozen=True)
class PriorCheck:
    """Prior draws of one logit, their predictive summaries and the gate."""

    draws: xr.Dataset
    predictive: xr.Dataset
    results: list[checks.CheckResult]


def check_priors(joint: Joint) -> dict[str, PriorCheck]:
    """The prior predictive gate of the outcomes of a hypothesis, on the rows that will be fitted."""
    designs = dict(zip(joint.outcomes, joint.designs, strict=True))
    draws = prior_draws(joint, prior_seed(joint.name))
    cells = {o: predictions.cell_probability(designs[o], draws[o]) for o in designs}
    rates = {o: predictions.overall(cells[o]).to_numpy()[0] for o in designs}
    out = {}
    for outcome, design in designs.items():
        rows = cells[outcome]["rows"].to_numpy().ravel()
        probability = cells[outcome]["probability"].to_numpy()[0].reshape(PRIOR_DRAWS, -1)
        binary = [term for term, kind in zip(design.terms, design.kinds, strict=True) if kind == "binary"]
        odds = np.exp(draws[outcome]["beta"].sel(predictor=binary).to_numpy()[0])
        results = checks.prior_predictive(outcome, probability[:, rows > 0], rows[rows > 0], odds, rates)
        predictive = xr.Dataset(
            {
                "rate": (("chain", "draw"), rates[outcome][None]),
                "largest_cell": cells[outcome]["probability"].max(("region", "era")),
            }
        )
        if "bandwagon" in rates:
            share = rates["bandwagon"] / sum(rates.values())
            predictive["share_bandwagoning"] = ("chain", "draw"), share[None]
        out[outcome] = PriorCheck(draws[outcome], predictive, results)
    return out


def _data_groups(design: Design, panel: pd.DataFrame, keys: tuple[str, ...]) -> dict[str, xr.Dataset]:
    rows = panel.iloc[design.rows]
    constant: dict[str, object] = {"x": (("obs", "predictor"), design.x.astype(np.float32))}
    constant |= {f"{name}_index": ("obs", group.index.astype(np.int16)) for name, group in design.groups.items()}
    constant |= {f"obs_{name}": ("obs", rows[name].to_numpy()) for name in keys}
    if design.weight is not None:
        constant["weight"] = "obs", design.weight
    constant["slope_prior_sd"] = "predictor", np.where(design.shrunk, np.nan, design.slope_sd)
    scaling = {
        "centre": ("variable", [s.centre for s in design.scaling.values()]),
        "scale": ("variable", [s.scale for s in design.scaling.values()]),
        "binary": ("variable", [int(s.binary) for s in design.scaling.values()]),
    }
    return {
        "observed_data": xr.Dataset({"y": ("obs", design.y)}),
        "constant_data": xr.Dataset(constant, design.coords),
        "scaling": xr.Dataset(scaling, {"variable": list(design.scaling)}),
    }


class _Fitted(NamedTuple):
    """One outcome of a model with its draws."""

    design: Design
    frame: pd.DataFrame  # the rows of the design
    exposures: tuple[str, ...]
    posterior: xr.Dataset
    statistics: xr.Dataset
    contrasts: xr.Dataset


def _each(hypothesis: Hypothesis, joint: Joint, panel: pd.DataFrame, run: Run) -> dict[str, _Fitted]:
    """Every outcome with its part of the draws, which stay paired between outcomes."""
    statistics, out = run.tree["sample_stats"].to_dataset(), {}
    for design in joint.designs:
        posterior, contrasts = (view(draws, joint, design.outcome) for draws in (run.posterior, run.estimands))
        frame, exposures = panel.iloc[design.rows], hypothesis.equation(design.outcome).exposures
        out[design.outcome] = _Fitted(design, frame, exposures, posterior, statistics, contrasts)
    return out


def _estimands(hypothesis: Hypothesis, joint: Joint, panel: pd.DataFrame, draws: xr.Dataset) -> xr.Dataset:
    """The contrasts of all outcomes side by side, named as the parameters of a joint model are."""
    every: list[xr.Dataset] = []
    for design in joint.designs:
        prefix, exposures = joint.prefix(design.outcome), hypothesis.equation(design.outcome).exposures
        posterior, frame = view(draws, joint, design.outcome), panel.iloc[design.rows]
        found = predictions.contrasts(exposures, design, frame, posterior)
        every.append(found.rename({str(n): f"{prefix}{n}" for n in (*found.data_vars, "term")}) if prefix else found)
    return xr.merge(every)


class _Independent(NamedTuple):
    """An outcome's logit as if rows were independent: slopes of its exposures, its clusters, and the gate."""

    slopes: xr.Dataset
    clusters: xr.Dataset
    gate: list[checks.CheckResult]


def _independent(hypothesis: Hypothesis, fitted: _Fitted, panel: pd.DataFrame, settings: Settings) -> _Independent:
    """Draw an outcome's logit alone, with regions and eras only: what the registered structure is compared with."""
    outcome = fitted.design.outcome
    design = replace(hypothesis, structure=INDEPENDENT_ROWS).design(panel, outcome)
    design = replace(design, name=f"{design.name}.independent-rows")
    run = comparison.shorter(design, "independent rows", settings)
    slopes = run.posterior[["beta"]].sel(predictor=list(fitted.exposures))
    replicates, _ = stream.by_row(design, predictions.thinned(run.posterior, predictions.BY_ROW), settings.seed)
    return _Independent(slopes, predictions.cluster_checks(design, replicates, panel.iloc[design.rows]), run.gate)


def _evidence(
    hypothesis: Hypothesis, fitted: _Fitted, panel: pd.DataFrame, settings: Settings
) -> dict[str, xr.Dataset]:
    """What one outcome's posterior says beside its parameters: curves, sensitivity, predictions."""
    design, posterior = fitted.design, fitted.posterior
    groups = {"curves": predictions.curves(design, fitted.frame, posterior)}
    likelihood = stream.log_likelihood(design, posterior)
    groups["power_scaling"] = sensitivity.power_scaling(design, posterior, likelihood, fitted.exposures)
    groups |= predictions.predictive(design, posterior, fitted.frame, seed_of(settings, design.name, "predictive"))
    later = holdout.holdout(hypothesis, design, posterior, panel)
    return groups | ({} if later is None else {"holdout": later})


class _Beside(NamedTuple):
    """What stands beside the parameters of a posterior: groups of the archives by outcome, gates of other models."""

    groups: dict[str, dict[str, xr.Dataset]]
    gate: list[checks.CheckResult]


def _beside(
    hypothesis: Hypothesis, joint: Joint, every: dict[str, _Fitted], run: Run, panel: pd.DataFrame, settings: Settings
) -> _Beside:
    """The evidence of a posterior that passed its gate, and the models that it is compared with."""
    models, gate = {comparison.FULL: comparison.Model(joint, run.posterior)}, list[checks.CheckResult]()
    for which, model in comparison.reduced(hypothesis, panel).items():
        other = comparison.shorter(model, comparison.WORDS[which], settings)
        models[which] = comparison.Model(model, other.posterior)
        gate += other.gate
    groups = comparison.compared(hypothesis, panel, models, settings)
    for outcome, fitted in every.items():
        independent = _independent(hypothesis, fitted, panel, settings)
        gate += independent.gate
        groups[outcome] |= _evidence(hypothesis, fitted, panel, settings)
        groups[outcome] |= {"independent_rows": independent.slopes, "independent_clusters": independent.clusters}
    return _Beside(groups, gate)


def fit(
    hypothesis: Hypothesis,
    panel: pd.DataFrame,
    settings: Settings,
    provenance: Provenance,
    folder: Path = archive.FOLDER,
) -> FitResult:
    """Fit the outcomes of a hypothesis together and write the archives of each, aside when a gate failed.

    Of each outcome one archive has all draws, and one that passed its gate a second one of few (`thinned`).
    """
    joint = hypothesis.joint(panel)
    priors = check_priors(joint)
    gate = [r for prior in priors.values() for r in prior.results]
    if failed := checks.failures(gate):
        return refused(joint.name, failed)
    run = draw_until_converged(joint, settings, partial(_estimands, hypothesis, joint, panel))
    gate += run.gate
    every = _each(hypothesis, joint, panel, run)
    beside = _Beside({}, []) if checks.failures(gate) else _beside(hypothesis, joint, every, run, panel, settings)
    gate += beside.gate
    failed, every_path = checks.failures(gate), list[Path]()
    for outcome, fitted in every.items():
        groups = _data_groups(fitted.design, panel, panel_of(hypothesis.panel).keys)
        groups |= {"prior": _kept(priors[outcome].draws), "prior_predictive": priors[outcome].predictive}
        groups |= {"posterior": _kept(fitted.posterior), "sample_stats": fitted.statistics}
        groups |= {name: in_schema(groups[name], run.tree["posterior"].attrs) for name in DRAWN}
        groups |= {"contrasts": fitted.contrasts} | beside.groups.get(outcome, {})
        about = _attributes(hypothesis, fitted.design, gate)
        for name, tree in _trees(hypothesis, fitted, groups).items():
            tree.attrs = about | origin_attributes(name, settings, provenance)
            every_path.append(archive.write(tree, name, passed=not failed, folder=folder))
    events = ", ".join(f"{fitted.design.decisions.sum():.0f} {outcome}" for outcome, fitted in every.items())
    return finished(joint.name, every_path[0], f"{joint.designs[0].y.size:,} rows, {events}", failed)


def _trees(hypothesis: Hypothesis, fitted: _Fitted, groups: dict[str, xr.Dataset]) -> dict[str, xr.DataTree]:
    """The archives of an outcome by name: that of all draws, and of few where rows were computed."""
    name, keys = fitted.design.name, panel_of(hypothesis.panel).keys
    out = {name: xr.DataTree.from_dict({which: group for which, group in groups.items() if which not in thinned.ROWS})}
    if set(thinned.ROWS) <= set(groups):
        out[archive.thinned_name(name)] = thinned.tree(groups, fitted.design, fitted.frame, keys)
    return out


def _kept(draws: xr.Dataset) -> xr.Dataset:
    """Draws as they are archived: effects of states, aggressors and years, hundreds of them, in single precision."""
    many = [str(n) for n in draws.data_vars if str(n).removeprefix("alpha_") in draws.dims and str(n)[6:] not in CELLS]
    return draws.assign({name: draws[name].astype(np.float32) for name in many})


def _attributes(hypothesis: Hypothesis, design: Design, gate: list[checks.CheckResult]) -> dict[str, object]:
    """What the archive of an outcome says of its model, its gate and its rows."""
    return model_attributes(hypothesis, design.outcome, gate) | {
        "priors": json.dumps(design.priors.describe(design.outcome)),
        "rows": design.y.size,
        "events": int(design.y.sum()),
        "decisions": float(design.decisions.sum()),
        "excluded": json.dumps(hypothesis.excluded),
        "until": hypothesis.until,
        "rows_lost": json.dumps(dict(design.lost)),
    }


def fit_registered(hypothesis: str, session: Session) -> FitResult:
    """`fit` of a registered claim or link by its id, on its panel."""
    claim = (REGISTRY | LOGITS)[hypothesis]
    origin = provenance(__name__, *panels.files_of(claim.panel, session.panel))
    return fit(claim, panels.read(claim.panel, session.panel), session.settings, origin, session.folder)
