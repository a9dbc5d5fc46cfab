r"""What verdicts and comparisons say of panels whose truth is known: real rows, and outcomes made from a planted truth.

Rows, exposures and actors are those of one claim on the real panel. Three truths are planted:

``null``
    Outcomes from the model itself, its groupings included, with all parameters drawn from their priors but the slopes
    of the exposures, which are nil: does clustering within the model make verdicts?
``main effect``
    The same, where the main exposure has an effect and the product none: is a product credited with its main effect?
``blocks``
    Treaties as real ones, of so many members, put into years at random: each falls upon states of one region in one
    year (bandwagoning: with one aggressor), whatever these are like. The model knows no such blocks.

Each panel is fitted as the registered claim is, by fewer draws.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from inference import panels
from inference.calibration.study import Parameters, linear_predictor
from inference.engine import sample
from inference.evidence import verdicts
from inference.evidence.left_out import folds, leave_out
from inference.evidence.left_out.folds import Folds
from inference.fitting import comparison
from inference.sampling.settings import Settings
from models.claims.estimand import DELTA
from models.claims.registry import REGISTRY, Hypothesis
from models.design import Design
from models.joint import Joint, draw_prior, view

Float = NDArray[np.float64]
Generator = np.random.Generator
CLAIM = "carter-3"
EFFECT = 0.5  # log odds, of the main exposure where it has an effect
EVENTS = (100, 1000)  # of each outcome: truths that make fewer or more are drawn again, real ones are 269 and 280
CHAINS, DRAWS, TUNE = 2, 250, 200
ACCEPTED = 0.05  # of the slopes that are nil may be called
WITHIN = 2.0  # standard errors of a gain that is none


class Setting(NamedTuple):
    """A claim on the real panel: its model, the same without products, and the treaties in its rows."""

    claim: Hypothesis
    joint: Joint
    mains: Joint
    folds: Folds
    treaties: list[tuple[int, ...]]  # events of each treaty by outcome, and its era's position


@dataclass(frozen=True)
class Found:
    """What one panel's posterior says of one slope that is nil, and of what its term adds to predictions."""

    truth: str
    panel: int
    outcome: str
    term: str
    verdict: str
    verdict_by_sign: str
    mean: float
    sd: float
    elpd_diff: float = float("nan")
    elpd_diff_se: float = float("nan")


@cache
def setting(panel: Path) -> Setting:
    """The claim on the panel file ``panel``."""
    claim = REGISTRY[CLAIM]
    frame = panels.read(claim.panel, panel)
    joint = claim.joint(frame)
    treaty = folds.of_panel(claim.panel, frame)["treaty"]
    era = joint.designs[0].groups["era"]
    counts = np.stack([np.bincount(treaty.cluster[d.rows], d.y, len(treaty.labels)) for d in joint.designs])
    eras = np.zeros(len(treaty.labels), np.intp)
    eras[treaty.cluster[joint.designs[0].rows]] = era.index
    known = np.flatnonzero(counts.sum(axis=0))
    mains = comparison.reduced(claim, frame)[comparison.MAINS]
    treaties = [(*counts[:, c].astype(int).tolist(), int(eras[c])) for c in known]
    return Setting(claim, joint, mains, treaty, treaties)


def from_model(effect: float, here: Setting, rng: Generator) -> Joint:
    """Outcomes from a truth drawn from the prior, the first exposure's slope ``effect`` and all others' nil."""
    while True:
        truth = draw_prior(here.joint, 1, rng)
        joint = replace(here.joint, designs=tuple(_outcome(here, d, truth, effect, rng) for d in here.joint.designs))
        if all(EVENTS[0] <= design.y.sum() <= EVENTS[1] for design in joint.designs):
            return joint


def _outcome(here: Setting, design: Design, truth: Parameters, effect: float, rng: Generator) -> Design:
    """A design with outcomes of independent rows, given all effects."""
    mine = dict(truth[design.outcome])
    exposures = here.claim.equation(design.outcome).exposures
    beta = mine["beta"].copy()
    beta[:, : len(exposures)] = 0.0
    beta[:, 0] = effect
    mine |= {"beta": beta} | ({"gamma": np.zeros_like(mine["gamma"])} if design.varying else {})
    probability = 1.0 / (1.0 + np.exp(-linear_predictor(design, design.x, mine)[0]))
    return replace(design, y=(rng.random(design.y.size) < probability).astype(np.int8), weight=None)


def blocks(here: Setting, rng: Generator) -> Joint:
    """Outcomes of treaties as many and as large as the real ones of each era, upon rows at random."""
    made = [np.zeros(design.y.size, np.int8) for design in here.joint.designs]
    for *counts, era in here.treaties:
        for outcome, (design, members) in enumerate(zip(here.joint.designs, counts, strict=True)):
            if members:
                made[outcome][_members(design, members, era, outcome == 0, rng)] = 1
    designs = zip(here.joint.designs, made, strict=True)
    return replace(here.joint, designs=tuple(replace(d, y=y, weight=None) for d, y in designs))


def _members(design: Design, members: int, era: int, one_aggressor: bool, rng: Generator) -> NDArray[np.intp]:
    """Rows of as many states that a treaty falls upon: of the year and region of a row at random, the nearest first."""
    index = {name: group.index for name, group in design.groups.items()}
    first = rng.choice(np.flatnonzero(index["era"] == era))
    year = rng.permutation(np.flatnonzero(index["year"] == index["year"][first]))
    apart = (index["region"][year] != index["region"][first]).astype(int)
    if one_aggressor:
        apart += 2 * (index["aggressor"][year] != index["aggressor"][first])
    year = year[np.argsort(apart, kind="stable")]
    _, rows = np.unique(index["state"][year], return_index=True)
    return year[np.sort(rows)[:members]]


TRUTHS: dict[str, Callable[[Setting, Generator], Joint]] = {
    "null": partial(from_model, 0.0),
    "main effect": partial(from_model, EFFECT),
    "blocks": blocks,
}


def replicate(truth: str, panel: Path, seed: int, number: int) -> list[Found]:
    """What the posterior of one panel says of every slope of an exposure that is nil."""
    here, rng = setting(panel), np.random.default_rng((seed, list(TRUTHS).index(truth), number))
    joint = TRUTHS[truth](here, rng)
    posterior = _drawn(joint, int(rng.integers(2**32)))
    added = _added(here, joint, posterior, int(rng.integers(2**32))) if truth == "main effect" else {}
    return [
        _found(truth, number, slope, rng, added.get(slope.outcome, {}))
        for slope in _slopes(here, joint, posterior)
        if truth != "main effect" or slope.term != here.claim.exposures[0] or slope.outcome == DELTA
    ]


class _Slope(NamedTuple):
    """Draws (chain, draw) of the slope of a term, and its prior's standard deviation."""

    outcome: str
    term: str
    draws: Float
    prior_sd: float


def _slopes(here: Setting, joint: Joint, posterior: xr.Dataset) -> list[_Slope]:
    """The slopes of all exposures, of each outcome and as the difference of both."""
    out = []
    for term in here.claim.exposures:
        own = []
        for design in joint.designs:
            draws = view(posterior, joint, design.outcome)["beta"].sel(predictor=term).transpose("chain", "draw")
            sd = float(design.slope_sd[design.terms.index(term)])
            own.append(_Slope(design.outcome, term, draws.to_numpy(), sd))
        one, two = own
        out += [*own, _Slope(DELTA, term, one.draws - two.draws, float(np.hypot(one.prior_sd, two.prior_sd)))]
    return out


def _found(truth: str, number: int, slope: _Slope, rng: Generator, added: dict[str, float]) -> Found:
    """The verdict on a slope, as if its expected sign were positive."""
    said = verdicts.summarise(slope.draws, rng.normal(0.0, slope.prior_sd, slope.draws.shape), 1)
    ratio = said["sd"] / slope.prior_sd
    label = verdicts.verdict(said["p_sign"], said["beyond"], said["beyond_opposite"], said["in_rope"], ratio)
    kept = {name: added[name] for name in ("elpd_diff", "elpd_diff_se") if name in added}
    spread = said["mean"], said["sd"]
    return Found(truth, number, slope.outcome, slope.term, label, said["verdict_by_sign"], *spread, **kept)


def _drawn(joint: Joint, seed: int) -> xr.Dataset:
    return sample(joint, chains=CHAINS, draws=DRAWS, tune=TUNE, seed=seed, cores=1)["posterior"].to_dataset()


def _added(here: Setting, joint: Joint, posterior: xr.Dataset, seed: int) -> dict[str, dict[str, float]]:
    """What the product adds to its main effects, by outcome."""
    designs = zip(here.mains.designs, joint.designs, strict=True)
    mains = replace(here.mains, designs=tuple(replace(m, y=d.y, weight=None) for m, d in designs))
    settings = Settings(CHAINS, DRAWS, seed)
    full, alone = (
        leave_out.densities(model, drawn, here.folds, settings)
        for model, drawn in ((joint, posterior), (mains, _drawn(mains, seed)))
    )
    return {outcome: leave_out.difference(full[outcome], alone[outcome]) for outcome in joint.outcomes}


def run(truth: str, count: int, panel: Path, seed: int, cores: int = 2) -> pd.DataFrame:
    """`Found` of ``count`` panels of a truth, a row each; the same whatever ``cores``."""
    from concurrent.futures import ProcessPoolExecutor

    one = partial(replicate, truth, panel, seed)
    with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
        return pd.DataFrame([vars(row) for rows in pool.map(one, range(count)) for row in rows])


def false_verdicts(found: pd.DataFrame) -> pd.DataFrame:
    """Of each truth, outcome and term: slopes that are nil, and how many of them were called supported or contradicted.

    ``called_by_sign`` counts them by the rule that asks for the sign alone.
    """
    called = found.assign(
        called=found["verdict"].isin(verdicts.CALLED), called_by_sign=found["verdict_by_sign"].isin(verdicts.CALLED)
    )
    by = called.groupby(["truth", "outcome", "term"], sort=False)
    return by.agg(panels=("called", "size"), called=("called", "sum"), called_by_sign=("called_by_sign", "sum"))


def credited(found: pd.DataFrame) -> pd.DataFrame:
    """Of each outcome: gains of a product that is nil, and how many lie within two standard errors of none."""
    known = found.dropna(subset="elpd_diff")
    within = known.assign(within=known["elpd_diff"].abs() <= WITHIN * known["elpd_diff_se"])
    by = within.groupby(["truth", "outcome", "term"], sort=False)
    return by.agg(panels=("within", "size"), within=("within", "sum"), mean_gain=("elpd_diff", "mean"))
