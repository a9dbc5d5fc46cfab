"""A panel simulated from stated truths, with the schema of the real one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit  # pyright: ignore[reportMissingTypeStubs]

from data.build.alignment import ALIGNMENT
from data.codebook.lags import lag_of, unlagged
from data.codebook.variable import Variable
from data.codings import CLASSES
from data.groups import REGIONS, era, region
from data.period import BEGIN, END
from data.schema import validate

Float = NDArray[np.float64]
Values = NDArray[Any]
CHANGED = 0.2  # share of rows in which an earlier value is another one
PRINCIPAL = ("threat", "proximity", "support", "duress")
# Each takes a draw, in this order, also where a rule of its own stands instead: a seed makes the same panel for good.
CHANCE = (
    "rivalry", "aggressor_major", "contiguous", "duress", "duress_war", "duress_coup", "duress_irregular",
    "duress_fomented", "capacity_measured", "past_alliance", "colonial_tie",
)  # fmt: skip


@dataclass(frozen=True)
class System:
    """The weak states of each region, aggressors and years of a panel; a model has effects of each of them.

    A region that has fewer state codes has fewer states.
    """

    states: int = 6
    aggressors: int = 24
    years: tuple[int, ...] = tuple(range(BEGIN, END + 1))


WHOLE = System()


@dataclass(frozen=True)
class Truth:
    """The logit that an outcome is simulated from, on the log-odds scale.

    ``slopes`` of terms (``a``, ``a:b``), per standard deviation of a continuous variable and for presence
    of a binary one, both centred; ``sigma_region`` and ``sigma_era`` scales of the intercepts; ``sigma_gamma``
    scale of the regional variation of a term's slope.
    """

    alpha: float
    slopes: Mapping[str, float] = field(default_factory=dict[str, float])
    sigma_region: float = 0.5
    sigma_era: float = 0.5
    sigma_gamma: Mapping[str, float] = field(default_factory=dict[str, float])


BANDWAGON = Truth(
    -4.5, {"threat": 0.3, "proximity": 0.5, "support": -0.4, "duress": 0.5, "duress:threat": 0.2}, 0.5, 0.5,
    {"threat": 0.2, "duress": 0.3},
)  # fmt: skip
BALANCE = Truth(-4.0, {"threat": 0.4, "proximity": 0.2, "support": 0.2, "duress": -0.2, "power": -0.2})


def _distributions(rng: np.random.Generator, n: int) -> dict[str, Values]:
    """Draws shaped like the real columns: sparse threats, a spike of neighbours, few allies."""
    common = rng.normal(size=(n, 3))  # hostility, weakness, isolation shared by several columns
    disputes = rng.poisson(np.exp(-2.2 + 0.8 * common[:, 0]))
    rivalry = rng.random(n) < expit(-3 + common[:, 0])
    duress = {name: rng.random(n) < expit(level + 0.7 * common[:, 1]) for name, level in
              {"duress_war": -2.2, "duress_coup": -2.6, "duress_irregular": -1.7}.items()}  # fmt: skip
    peace = 1 + rng.integers(0, 190, n)
    neighbour = rng.random(n) < expit(-1 + 0.5 * common[:, 0])
    km = np.where(neighbour, 0.0, rng.gamma(2.0, 2000.0, n).clip(max=20000))
    return {
        "threat_disputes": disputes, "rivalry": rivalry, "threat": np.log1p(disputes) + rivalry,
        "threat_other": np.abs(rng.normal(0.9, 0.9, n) + 0.3 * common[:, 0]),
        "power": np.abs(rng.normal(3.8, 2.0, n) + 0.4 * common[:, 1]), "own_power": -np.abs(rng.normal(6.8, 1.8, n)),
        "offence": rng.normal(size=n), "aggression": np.abs(rng.normal(1.9, 0.7, n)),
        "persistence": rng.random(n), "own_revisionism": np.maximum(rng.normal(0.1, 0.8, n), 0),
        "distance_km": km, "proximity": -np.log1p(km / 100), "contiguous": neighbour,
        "support": np.clip(rng.normal(-0.1, 0.3, n) - 0.1 * common[:, 2], 0, 1),
        **duress, "duress": np.any(list(duress.values()), axis=0),
        "capacity": rng.normal(size=n) - 0.4 * common[:, 1], "capacity_sd": rng.uniform(0.3, 0.6, n),
        "similarity": -np.abs(rng.normal(0, 1.1, n)), "income": rng.normal(8, 1, n),
        "peace_years": peace, "since_dispute": np.log1p(peace), "since_treaty": np.log1p(rng.integers(1, 60, n)),
    }  # fmt: skip


def _influence(rng: np.random.Generator, n: int, year: NDArray[np.int64]) -> dict[str, Values]:
    """Draws of arms, aid, ties (but the colonial one) and regimes: many zeros, few suppliers."""

    def some(share: float, mean: float) -> Values:
        return (rng.random(n) < share) * np.abs(rng.normal(mean, mean / 3, n))

    arms, base = some(0.15, 4.0), rng.random(n) < 0.02
    return {
        "power_knot": some(0.02, 0.05).clip(0, 0.5), "similarity_ally": -np.abs(rng.normal(0, 1.1, n)),
        "arms": arms, "arms_other": some(0.8, 5.0), "arms_share": (arms > 0) * rng.random(n),
        "aid": some(0.05, 2.0), "aid_other": some(0.9, 4.0), "dependence": some(0.15, 1.0).clip(0, 4.6),
        "igos": np.log1p(rng.poisson(np.exp(rng.normal(2.5, 0.7, n)))), "base": base,
        "imposed_leader": rng.random(n) < 0.02, "ties": (base + rng.random(n)) / 3, "polyarchy": rng.beta(1.2, 2.5, n),
        "constraints": rng.integers(-10, 11, n).astype(float), "constraints_measured": rng.random(n) < 0.8,
        "bipolar": (year >= 1946) & (year <= 1989), "democracy": rng.normal(size=n),
    }  # fmt: skip


def _before(values: Values, rng: np.random.Generator) -> Values:
    """What a column was some years before: mostly what it is, else what it is in another row."""
    return np.where(rng.random(values.size) < CHANGED, rng.permutation(values), values)


def default(variable: Variable, n: int, rng: np.random.Generator) -> Any:  # noqa: ANN401 (an array of numpy or, of ids that may be missing, of pandas)
    """Values of a column that has no rule of its own: no event yet, else within its bounds."""
    if variable.kind == "key":
        return pd.array([pd.NA] * n, dtype="Int32")
    if variable.kind == "outcome":
        return np.zeros(n, np.int8)
    if variable.kind == "category":
        return pd.Categorical([None] * n, categories=list(variable.levels))
    if variable.kind == "rows":
        return np.ones(n, np.int16)
    if variable.kind == "binary":
        return rng.random(n) < 0.2
    low, high = variable.low, variable.high
    if low is not None:
        values = rng.uniform(low, high, n) if high is not None else low + rng.exponential(size=n)
    else:
        values = high - rng.exponential(size=n) if high is not None else rng.normal(size=n)
    return np.floor(values) if variable.kind == "count" else values


def covariates(n: int, rng: np.random.Generator, system: System = WHOLE) -> pd.DataFrame:
    """``n`` dyad-years of a system with every column of the schema and no event yet."""
    codes = [low + k for ranges in REGIONS.values() for low, high in ranges[:1] for k in range(system.states)
             if low + k <= high]  # fmt: skip
    others, years = np.arange(901, 901 + system.aggressors), np.array(system.years)
    cells = len(codes) * len(others) * len(years)
    if not 0 < n <= cells:
        raise ValueError(f"rows={n}: choose between 1 and {cells:,}, the dyad-years of the simulated system")
    pick = np.sort(rng.choice(cells, n, replace=False))
    state, rest = np.divmod(pick, len(others) * len(years))
    other, year = np.divmod(rest, len(years))
    frame: dict[str, Any] = {"state": np.asarray(codes)[state], "aggressor": others[other], "year": years[year]}
    frame |= {"region": region(frame["state"]), "era": era(frame["year"])}
    second = rng.spawn(1)[0]
    third = second.spawn(1)[0]
    drawn = _distributions(rng, n) | _influence(second, n, frame["year"])
    drawn = {name: rng.random(n) < 0.2 for name in CHANCE} | drawn
    drawn["ties"] = drawn["ties"] + drawn["colonial_tie"] / 3
    drawn["aggressor_power"] = np.minimum(drawn["power"] + drawn["own_power"], 0.0)
    drawn["penetration"] = (3 * drawn["ties"] + drawn["imposed_leader"]) / 4
    drawn |= {v.name: _before(drawn[unlagged(v.name)], third) for v in ALIGNMENT.variables if lag_of(v.name)}
    for variable in ALIGNMENT.variables:
        if variable.name not in frame:
            values = drawn[variable.name] if variable.name in drawn else default(variable, n, third)
            frame[variable.name] = values.astype(np.int8) if variable.kind == "binary" else values
    table = pd.DataFrame({name: frame[name] for name in ALIGNMENT.columns})
    for name in ("region", "era"):
        table[name] = table[name].cat.remove_unused_categories()
    return table


def _predictor(frame: pd.DataFrame, term: str) -> Float:
    columns = [frame[name].to_numpy(float) for name in term.split(":")]
    scales = [1.0 if np.isin(c, (0, 1)).all() else c.std() for c in columns]
    return np.prod([(c - c.mean()) / s for c, s in zip(columns, scales, strict=True)], axis=0)


def simulate(frame: pd.DataFrame, outcome: str, truth: Truth, rng: np.random.Generator) -> dict[str, Float]:
    """Draw ``outcome`` into ``frame`` from ``truth``; returns the group effects that were drawn."""
    regions, eras = (frame[name].cat.codes.to_numpy() for name in ("region", "era"))
    effects = {
        "alpha_region": rng.normal(0, truth.sigma_region, frame["region"].cat.categories.size),
        "alpha_era": rng.normal(0, truth.sigma_era, frame["era"].cat.categories.size),
    }
    eta = truth.alpha + effects["alpha_region"][regions] + effects["alpha_era"][eras]
    for term, slope in truth.slopes.items():
        gamma = rng.normal(0, truth.sigma_gamma.get(term, 0.0), effects["alpha_region"].size)
        effects[f"gamma[{term}]"] = gamma
        eta += (slope + gamma[regions]) * _predictor(frame, term)
    frame[outcome] = (rng.random(len(frame)) < expit(eta)).astype(np.int8)
    happened = frame[outcome].map({1: "source of threat"})
    frame[f"{outcome}_class"] = pd.Categorical(happened, categories=pd.Index(CLASSES))
    return effects


def panel(
    rows: int = 30_000, seed: int = 0, bandwagon: Truth = BANDWAGON, balance: Truth = BALANCE, system: System = WHOLE
) -> pd.DataFrame:
    """A validated panel of ``rows`` dyad-years of a system, simulated from the two truths."""
    rng = np.random.default_rng(seed)
    frame = covariates(rows, rng, system)
    for outcome, truth in (("bandwagon", bandwagon), ("balance", balance)):
        simulate(frame, outcome, truth, rng)
    return validate(frame)
