"""Evidence for each registered estimand: its verdict, sign probability, practical equivalence and Bayes factor.

A verdict asks for the sign and for a size that matters. Revision 1 asked for the sign alone, and so called an effect
contradicted of which 40 % of the posterior were practically none; since 2026-11-28 its label stands beside as
``verdict_by_sign``.

`compare` computes the verdicts of a claim from its posteriors, `dataset` lays them out as the group ``verdicts`` of an
archive, and `read` takes those of a claim from there.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypedDict

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.archives import archive
from inference.evidence import sensitivity
from inference.evidence.estimands import bayes_factor, estimand, prior_sd, sources, varies
from inference.evidence.left_out.folds import AGGRESSOR_YEAR
from inference.evidence.quantities import CI_BOUNDS
from inference.sampling.diagnostics import mcse_mean, mcse_share
from models.claims.registry import RATIO, Estimand, Hypothesis

Float = NDArray[np.float64]

# Lower bounds of the probability of the expected sign, and their labels; fixed beforehand.
SUPPORTED = 0.95  # above it
VERDICTS = ((0.80, "leaning for"), (0.20, "undecided"), (0.05, "leaning against"), (0.0, "contradicted"))
ROPE = 0.1  # log-odds per standard deviation: smaller slopes are practically none
BEYOND = 0.80  # of the posterior beyond the ROPE, on the side of the sign: what supported and contradicted ask for
NIL = 0.90  # of the posterior inside the ROPE
NOT_INFORMED = 0.8  # posterior standard deviation over the prior's above which the data have said too little
CALLED = ("supported", "contradicted")
GROUP = "verdicts"  # of an archive
COUNTS = ("rows", "events", "bad_k", "refitted")
OPTIONAL = ("bayes_factor", "sd_ratio")  # fields without a default that may be None


class Summary(TypedDict):
    """Location, interval, sign probability and share in the ROPE of one estimand."""

    mean: float
    mcse: float
    sd: float
    low: float
    high: float
    p_sign: float
    p_sign_mcse: float
    p_sign_prior: float
    in_rope: float
    in_rope_mcse: float
    beyond: float
    beyond_mcse: float
    beyond_opposite: float
    beyond_opposite_mcse: float
    verdict_by_sign: str


@dataclass(frozen=True)
class Verdict:
    """What the posteriors say of one estimand of a claim.

    ``mean``, ``sd`` and the 90 % interval ``low`` to ``high`` are of the slope in log-odds (of a ratio: its
    logarithm), ``p_sign`` is the posterior and ``p_sign_prior`` the prior probability of the expected sign,
    ``in_rope`` that of a slope of practically none, ``beyond`` that of a larger one with the expected sign and
    ``beyond_opposite`` with the other, ``mcse`` the Monte Carlo error of each. ``sd_ratio`` is the posterior standard
    deviation over the prior's, ``verdict_by_sign`` the label by the sign alone. ``sd_ratio`` and ``bayes_factor`` are
    None where they are not defined. The fields from ``rd`` (risk difference in 1,000 dyad-years) on are None for an
    estimand of two logits. ``elpd_diff`` is the change in the expected log predictive density of rows left out by
    treaty (or what else clusters a panel's rows, see `folds`) that a product adds to its main effects, or other
    exposures to none. Those from ``independent_mean`` on are of logits fitted apart, as if rows were independent;
    they are None for a ratio.
    """

    hypothesis: str
    estimand: str
    outcome: str
    term: str
    mean: float
    mcse: float
    sd: float
    low: float
    high: float
    p_sign: float
    p_sign_mcse: float
    p_sign_prior: float
    in_rope: float
    in_rope_mcse: float
    beyond: float
    beyond_mcse: float
    beyond_opposite: float
    beyond_opposite_mcse: float
    sd_ratio: float | None
    verdict: str
    verdict_by_sign: str
    bayes_factor: float | None
    bayes_factor_is_bound: bool
    bayes_factor_by_width: Mapping[str, float]
    rows: int
    events: int
    rd: float | None = None
    rd_mcse: float | None = None
    rd_low: float | None = None
    rd_high: float | None = None
    elpd_diff: float | None = None
    elpd_diff_se: float | None = None
    elpd_diff_mcse: float | None = None
    elpd_diff_by_aggressor: float | None = None
    elpd_diff_by_aggressor_se: float | None = None
    bad_k: int | None = None
    refitted: int | None = None
    prior_sensitivity: float | None = None
    likelihood_sensitivity: float | None = None
    independent_mean: float | None = None
    independent_sd: float | None = None
    independent_p_sign: float | None = None


def by_sign(probability: float) -> str:
    """The label of a probability of the expected sign alone; ValueError outside 0-1 or for NaN."""
    if not 0 <= probability <= 1:
        raise ValueError(f"a probability must lie between 0 and 1, not {probability}")
    if probability > SUPPORTED:
        return "supported"
    return next(label for bound, label in VERDICTS if probability >= bound)


def verdict(p_sign: float, beyond: float, beyond_opposite: float, in_rope: float, sd_ratio: float | None) -> str:
    """The label of an estimand.

    ``p_sign`` is the probability of the expected sign; ``beyond`` and ``beyond_opposite`` are the shares of the
    posterior beyond the region of practical equivalence, on the side of that sign and on the other, ``in_rope`` the
    share inside it. ``sd_ratio`` is the posterior standard deviation over the prior's; None under a prior whose scale
    is learnt: a posterior wider than that has learnt that its slope is larger than most.

    Raises ValueError for a probability outside 0-1 or NaN.
    """
    label = by_sign(p_sign)
    if sd_ratio is not None and sd_ratio > NOT_INFORMED:
        return "not informed"
    if in_rope >= NIL:
        return "practically nil"
    if label == "supported" and beyond < BEYOND:
        return "leaning for"
    if label == "contradicted" and beyond_opposite < BEYOND:
        return "leaning against"
    return label


def summarise(draws: Float, prior: Float, sign: int) -> Summary:
    """What is reported of the draws (chain, draw) of one estimand, beside those of its prior.

    Monte Carlo errors stand beside mean and shares; where all draws agree, the error of a share is bounded by one
    draw.
    """
    low, high = np.quantile(draws, CI_BOUNDS)
    expected, negligible = draws * sign > 0, np.abs(draws) < ROPE
    beyond, opposite = expected & ~negligible, ~expected & ~negligible
    probability = float(expected.mean())
    return {
        "mean": float(draws.mean()),
        "mcse": mcse_mean(draws),
        "sd": float(draws.std(ddof=1)),
        "low": float(low),
        "high": float(high),
        "p_sign": probability,
        "p_sign_mcse": mcse_share(expected),
        "p_sign_prior": float((prior * sign > 0).mean()),
        "in_rope": float(negligible.mean()),
        "in_rope_mcse": mcse_share(negligible),
        "beyond": float(beyond.mean()),
        "beyond_mcse": mcse_share(beyond),
        "beyond_opposite": float(opposite.mean()),
        "beyond_opposite_mcse": mcse_share(opposite),
        "verdict_by_sign": by_sign(probability),
    }


def compare(hypothesis: Hypothesis, trees: Mapping[str, xr.DataTree]) -> tuple[Verdict, ...]:
    """The verdict on every registered estimand of a hypothesis, computed from its archives by outcome."""
    return tuple(_compare(hypothesis.id, which, trees) for which in hypothesis.estimands)


def _compare(hypothesis: str, which: Estimand, trees: Mapping[str, xr.DataTree]) -> Verdict:
    draws, sd = estimand(trees, which), prior_sd(trees, which)
    sd_of_nil = float("nan") if varies(trees, which) else sd
    factor, is_bound = bayes_factor(draws, sd_of_nil)
    prior, fitted = estimand(trees, which, "prior"), sources(which, trees)
    found = summarise(draws, prior, which.expectation.sign)
    known = float(prior.std(ddof=1)) if which.outcome == RATIO else sd  # a ratio's follows from all parameters
    ratio = found["sd"] / known if np.isfinite(known) else None
    return Verdict(
        hypothesis=hypothesis,
        estimand=str(which),
        outcome=which.outcome,
        term=which.term,
        bayes_factor=factor,
        bayes_factor_is_bound=is_bound,
        bayes_factor_by_width=sensitivity.bayes_factors(draws, sd_of_nil),
        rows=min(int(tree.attrs["rows"]) for tree in fitted.values()),
        events=min(int(tree.attrs["events"]) for tree in fitted.values()),
        **found,
        sd_ratio=ratio,
        verdict=verdict(found["p_sign"], found["beyond"], found["beyond_opposite"], found["in_rope"], ratio),
        **(_of_one_logit(trees[which.outcome], which.term) if which.outcome in trees else {}),
        **_independent(which, trees),
    )


def _independent(which: Estimand, trees: Mapping[str, xr.DataTree]) -> dict[str, Any]:
    """Mean, standard deviation and sign probability of an estimand as if rows were independent; none of a ratio."""
    if which.outcome == RATIO or any("independent_rows" not in tree.children for tree in trees.values()):
        return {}
    draws = estimand(trees, which, "independent_rows")
    sign = float((draws * which.expectation.sign > 0).mean())
    return {"independent_mean": float(draws.mean()), "independent_sd": float(draws.std()), "independent_p_sign": sign}


def _of_one_logit(tree: xr.DataTree, term: str) -> dict[str, Any]:
    """Risk difference, change in predictive density and power-scaling of a slope of one logit, by field."""
    difference = 1000 * archive.group(tree, "contrasts")["risk_difference"].sel(term=term)
    low, high = difference.quantile(CI_BOUNDS).to_numpy()
    scaled, compared = archive.group(tree, "power_scaling").sel(term=term), archive.group(tree, "comparison")
    by_treaty = compared.isel(clustering=0).sel(term=term)
    return {
        "rd": float(difference.mean()),
        "rd_mcse": mcse_mean(difference.transpose("chain", "draw").to_numpy()),
        "rd_low": float(low),
        "rd_high": float(high),
        **{name: float(by_treaty[name]) for name in ("elpd_diff", "elpd_diff_se", "elpd_diff_mcse")},
        **{name: int(by_treaty[name]) for name in ("bad_k", "refitted")},
        **_by_aggressor(compared.sel(term=term)),
        **{name: float(scaled[name]) for name in ("prior_sensitivity", "likelihood_sensitivity")},
    }


def _by_aggressor(compared: xr.Dataset) -> dict[str, float]:
    """The change in predictive density of rows left out by aggressor and year, on panels that have aggressors."""
    if AGGRESSOR_YEAR not in compared["clustering"]:
        return {}
    here = compared.sel(clustering=AGGRESSOR_YEAR)
    return {f"elpd_diff_by_aggressor{end}": float(here[f"elpd_diff{end}"]) for end in ("", "_se")}


def keys(trees: Mapping[str, xr.DataTree]) -> str:
    """The fit keys of the archives by outcome, as text for an attribute."""
    return json.dumps({name: str(trees[name].attrs["fit_key"]) for name in sorted(trees)})


def dataset(verdicts: Sequence[Verdict]) -> xr.Dataset:
    """Verdicts along ``estimand``, one variable for each field; Bayes factors also along ``width`` of the prior.

    What is None stands as NaN.
    """
    widths = [f"{width:g}" for width in sensitivity.WIDTHS]
    out = {}
    for field in fields(Verdict):
        values = [getattr(row, field.name) for row in verdicts]
        if field.name == "bayes_factor_by_width":
            factors = [row.get(width, np.nan) for row in values for width in widths]
            out[field.name] = ("estimand", "width"), np.reshape(factors, (len(values), len(widths)))
        elif field.name in OPTIONAL or field.default is None:
            out[field.name] = "estimand", np.array(values, float)
        else:
            out[field.name] = "estimand", values
    return xr.Dataset(out, {"width": widths}).set_coords(["estimand", "hypothesis", "outcome", "term"])


def read(hypothesis: Hypothesis, trees: Mapping[str, xr.DataTree]) -> tuple[Verdict, ...]:
    """The verdicts on a hypothesis from its archives by outcome, in the order of its estimands.

    Raises ArchiveError when they are not there, or are of other posteriors than these.
    """
    return tuple(_read(hypothesis.id, which, trees) for which in hypothesis.estimands)


def _read(hypothesis: str, which: Estimand, trees: Mapping[str, xr.DataTree]) -> Verdict:
    tree = next(iter(sources(which, trees).values()))
    if GROUP not in tree.children:
        raise archive.ArchiveError(f"{hypothesis}: its posterior has no verdicts yet; run 'make fit'")
    group = archive.group(tree, GROUP)
    if group.attrs["fit_keys"] != keys(trees):
        raise archive.ArchiveError(f"{hypothesis}: its verdicts are of other posteriors; run 'make fit'")
    here = (group["hypothesis"] == hypothesis) & (group["estimand"] == str(which))
    if not here.any():
        raise archive.ArchiveError(f"{hypothesis}: its posterior has no verdict on {which}; run 'make fit'")
    row = group.isel(estimand=int(np.argmax(here.to_numpy())))
    factors = row["bayes_factor_by_width"]
    by_width = {str(width): float(value) for width, value in zip(factors["width"].to_numpy(), factors, strict=True)}
    values: dict[str, Any] = {
        field.name: row[field.name].item() for field in fields(Verdict) if row[field.name].ndim == 0
    }
    values = {name: None if isinstance(value, float) and math.isnan(value) else value for name, value in values.items()}
    values |= {name: int(values[name]) for name in COUNTS if values[name] is not None}
    return Verdict(**values, bayes_factor_by_width={w: value for w, value in by_width.items() if np.isfinite(value)})
