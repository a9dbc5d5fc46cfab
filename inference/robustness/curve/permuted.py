r"""Where a specification curve lies among those of permuted outcomes.

Simonsohn, Simmons and Nelson (2020, Nature Human Behaviour 4, 1208) ask of a whole curve what a p-value asks of one
estimate: outcomes are permuted, every coding is refitted, and what the curve says is set among what permuted curves
say. Here an event, with the weight of its row, moves to a row of the same weak state and era that is drawn at random:
how often a state aligns in an era stays, when and with regard to whom does not. The row drawn is that with the smallest
of random numbers that depend on permutation, event and row alone, so that an event goes to the same row under every
coding that has it, and permuted curves hang together as the observed one does.

Estimates are modes, with the scales of groupings as they are for the observed outcomes of a coding: this is what makes
hundreds of curves affordable. The observed curve is made in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from inference.engine.laplace.approximation import approximate, modes
from inference.fleet.fleet import Task
from inference.robustness.refits.refit import FEW
from inference.robustness.refits.under import under_specification
from inference.robustness.specifications import Specification, recoded_key
from inference.robustness.summary import outcomes_of, subtracted
from models.claims.registry import REGISTRY, Estimand, Hypothesis, archive_of
from models.design import Design

if TYPE_CHECKING:
    import pandas as pd

Float = NDArray[np.float64]
Key = NDArray[np.uint64]
Rows = NDArray[np.intp]
KEYS = ("state", "aggressor", "year")
BLOCK = ("state", "era")
Codings = Callable[[str], list[Specification]]


def mixed(value: Key) -> Key:
    """Numbers of 64 bits that depend on every bit of ``value`` (Steele, Lea and Flood 2014, OOPSLA, SplitMix64)."""
    with np.errstate(over="ignore"):
        out = value + np.uint64(0x9E3779B97F4A7C15)
        out = (out ^ (out >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        out = (out ^ (out >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        return out ^ (out >> np.uint64(31))


def keys(frame: pd.DataFrame) -> Key:
    """A number of its own for each dyad-year (row,)."""
    state, aggressor, year = (frame[name].to_numpy(np.uint64) for name in KEYS)
    return (state * np.uint64(1000) + aggressor) * np.uint64(10_000) + year


def candidates(block: Rows, events: Rows) -> list[Rows]:
    """The rows of the block of each event; ``block`` is (row,), ``events`` are positions of rows."""
    rows_of = {b: np.flatnonzero(block == b) for b in np.unique(block[events]).tolist()}
    return [rows_of[b] for b in block[events].tolist()]


def moved(key: Key, events: Rows, among: list[Rows], permutation: int) -> Rows:
    """The rows that events move to (event,), one each, ``among`` the `candidates` of each."""
    salt = mixed(np.uint64(permutation) + np.zeros(1, np.uint64))
    out = np.empty_like(events)
    taken = np.zeros(key.size, bool)
    for at in np.argsort(key[events], kind="stable"):
        free = among[at][~taken[among[at]]]
        drawn = mixed(mixed(key[free]) ^ mixed(key[events[at] : events[at] + 1]) ^ salt)
        out[at] = free[np.argmin(drawn)]
        taken[out[at]] = True
    return out


def outcomes(design: Design, frame: pd.DataFrame, count: int) -> Iterator[tuple[Float, Float]]:
    """Outcome and weight of the rows of a design: as observed, then under each permutation."""
    rows = frame.iloc[design.rows]
    key, block = keys(rows), rows.groupby(list(BLOCK), observed=True).ngroup().to_numpy().astype(np.intp)
    events = np.flatnonzero(design.y)
    among_rows = candidates(block, events)
    y, weight = design.y.astype(float), design.row_weight.astype(float)
    yield y, weight
    bare = np.where(design.y == 1, 1.0, weight)
    for permutation in range(1, count + 1):
        to = moved(key, events, among_rows, permutation)
        new_y, new_weight = np.zeros_like(y), bare.copy()
        new_y[to], new_weight[to] = 1.0, weight[events]
        yield new_y, new_weight


def permuted(hypothesis: str, outcome: str, specification: str, panel: str, count: int) -> dict[str, Any]:
    """Means and sds of the slopes of a logit under a specification, by term: as observed, then of each permutation.

    ``impossible`` says why there are none.
    """
    coding = Specification.parse(specification, REGISTRY[hypothesis].panel)
    try:
        under = under_specification(hypothesis, outcome, coding, panel)
    except ValueError as error:
        return {"slopes": {}, "impossible": str(error)}
    design, terms = under.design, under.claim.equation(under.design.outcome).exposures
    if design.y.sum() < FEW:
        return {"slopes": {}, "impossible": f"{int(design.y.sum())} events"}
    at = [design.terms.index(term) for term in terms]
    every = modes(approximate(design), outcomes(design, under.frame, count))
    found = np.array([[mean[at], sd[at]] for mean, sd in every])
    slopes = {
        under.names.get(term, term): {"mean": found[:, 0, k].tolist(), "sd": found[:, 1, k].tolist()}
        for k, term in enumerate(terms)
    }
    return {"slopes": slopes, "impossible": None}


def tasks_of(recodings: list[Task], count: int) -> list[Task]:
    """Permutations of the refits under single changes whose outcomes do not exclude each other."""
    out = []
    for task in recodings:
        arguments = {name: value for name, value in task.arguments.items() if name != "made"}
        claim = REGISTRY[arguments["hypothesis"]]
        coding = Specification.parse(arguments["specification"], claim.panel)
        if claim.equation(arguments["outcome"]).exposures and not coding.exclusive:
            out.append(Task(f"permuted.{task.key}", arguments | {"kind": "permuted", "count": count}))
    return out


def table(claims: list[Hypothesis], results: Mapping[str, Mapping[str, Any]], codings: Codings) -> pd.DataFrame:
    """One row for each estimand and statistic: as observed, and the share of permuted curves that reach it."""
    import pandas as pd

    rows = []
    for claim in claims:
        for index, estimand in enumerate(claim.estimands):
            curves = [_of_estimand(claim, estimand, coding, results) for coding in codings(claim.panel)]
            known = [curve for curve in curves if curve is not None]
            if not known:
                continue
            mean, sd = (np.array(part) for part in zip(*known, strict=True))
            for name, values in statistics(mean, sd, estimand.expectation.sign).items():
                observed, share, error = among(values)
                rows.append({
                    "hypothesis": claim.id, "index": index, "estimand": str(estimand), "statistic": name,
                    "codings": len(known), "permutations": values.size - 1, "observed": observed,
                    "share": share, "mcse": error,
                })  # fmt: skip
    return pd.DataFrame(rows)


def _of_estimand(
    claim: Hypothesis, estimand: Estimand, coding: Specification, results: Mapping[str, Mapping[str, Any]]
) -> tuple[Float, Float] | None:
    """Mean and sd (1 + permutation,) of an estimand under a coding that concerns it; None where it was not fitted."""
    needed = outcomes_of(estimand, claim)
    needed = needed if len(needed) == 1 else subtracted(estimand)
    if coding.concerning(estimand.outcome) != coding or not coding.applies_to(claim.id):
        return None
    keys_ = [f"permuted.{recoded_key(archive_of(claim), outcome, coding)}" for outcome in needed]
    slopes = [results[key]["slopes"].get(estimand.term) if key in results else None for key in keys_]
    if any(slope is None for slope in slopes):
        return None
    mean, sd = ([np.array(slope[name]) for slope in slopes if slope] for name in ("mean", "sd"))
    return (mean[0], sd[0]) if len(needed) == 1 else (mean[0] - mean[1], np.hypot(*sd))


def among(values: Float) -> tuple[float, float, float]:
    """Of one statistic (1 + permutation,): the observed value, the share of permutations that reach it, its error.

    The observed outcomes count as one of the permutations, so that the share is never 0.
    """
    observed, permuted = values[0], values[1:]
    share = float((1 + (permuted >= observed).sum()) / (1 + permuted.size))
    return float(observed), share, float(np.sqrt(share * (1 - share) / permuted.size))


def statistics(mean: Float, sd: Float, sign: int) -> Mapping[str, Float]:
    """What a curve says (1 + permutation,), from estimates (coding, 1 + permutation): the three of Simonsohn et al.

    The median estimate in the expected direction, the share of codings in which zero is left behind by 1.645 standard
    deviations in that direction, and the average of estimates in standard deviations.
    """
    z = sign * mean / sd
    return {"median": np.median(sign * mean, axis=0), "clear": (z > 1.645).mean(axis=0), "z": z.mean(axis=0)}
