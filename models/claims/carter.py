"""The four claims of Carter (2022). Only her abstract and introduction are public: these are her stated claims."""

from __future__ import annotations

from functools import partial

from models.claims.claim import Hypothesis
from models.claims.estimand import NEGATIVE, POSITIVE, Estimand

SOURCE = "Carter (2022)"
claim = partial(Hypothesis, source=SOURCE)

CLAIMS = (
    claim(
        id="carter-1",
        claim="Weak states under external threat bandwagon, with the state that threatens them "
        "or with another when a third state does.",
        exposures=("threat", "threat_other"),
        estimands=(Estimand("threat", "bandwagon", POSITIVE), Estimand("threat_other", "bandwagon", POSITIVE)),
        note="her lead case is a threat from a third party, so both threats are reported",
    ),
    claim(
        id="carter-2",
        claim="Neighbouring aggressors attract.",
        exposures=("proximity",),
        estimands=(Estimand("proximity", "bandwagon", POSITIVE), Estimand("proximity", "delta", POSITIVE)),
        note="total effect: threat, support and duress lie on the path and are not adjusted for",
    ),
    claim(
        id="carter-3",
        claim="Internal duress makes bandwagoning likelier, and amplifies the effect of threat.",
        exposures=("duress", "duress:threat"),
        estimands=(Estimand("duress", "bandwagon", POSITIVE), Estimand("duress:threat", "bandwagon", POSITIVE)),
        note="the orientation of leaders is unobserved and affects both duress and alignment",
    ),
    claim(
        id="carter-4",
        claim="Absent allied support makes bandwagoning likelier.",
        exposures=("support", "support:duress"),
        estimands=(Estimand("support", "bandwagon", NEGATIVE),),
        note="patrons choose whom to support: the weakest of the four identifications",
    ),
)
