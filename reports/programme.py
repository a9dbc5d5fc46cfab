"""What is said of a simulated aid programme, or that none was simulated."""

from __future__ import annotations

from reports.judgement import direction
from reports.printed import Place, Sentence, say
from reports.sentences import difference, without_duress

ARROWS = {  # version of the effect of aid on capacity -> under which assumption it stands
    "estimated": "if aid builds capacity as estimated from data",
    "elicited": "if aid builds capacity as the literature suggests",
    "given": "if aid is certain to build capacity",
}


def headline(numbers: Place) -> Place | None:
    """The scenario that the bottom line is about; None when nothing was simulated."""
    shipped = numbers["counterfactual"] if numbers.value.get("counterfactual") else None
    if shipped is None or not shipped["shipped"].value:
        return None
    every = list(shipped["shipped"])
    return next((s for s in every if s["id"].value == shipped.value.get("headline")), every[0])


def middle(scenario: Place) -> int:
    """The horizon that is spoken of, in years: the middle one."""
    horizons = sorted(scenario["horizons"].value)
    return horizons[len(horizons) // 2]


def found(rows: Place, **wanted: object) -> Place | None:
    """The first row with the wanted values."""
    return next((row for row in rows if all(row[k].value == v for k, v in wanted.items())), None)


def effect(scenario: Place, arrow: str, timing: str, outcome: str = "bandwagon") -> Place | None:
    """The effect of a programme at the middle horizon."""
    wanted = {"arrow": arrow, "timing": timing, "outcome": outcome, "horizon": middle(scenario)}
    return found(scenario["effects"], **wanted)


def _change(row: Place) -> Sentence:
    return say(
        "about {treated} instead of {baseline}, {change}",
        treated=row["treated"]["value"].printed("size"),
        baseline=row["baseline"]["value"].printed("size"),
        change=difference(row["difference"]),
    )


def early_aid(numbers: Place) -> Sentence:
    """Whether early aid would make bandwagoning rarer, by how much, and under which assumption."""
    scenario = headline(numbers)
    rows = {} if scenario is None else {arrow: effect(scenario, arrow, "early") for arrow in ARROWS}
    known = {arrow: row for arrow, row in rows.items() if row}
    if not known:
        return without_duress(numbers)
    arrow, row = next(iter(known.items()))
    adverb, sign = direction(row["p_fewer"].value)
    begin = {
        1: f"Early state-building aid would {adverb} make bandwagoning rarer",
        -1: f"Early state-building aid would {adverb} make bandwagoning more common",
        0: "Whether early state-building aid would make bandwagoning rarer cannot be told",
    }[sign]
    certain = known.get("given") if arrow != "given" else None
    end = say("; {given}, {change}", given=ARROWS["given"], change=_change(certain)) if certain else ()
    return say(
        "{begin}: in {horizon} years, {arrow}, {change} in {per} dyad-years{end}.",
        begin=begin,
        horizon=row["horizon"].printed("whole"),
        arrow=ARROWS[arrow],
        change=_change(row),
        per=numbers["brief"]["per"].printed("count"),
        end=end,
    )


def setting(scenario: Place) -> Sentence:
    """Who, what and when, and on which rung it stands."""
    horizon = next(place for place in scenario["horizons"] if place.value == middle(scenario))
    return say(
        "{words} In kind: {rung}, of {states} states; events are counted from {first} to {last}, in the table over "
        "{horizon} years.",
        words=scenario["words"].printed("text"),
        rung=scenario["rung"].printed("text"),
        states=scenario["states"].printed("count"),
        first=scenario["years"][0].printed("whole"),
        last=scenario["years"][1].printed("whole"),
        horizon=horizon.printed("whole"),
    )


def timing(scenario: Place, per: Place) -> list[Sentence]:
    """Early against late under each assumption."""
    out = []
    for arrow, assumption in ARROWS.items():
        wanted = {"arrow": arrow, "outcome": "bandwagon", "horizon": middle(scenario)}
        row = found(scenario["early_less_late"], **wanted)
        if row:
            words = "Early rather than late, {assumption}: {change} in {per} dyad-years."
            change = difference(row["difference"])
            out.append(say(words, assumption=assumption, change=change, per=per.printed("count")))
    return out


def table(scenario: Place) -> list[list[Sentence]]:
    """One row for each assumption and timing: rates without and with the programme, difference, probability."""
    rows = []
    for arrow, assumption in ARROWS.items():
        for when in ("early", "late"):
            row = effect(scenario, arrow, when)
            if row is None:
                continue
            decade = row["decade"]["difference"]
            rows.append(
                [
                    say(f"{when}, {assumption}"),
                    say("{x}", x=row["baseline"]["value"].printed("size")),
                    say("{x}", x=row["treated"]["value"].printed("size")),
                    difference(row["difference"]),
                    say("{p} ± {error}", p=row["p_fewer"].printed("probability"),
                        error=row["p_fewer_mcse"].printed("error")),
                    difference(decade),
                ]
            )  # fmt: skip
    return rows


def confounded(scenario: Place) -> Sentence:
    """The effect with an unobserved cause carried in."""
    row = effect(scenario, "estimated", "early")
    if row is None:
        return ()
    words = "With an unobserved common cause carried in, the effect of early aid is {with_it} instead of {without}."
    return say(words, with_it=difference(row["confounded"]), without=difference(row["difference"]))


def thresholds(scenario: Place) -> list[Sentence]:
    """How much capacity a given cut of bandwagoning takes."""
    out = []
    for row in scenario["threshold"]:
        if row["outcome"].value != "bandwagon":
            continue
        cut = row["cut"].printed("percent")
        if row["size"].value is None:
            out.append(say("A cut of bandwagoning by {cut} is beyond every programme that was simulated.", cut=cut))
        else:
            words = (
                "A cut of bandwagoning by {cut} takes {size} standard deviations of capacity, in {share} of the draws."
            )
            size, share = row["size"].printed("size"), row["share"].printed("percent")
            out.append(say(words, cut=cut, size=size, share=share))
    return out


def averted(scenario: Place) -> list[Sentence]:
    """How many programmes it takes to avert one bandwagoning, as the simulation says it."""
    row = effect(scenario, "estimated", "early")
    return [(row["nnt"]["words"].printed("text"),)] if row and row["nnt"].value else []


def caption(name: str, numbers: Place) -> Sentence:
    """What a figure of the scenario shows."""
    shows = {
        "fan": "Bandwagoning by year, with and without the programme",
        "timing": "The programme started early against the same started late",
    }[name]
    return say(
        f"{shows}; intervals are {{kind}} and hold {{probability}}.",
        kind=numbers["interval"]["kind"].printed("text"),
        probability=numbers["interval"]["probability"].printed("percent"),
    )


def alt(scenario: Place, name: str) -> Sentence:
    """What a figure of the scenario says, for those who do not see it."""
    row = effect(scenario, "estimated", "early")
    begin = {"fan": "Rates of bandwagoning by year", "timing": "Effects of an early and of a late programme"}[name]
    return say("{begin}: early aid gives {change}.", begin=begin, change=_change(row)) if row else (f"{begin}.",)
