"""Small simulated designs for the tests of the engine."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.design import Design, Group, Scaling
from models.priors import Priors

FIXED = Priors(shrinkage=None)


def simulated(
    rows: int = 1500,
    predictors: int = 5,
    regions: int = 4,
    eras: int = 3,
    varying: int = 2,
    shrunk: int = 0,
    extra: dict[str, int] | None = None,
    seed: int = 1,
    by_era: bool = False,
    error: bool = False,
    weighted: bool = False,
) -> Design:
    """A design with events in about one row of twelve; the last ``shrunk`` slopes share a scale.

    ``by_era`` lets the first slope vary by era, ``error`` gives the second predictor an error of its own in every
    row, ``weighted`` gives every row a weight.
    """
    rng = np.random.default_rng(seed)
    terms = tuple(f"x{k}" for k in range(predictors))
    x = rng.normal(size=(rows, predictors))
    x = (x - x.mean(axis=0)) / x.std(axis=0)
    sizes = {"region": regions, "era": eras} | (extra or {})
    index = {name: rng.integers(0, size, rows) for name, size in sizes.items()}
    eta = -2.8 + x @ rng.normal(0, 0.4, predictors) + sum(rng.normal(0, 0.5, n)[index[g]] for g, n in sizes.items())
    eta += (x[:, :varying] * rng.normal(0, 0.3, (regions, varying))[index["region"]]).sum(axis=1)
    y = (rng.random(rows) < 1 / (1 + np.exp(-eta))).astype(np.int8)
    if by_era:
        x = np.column_stack([x, *(x[:, 0] * (index["era"] == k) for k in range(eras))])
        terms += tuple(f"x0@era {k}" for k in range(eras))
    return Design(
        name="simulated",
        outcome="bandwagon",
        terms=terms,
        varying=terms[:varying],
        shrunk=np.isin(np.arange(len(terms)), np.arange(predictors - shrunk, predictors)),
        x=x,
        y=y,
        groups={g: Group(index[g], tuple(f"{g} {i}" for i in range(n))) for g, n in sizes.items()},
        scaling={term: Scaling(0.0, 1.0, binary=False) for term in terms[:predictors]},
        priors=Priors() if shrunk else FIXED,
        rows=np.arange(rows),
        lost={},
        error={"x1": rng.uniform(0.0, 0.5, rows)} if error else {},
        weight=rng.uniform(0.2, 1.0, rows) if weighted else None,
    )


def changed(design: Design, **values: object) -> Design:
    """The design with other values of some fields."""
    return replace(design, **values)  # pyright: ignore[reportArgumentType]
