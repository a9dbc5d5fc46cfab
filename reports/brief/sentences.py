"""From numbers to sentences by rule: another panel gives other sentences, and none that its numbers do not say.

Every function takes places in numbers.json and returns a sentence whose numbers know where they stand in it; no
number is written in the words.
"""

from __future__ import annotations

from data.codebook.panels import label
from models.claims.registry import RATIO, REGISTRY, Estimand
from reports.brief.judgement import JUDGEMENTS, ONE_CODING, SHAKEN, capped, direction
from reports.brief.printed import Place, Sentence, interval, joined, listed, say
from reports.style import NAMES

CARTER = {
    "carter-1": "external threat",
    "carter-2": "a neighbouring aggressor",
    "carter-3": "internal duress",
    "carter-4": "absent allied support",
}
FOUND = {  # judgement -> what the data do to the causes it holds for
    "supported": "support {causes}",
    "leaning for": "lean towards {causes}",
    "partly supported": "support {causes} in part",
    "partly leaning for": "lean in part towards {causes}",
    "practically nil": "find practically no effect of {causes}",
    "not informed": "say too little of {causes}",
    "undecided": "leave {causes} undecided",
    "divided": "pull both ways on {causes}",
    "partly leaning against": "lean in part against {causes}",
    "partly contradicted": "contradict {causes} in part",
    "leaning against": "lean against {causes}",
    "contradicted": "contradict {causes}",
}
# Exposure -> its name, the situation that is said to attract, and the one it is compared with.
SITUATIONS = {
    "proximity": ("nearness of the aggressor", "next door to the aggressor", "{km} km away from it"),
    "threat": (
        "threat from the aggressor", "where the aggressor is a strategic rival",
        "where it is none and has raised no recent dispute",
    ),
    "threat_other": (
        "threat from other states", "where another state is a strategic rival",
        "where none is and none has raised a recent dispute",
    ),
    "duress": (
        "internal duress", "under internal duress (a recent civil war, coup or irregular change of leader)",
        "without it",
    ),
    "support": (
        "absent allied support", "where no ally could help",
        "where allies could bring as much as the aggressor has",
    ),
}  # fmt: skip
# Contested driver -> its name where space is short.
DRIVERS = {
    "threat": "threat",
    "power": "power",
    "proximity": "nearness",
    "offence": "offensive capability",
    "aggression": "aggressiveness",
}
MOSTLY = {
    1: "threatened weak states {adverb} bandwagon more often than they balance",
    -1: "threatened weak states {adverb} balance more often than they bandwagon",
    0: "threatened weak states balance and bandwagon about equally often",
}
TILT = {
    1: "a threat {adverb} tilts them towards bandwagoning",
    -1: "a threat {adverb} tilts them towards balancing",
    0: "which way a threat tilts them cannot be told",
}


def capital(sentence: Sentence) -> Sentence:
    """The sentence with a capital letter, when it begins with a word."""
    first, *rest = sentence
    return (first[:1].upper() + first[1:], *rest) if isinstance(first, str) else sentence


def more(value: float) -> str:
    """``more`` or ``fewer``."""
    return "fewer" if value < 0 else "more"


def difference(quantity: Place) -> Sentence:
    """``5.9 more (4.1 to 7.8)``; the bounds carry their signs where these differ."""
    value, low, high = (quantity[name].value for name in ("value", "low", "high"))
    if min(value, low, high) > 0:
        bounds = interval(quantity, "size")
    elif max(value, low, high) < 0:
        bounds = say("{low} to {high}", low=quantity["high"].printed("size"), high=quantity["low"].printed("size"))
    else:
        bounds = interval(quantity, "change")
    if {str(bounds[0]), str(bounds[-1])} == {"0"}:  # too small to be told from nothing, like the value itself
        bounds = say("its bounds too")
    return say(f"{{size}} {more(value)} ({{bounds}})", size=quantity["value"].printed("size"), bounds=bounds)


def carter(numbers: Place) -> Sentence:
    """Which of Carter's causes the data support, leave undecided and contradict."""
    judgements = numbers["brief"]["judgements"]
    held = {claim: judgements[claim]["judgement"].value for claim in CARTER if claim in judgements.value}
    if not held:
        return say("None of Carter's claims was tested here.")
    parts = []
    for judgement in JUDGEMENTS:
        causes = [say(CARTER[claim]) for claim, judged in held.items() if judged == judgement]
        if causes:
            parts.append(say(FOUND[judgement], causes=listed(causes)))
    absent = listed([say(CARTER[claim]) for claim in CARTER if claim not in held])
    shaken = [say(CARTER[c]) for c in held if set(judgements[c]["doubts"].value) & set(SHAKEN)]
    end = say("; not tested here: {causes}", causes=absent) if absent else ()
    if shaken:
        causes = listed(shaken) if len(shaken) < len(held) else say("any of them")
        end += say("; another coding or one part left out turns this over for {causes}", causes=causes)
    if all(ONE_CODING in judgements[claim]["doubts"].value for claim in held):
        end += say("; all this under one coding, since others were not run")
    source = next(entry["source"] for entry in numbers["hypotheses"] if entry["id"].value in held)
    words = "Of the causes of bandwagoning that {source} names, the data {parts}{end}."
    return say(words, source=source.printed("text"), parts=listed(parts), end=end)


def contest(share: Place | None) -> Sentence:
    """Which answer to a threat is the more common, and which way a threat tilts the choice."""
    if share is None:
        return say("Whether a threat tilts weak states towards balancing or bandwagoning was not estimated here.")
    often, mostly = direction(share["p_mostly_bandwagoning"]["value"].value)
    adverb, tilt = direction(share["p_more"]["value"].value)
    return capital(
        say(
            "{mostly}, and {tilt}: of a hundred alignments under a threat about {present} ({present_interval}) are "
            "with the aggressor, without one about {without} ({without_interval}).",
            mostly=say(MOSTLY[mostly], adverb=often),
            tilt=say(TILT[tilt], adverb=adverb),
            present=share["present"]["value"].printed("of_hundred"),
            present_interval=interval(share["present"], "of_hundred"),
            without=share["without"]["value"].printed("of_hundred"),
            without_interval=interval(share["without"], "of_hundred"),
        )
    )


def method(numbers: Place, base: Place) -> Sentence:
    """What was observed, and how it was read."""
    fits, years = base["fits"], numbers["brief"]["years"]
    return say(
        "Observed were up to {rows} dyad-years (a weak state and an aggressor in one year) from {first} to {last}, "
        "with {a} decisions of a state to bandwagon by treaty and {b} to balance; they are read by hierarchical "
        "Bayesian logits in which regions, eras, states and years differ.",
        rows=fits["bandwagon"]["rows"].printed("count"),
        first=years[0].printed("whole"),
        last=years[1].printed("whole"),
        a=fits["bandwagon"]["decisions"].printed("count"),
        b=fits["balance"]["decisions"].printed("count"),
    )


def finding(exposure: str, contrast: Place, brief: Place) -> tuple[Sentence, Sentence]:
    """Head and text of what an exposure does: events with it, the baseline beside them.

    The head is as sure as other codings allow, and says so where none was run.
    """
    name, present, without = SITUATIONS[exposure]
    bandwagon, balance = contrast["bandwagon"], contrast["balance"]
    adverb, sign = direction(bandwagon["p_more"]["value"].value)
    claim, judgements = contrast["claim"].value, brief["judgements"]
    reasons = judgements[claim]["doubts"].value if claim in judgements.value else (ONE_CODING,)
    way = f"{capped(adverb, reasons)} {'more' if sign > 0 else 'less'} bandwagoning"
    effect = way if sign else "which way it works cannot be told"
    effect += ", under one coding" if ONE_CODING in reasons else ""
    text = say(
        "{present}, about {a} in {per} dyad-years see bandwagoning; {without}, about {b}: {change}. Balancing: "
        "{c} against {d}, {balance_change}.",
        present=say(present),
        without=say(without, km=brief["near_km"].printed("count")),
        per=brief["per"].printed("count"),
        a=bandwagon["present"]["value"].printed("size"),
        b=bandwagon["without"]["value"].printed("size"),
        change=difference(bandwagon["difference"]),
        c=balance["present"]["value"].printed("size"),
        d=balance["without"]["value"].printed("size"),
        balance_change=difference(balance["difference"]),
    )
    return capital((f"{name}: {effect}",)), capital(text)


def baseline(fits: Place, brief: Place) -> tuple[Sentence, Sentence]:
    """How common both answers are, whatever the circumstances."""
    bandwagon, balance = (fits[outcome]["rate"] for outcome in ("bandwagon", "balance"))
    adverb, sign = direction(brief["p_balancing_commoner"]["value"].value)
    common = {
        1: f"balancing is {adverb} more common than bandwagoning",
        -1: f"balancing is {adverb} rarer than bandwagoning",
        0: "balancing and bandwagoning are about equally common",
    }[sign]
    text = say(
        "Of {per} dyad-years about {a} ({a_interval}) see bandwagoning and about {b} ({b_interval}) balancing.",
        per=brief["per"].printed("count"),
        a=bandwagon["value"].printed("size"),
        a_interval=interval(bandwagon, "size"),
        b=balance["value"].printed("size"),
        b_interval=interval(balance, "size"),
    )
    return (f"The baseline: {common}",), text


def without_duress(numbers: Place) -> Sentence:
    """What is said in place of an aid programme when none was simulated: duress set to none."""
    if numbers["duress_removed"].value is None:
        return say("No aid programme was simulated here, and this brief says nothing on its effects.")
    removed = numbers["duress_removed"]["bandwagon"]
    adverb, sign = direction(numbers["brief"]["duress_removed"]["bandwagon"]["p_fewer"]["value"].value)
    effect = {
        1: f"bandwagoning would {adverb} be rarer",
        -1: f"bandwagoning would {adverb} be more common",
        0: "whether bandwagoning would be rarer or more common cannot be told",
    }[sign]
    return say(
        "No aid programme was simulated here; were states under internal duress free of it, {effect}: about {removed} "
        "instead of {observed} in {per} dyad-years of such states, {change}.",
        effect=effect,
        removed=removed["removed"]["value"].printed("size"),
        observed=removed["observed"]["value"].printed("size"),
        per=numbers["brief"]["per"].printed("count"),
        change=difference(removed["change"]),
    )


def expected(which: Estimand) -> str:
    """What an estimand is expected to show, in words."""
    rises = which.expectation.sign > 0
    if which.outcome == RATIO:
        return f"balancing is {'more common' if rises else 'rarer'} than bandwagoning"
    if which.outcome == "delta":
        first, second = ("bandwagoning", "balancing") if rises else ("balancing", "bandwagoning")
        return f"{label(which.term)} favours {first} over {second}"
    main, _, by = which.term.partition(":")
    if by:
        return f"the more {label(by)}, the {'more' if rises else 'less'} {label(main)} makes for {NAMES[which.outcome]}"
    return f"{'more' if rises else 'less'} {NAMES[which.outcome]} with {label(main)}"


def held(claims: dict[str, Place]) -> list[Sentence]:
    """The probability of each expectation of Carter, in words for those who do not see the figure."""
    out = []
    for claim, entry in claims.items():
        rows = [entry["estimands"][k]["p_sign"].printed("probability") for k in range(len(entry["estimands"].value))]
        stated = [say("{p} that {expected}", p=p, expected=expected(which))
                  for p, which in zip(rows, REGISTRY[claim].estimands, strict=True)]  # fmt: skip
        out.append(say("{cause}: probability {stated}.", cause=CARTER[claim], stated=listed(stated)))
    return [capital(sentence) for sentence in out]


def answers(masses: dict[str, Place]) -> Sentence:
    """The answer that most of the posterior gives to each contested driver."""
    if not masses:
        return say("The contest of balancing and bandwagoning was not fitted for this report.")
    parts = []
    for term, place in masses.items():
        answer = max(place.value, key=place.value.get)
        p, name = place[answer].printed("probability"), answer.partition(" (")[0]
        parts.append(say(f"{DRIVERS[term]}: {name} ({{p}})", p=p))
    return say("The likeliest answer to each driver, with its probability: {parts}.", parts=joined(parts, "; "))
