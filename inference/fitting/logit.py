"""One hypothesis, from design to archive: prior check, sampling, gate, predictive checks, comparison."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from data.codebook.panels import panel as panel_of
from inference import panels
from inference.archives import archive
from inference.archives.provenance import Provenance, provenance
from inference.engine import stream
from inference.evidence import holdout, loo, predictions, sensitivity
from inference.fitting.result import FitResult, finish, model_attributes, origin_attributes, refused
from inference.sampling import checks
from inference.sampling.converge import draw_until_converged
from inference.sampling.settings import Session, Settings, seed_of
from models.claims.links import LOGITS
from models.claims.registry import REGISTRY, Hypothesis
from models.design import Design
from models.parameters import draw

if TYPE_CHECKING:
    import pandas as pd


WITHOUT = 0.5  # share of the draws for the model without exposures, of which only densities are kept
PRIOR_DRAWS = 4000  # the gate asks for shares: with these their Monte Carlo error is below 0.006


def prior_draws(design: Design, seed: int) -> xr.Dataset:
    """Draws of every parameter from its prior as one chain, named as in the posterior."""
    draws = draw(design, PRIOR_DRAWS, np.random.default_rng(seed))
    return xr.Dataset(
        {p.name: (("chain", "draw", *p.dims), draws[p.name][None]) for p in design.parameters},
        {"chain": [0], "draw": np.arange(PRIOR_DRAWS)} | design.coords,
    )


@dataclass(frozen=True)
class PriorCheck:
    """Prior draws of one logit, their predictive summaries and the gate."""

    draws: xr.Dataset
    predictive: xr.Dataset
    results: list[checks.CheckResult]


def check_priors(designs: dict[str, Design], settings: Settings) -> dict[str, PriorCheck]:
    """The prior predictive gate of the logits of a hypothesis, on the rows that will be fitted."""
    draws = {o: prior_draws(d, seed_of(settings, d.name, "prior")) for o, d in designs.items()}
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
    constant |= {name: ("obs", rows[name].to_numpy()) for name in keys}
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


def _compared(
    hypothesis: Hypothesis, design: Design, posterior: xr.Dataset, panel: pd.DataFrame, settings: Settings
) -> tuple[dict[str, xr.Dataset], dict[str, float], list[checks.CheckResult]]:
    """Predictive densities with and without the exposures, their difference, and the gate of the model without."""
    own = loo.pointwise(design, posterior, settings)
    if not hypothesis.equation(design.outcome).exposures:
        return {"loo": own}, {}, []
    reduced = hypothesis.without_exposure(panel, design.outcome)
    shorter = replace(settings, draws=max(1, int(settings.draws * WITHOUT)))
    without = draw_until_converged(reduced, shorter, scale=WITHOUT)
    gate = [replace(result, name=f"without exposures, {result.name}") for result in without.gate]
    other = loo.pointwise(reduced, without.posterior, settings)
    return {"loo": own, "loo_without": other}, loo.difference(own, other), gate


def fit(
    hypothesis: Hypothesis,
    outcome: str,
    panel: pd.DataFrame,
    settings: Settings,
    provenance: Provenance,
    folder: Path = archive.FOLDER,
) -> FitResult:
    """Fit one logit of a hypothesis and write its archive, aside when it fails a gate."""
    designs = {name: hypothesis.design(panel, name) for name in hypothesis.outcomes}
    design, prior = designs[outcome], check_priors(designs, settings)[outcome]
    if failed := checks.failures(prior.results):
        return refused(design.name, failed)
    frame, exposures = panel.iloc[design.rows], hypothesis.equation(outcome).exposures
    run = draw_until_converged(design, settings, partial(predictions.contrasts, exposures, design, frame))
    posterior, statistics, gate = run.posterior, run.tree["sample_stats"].to_dataset(), prior.results + run.gate
    groups = _data_groups(design, panel, panel_of(hypothesis.panel).keys)
    groups |= {"prior": prior.draws, "prior_predictive": prior.predictive}
    groups |= {"posterior": posterior, "sample_stats": statistics, "contrasts": run.estimands}
    change: dict[str, float] = {}
    if not checks.failures(gate):
        more, change, without = _compared(hypothesis, design, posterior, panel, settings)
        groups, gate = groups | more, gate + without
        groups["curves"] = predictions.curves(design, frame, posterior)
        likelihood = statistics.get("log_likelihood")  # of engines that tell it
        if likelihood is None:
            likelihood = stream.log_likelihood(design, posterior)
        groups["power_scaling"] = sensitivity.power_scaling(design, posterior, likelihood, exposures)
        groups |= predictions.predictive(design, posterior, groups["loo"], seed_of(settings, design.name, "predictive"))
        later = holdout.holdout(hypothesis, design, posterior, panel)
        groups |= {} if later is None else {"holdout": later}
    failed = checks.failures(gate)
    result = xr.DataTree.from_dict(groups)
    result.attrs = model_attributes(hypothesis, outcome, gate) | change
    result.attrs |= origin_attributes(design.name, settings, provenance)
    result.attrs |= {
        "priors": json.dumps(design.priors.describe(outcome)),
        "rows": design.y.size,
        "events": int(design.y.sum()),
        "decisions": float(design.decisions.sum()),
        "excluded": json.dumps(hypothesis.excluded),
        "until": hypothesis.until,
        "rows_lost": json.dumps(dict(design.lost)),
    }
    return finish(result, design.name, f"{design.y.size:,} rows, {int(design.y.sum())} events", failed, folder)


def fit_registered(hypothesis: str, outcome: str, session: Session) -> FitResult:
    """`fit` of a registered claim or link by its id, on its panel."""
    claim = (REGISTRY | LOGITS)[hypothesis]
    origin = provenance(__name__, *panels.files_of(claim.panel, session.panel))
    return fit(claim, outcome, panels.read(claim.panel, session.panel), session.settings, origin, session.folder)
