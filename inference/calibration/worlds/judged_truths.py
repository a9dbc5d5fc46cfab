"""What verdicts, intervals and comparisons say of slopes that are nil in the panels of `planted_truths`.

Each panel is fitted as the registered claim is, by fewer draws.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import xarray as xr
from numpy.typing import NDArray

from inference.calibration.worlds.planted_truths import TRUTHS, Setting, setting
from inference.engine import sample
from inference.evidence import verdicts
from inference.evidence.left_out import leave_out
from inference.fitting.comparison import Model, spread_of
from inference.sampling.settings import Settings
from models.claims.estimand import DELTA
from models.design import Design
from models.joint import Joint, view
from models.terms import variables

Float = NDArray[np.float64]
Generator = np.random.Generator
CHAINS, DRAWS, TUNE = 2, 250, 200
ACCEPTED = 0.05  # of the slopes that are nil may be called
ADDED = ("elpd_diff", "elpd_diff_se", "elpd_diff_se_clusters")
WITHIN = 2.0  # standard errors of a gain that is none


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
    low: float
    high: float
    elpd_diff: float = float("nan")
    elpd_diff_se: float = float("nan")
    elpd_diff_se_clusters: float = float("nan")


def replicate(truth: str, panel: Path, seed: int, number: int) -> list[Found]:
    """What the posterior of one panel says of every slope of an exposure that is nil."""
    planted = TRUTHS[truth]
    claim = planted.claim_of(number)
    here = setting(claim, panel, planted.revision)
    # Two ways to fit one truth are fitted to the same outcomes.
    rng = np.random.default_rng((seed, list(TRUTHS).index(truth.partition(",")[0]), number))
    joint = replace(here.joint, designs=_refilled(here.joint, planted.make(setting(claim, panel), rng)))
    posterior = _drawn(joint, int(rng.integers(2**32)))
    added = _added(here, joint, posterior, int(rng.integers(2**32))) if planted.compared else {}
    return [
        _found(truth, number, slope, rng, added.get(slope.outcome, {}) if len(variables(slope.term)) > 1 else {})
        for slope in _slopes(here, joint, posterior)
        if slope.term not in planted.effects or slope.outcome == DELTA
    ]


def _refilled(joint: Joint, made: Joint) -> tuple[Design, ...]:
    """The designs of a model with the outcomes of another one on the same panel, 0 in rows that only it has."""
    out = []
    for design, other in zip(joint.designs, made.designs, strict=True):
        happened = np.isin(design.rows, other.rows[other.y == 1])
        out.append(replace(design, y=happened.astype(np.int8), weight=None))
    return tuple(out)


class _Slope(NamedTuple):
    """Draws (chain, draw) of the slope of a term, and its prior's standard deviation."""

    outcome: str
    term: str
    draws: Float
    prior_sd: float


def _slopes(here: Setting, joint: Joint, posterior: xr.Dataset) -> list[_Slope]:
    """The slopes of all exposures, of each outcome and as the difference of both."""
    out: list[_Slope] = []
    terms = dict.fromkeys(term for o in joint.outcomes for term in here.claim.equation(o).exposures)
    for term in terms:
        own: list[_Slope] = []
        for design in (design for design in joint.designs if term in design.terms):
            draws = view(posterior, joint, design.outcome)["beta"].sel(predictor=term).transpose("chain", "draw")
            sd = float(design.slope_sd[design.terms.index(term)])
            own.append(_Slope(design.outcome, term, draws.to_numpy(), sd))
        out += own
        if len(own) == len(joint.designs):
            one, two = own
            out.append(_Slope(DELTA, term, one.draws - two.draws, float(np.hypot(one.prior_sd, two.prior_sd))))
    return out


def _found(truth: str, number: int, slope: _Slope, rng: Generator, added: dict[str, float]) -> Found:
    """The verdict on a slope, as if its expected sign were positive."""
    said = verdicts.summarise(slope.draws, rng.normal(0.0, slope.prior_sd, slope.draws.shape), 1)
    ratio = said["sd"] / slope.prior_sd
    label = verdicts.verdict(said["p_sign"], said["beyond"], said["beyond_opposite"], said["in_rope"], ratio)
    kept = {name: added[name] for name in ADDED if name in added}
    spread = said["mean"], said["sd"], said["low"], said["high"]
    return Found(truth, number, slope.outcome, slope.term, label, said["verdict_by_sign"], *spread, **kept)


def _drawn(joint: Joint, seed: int) -> xr.Dataset:
    return sample(joint, chains=CHAINS, draws=DRAWS, tune=TUNE, seed=seed, cores=1)["posterior"].to_dataset()


def _added(here: Setting, joint: Joint, posterior: xr.Dataset, seed: int) -> dict[str, dict[str, float]]:
    """What the product adds to its main effects, by outcome."""
    assert here.mains is not None, "a claim with a product"
    designs = zip(here.mains.designs, joint.designs, strict=True)
    mains = replace(here.mains, designs=tuple(replace(m, y=d.y, weight=None) for m, d in designs))
    settings = Settings(CHAINS, DRAWS, seed)
    full, alone = (
        leave_out.densities(model, drawn, here.folds, settings)
        for model, drawn in ((joint, posterior), (mains, _drawn(mains, seed)))
    )
    whole, products = Model(joint, posterior), {o: here.claim.equation(o).products for o in joint.outcomes}
    return {o: leave_out.difference(full[o], alone[o], spread_of(whole, o, terms)) for o, terms in products.items()}


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
    """Of each outcome: gains of a product that is nil, and how many lie within two standard errors of none.

    ``within_clusters`` counts them by the standard error of the clusters alone. ``standard_deviation`` of the gains
    over panels stands beside their mean ``standard_error``: what a standard error is to tell.
    """
    known = found.dropna(subset="elpd_diff")
    gain = known["elpd_diff"].abs()
    within = known.assign(
        within=gain <= WITHIN * known["elpd_diff_se"],
        within_clusters=gain <= WITHIN * known["elpd_diff_se_clusters"],
    )
    by = within.groupby(["truth", "outcome", "term"], sort=False)
    return by.agg(
        panels=("within", "size"),
        within=("within", "sum"),
        within_clusters=("within_clusters", "sum"),
        mean_gain=("elpd_diff", "mean"),
        standard_deviation=("elpd_diff", "std"),
        standard_error=("elpd_diff_se", "mean"),
    )


def covered(found: pd.DataFrame) -> pd.DataFrame:
    """Of each truth, outcome and term: slopes that are nil, and how many lie inside their 90 % interval."""
    inside = found.assign(inside=(found["low"] <= 0.0) & (found["high"] >= 0.0))
    by = inside.groupby(["truth", "outcome", "term"], sort=False)
    return by.agg(panels=("inside", "size"), inside=("inside", "sum"), mean=("mean", "mean"))
