"""What is fitted: the models that all systems get, of one outcome or of two together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.design import Design, Group, Scaling
from models.joint import Joint, as_joint
from models.priors import Priors

ROOT = Path(__file__).parents[1]
PANEL = ROOT / "data" / "panels" / "alignment.parquet"
REAL, JOINT = "carter-3.bandwagon", "carter-3"
PREDICTORS, REGIONS, ERAS = 15, 15, 8
EVENT_RATE = 0.014  # the events of 30,000 rows are then some 420
MODELS = 10
Model = Design | Joint


def simulated(rows: int, varying: int = 0, seed: int = 1, actors: int = 0) -> Design:
    """A design of correlated normal predictors, with regional slopes for the first ``varying`` of them.

    ``actors`` is the number of states, of unequal numbers of rows; without any, rows are grouped by region and era
    only. All slopes have fixed priors, which every system can state.
    """
    rng = np.random.default_rng(seed)
    terms = tuple(f"x{k}" for k in range(PREDICTORS))
    mixing = np.eye(PREDICTORS) + rng.normal(0, 0.5 / np.sqrt(PREDICTORS), (PREDICTORS, PREDICTORS))
    x = rng.normal(size=(rows, PREDICTORS)) @ mixing
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    region = rng.choice(REGIONS, rows, p=rng.dirichlet(np.full(REGIONS, 5.0)))
    era = rng.choice(ERAS, rows, p=rng.dirichlet(np.full(ERAS, 5.0)))
    gamma = rng.normal(0, 0.25, (REGIONS, varying))
    eta = x @ rng.normal(0, 0.3, PREDICTORS) + (x[:, :varying] * gamma[region]).sum(axis=1)
    eta += rng.normal(0, 0.4, REGIONS)[region] + rng.normal(0, 0.4, ERAS)[era]
    groups = {"region": Group(region, labels("region", REGIONS)), "era": Group(era, labels("era", ERAS))}
    if actors:
        state = rng.choice(actors, rows, p=rng.dirichlet(np.full(actors, 2.0)))
        groups["state"] = Group(state, labels("state", actors))
        eta += rng.normal(0, 0.4, actors)[state]
    y = rng.random(rows) < 1.0 / (1.0 + np.exp(-intercept(eta) - eta))
    return Design(
        name=f"{rows}.{varying}.{actors}",
        outcome="bandwagon",
        terms=terms,
        varying=terms[:varying],
        shrunk=np.zeros(PREDICTORS, bool),
        x=x,
        y=y.astype(np.int8),
        groups=groups,
        scaling={term: Scaling(0.0, 1.0, binary=False) for term in terms},
        priors=Priors(shrinkage=None),
        rows=np.arange(rows),
        lost={},
    )


def labels(name: str, count: int) -> tuple[str, ...]:
    """Names of the levels of a grouping."""
    return tuple(f"{name} {k}" for k in range(count))


def intercept(eta: NDArray[np.float64]) -> float:
    """The intercept that brings the mean probability of log odds ``eta`` (obs,) to the rate of events."""
    low, high = -20.0, 5.0
    for _ in range(50):
        middle = (low + high) / 2
        low, high = (low, middle) if np.mean(1 / (1 + np.exp(-middle - eta))) > EVENT_RATE else (middle, high)
    return low


def real() -> Design:
    """The design of a registered claim on the panel."""
    import pandas as pd

    from models.claims.registry import REGISTRY

    hypothesis, outcome = REAL.split(".")
    design = REGISTRY[hypothesis].design(pd.read_parquet(PANEL), outcome)
    return replace(design, error={}, weight=None)  # not every system can state an error of a predictor, or weights


def joint() -> Joint:
    """The model of both outcomes of a registered claim on the panel, as it is fitted."""
    from inference import panels
    from models.claims.registry import REGISTRY

    return REGISTRY[JOINT].joint(panels.read("alignment", panels.PANEL))


def models(rows: int) -> list[Design]:
    """Models of the same rows: one predictor left out of each, the slope of another varying by region."""
    full, out = simulated(rows), []
    for k in range(MODELS):
        keep = np.arange(PREDICTORS) != (k + 5) % PREDICTORS
        terms = tuple(term for term, kept in zip(full.terms, keep, strict=True) if kept)
        scaling = {term: full.scaling[term] for term in terms}
        part = replace(full, name=f"{rows}.model{k}", terms=terms, scaling=scaling, varying=(full.terms[k],))
        out.append(replace(part, x=full.x[:, keep], shrunk=full.shrunk[keep]))
    return out


def thinned(design: Design, every: int) -> Design:
    """Each ``every``-th row of ``design``."""
    return design.subset(slice(None, None, every))


def few(model: Model) -> Model:
    """``model`` on a hundredth of its rows."""
    if isinstance(model, Joint):
        return replace(model, designs=tuple(thinned(design, 100) for design in model.designs))
    return thinned(model, 100)


def size(model: Model) -> int:
    """Rows of ``model``, of all outcomes."""
    return sum(design.y.size for design in as_joint(model).designs)
