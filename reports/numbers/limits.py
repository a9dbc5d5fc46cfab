"""The constants that pages speak of, so that no template holds a number."""

from __future__ import annotations

from typing import Any

from inference.evidence import predictions
from inference.evidence.datagrid import REACH
from inference.evidence.loo import BAD_K, MOST_REFITS
from inference.evidence.quantities import CI_KIND, CI_PROB
from inference.evidence.sensitivity import SENSITIVE
from inference.evidence.verdicts import ROPE, SUPPORTED, VERDICTS
from inference.robustness.refit import AGGRESSORS
from inference.sampling import checks
from reports.numbers.logits import PER

STATES = 100  # threatened weak states that a decade's events are given for
BIN_BOUNDS = 0.95  # of the Wilson intervals in ``checks.calibration``


def verdicts() -> list[dict[str, Any]]:
    """The verdicts, surest first, with the bounds of the probability of the expected sign."""
    lower = [(SUPPORTED, "supported"), *VERDICTS]
    upper = [1.0, *(bound for bound, _ in lower)]
    return [{"label": word, "low": low, "high": high} for (low, word), high in zip(lower, upper, strict=False)]


def collect() -> dict[str, Any]:
    """Intervals, thresholds and units of a report."""
    return {
        "interval": {"probability": CI_PROB, "kind": CI_KIND},
        "limits": {
            "per": PER,
            "states": STATES,
            "rope": ROPE,
            "sensitive": SENSITIVE,
            "verdicts": verdicts(),
            "bad_k": BAD_K,
            "most_refits": MOST_REFITS,
            "curve": REACH[1] - REACH[0],
            "curve_draws": predictions.CURVE_DRAWS,
            "bin_bounds": BIN_BOUNDS,
            "aggressors": AGGRESSORS,
            "rhat": checks.RHAT,
            "ess": checks.ESS,
        },
    }
