"""What is fitted: the designs that all systems get, and how they reach another process."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.design import Design, Group, Scaling
from models.priors import DEFAULT, Normal, Priors

ROOT = Path(__file__).parents[1]
PANEL = ROOT / "data" / "panels" / "alignment.parquet"
REAL = "carter-3.bandwagon"
PREDICTORS, REGIONS, ERAS = 15, 15, 8
EVENT_RATE = 0.014  # the events of 30,000 rows are then some 420
MODELS = 10
ARRAYS = ("shrunk", "x", "y", "rows")


def simulated(rows: int, varying: int = 0, seed: int = 1) -> Design:
    """A design of correlated normal predictors, with regional slopes for the first ``varying`` of them.

    All slopes have fixed priors, which every system can state.
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
    y = rng.random(rows) < 1.0 / (1.0 + np.exp(-intercept(eta) - eta))
    return Design(
        name=f"{rows}.{varying}",
        outcome="bandwagon",
        terms=terms,
        varying=terms[:varying],
        shrunk=np.zeros(PREDICTORS, bool),
        x=x,
        y=y.astype(np.int8),
        groups={
            "region": Group(region, tuple(f"region {k}" for k in range(REGIONS))),
            "era": Group(era, tuple(f"era {k}" for k in range(ERAS))),
        },
        scaling={term: Scaling(0.0, 1.0, binary=False) for term in terms},
        priors=Priors(shrinkage=None),
        rows=np.arange(rows),
        lost={},
    )


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
    return replace(design, error={})  # not every system can state an error of a predictor


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


def write(designs: list[Design], path: Path) -> Path:
    """Keep ``designs`` in a file that `read` reads in another process."""
    arrays: dict[str, NDArray] = {}
    for k, design in enumerate(designs):
        plain = {field: getattr(design, field) for field in ("name", "outcome", "terms", "varying", "lost")}
        plain |= {"levels": {name: group.levels for name, group in design.groups.items()}}
        plain |= {"scaling": {name: asdict(scaling) for name, scaling in design.scaling.items()}}
        arrays[f"{k}.plain"] = np.array(json.dumps(plain | {"priors": asdict(design.priors)}))
        arrays |= {f"{k}.{field}": getattr(design, field) for field in ARRAYS}
        arrays |= {f"{k}.group.{name}": group.index for name, group in design.groups.items()}
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays)
    return path


def read(path: Path) -> list[Design]:
    """Designs from `write`."""
    out = []
    with np.load(path) as file:
        while f"{len(out)}.plain" in file:
            k = len(out)
            plain = json.loads(str(file[f"{k}.plain"]))
            levels = plain.pop("levels")
            groups = {name: Group(file[f"{k}.group.{name}"], tuple(values)) for name, values in levels.items()}
            plain |= {"terms": tuple(plain["terms"]), "varying": tuple(plain["varying"]), "groups": groups}
            plain["scaling"] = {name: Scaling(**scaling) for name, scaling in plain["scaling"].items()}
            plain["priors"] = _priors(plain["priors"])
            out.append(Design(**plain, **{field: file[f"{k}.{field}"] for field in ARRAYS}))
    return out


def _priors(plain: dict[str, Any]) -> Priors:
    alpha = {outcome: Normal(**values) for outcome, values in plain.pop("alpha").items()}
    families = {name: type(getattr(DEFAULT, name)) for name in plain}
    return Priors(alpha=alpha, **{name: values and families[name](**values) for name, values in plain.items()})
