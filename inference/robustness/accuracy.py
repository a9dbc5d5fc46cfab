"""What approximate refits are worth: a random sample of them beside posteriors drawn as long as those of fits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from inference.fleet.fleet import Task
from inference.robustness.refits.left_out import left_out
from inference.robustness.refits.recoded import recoded
from inference.robustness.refits.refit import APPROXIMATE, FULL, Slope
from inference.robustness.summary import side

if TYPE_CHECKING:
    import pandas as pd

KINDS = {"recoded": recoded, "left_out": left_out}
SEED = 2026
# What an approximation is to keep to: of a mean, in posterior sds; of the probability of a sign.
OF_MEAN, OF_SIGN = 0.1, 0.02


@dataclass(frozen=True)
class Compared:
    """One slope by both ways, and what both said of the refit it is of; ``made`` is how the refit was made."""

    term: str
    made: str
    moved: float | None
    found: Slope
    full: Slope
    failed: tuple[str, ...]


def compared(of: str, **arguments: Any) -> dict[str, list[Compared]]:  # noqa: ANN401 (those of what refits)
    """The ``slopes`` of a refit made as it is by default beside full draws; none of one that is impossible."""
    one, full = (KINDS[of](**arguments, made=made) for made in (APPROXIMATE, FULL))
    return {
        "slopes": [
            Compared(term, one.made, one.moved, one.slopes[term], full.slopes[term], full.failed) for term in one.slopes
        ]
    }


def sample(todo: list[Task], count: int) -> list[Task]:
    """A random sample of refits, each to be done both ways; the same for the same refits."""
    chosen = np.random.default_rng(SEED).permutation(len(todo))[:count]
    return [
        Task(f"accuracy.{todo[k].key}", {"kind": "compared", "of": rest.pop("kind")} | rest)
        for k in sorted(chosen.tolist())
        for rest in [{name: value for name, value in todo[k].arguments.items() if name != "made"}]
    ]


def table(results: Mapping[str, dict[str, list[dict[str, Any]]]]) -> pd.DataFrame:
    """One row for each slope: means, sds and signs by both ways, and how far apart they are."""
    import pandas as pd

    rows = [
        {
            "refit": key.removeprefix("accuracy."),
            **{name: one[name] for name in ("term", "made", "moved")},
            **{f"{name}_{way}": one[way][name] for way in ("found", "full") for name in ("mean", "sd", "positive")},
            "failed": "; ".join(one["failed"]),
        }
        for key, result in results.items()
        for one in result["slopes"]
    ]
    out = pd.DataFrame(rows)
    out["off"] = (out["mean_found"] - out["mean_full"]) / out["sd_full"]
    out["off_sign"] = out["positive_found"] - out["positive_full"]
    out["same_side"] = [side(a) == side(b) for a, b in zip(out["positive_found"], out["positive_full"], strict=True)]
    return out


def words(found: pd.DataFrame) -> str:
    """What the table comes to, for slopes of approximate refits whose full draws passed their gate."""
    good = found[(found["made"] == APPROXIMATE) & (found["failed"] == "")]
    mean, sign = good["off"].abs(), good["off_sign"].abs()
    ratio = good["sd_found"] / good["sd_full"]
    return (
        f"{len(found)} slopes of {found['refit'].nunique()} refits, {len(good)} of them approximate beside converged "
        f"draws: means off by {mean.mean():.3f} posterior sds (95 of 100 within {mean.quantile(0.95):.3f}, at most "
        f"{mean.max():.3f}; {(mean <= OF_MEAN).mean():.1%} within {OF_MEAN}), sds {ratio.mean():.3f} times as wide, "
        f"probabilities of a sign off by {sign.mean():.4f} (95 of 100 within {sign.quantile(0.95):.4f}, at most "
        f"{sign.max():.4f}; {(sign <= OF_SIGN).mean():.1%} within {OF_SIGN}), same side {good['same_side'].mean():.1%}"
    )
