"""The four claims of Carter (2022). Only her abstract and introduction are public: these are her stated claims."""

from __future__ import annotations

from models.claims.claim import Estimand, Hypothesis

SOURCE = "Carter (2022)"

CLAIMS = (
    Hypothesis(
        id="carter-1",
        claim="Weak states under external threat bandwagon, with the state that threatens them "
        "or with another when a third state does.",
        source=SOURCE,
        exposures=("threat", "threat_other"),
        estimands=(Estimand("threat", "bandwagon", 1), Estimand("threat_other", "bandwagon", 1)),
        note="her lead case is a threat from a third party, so both threats are reported",
    ),
    Hypothesis(
        id="carter-2",
        claim="Neighbouring aggressors attract.",
        source=SOURCE,
        exposures=("proximity",),
        estimands=(Estimand("proximity", "bandwagon", 1), Estimand("proximity", "delta", 1)),
        note="total effect: threat, support and duress lie on the path and are not adjusted for",
    ),
    Hypothesis(
        id="carter-3",
        claim="Internal duress makes bandwagoning likelier, and amplifies the effect of threat.",
        source=SOURCE,
        exposures=("duress", "duress:threat"),
        estimands=(Estimand("duress", "bandwagon", 1), Estimand("duress:threat", "bandwagon", 1)),
        note="the orientation of leaders is unobserved and affects both duress and alignment",
    ),
    Hypothesis(
        id="carter-4",
        claim="Absent allied support makes bandwagoning likelier.",
        source=SOURCE,
        exposures=("support", "support:duress"),
        estimands=(Estimand("support", "bandwagon", -1),),
        note="patrons choose whom to support: the weakest of the four identifications",
    ),
)
