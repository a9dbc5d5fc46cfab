"""Walt's claims about ties between states: ideology, foreign aid and penetration."""

from __future__ import annotations

from data.period import AID_YEARS, ARMS_YEARS
from models.claims.estimand import NEGATIVE, POSITIVE, Estimand
from models.claims.walt import claim, proxy, untestable

IDEOLOGY = (
    claim(
        id="ideo-1",
        claim="The more similar the domestic ideology of states, the more they ally.",
        exposures=("similarity",),
        exposures_of={"balance": ("similarity_ally",)},
        by_era=("similarity", "similarity_ally"),
        estimands=(Estimand("similarity", "bandwagon", POSITIVE), Estimand("similarity_ally", "balance", POSITIVE)),
        note="similarity with the aggressor for bandwagoning, with the best available ally for balancing",
    ),
    proxy(
        id="ideo-2",
        claim="The more centralised and hierarchical a movement, the more fragile its alliances.",
        panel="termination",
        exposures=("marxist_pair",),
        estimands=(Estimand("marxist_pair", "dissolved", POSITIVE),),
        note="two Marxist one-party regimes stand for a centralised, hierarchical movement",
    ),
    claim(
        id="ideo-3",
        claim="Ideology matters more to states that are secure, and in a bipolar world.",
        exposures=("similarity", "similarity:threat", "similarity:bipolar"),
        estimands=(
            Estimand("similarity:threat", "bandwagon", NEGATIVE),
            Estimand("similarity:bipolar", "bandwagon", POSITIVE),
        ),
    ),
    proxy(
        id="ideo-4",
        claim="States lacking domestic legitimacy seek ideological allies.",
        exposures=("similarity", "similarity:duress"),
        estimands=(Estimand("similarity:duress", "bandwagon", POSITIVE),),
        note="internal duress stands for missing legitimacy",
    ),
    untestable(
        id="ideo-5",
        claim="Statesmen overestimate the ideological agreement of their allies and of their adversaries.",
        reason="perceptions are not measured by any public data set",
    ),
)
AID = (
    proxy(
        id="aid-1",
        claim="The more aid one state gives another, the likelier the two ally.",
        exposures=("arms", "aid"),
        exposures_of={"balance": ("arms_other", "aid_other")},
        estimands=(
            Estimand("arms", "bandwagon", POSITIVE),
            Estimand("aid", "bandwagon", POSITIVE),
            Estimand("arms_other", "balance", POSITIVE),
            Estimand("aid_other", "balance", POSITIVE),
        ),
        years=ARMS_YEARS,
        note="arms and aid received from the aggressor (bandwagoning) or from others (balancing); few aggressors "
        "are among the donors covered; alignment brings aid as well as the other way round",
    ),
    proxy(
        id="aid-2",
        claim="Aid is a form of balancing: its effect on alignment grows with the threat.",
        exposures=("aid_other", "aid_other:threat"),
        estimands=(Estimand("aid_other:threat", "balance", POSITIVE),),
        years=AID_YEARS,
        note="aid of Western donors only; before 1973 of the United States only",
    ),
    proxy(
        id="aid-3",
        claim="The nearer a supplier is to a monopoly, the more leverage its aid gives.",
        exposures=("arms_share",),
        estimands=(Estimand("arms_share", "bandwagon", POSITIVE),),
        years=ARMS_YEARS,
        note="the aggressor's share of arms received stands for a monopoly of supply",
    ),
    proxy(
        id="aid-4",
        claim="The more the recipient depends on the donor and not the other way round, the more leverage.",
        exposures=("dependence",),
        estimands=(Estimand("dependence", "bandwagon", POSITIVE),),
        years=ARMS_YEARS,
        note="arms and aid from the aggressor relative to own military spending and product",
    ),
    untestable(
        id="aid-5",
        claim="The more the issue matters to the donor and the less to the recipient, the more leverage.",
        reason="motivation is not measured by any public data set",
    ),
    proxy(
        id="aid-6",
        claim="The weaker the donor's decision-making apparatus, the less leverage its aid gives.",
        exposures=("aid", "aid:constraints"),
        estimands=(Estimand("aid:constraints", "bandwagon", NEGATIVE),),
        years=AID_YEARS,
        note="a democratic donor, by the Polity score, stands for a constrained apparatus; few aggressors are "
        "among the donors covered",
    ),
)
PENETRATION = (
    proxy(
        id="pen-1",
        claim="The more access one state has to the political system of another, the likelier the two ally.",
        exposures=("penetration",),
        estimands=(Estimand("penetration", "bandwagon", POSITIVE),),
        note="colonial past, foreign-imposed leaders, shared organisations and bases stand for access",
    ),
    proxy(
        id="pen-2",
        claim="Penetration works better on open societies.",
        exposures=("penetration", "penetration:polyarchy"),
        estimands=(Estimand("penetration:polyarchy", "bandwagon", POSITIVE),),
        note="electoral democracy stands for openness",
    ),
    proxy(
        id="pen-3",
        claim="The more intrusive the penetration, the more it backfires.",
        exposures=("imposed_leader", "ties"),
        estimands=(Estimand("imposed_leader", "bandwagon", NEGATIVE),),
        years=(1876, 2011),
        note="a leader imposed from abroad, net of the milder ties, stands for intrusion; few cases",
    ),
    proxy(
        id="pen-4",
        claim="Penetration works when other causes of alignment are present.",
        exposures=("penetration", "penetration:similarity", "penetration:threat"),
        estimands=(
            Estimand("penetration:similarity", "bandwagon", POSITIVE),
            Estimand("penetration:threat", "bandwagon", POSITIVE),
        ),
        note="similar regimes and threat stand for the other causes",
    ),
)
FAMILIES = {"ideology": IDEOLOGY, "foreign aid": AID, "penetration": PENETRATION}
