"""What is said of a simulated aid programme, or that none was simulated."""

from __future__ import annotations

from reports.brief.judgement import direction
from reports.brief.printed import Place, Sentence, joined, listed, say
from reports.brief.sentences import difference, without_duress

GIVEN = "given"
ARROWS = {  # version of the effect of aid on capacity -> under which assumption it stands
    "estimated": "if governance aid builds capacity as estimated",
    "estimated, US aid": "if aid of the United States builds capacity as estimated",
    "elicited": "if aid builds capacity as the literature suggests",
    GIVEN: "if aid is certain to build capacity",
}


def headline(numbers: Place) -> Place | None:
    """The scenario that the bottom line is about; None when nothing was simulated."""
    shipped = numbers["counterfactual"] if numbers.value.get("counterfactual") else None
    if shipped is None or not shipped["shipped"].value:
        return None
    every = list(shipped["shipped"])
    return next((s for s in every if s["id"].value == shipped.value.get("headline")), every[0])


def longest_horizon(scenario: Place) -> int:
    """The longest horizon in years: the one whose causal paths are known."""
    return max(scenario["horizons"].value)


def first_row(rows: Place, **wanted: object) -> Place | None:
    """The first row with the wanted values."""
    return next((row for row in rows if all(row[k].value == v for k, v in wanted.items())), None)


def effect(scenario: Place, arrow: str, timing: str, outcome: str = "bandwagon") -> Place | None:
    """The effect of a programme over the longest horizon."""
    wanted = {"arrow": arrow, "timing": timing, "outcome": outcome, "horizon": longest_horizon(scenario)}
    return first_row(scenario["effects"], **wanted)


def _change(row: Place) -> Sentence:
    return say(
        "about {treated} instead of {baseline}, {change}",
        treated=row["treated"]["value"].printed("size"),
        baseline=row["baseline"]["value"].printed("size"),
        change=difference(row["difference"]),
    )


def sure(row: Place) -> int:
    """1 if a programme makes bandwagoning rarer, -1 if more common, 0 if an unobserved cause may turn the sign."""
    wide = row["confounded"].value
    return 1 if wide["high"] < 0 else -1 if wide["low"] > 0 else 0


def verdict(rows: dict[str, Place]) -> str:
    """What early aid would do, by every version of its effect that the data or the literature speak to.

    A direction is named only where all of them have it with an unobserved cause carried in, and then with the word for
    the least sure of them.
    """
    signs = {sure(row) for row in rows.values()}
    chances = [row["p_fewer"].value for row in rows.values()]
    if signs == {1}:
        return f"Early state-building aid would {direction(min(chances))[0]} make bandwagoning rarer"
    if signs == {-1}:
        return f"Early state-building aid would {direction(max(chances))[0]} make bandwagoning more common"
    return "Whether early state-building aid would make bandwagoning rarer cannot be told"


def _to_report(rows: dict[str, Place]) -> dict[str, Place]:
    """The first version of the effect, and where others do not point its way the first of them: why the verdict is so.

    The table has them all.
    """
    first = next(iter(rows))
    other = next((arrow for arrow, row in rows.items() if sure(row) != sure(rows[first])), first)
    return {arrow: rows[arrow] for arrow in (first, other)}


def early_aid(numbers: Place) -> Sentence:
    """Whether early aid would make bandwagoning rarer, by how much, and under which assumption."""
    scenario = headline(numbers)
    every = {} if scenario is None else {arrow: effect(scenario, arrow, "early") for arrow in ARROWS}
    known = {arrow: row for arrow, row in every.items() if row}
    if not known or scenario is None:
        return without_duress(numbers)
    empirical = {arrow: row for arrow, row in known.items() if arrow != GIVEN} or known
    first = next(iter(known.values()))
    reported = _to_report(empirical).items()
    parts = [say("{change} {if_}", change=difference(row["confounded"]), if_=ARROWS[arrow]) for arrow, row in reported]
    return say(
        "{begin}: over {horizon} years, instead of {baseline} in {per} dyad-years, {parts}{end}.",
        begin=verdict(empirical),
        horizon=first["horizon"].printed("whole"),
        baseline=first["baseline"]["value"].printed("size"),
        per=numbers["brief"]["per"].printed("count"),
        parts=listed(parts),
        end=_certain(scenario, known) if GIVEN not in empirical else (),
    )


def _certain(scenario: Place, known: dict[str, Place]) -> Sentence:
    """What a rise in capacity would do for certain, and the share of internal duress in it."""
    if GIVEN not in known:
        return ()
    whole = say("; {given}, {change}", given=ARROWS[GIVEN], change=difference(known[GIVEN]["confounded"]))
    wanted = {"arrow": GIVEN, "timing": "early", "outcome": "bandwagon", "path": "duress alone"}
    path = first_row(scenario["paths"], **wanted) if scenario.value.get("paths") else None
    if path is None:
        return whole
    through = say(
        ", of which less internal duress, the way that the advice rests on, brings {change}",
        change=difference(path["difference"]),
    )
    return (*whole, *through)


def setting(scenario: Place) -> Sentence:
    """Who, what and when, and on which rung it stands."""
    horizon = next(place for place in scenario["horizons"] if place.value == longest_horizon(scenario))
    stop = "" if scenario["words"].value.endswith(".") else "."
    return say(
        f"Who and what: {{words}}{stop} In kind: {{rung}}, of {{states}} states; events are counted from {{first}} to "
        "{last}, in the table over {horizon} years.",
        words=scenario["words"].printed("text"),
        rung=scenario["rung"].printed("text"),
        states=scenario["states"].printed("count"),
        first=scenario["years"][0].printed("whole"),
        last=scenario["years"][1].printed("whole"),
        horizon=horizon.printed("whole"),
    )


def timing(scenario: Place, per: Place) -> list[Sentence]:
    """Early against late at equal exposure under each assumption, in one sentence."""
    rows, parts = list(scenario["equal_exposure"]), []
    years = min((row["years"] for row in rows), key=lambda place: place.value, default=None)
    if years is None:
        return []
    for arrow, assumption in ARROWS.items():
        row = first_row(scenario["equal_exposure"], arrow=arrow, outcome="bandwagon", years=years.value)
        if row:
            parts.append(say("{change} {if_}", change=difference(row["difference"]), if_=assumption))
    words = (
        "Early rather than late, that is {lead} years before internal duress sets in rather than after its onset, "
        "the same programme in the same states over {years} years from its start, in {per} dyad-years: {parts}."
    )
    lead, span = rows[0]["lead"].printed("whole"), years.printed("whole")
    return [say(words, lead=lead, years=span, per=per.printed("count"), parts=listed(parts))] if parts else []


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
    words = (
        "With an unobserved common cause of duress, capacity and alignment carried in, the effect of early governance "
        "aid is {with_it} instead of {without}; with one that raises duress and alignment and lowers capacity, as "
        "leaders who lean towards the aggressor might, {signed}. "
        "How capacity itself bears on alignment is not identified either."
    )
    versions = {name: difference(row[key]) for name, key in
                (("with_it", "confounded"), ("without", "difference"), ("signed", "signed"))}  # fmt: skip
    return say(words, **versions)


def thresholds(scenario: Place) -> list[Sentence]:
    """How much capacity a given cut of bandwagoning takes, by an early programme."""
    out = []
    for row in scenario["threshold"]:
        if row["outcome"].value != "bandwagon" or row.value.get("timing", "early") != "early":
            continue
        cut = row["cut"].printed("percent")
        if row["size"].value is None:
            out.append(say("A cut of bandwagoning by {cut} is beyond every programme that was simulated.", cut=cut))
        else:
            words = (
                "A cut of bandwagoning by {cut} takes {size} standard deviations of capacity; the largest rise "
                "simulated reaches it in {share} of the draws."
            )
            size, share = row["size"].printed("size"), row["share"].printed("of_draws")
            out.append(say(words, cut=cut, size=size, share=share))
    return out


def averted(scenario: Place) -> list[Sentence]:
    """How many programmes it takes to avert one bandwagoning under each assumption, as the simulation says it."""
    rows = {arrow: effect(scenario, arrow, "early") for arrow in ARROWS}
    parts = [
        say("{if_}, {words}", if_=ARROWS[arrow], words=row["nnt"]["words"].printed("text"))
        for arrow, row in rows.items()
        if row and row["nnt"].value
    ]
    return [say("Early programmes: {parts}.", parts=joined(parts, "; "))] if parts else []


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
    words = "{begin}: early aid gives {change}, {if_}."
    return say(words, begin=begin, change=_change(row), if_=ARROWS["estimated"]) if row else (f"{begin}.",)
