"""How well a claim's model foretells years to come: trained to the eve of each break of the system, scored to the next.

The last years trained to are those before the world wars, the ends of these, and of blocs: each is the hardest year to
foretell from. Years, states and eras to come have effects that no row has taught; they are drawn from the scale of
their grouping, under each draw of the posterior. Scored are the registered model, the same without its products, and
without its exposures, on identical rows.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr

from inference import panels
from inference.archives.provenance import provenance
from inference.engine import stream
from inference.evidence.holdout import score
from inference.evidence.new_levels import with_new_levels
from inference.evidence.predictions import FEW, thinned
from inference.evidence.quantities import CI_BOUNDS
from inference.fitting import comparison
from inference.fitting.result import FitResult, finish, origin_attributes
from inference.sampling import checks
from inference.sampling.settings import Session, Settings, seed_of
from models.claims.registry import REGISTRY, Hypothesis
from models.joint import Joint, view
from models.terms import needed

if TYPE_CHECKING:
    import pandas as pd

    from models.design import Design

CLAIMS = ("carter-1", "carter-3")  # rows of all years; those since capacity is measured, with a product
TRAINED_TO = (1913, 1938, 1945, 1968, 1989, 2001)
MODELS = {comparison.FULL: "registered", **comparison.WORDS}
EVENTS = 20  # of each outcome that a model is trained on at least: with fewer a last year is passed over
BINS = 8  # of the calibration of all years foretold, of equal expected events


def name_of(claim: str) -> str:
    """Name of the archive of a claim's years foretold."""
    return f"future.{claim}"


def models_of(claim: Hypothesis, panel: pd.DataFrame) -> dict[str, Joint]:
    """The claim's model and those that it is compared with, by name."""
    return {comparison.FULL: claim.joint(panel)} | comparison.reduced(claim, panel)


def foretold(
    claim: Hypothesis, until: int, last: int, panel: pd.DataFrame, settings: Settings
) -> tuple[xr.Dataset, list[str]]:
    """Scores of the years from ``until`` + 1 to ``last`` under models trained to ``until``, and checks that failed.

    The data set has, by ``model`` and ``outcome``, the scores of `holdout.Scores`, ``rows``, ``decisions``, and of the
    events of all draws' replicates mean and 5 and 95 % quantile; and by row (obs) the ``probability`` and what
    ``happened``.
    """
    trained = replace(claim, until=until)
    positions = trained.held_out(panel)
    coming = panel.iloc[positions[(panel["year"].to_numpy()[positions] <= last)]]
    by_model, failed, models = list[xr.Dataset](), list[str](), models_of(trained, panel)
    for name, joint in models.items():
        own = replace(settings, seed=seed_of(settings, joint.name, f"until {until}"))
        run = comparison.shorter(joint, f"{until}, {MODELS[name]}", own)
        failed += checks.failures(run.gate)
        each: list[xr.Dataset] = [
            _of_outcome(trained, design, view(run.posterior, joint, design.outcome), coming, own.seed)
            for design in joint.designs
        ]
        by_model.append(xr.concat(each, xr.Variable("outcome", list(joint.outcomes)), join="outer"))
    return xr.concat(by_model, xr.Variable("model", [MODELS[name] for name in models])), failed


def _of_outcome(
    claim: Hypothesis, design: Design, posterior: xr.Dataset, coming: pd.DataFrame, seed: int
) -> xr.Dataset:
    """The scores of one model and outcome for the rows ``coming``."""
    away = design.elsewhere(claim.counted(coming, design.outcome), new_eras=True)
    posterior = with_new_levels(posterior, away)
    probability = stream.row_probability(away, posterior)
    scores = score(away, probability, float(design.decisions.mean()))
    replicated = stream.event_counts(away, thinned(posterior, FEW), seed).sum(("region", "era"))
    low, high = np.quantile(replicated, CI_BOUNDS)
    facts = {"rows": away.y.size, "decisions": float(away.decisions.sum()), "expected": float(probability.sum())}
    values = {name: np.nan if value is None else value for name, value in vars(scores).items()}
    by_row = {"probability": ("obs", probability), "happened": ("obs", away.decisions)}
    return xr.Dataset(values | facts | {"low": low, "high": high} | by_row, {"obs": coming.index[away.rows]})


def calibrated(found: list[xr.Dataset]) -> xr.Dataset:
    """Calibration (model, outcome, bin) of all years foretold together."""

    def of(model: str, outcome: str) -> xr.Dataset:
        rows = [one.sel(model=model, outcome=outcome)[["probability", "happened"]].dropna("obs") for one in found]
        probability, happened = (
            np.concatenate([r[name].to_numpy() for r in rows]) for name in ("probability", "happened")
        )
        return checks.calibration(probability, happened, BINS)

    outcomes = found[0]["outcome"].to_numpy().tolist()
    models = found[0]["model"].to_numpy().tolist()
    by_model = [xr.concat([of(m, o) for o in outcomes], xr.Variable("outcome", outcomes)) for m in models]
    return xr.concat(by_model, xr.Variable("model", models))


def spans(claim: Hypothesis, panel: pd.DataFrame) -> list[tuple[int, int]]:
    """Last years trained to, where there are events to learn from, and the last year that each is scored on."""
    known = panel[panel[list(needed(claim.terms))].notna().all(axis=1)]
    fewest = {until: known.loc[known["year"] <= until, list(claim.outcomes)].sum().min() for until in TRAINED_TO}
    return [(until, last) for until, last in pairwise((*TRAINED_TO, claim.until)) if fewest[until] >= EVENTS]


def fit_future(claim_id: str, session: Session) -> FitResult:
    """Fit the models of a claim to each last year, and archive how well they foretold what came."""
    claim, settings, name = REGISTRY[claim_id], session.settings, name_of(claim_id)
    frame = panels.read(claim.panel, session.panel)
    asked = spans(claim, frame)
    every = [foretold(claim, until, last, frame, settings) for until, last in asked]
    found, failed = [one for one, _ in every], [check for _, checks_ in every for check in checks_]
    years = xr.Variable("until", [until for until, _ in asked])
    scores = xr.concat([one.drop_dims("obs") for one in found], years)
    last = xr.DataArray([last for _, last in asked], dims="until")
    groups = {"future": scores.assign(last=last), "calibration": calibrated(found)}
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = {"hypothesis": claim_id, "rows": int(scores["rows"].isel(model=0, outcome=0).sum())}
    tree.attrs |= origin_attributes(name, settings, provenance(__name__, session.panel))
    facts = f"{tree.attrs['rows']:,} rows foretold from {len(asked)} years"
    return finish(tree, name, facts, failed, session.folder)
