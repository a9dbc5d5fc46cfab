"""Walt's claims about threats: who balances, who bandwagons, and when each is commoner."""

from __future__ import annotations

from models.claims.estimand import NEGATIVE, POSITIVE, RATIO, Estimand
from models.claims.walt import claim, proxy

KNOT = "a knot at one third of the system's capabilities cannot be told: one aggressor exceeded it, in one year (1920)"


def _balancing(term: str) -> tuple[Estimand, ...]:
    return Estimand(term, "balance", POSITIVE), Estimand(term, "delta", NEGATIVE)


def _bandwagoning(term: str) -> tuple[Estimand, ...]:
    return Estimand(term, "bandwagon", POSITIVE), Estimand(term, "delta", POSITIVE)


BALANCING = (
    claim(
        id="bal-1",
        claim="States facing an external threat align with others against it.",
        exposures=("threat",),
        estimands=_balancing("threat"),
    ),
    claim(
        id="bal-2",
        claim="The greater the threatening state's aggregate power, the more others align against it.",
        exposures=("power",),
        estimands=_balancing("power"),
        note=KNOT,
    ),
    claim(
        id="bal-3",
        claim="The nearer a powerful state, the more those close to it align against it.",
        exposures=("proximity",),
        estimands=_balancing("proximity"),
        note="total effect: threat, support and duress lie on the path and are not adjusted for",
    ),
    proxy(
        id="bal-4",
        claim="The greater a state's offensive capabilities, the more others align against it.",
        exposures=("offence",),
        estimands=_balancing("offence"),
        note="offensive capability stands for how militarised a state is for its size",
    ),
    proxy(
        id="bal-5",
        claim="The more aggressive a state's perceived intentions, the more others align against it.",
        exposures=("aggression",),
        estimands=_balancing("aggression"),
        note="acts stand for intentions: revisionist disputes against anyone",
    ),
    claim(
        id="bal-6",
        claim="Alliances formed in war dissolve when the enemy is defeated.",
        panel="termination",
        exposures=("victory_lately", "victory_lately:wartime"),
        estimands=(Estimand("victory_lately:wartime", "dissolved", POSITIVE),),
        note="rows are members of alliances in a year; an alliance that a new treaty replaces is not dissolved; "
        "victories count in their own year and the next",
    ),
)
BANDWAGONING = (
    claim(
        id="bw-1",
        claim="States facing an external threat ally with the most threatening power.",
        exposures=("threat",),
        estimands=_bandwagoning("threat"),
    ),
    claim(
        id="bw-2",
        claim="The greater a state's aggregate power, the more others align with it.",
        exposures=("power",),
        estimands=_bandwagoning("power"),
        note=KNOT,
    ),
    claim(
        id="bw-3",
        claim="The nearer a powerful state, the more those close to it align with it.",
        exposures=("proximity",),
        estimands=_bandwagoning("proximity"),
        note="total effect: threat, support and duress lie on the path and are not adjusted for",
    ),
    proxy(
        id="bw-4",
        claim="The greater a state's offensive capabilities, the more others align with it.",
        exposures=("offence",),
        estimands=_bandwagoning("offence"),
        note="offensive capability stands for how militarised a state is for its size",
    ),
    proxy(
        id="bw-5",
        claim="The more aggressive a state's perceived intentions, the less others align against it.",
        exposures=("aggression",),
        estimands=(Estimand("aggression", "balance", NEGATIVE),),
        note="acts stand for intentions: revisionist disputes against anyone",
    ),
    claim(
        id="bw-6",
        claim="Alliances formed against a threat dissolve when the threat becomes serious.",
        panel="termination",
        exposures=("threat_rise",),
        estimands=(Estimand("threat_rise", "dissolved", POSITIVE),),
        where={"wartime": 0.0},
        note="alliances formed in war are left out",
    ),
)
CONDITIONS = (
    claim(
        id="cond-1",
        claim="Balancing is more common than bandwagoning.",
        adjust_for=(),
        estimands=(Estimand("rate", RATIO, POSITIVE),),
        note="marginal probabilities over the risk set; depends on what counts as either",
    ),
    claim(
        id="cond-2",
        claim="The stronger a state, the more it balances; the weak bandwagon, with great powers above all.",
        exposures=("own_power", "own_power:aggressor_major"),
        estimands=(
            Estimand("own_power", "delta", NEGATIVE),
            Estimand("own_power:aggressor_major", "bandwagon", NEGATIVE),
        ),
    ),
    proxy(
        id="cond-3",
        claim="The likelier allied support, the more balancing; when support is certain, free-riding instead.",
        exposures=("support", "support^2"),
        estimands=(
            Estimand("support", "balance", POSITIVE),
            Estimand("support^2", "balance", NEGATIVE),
            Estimand("support", "bandwagon", NEGATIVE),
        ),
        note="support at hand stands for its likelihood: certainty is not observed",
    ),
    proxy(
        id="cond-4",
        claim="The more unalterably aggressive a state appears, the more others balance against it.",
        exposures=("persistence",),
        estimands=(Estimand("persistence", "delta", NEGATIVE),),
        note="the share of years with a revisionist dispute stands for perceived unalterability",
    ),
    proxy(
        id="cond-5",
        claim="In war, the nearer one side is to victory, the more others bandwagon with it.",
        panel="siding",
        exposures=("lead",),
        estimands=(Estimand("lead", "with_stronger", POSITIVE),),
        note="the stronger side's share of capabilities stands for its nearness to victory; few states join wars",
    ),
)
FAMILIES = {"balancing": BALANCING, "bandwagoning": BANDWAGONING, "conditions": CONDITIONS}
