"""What a claim's exposures add to the prediction of clusters of rows that are left out.

A product is compared with its main effects alone: a model that lacks both would credit the product with what the main
effects predict. Main effects, and exposures of a claim without products, are compared with none of its exposures. All
models have the same rows and the same adjustment set.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import xarray as xr

from inference.evidence.left_out import folds, leave_out, nested
from inference.evidence.left_out.leave_out import ALONE
from inference.evidence.left_out.nested import Spread
from inference.sampling.converge import Run, draw_until_converged
from models.joint import Joint, together, view

if TYPE_CHECKING:
    import pandas as pd

    from inference.sampling.settings import Settings
    from models.claims.registry import Hypothesis
    from models.design import Design

SHORTER = 0.25  # share of the draws for the models that the registered one is compared with
FULL, MAINS, WITHOUT = "", "mains", "without"
WORDS = {MAINS: "main effects alone", WITHOUT: "without exposures"}


class Model(NamedTuple):
    """A model and its draws."""

    joint: Joint
    posterior: xr.Dataset


def shorter(model: Design | Joint, kind: str, settings: Settings) -> Run:
    """A quarter of the draws, of a model that the registered one is compared with; its gate says of which ``kind``."""
    few = replace(settings, draws=max(1, int(settings.draws * SHORTER)))
    run = draw_until_converged(model, few, scale=SHORTER)
    return run._replace(gate=[replace(result, name=f"{kind}, {result.name}") for result in run.gate])


def reduced(hypothesis: Hypothesis, panel: pd.DataFrame) -> dict[str, Joint]:
    """The models that a claim's own is compared with: without its products, where it has any, and without exposures."""
    equations = [hypothesis.equation(outcome) for outcome in hypothesis.outcomes]
    kept = {}
    if any(equation.products for equation in equations):
        kept[MAINS] = [equation.mains for equation in equations]
    if any(equation.exposures for equation in equations):
        kept[WITHOUT] = [() for _ in equations]
    return {
        which: together(
            [
                hypothesis.with_exposures(panel, outcome, exposures, which)
                for outcome, exposures in zip(hypothesis.outcomes, every, strict=True)
            ],
            f"{hypothesis.id}.{which}",
        )
        for which, every in kept.items()
    }


def compared(
    hypothesis: Hypothesis, panel: pd.DataFrame, models: dict[str, Model], settings: Settings
) -> dict[str, dict[str, xr.Dataset]]:
    """Groups of each outcome's archive: densities of clusters under each of the ``models``, and what terms add.

    The models are by name, the registered one under ``FULL``. Densities stand in ``loo_<clustering>`` and
    ``loo_<clustering>_<model>``; ``comparison`` has the fields of `leave_out.difference` by clustering and term.
    """
    out: dict[str, dict[str, xr.Dataset]] = {outcome: {} for outcome in hypothesis.outcomes}
    for clustering, mine in folds.of_panel(hypothesis.panel, panel).items():
        for which, model in models.items():
            name = "_".join(filter(None, ("loo", clustering, which)))
            for outcome, density in leave_out.densities(model.joint, model.posterior, mine, settings).items():
                out[outcome][name] = density
    for outcome, groups in out.items():
        terms = hypothesis.equation(outcome).exposures
        if terms:
            groups["comparison"] = _comparison(hypothesis, outcome, groups, models)
    return out


def spread_of(model: Model, outcome: str, terms: tuple[str, ...]) -> Spread:
    """How what ``terms`` of an outcome add to a model without them varies, from the posterior of the one with them."""
    design = model.joint.designs[model.joint.outcomes.index(outcome)]
    return nested.of_terms(design, view(model.posterior, model.joint, outcome), terms)


def _comparison(
    hypothesis: Hypothesis, outcome: str, groups: dict[str, xr.Dataset], models: dict[str, Model]
) -> xr.Dataset:
    """What each exposure of an outcome adds, by clustering and term."""
    equation, clusterings = hypothesis.equation(outcome), list(folds.CLUSTERINGS[hypothesis.panel])
    of_products = spread_of(models[FULL], outcome, equation.products) if equation.products else ALONE
    of_mains = spread_of(models.get(MAINS, models[FULL]), outcome, equation.mains) if equation.mains else ALONE
    by_clustering = []
    for clustering in clusterings:
        full, without = groups[f"loo_{clustering}"], groups[f"loo_{clustering}_{WITHOUT}"]
        mains = groups.get(f"loo_{clustering}_{MAINS}", full)
        product = leave_out.difference(full, mains, of_products)
        main = leave_out.difference(mains, without, of_mains)
        rows = [product if term in equation.products else main for term in equation.exposures]
        by_clustering.append(xr.Dataset({name: ("term", [row[name] for row in rows]) for name in rows[0]}))
    out = xr.concat(by_clustering, "clustering")
    return out.assign_coords(clustering=clusterings, term=list(equation.exposures))
