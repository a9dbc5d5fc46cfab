"""What the refits say of each claim: its specification curve, and what turns it over to another side."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from math import erf, hypot, isnan, nan, sqrt
from typing import TYPE_CHECKING

import numpy as np

from inference.evidence.verdicts import by_sign
from inference.robustness.curve.plausibility import relative
from inference.robustness.curve.shares import shares
from inference.robustness.specifications import Specification, recoded_key, without_key
from models.claims.registry import RATIO, REGISTRY, Estimand, Hypothesis, archive_of

if TYPE_CHECKING:
    import pandas as pd

    from inference.robustness.refits.refit import Refit

Refits = Mapping[str, "Refit"]  # by the key of the task, or by outcome
SIDES = {"supported": "for", "leaning for": "for", "leaning against": "against", "contradicted": "against"}


@dataclass(frozen=True)
class Estimate:
    """One estimand under one refit; what is None is missing because a logit was impossible."""

    hypothesis: str
    index: int
    estimand: str
    rows: int
    events: int
    mean: float | None = None
    sd: float | None = None
    p_sign: float | None = None
    side: str | None = None
    failed: str = ""
    impossible: str | None = None


def side(probability: float) -> str:
    """For, against or undecided: what two codings must share to agree."""
    return SIDES.get(by_sign(probability), "undecided")


def estimate(estimand: Estimand, refits: Refits) -> tuple[float, float, float]:
    """Mean, standard deviation and probability of the expected sign of an estimand from refits by outcome.

    Of a difference between the two logits, whose posteriors are independent, the probability is that of a normal. A
    multinomial logit is treated alike: its slopes for the two outcomes depend on each other by little.
    """
    if estimand.outcome in refits:
        slope = refits[estimand.outcome].slopes[estimand.term]
        return slope.mean, slope.sd, slope.positive if estimand.expectation.sign > 0 else 1 - slope.positive
    a, b = (refits[outcome].slopes[estimand.term] for outcome in subtracted(estimand))
    mean, sd = a.mean - b.mean, hypot(a.sd, b.sd)
    return mean, sd, 0.5 * (1 + erf(estimand.expectation.sign * mean / sd / sqrt(2)))


def subtracted(estimand: Estimand) -> tuple[str, str]:
    """The two outcomes of a difference between logits: the second is taken from the first."""
    return ("balance", "bandwagon") if estimand.outcome == RATIO else ("bandwagon", "balance")


def outcomes_of(estimand: Estimand, hypothesis: Hypothesis) -> tuple[str, ...]:
    """The outcomes whose logits an estimand is read from."""
    return (estimand.outcome,) if estimand.outcome in hypothesis.outcomes else hypothesis.outcomes


def _are_there(estimand: Estimand, hypothesis: Hypothesis, refits: Refits) -> bool:
    return set(outcomes_of(estimand, hypothesis)) <= refits.keys()


def _estimate(hypothesis: Hypothesis, index: int, refits: Refits) -> Estimate:
    """One registered estimand from the refits of its claim by outcome."""
    estimand = hypothesis.estimands[index]
    needed = {o: refits[o] for o in outcomes_of(estimand, hypothesis)}
    rows, events = (min(getattr(r, name) for r in needed.values()) for name in ("rows", "events"))
    facts = (hypothesis.id, index, str(estimand), rows, events)
    reasons = [f"{o}: {refit.impossible}" for o, refit in needed.items() if refit.impossible is not None]
    if reasons:
        return Estimate(*facts, impossible="; ".join(reasons))
    mean, sd, probability = estimate(estimand, needed)
    failed = "; ".join(f"{o}: {', '.join(refit.failed)}" for o, refit in needed.items() if refit.failed)
    return Estimate(*facts, mean, sd, probability, side(probability), failed)


def specification_curve(
    chosen: list[Hypothesis], results: Refits, every: Callable[[str], list[Specification]]
) -> pd.DataFrame:
    """Every registered estimand under ``every`` specification that concerns it and that was fitted: one row each."""
    import pandas as pd

    rows = []
    for hypothesis in chosen:
        model = archive_of(hypothesis)
        for specification in filter(lambda each: each.applies_to(hypothesis.id), every(hypothesis.panel)):
            keys = {o: recoded_key(model, o, specification) for o in hypothesis.outcomes}
            refits = {o: results[key] for o, key in keys.items() if key in results}
            facts = {"specification": str(specification), "changes": len(specification.changes)}
            rows += [
                asdict(_estimate(hypothesis, k, refits)) | facts
                for k, estimand in enumerate(hypothesis.estimands)
                if specification.concerning(estimand.outcome) == specification
                and _are_there(estimand, hypothesis, refits)
            ]
    columns = [*(field.name for field in fields(Estimate)), "specification", "changes"]
    return pd.DataFrame(rows, columns=columns).drop_duplicates(["hypothesis", "index", "specification"])


def left_out(chosen: list[Hypothesis], results: Refits) -> pd.DataFrame:
    """Every registered estimand without each region, era, leading aggressor and treaty.

    A part that one outcome has no rows of, as a treaty that made events of the other only, leaves its logit as it was.
    """
    import pandas as pd

    rows = []
    for hypothesis in chosen:
        model = archive_of(hypothesis)
        parts: dict[tuple[str | None, str | None], dict[str, Refit]] = {}
        for outcome in hypothesis.outcomes:
            for refit in _without(results, model, outcome):
                parts.setdefault((refit.group, refit.level), {})[outcome] = refit
        keys = {o: recoded_key(model, o, Specification(hypothesis.panel)) for o in hypothesis.outcomes}
        whole = {o: results[key] for o, key in keys.items() if key in results}
        rows += [
            asdict(_estimate(hypothesis, k, whole | refits)) | {"group": group, "level": level}
            for (group, level), refits in parts.items()
            for k, estimand in enumerate(hypothesis.estimands)
            if refits.keys() & outcomes_of(estimand, hypothesis) and _are_there(estimand, hypothesis, whole | refits)
        ]
    return pd.DataFrame(rows)


def _without(results: Refits, model: str, outcome: str) -> list[Refit]:
    """The refits of a logit with a part left out that it has rows of."""
    return [refit for key, refit in results.items() if key.startswith(without_key(model, outcome)) and refit.rows]


def scores(chosen: list[Hypothesis], results: Refits) -> pd.DataFrame:
    """Out-of-sample scores of each logit and group, rows weighing equally over what was left out."""
    import pandas as pd

    rows = []
    for model, hypothesis in {archive_of(h): h for h in chosen}.items():
        for outcome in hypothesis.outcomes:
            parts: dict[str | None, list[Refit]] = {}
            for refit in _without(results, model, outcome):
                if refit.scores is not None:
                    parts.setdefault(refit.group, []).append(refit)
            for group, refits in parts.items():
                sizes = [refit.rows for refit in refits]
                each = [asdict(refit.scores) for refit in refits if refit.scores]
                means = {name: _weighted_mean([values[name] for values in each], sizes) for name in each[0]}
                rows.append({"model": model, "outcome": outcome, "group": group, "rows": sum(sizes)} | means)
    return pd.DataFrame(rows)


def _weighted_mean(values: list[float | None], weights: list[int]) -> float | None:
    """Weighted mean of the values that are there; None without any."""
    known = [(value, weight) for value, weight in zip(values, weights, strict=True) if value is not None]
    return float(np.average([v for v, _ in known], weights=[w for _, w in known])) if known else None


def agreement(curve: pd.DataFrame) -> pd.DataFrame:
    """Share of possible codings on the same side as the registered one, by claim and estimand.

    ``agreeing`` counts each coding once, ``weighed`` as much as it is plausible (`curve.plausibility`). ``moved_by`` is
    the dimension with the largest ``share`` of the variance of the estimate over codings (`curve.shares`).
    """
    import pandas as pd

    rows = []
    for (hypothesis, index), mine in curve.groupby(["hypothesis", "index"], sort=False):
        possible = mine.dropna(subset=["side"])
        registered = possible.loc[possible["changes"] == 0, "side"]
        if registered.empty:
            facts = {"agreeing": nan, "weighed": nan, "moved_by": None, "share": nan}
        else:
            facts = _of_curve(possible, possible["side"] == registered.iloc[0], REGISTRY[str(hypothesis)].panel)
        rows.append({"hypothesis": hypothesis, "index": index, "codings": len(possible)} | facts)
    return pd.DataFrame(rows)


def _of_curve(possible: pd.DataFrame, same: pd.Series, panel: str) -> dict[str, float | str | None]:
    codings = [Specification.parse(text, panel) for text in possible["specification"]]
    moved_by = shares(panel, dict(zip(codings, possible["mean"].tolist(), strict=True))).largest
    return {
        "agreeing": float(same.mean()),
        "weighed": float(np.average(same, weights=[relative(coding) for coding in codings])),
        "moved_by": moved_by and moved_by[0],
        "share": moved_by[1] if moved_by else nan,
    }


def agreement_words(curve: pd.DataFrame) -> str:
    """The shares of `agreement` as a table of text."""
    table = agreement(curve)
    words = {name: table[name].map(share_words) for name in ("agreeing", "weighed", "share") if name in table}
    return table.assign(**words).to_string(index=False) if len(table) else ""


def turned(table: pd.DataFrame, registered: str) -> pd.DataFrame:
    """The refits whose side differs from the registered one."""
    return table[table["side"].notna() & (table["side"] != registered)]


def share_words(value: float) -> str:
    """A share as text, ``-`` where there is none."""
    return "-" if isnan(value) else f"{100 * value:.0f} %"
