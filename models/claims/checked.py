"""Whether a claim can be fitted at all, asked before anything is: terms, columns, outcomes and bounds."""

from __future__ import annotations

from data.codebook.lags import error_of
from data.codebook.panels import panel
from models.claims.claim import Hypothesis
from models.claims.estimand import DELTA, RATIO, Estimand
from models.terms import needed, variables


def check(hypothesis: Hypothesis) -> Hypothesis:
    """The claim itself; ValueError that names it, what is wrong with it, and what it should be."""
    if hypothesis.testable:
        _bounds(hypothesis)
        _terms(hypothesis)
        _errors(hypothesis)
        for estimand in hypothesis.estimands:
            _estimand(hypothesis, estimand)
    return hypothesis


def _refuse(hypothesis: Hypothesis, fault: str) -> None:
    raise ValueError(f"{hypothesis.id}: {fault}")


def _bounds(hypothesis: Hypothesis) -> None:
    if hypothesis.years is None:
        return
    first, last = hypothesis.years
    if isinstance(first, bool) or isinstance(last, bool) or not first <= last:
        _refuse(
            hypothesis, f"years {hypothesis.years} must be the first and the last year of the sample, in this order"
        )
    if first > hypothesis.until:
        _refuse(hypothesis, f"years {hypothesis.years} all lie after {hypothesis.until}, the last that is learnt from")


def _terms(hypothesis: Hypothesis) -> None:
    if unknown := set(hypothesis.exposures_of) - set(hypothesis.outcomes):
        _refuse(hypothesis, f"exposures_of {min(unknown)!r}: the outcomes are {', '.join(hypothesis.outcomes)}")
    columns = panel(hypothesis.panel).columns
    for outcome in hypothesis.outcomes:
        terms = hypothesis.exposures_of.get(outcome, hypothesis.exposures)
        same = [frozenset(enumerate(sorted(variables(term)))) for term in terms]
        if twice := [term for k, term in enumerate(terms) if same[k] in same[:k]]:
            _refuse(hypothesis, f"exposure {twice[0]!r} is there twice, in whatever order its variables stand")
        for column in (*needed(terms), *(hypothesis.adjust_for or ()), *hypothesis.where):
            if column not in columns:
                _refuse(hypothesis, f"{column!r} is no column of the {hypothesis.panel} panel: {', '.join(columns)}")
        if not terms and hypothesis.adjust_for is None:
            _refuse(hypothesis, f"no exposure of {outcome}: name one, or set adjust_for=() for a rate that has none")
        _adjusted(hypothesis, outcome)


def _adjusted(hypothesis: Hypothesis, outcome: str) -> None:
    """An exposure that the causal graph does not know cannot be adjusted for."""
    try:
        hypothesis.equation(outcome)
    except ValueError as error:
        _refuse(hypothesis, f"exposures of {outcome}: {error}")


def _errors(hypothesis: Hypothesis) -> None:
    """An error of measurement is integrated out for one slope only (see `models.design`)."""
    for outcome in hypothesis.outcomes:
        terms = hypothesis.equation(outcome).terms
        for name in needed(terms):
            if error_of(name) is None or error_of(name) not in panel(hypothesis.panel).columns:
                continue
            if (using := [term for term in terms if name in variables(term)]) != [name]:
                _refuse(
                    hypothesis, f"{name!r} is measured with error, which is carried for one slope, not for "
                    f"{', '.join(using)}: leave the product out, or take a variable without such an error",
                )  # fmt: skip


def _estimand(hypothesis: Hypothesis, estimand: Estimand) -> None:
    if estimand.outcome == RATIO:
        return
    outcomes = hypothesis.outcomes if estimand.outcome == DELTA else (estimand.outcome,)
    for outcome in outcomes:
        if outcome not in hypothesis.outcomes:
            known = ", ".join((*hypothesis.outcomes, DELTA))
            _refuse(hypothesis, f"estimand on {estimand.term!r}: {outcome!r} is no outcome; the outcomes are {known}")
        terms = hypothesis.equation(outcome).exposures
        if estimand.term not in terms:
            alike = [term for term in terms if sorted(variables(term)) == sorted(variables(estimand.term))]
            known = f"write it {alike[0]!r}, as the exposure" if alike else f"the exposures are {', '.join(terms)}"
            _refuse(hypothesis, f"estimand {estimand}: {estimand.term!r} is no exposure of {outcome}; {known}")
