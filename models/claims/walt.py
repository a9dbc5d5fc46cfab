"""The 32 claims of Walt (1987), The Origins of Alliances: in the project's words, by his families."""

from __future__ import annotations

from data.period import AID_YEARS, ARMS_YEARS
from models.claims.claim import RATIO, Estimand, Hypothesis

SOURCE = "Walt (1987)"
KNOT = "a knot at one third of the system's capabilities cannot be told: one aggressor exceeded it, in one year (1920)"


def _balancing(term: str) -> tuple[Estimand, ...]:
    return Estimand(term, "balance", 1), Estimand(term, "delta", -1)


def _bandwagoning(term: str) -> tuple[Estimand, ...]:
    return Estimand(term, "bandwagon", 1), Estimand(term, "delta", 1)


BALANCING = (
    Hypothesis(
        id="bal-1",
        claim="States facing an external threat align with others against it.",
        source=SOURCE,
        exposures=("threat",),
        estimands=_balancing("threat"),
    ),
    Hypothesis(
        id="bal-2",
        claim="The greater the threatening state's aggregate power, the more others align against it.",
        source=SOURCE,
        exposures=("power",),
        estimands=_balancing("power"),
        note=KNOT,
    ),
    Hypothesis(
        id="bal-3",
        claim="The nearer a powerful state, the more those close to it align against it.",
        source=SOURCE,
        exposures=("proximity",),
        estimands=_balancing("proximity"),
        note="total effect: threat, support and duress lie on the path and are not adjusted for",
    ),
    Hypothesis(
        id="bal-4",
        claim="The greater a state's offensive capabilities, the more others align against it.",
        source=SOURCE,
        exposures=("offence",),
        estimands=_balancing("offence"),
        status="proxy",
        note="offensive capability stands for how militarised a state is for its size",
    ),
    Hypothesis(
        id="bal-5",
        claim="The more aggressive a state's perceived intentions, the more others align against it.",
        source=SOURCE,
        exposures=("aggression",),
        estimands=_balancing("aggression"),
        status="proxy",
        note="acts stand for intentions: revisionist disputes against anyone",
    ),
    Hypothesis(
        id="bal-6",
        claim="Alliances formed in war dissolve when the enemy is defeated.",
        source=SOURCE,
        panel="termination",
        exposures=("enemy_defeated", "enemy_defeated:wartime"),
        estimands=(Estimand("enemy_defeated:wartime", "dissolved", 1),),
        note="rows are members of alliances in a year; an alliance that a new treaty replaces is not dissolved",
    ),
)
BANDWAGONING = (
    Hypothesis(
        id="bw-1",
        claim="States facing an external threat ally with the most threatening power.",
        source=SOURCE,
        exposures=("threat",),
        estimands=_bandwagoning("threat"),
    ),
    Hypothesis(
        id="bw-2",
        claim="The greater a state's aggregate power, the more others align with it.",
        source=SOURCE,
        exposures=("power",),
        estimands=_bandwagoning("power"),
        note=KNOT,
    ),
    Hypothesis(
        id="bw-3",
        claim="The nearer a powerful state, the more those close to it align with it.",
        source=SOURCE,
        exposures=("proximity",),
        estimands=_bandwagoning("proximity"),
        note="total effect: threat, support and duress lie on the path and are not adjusted for",
    ),
    Hypothesis(
        id="bw-4",
        claim="The greater a state's offensive capabilities, the more others align with it.",
        source=SOURCE,
        exposures=("offence",),
        estimands=_bandwagoning("offence"),
        status="proxy",
        note="offensive capability stands for how militarised a state is for its size",
    ),
    Hypothesis(
        id="bw-5",
        claim="The more aggressive a state's perceived intentions, the less others align against it.",
        source=SOURCE,
        exposures=("aggression",),
        estimands=(Estimand("aggression", "balance", -1),),
        status="proxy",
        note="acts stand for intentions: revisionist disputes against anyone",
    ),
    Hypothesis(
        id="bw-6",
        claim="Alliances formed against a threat dissolve when the threat becomes serious.",
        source=SOURCE,
        panel="termination",
        exposures=("threat_rise",),
        estimands=(Estimand("threat_rise", "dissolved", 1),),
        where={"wartime": 0.0},
        note="alliances formed in war are left out",
    ),
)
CONDITIONS = (
    Hypothesis(
        id="cond-1",
        claim="Balancing is more common than bandwagoning.",
        source=SOURCE,
        adjust_for=(),
        estimands=(Estimand("rate", RATIO, 1),),
        note="marginal probabilities over the risk set; depends on what counts as either",
    ),
    Hypothesis(
        id="cond-2",
        claim="The stronger a state, the more it balances; the weak bandwagon, with great powers above all.",
        source=SOURCE,
        exposures=("own_power", "own_power:aggressor_major"),
        estimands=(Estimand("own_power", "delta", -1), Estimand("own_power:aggressor_major", "bandwagon", -1)),
    ),
    Hypothesis(
        id="cond-3",
        claim="The likelier allied support, the more balancing; when support is certain, free-riding instead.",
        source=SOURCE,
        exposures=("support", "support^2"),
        estimands=(
            Estimand("support", "balance", 1),
            Estimand("support^2", "balance", -1),
            Estimand("support", "bandwagon", -1),
        ),
        status="proxy",
        note="support at hand stands for its likelihood: certainty is not observed",
    ),
    Hypothesis(
        id="cond-4",
        claim="The more unalterably aggressive a state appears, the more others balance against it.",
        source=SOURCE,
        exposures=("persistence",),
        estimands=(Estimand("persistence", "delta", -1),),
        status="proxy",
        note="the share of years with a revisionist dispute stands for perceived unalterability",
    ),
    Hypothesis(
        id="cond-5",
        claim="In war, the nearer one side is to victory, the more others bandwagon with it.",
        source=SOURCE,
        panel="joining",
        exposures=("side_share",),
        estimands=(Estimand("side_share", "joined", 1),),
        status="proxy",
        note="a side's share of capabilities stands for its nearness to victory; few states join wars",
    ),
)
IDEOLOGY = (
    Hypothesis(
        id="ideo-1",
        claim="The more similar the domestic ideology of states, the more they ally.",
        source=SOURCE,
        exposures=("similarity",),
        exposures_of={"balance": ("similarity_ally",)},
        by_era=("similarity", "similarity_ally"),
        estimands=(Estimand("similarity", "bandwagon", 1), Estimand("similarity_ally", "balance", 1)),
        note="similarity with the aggressor for bandwagoning, with the best available ally for balancing",
    ),
    Hypothesis(
        id="ideo-2",
        claim="The more centralised and hierarchical a movement, the more fragile its alliances.",
        source=SOURCE,
        panel="termination",
        exposures=("marxist_pair",),
        estimands=(Estimand("marxist_pair", "dissolved", 1),),
        status="proxy",
        note="two Marxist one-party regimes stand for a centralised, hierarchical movement",
    ),
    Hypothesis(
        id="ideo-3",
        claim="Ideology matters more to states that are secure, and in a bipolar world.",
        source=SOURCE,
        exposures=("similarity", "similarity:threat", "similarity:bipolar"),
        estimands=(Estimand("similarity:threat", "bandwagon", -1), Estimand("similarity:bipolar", "bandwagon", 1)),
    ),
    Hypothesis(
        id="ideo-4",
        claim="States lacking domestic legitimacy seek ideological allies.",
        source=SOURCE,
        exposures=("similarity", "similarity:duress"),
        estimands=(Estimand("similarity:duress", "bandwagon", 1),),
        status="proxy",
        note="internal duress stands for missing legitimacy",
    ),
    Hypothesis(
        id="ideo-5",
        claim="Statesmen overestimate the ideological agreement of their allies and of their adversaries.",
        source=SOURCE,
        status="no",
        reason="perceptions are not measured by any public data set",
    ),
)
AID = (
    Hypothesis(
        id="aid-1",
        claim="The more aid one state gives another, the likelier the two ally.",
        source=SOURCE,
        exposures=("arms", "aid"),
        exposures_of={"balance": ("arms_other", "aid_other")},
        estimands=(
            Estimand("arms", "bandwagon", 1),
            Estimand("aid", "bandwagon", 1),
            Estimand("arms_other", "balance", 1),
            Estimand("aid_other", "balance", 1),
        ),
        status="proxy",
        years=ARMS_YEARS,
        note="arms and aid received from the aggressor (bandwagoning) or from others (balancing); few aggressors "
        "are among the donors covered; alignment brings aid as well as the other way round",
    ),
    Hypothesis(
        id="aid-2",
        claim="Aid is a form of balancing: its effect on alignment grows with the threat.",
        source=SOURCE,
        exposures=("aid_other", "aid_other:threat"),
        estimands=(Estimand("aid_other:threat", "balance", 1),),
        status="proxy",
        years=AID_YEARS,
        note="aid of Western donors only; before 1973 of the United States only",
    ),
    Hypothesis(
        id="aid-3",
        claim="The nearer a supplier is to a monopoly, the more leverage its aid gives.",
        source=SOURCE,
        exposures=("arms_share",),
        estimands=(Estimand("arms_share", "bandwagon", 1),),
        status="proxy",
        years=ARMS_YEARS,
        note="the aggressor's share of arms received stands for a monopoly of supply",
    ),
    Hypothesis(
        id="aid-4",
        claim="The more the recipient depends on the donor and not the other way round, the more leverage.",
        source=SOURCE,
        exposures=("dependence",),
        estimands=(Estimand("dependence", "bandwagon", 1),),
        status="proxy",
        years=ARMS_YEARS,
        note="arms and aid from the aggressor relative to own military spending and product",
    ),
    Hypothesis(
        id="aid-5",
        claim="The more the issue matters to the donor and the less to the recipient, the more leverage.",
        source=SOURCE,
        status="no",
        reason="motivation is not measured by any public data set",
    ),
    Hypothesis(
        id="aid-6",
        claim="The weaker the donor's decision-making apparatus, the less leverage its aid gives.",
        source=SOURCE,
        exposures=("aid", "aid:constraints"),
        estimands=(Estimand("aid:constraints", "bandwagon", -1),),
        status="proxy",
        years=AID_YEARS,
        note="a democratic donor, by the Polity score, stands for a constrained apparatus; few aggressors are "
        "among the donors covered",
    ),
)
PENETRATION = (
    Hypothesis(
        id="pen-1",
        claim="The more access one state has to the political system of another, the likelier the two ally.",
        source=SOURCE,
        exposures=("penetration",),
        estimands=(Estimand("penetration", "bandwagon", 1),),
        status="proxy",
        note="colonial past, foreign-imposed leaders, shared organisations and bases stand for access",
    ),
    Hypothesis(
        id="pen-2",
        claim="Penetration works better on open societies.",
        source=SOURCE,
        exposures=("penetration", "penetration:polyarchy"),
        estimands=(Estimand("penetration:polyarchy", "bandwagon", 1),),
        status="proxy",
        note="electoral democracy stands for openness",
    ),
    Hypothesis(
        id="pen-3",
        claim="The more intrusive the penetration, the more it backfires.",
        source=SOURCE,
        exposures=("imposed_leader", "ties"),
        estimands=(Estimand("imposed_leader", "bandwagon", -1),),
        status="proxy",
        years=(1876, 2011),
        note="a leader imposed from abroad, net of the milder ties, stands for intrusion; few cases",
    ),
    Hypothesis(
        id="pen-4",
        claim="Penetration works when other causes of alignment are present.",
        source=SOURCE,
        exposures=("penetration", "penetration:similarity", "penetration:threat"),
        estimands=(
            Estimand("penetration:similarity", "bandwagon", 1),
            Estimand("penetration:threat", "bandwagon", 1),
        ),
        status="proxy",
        note="similar regimes and threat stand for the other causes",
    ),
)
FAMILIES = {
    "balancing": BALANCING,
    "bandwagoning": BANDWAGONING,
    "conditions": CONDITIONS,
    "ideology": IDEOLOGY,
    "foreign aid": AID,
    "penetration": PENETRATION,
}
