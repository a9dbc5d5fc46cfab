"""The constants that pages speak of, so that no template holds a number."""

from __future__ import annotations

from collections.abc import Sequence

from inference.evidence import predictions
from inference.evidence.datagrid import REACH
from inference.evidence.independences import STRONG
from inference.evidence.left_out.importance import BAD_K
from inference.evidence.left_out.leave_out import MOST_REFITS
from inference.evidence.quantities import CI_KIND, CI_PROB
from inference.evidence.sensitivity import SENSITIVE
from inference.evidence.verdicts import BEYOND, NIL, NOT_INFORMED, ROPE, SUPPORTED, VERDICTS
from inference.fitting.future import EVENTS
from inference.robustness.refits.left_out import AGGRESSORS
from inference.sampling import checks
from reports.numbers.report import Band, Interval, Limits

PER = 1000  # rows that a rate is given for
STATES = 100  # threatened weak states that a decade's events are given for
BIN_BOUNDS = 0.95  # of the Wilson intervals in ``checks.calibration``


def bands(lower: Sequence[tuple[float, str]]) -> tuple[Band, ...]:
    """The bounds of each label, from its lower bound; the highest comes first and ends at 1."""
    upper = [1.0, *(bound for bound, _ in lower)]
    return tuple(Band(label, low, high) for (low, label), high in zip(lower, upper, strict=False))


INTERVAL = Interval(CI_PROB, CI_KIND)
LIMITS = Limits(
    per=PER,
    states=STATES,
    rope=ROPE,
    dependence=STRONG,
    beyond=BEYOND,
    nil=NIL,
    not_informed=NOT_INFORMED,
    sensitive=SENSITIVE,
    verdicts=bands([(SUPPORTED, "supported"), *VERDICTS]),
    bad_k=BAD_K,
    most_refits=MOST_REFITS,
    events_trained_on=EVENTS,
    curve=REACH[1] - REACH[0],
    curve_draws=predictions.CURVE_DRAWS,
    bin_bounds=BIN_BOUNDS,
    aggressors=AGGRESSORS,
    rhat=checks.RHAT,
    ess=checks.ESS,
)
