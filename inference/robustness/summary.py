"""What the refits say of each claim: its specification curve, and what turns its verdict over."""

from __future__ import annotations

from math import erf, hypot, isnan, sqrt
from typing import TYPE_CHECKING, Any

from inference.evidence.verdicts import verdict
from inference.robustness import specifications
from models.claims.registry import RATIO, Estimand, Hypothesis, archive_of

if TYPE_CHECKING:
    import pandas as pd

Results = dict[str, dict[str, Any]]
SIDES = {"supported": "for", "leaning for": "for", "leaning against": "against", "contradicted": "against"}


def side(probability: float) -> str:
    """For, against or undecided: what two codings must share to agree."""
    return SIDES.get(verdict(probability), "undecided")


def estimate(which: Estimand, results: dict[str, dict[str, Any]]) -> tuple[float, float, float]:
    """Mean, standard deviation and probability of the expected sign of an estimand from refits by outcome.

    Of a difference between the two logits, whose posteriors are independent, the probability is that of a normal.
    """
    if which.outcome in results:
        slope = results[which.outcome]["slopes"][which.term]
        positive = slope["positive"]
        return slope["mean"], slope["sd"], positive if which.expectation.sign > 0 else 1 - positive
    first, second = ("balance", "bandwagon") if which.outcome == RATIO else ("bandwagon", "balance")
    a, b = (results[outcome]["slopes"][which.term] for outcome in (first, second))
    mean, sd = a["mean"] - b["mean"], hypot(a["sd"], b["sd"])
    return mean, sd, 0.5 * (1 + erf(which.expectation.sign * mean / sd / sqrt(2)))


def _row(hypothesis: Hypothesis, index: int, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """One estimand under one refit; the estimate is missing where a logit was impossible."""
    which = hypothesis.estimands[index]
    row: dict[str, Any] = {"hypothesis": hypothesis.id, "index": index, "estimand": str(which)}
    needed = {o: r for o, r in found.items() if which.outcome in {o, "delta", RATIO}}
    row["rows"], row["events"] = (
        min((r.get(name, 0) for r in needed.values()), default=0) for name in ("rows", "events")
    )
    reasons = [f"{o}: {r['impossible']}" for o, r in needed.items() if "impossible" in r]
    if reasons or not needed:
        return row | {"impossible": "; ".join(reasons) or "not fitted"}
    mean, sd, probability = estimate(which, needed)
    failed = [f"{o}: {', '.join(r['failed'])}" for o, r in needed.items() if r["failed"]]
    return row | {"mean": mean, "sd": sd, "p_sign": probability, "side": side(probability), "failed": "; ".join(failed)}


def specification_curve(chosen: list[Hypothesis], results: Results, *, full: bool) -> pd.DataFrame:
    """Every registered estimand under every specification that concerns it: one row each."""
    import pandas as pd

    rows = []
    for hypothesis in chosen:
        for specification in specifications.specifications(hypothesis.panel, full=full):
            keys = {
                o: f"{archive_of(hypothesis)}.{o}.{specifications.slug(specifications.spoken(specification, o))}"
                for o in hypothesis.outcomes
            }
            found = {o: results[key] for o, key in keys.items() if key in results}
            facts = {"specification": specifications.words(specification), "changes": len(specification)}
            rows += [
                _row(hypothesis, k, found) | facts
                for k, which in enumerate(hypothesis.estimands)
                if specifications.spoken(specification, which.outcome) == specification
            ]
    return pd.DataFrame(rows).drop_duplicates(["hypothesis", "index", "specification"])


def left_out(chosen: list[Hypothesis], results: Results) -> pd.DataFrame:
    """Every registered estimand without each region, era and leading aggressor, with the scores of each logit."""
    import pandas as pd

    rows = []
    for hypothesis in chosen:
        prefix = {o: f"{archive_of(hypothesis)}.{o}.without." for o in hypothesis.outcomes}
        whats = {key.removeprefix(p): None for p in prefix.values() for key in results if key.startswith(p)}
        for what in whats:
            found = {o: results[p + what] for o, p in prefix.items() if p + what in results}
            group, _, level = what.partition("=")
            for k in range(len(hypothesis.estimands)):
                rows.append(_row(hypothesis, k, found) | {"group": group, "level": level})
    return pd.DataFrame(rows)


def scores(chosen: list[Hypothesis], results: Results) -> pd.DataFrame:
    """Out-of-sample scores of each logit and group, rows weighing equally over what was left out."""
    import numpy as np
    import pandas as pd

    rows = []
    for hypothesis in {archive_of(h): h for h in chosen}.values():
        for outcome in hypothesis.outcomes:
            prefix = f"{archive_of(hypothesis)}.{outcome}.without."
            mine = {k.removeprefix(prefix): r for k, r in results.items() if k.startswith(prefix) and "scores" in r}
            for group in dict.fromkeys(name.partition("=")[0] for name in mine):
                parts = [r for name, r in mine.items() if name.startswith(f"{group}=")]
                weight = np.array([r["rows"] for r in parts], float)
                row = {"model": archive_of(hypothesis), "outcome": outcome, "group": group, "rows": int(weight.sum())}
                for name in parts[0]["scores"]:
                    values = np.array([np.nan if (v := r["scores"][name]) is None else v for r in parts], float)
                    known = ~np.isnan(values)
                    row[name] = float(np.average(values[known], weights=weight[known])) if known.any() else None
                rows.append(row)
    return pd.DataFrame(rows)


def agreement(curve: pd.DataFrame) -> pd.DataFrame:
    """Share of possible codings on the same side as the registered one, by claim and estimand."""
    rows = []
    for (hypothesis, index), mine in curve.groupby(["hypothesis", "index"], sort=False):
        possible = mine.dropna(subset=["side"])
        registered = possible.loc[possible["changes"] == 0, "side"]
        share = float((possible["side"] == registered.iloc[0]).mean()) if len(registered) else float("nan")
        rows.append({"hypothesis": hypothesis, "index": index, "codings": len(possible), "agreeing": share})
    import pandas as pd

    return pd.DataFrame(rows)


def turned(table: pd.DataFrame, registered: str) -> pd.DataFrame:
    """The refits whose side differs from the registered one."""
    return table[table["side"].notna() & (table["side"] != registered)]


def share_words(value: float) -> str:
    """A share as text, ``-`` where there is none."""
    return "-" if isnan(value) else f"{100 * value:.0f} %"
