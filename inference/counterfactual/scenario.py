"""Scenarios: who gets a programme of state building, how large, when, for how long, and what else it brings along.

A scenario is a value; nothing in it is learnt. Population scenarios are interventions (the second of Pearl's rungs):
what happens to states like these if a programme is started. A scenario of a named state is a counterfactual (the
third): what would have happened to this one, given all that did.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from data.groups import ERAS, REGIONS
from data.period import FIRST_TRANSITION, TRAINED_TO

RULES = {
    "fragile": "capacity in the lowest quarter of weak states and no intra-state war under way",
    "calm": "capacity in the lowest quarter of weak states and no duress in the five years before",
    "duress": "under duress in the year before",
    "all": "every weak state",
}
HORIZONS = (5, 10, 20)
LONGEST = 20
POPULATION = "intervention on a population"
UNIT = "counterfactual of a named state"


@dataclass(frozen=True)
class Scenario:
    """A programme and the states that it is for.

    Parameters
    ----------
    id, title : str
    year : int
        First year in which alignments are counted; ``era`` instead stands for its first year.
    lead : int
        Years before ``year`` at whose start states are chosen. A late programme begins in the year after the first
        year of duress since then, in each simulated history on its own.
    start : int or None
        First year of an early programme; None: the year in which states are chosen.
    horizon : int
        Years counted, at most 20.
    rule, region, state :
        Who: one of ``RULES``, within a region or everywhere; or one state by its Correlates of War code.
    size : float
        Rise in capacity at the end of a programme whose effect is taken as given, in standard deviations of capacity.
    dollars : float
        Constant US dollars per head and year of a programme whose effect is estimated.
    duration : int
        Years of a programme.
    withdrawal : int or None
        Years after which aid is dropped at once, with the effect of a sudden drop on duress; None: no such drop.
    signal : float
        Rise in allied support while the programme runs, in standard deviations of support; 0: the aid signals none.
    inducement : bool
        Whether the aid itself attracts to the donors, with the slopes of aid from others than the aggressor.
    """

    id: str
    title: str
    year: int
    lead: int = 5
    start: int | None = None
    horizon: int = LONGEST
    rule: str = "fragile"
    region: str | None = None
    state: int | None = None
    size: float = 0.5
    dollars: float = 2.5
    duration: int = 10
    withdrawal: int | None = None
    signal: float = 0.0
    inducement: bool = False

    @property
    def begin(self) -> int:
        """Year at whose start states are chosen."""
        return self.year - self.lead

    @property
    def opens(self) -> int:
        """First year of an early programme."""
        return self.begin if self.start is None else self.start

    @property
    def last(self) -> int:
        """Last year counted."""
        return self.year + self.horizon - 1

    @property
    def years(self) -> int:
        """Years simulated."""
        return self.last - self.begin + 1

    @property
    def horizons(self) -> tuple[int, ...]:
        """Horizons to report: those of 5, 10 and 20 years that fit, and the whole one."""
        return tuple(sorted({h for h in HORIZONS if h <= self.horizon} | {self.horizon}))

    @property
    def rung(self) -> str:
        """What the numbers of this scenario are, in Pearl's terms."""
        return POPULATION if self.state is None else UNIT

    @property
    def running(self) -> int:
        """Years that the programme really runs."""
        return self.duration if self.withdrawal is None else min(self.duration, self.withdrawal)

    @property
    def description(self) -> str:
        """Who, what and when, in one sentence."""
        who = RULES[self.rule] if self.state is None else f"state {self.state} of the Correlates of War list"
        where = f" in {self.region}" if self.region else ""
        parts = [
            f"{who}{where}, chosen at the start of {self.begin}; a programme of {self.duration} years, of "
            f"{self.dollars:g} constant dollars per head and year or a rise in capacity by {self.size:g} standard "
            f"deviations; alignments of {self.year}-{self.last}"
        ]
        if self.withdrawal is not None:
            parts.append(f"the aid is dropped after {self.withdrawal} years")
        if self.signal:
            parts.append(f"the aid signals support worth {self.signal:g} standard deviations")
        if self.inducement:
            parts.append("the aid attracts to its donors")
        return "; ".join(parts)


_EARLIEST = FIRST_TRANSITION  # capacity, and the outcomes of its links, from here on
SHIPPED: dict[str, Scenario] = {
    scenario.id: scenario
    for scenario in (
        Scenario("fragile-1992", "Fragile states after the Cold War", 1992),
        Scenario("fragile-1972", "Fragile states in the second half of the Cold War", 1972),
        Scenario("all-1972", "All weak states in the second half of the Cold War", 1972, rule="all"),
        Scenario("all-1992", "All weak states after the Cold War", 1992, rule="all"),
        Scenario("withdrawal-1992", "Aid that is dropped after five years", 1992, withdrawal=5),
        Scenario("switches-1992", "Aid that also signals support and attracts", 1992, signal=0.5, inducement=True),
        Scenario("west-africa-1992", "Fragile states of West Africa", 1992, region="West Africa"),
        Scenario("georgia-1992", "Georgia, 1992-1995", 1992, lead=0, horizon=4, state=372, duration=4),
        Scenario("mozambique-1980", "Mozambique, 1980-1985", 1980, lead=4, horizon=6, state=541),
    )
}
HEADLINE = "fragile-1992"


class ScenarioError(ValueError):
    """A scenario that cannot be simulated; the message names field, value and choices."""


def _refuse(scenario: Scenario, name: str, value: object, asked: str) -> None:
    raise ScenarioError(f"scenario {scenario.id}: {name} is {value!r}, but must be {asked}")


def _whole(scenario: Scenario, name: str, low: int, high: int) -> None:
    value = getattr(scenario, name)
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        _refuse(scenario, name, value, f"a whole number from {low} to {high}")


def _number(scenario: Scenario, name: str, high: float) -> None:
    value = getattr(scenario, name)
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not 0 <= value <= high
    ):
        _refuse(scenario, name, value, f"a finite number from 0 to {high:g}")


def check(scenario: Scenario) -> Scenario:
    """The scenario itself; ScenarioError naming the field, its value and the choices."""
    _whole(scenario, "horizon", 1, LONGEST)
    _whole(scenario, "lead", 0, 10)
    _whole(scenario, "duration", 1, 30)
    _whole(scenario, "year", _EARLIEST + scenario.lead, TRAINED_TO - scenario.horizon + 1)
    if scenario.start is not None:
        _whole(scenario, "start", scenario.begin, scenario.last)
    if scenario.withdrawal is not None:
        _whole(scenario, "withdrawal", 1, scenario.duration)
    for name, high in (("size", 5.0), ("dollars", 1000.0), ("signal", 5.0)):
        _number(scenario, name, high)
    if scenario.rule not in RULES:
        _refuse(scenario, "rule", scenario.rule, f"one of {', '.join(RULES)}")
    if scenario.region is not None and scenario.region not in REGIONS:
        _refuse(scenario, "region", scenario.region, f"one of {', '.join(REGIONS)}")
    if scenario.region is not None and scenario.state is not None:
        _refuse(scenario, "region", scenario.region, f"none in a scenario of one state ({scenario.state})")
    if not isinstance(scenario.inducement, bool):
        _refuse(scenario, "inducement", scenario.inducement, "yes or no")
    return scenario


def _value(scenario: Scenario, name: str, text: str) -> Any:  # noqa: ANN401 (the type of the field)
    """The value that a text means for a field."""
    kind = {field.name: str(field.type) for field in fields(Scenario)}[name]
    if text.lower() in {"none", ""} and "None" in kind:
        return None
    if kind.startswith("bool"):
        known = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
        return known.get(text.lower(), text)
    if kind.startswith(("int", "float")):
        try:
            return int(text) if kind.startswith("int") else float(text)
        except ValueError:
            _refuse(scenario, name, text, "a whole number" if kind.startswith("int") else "a number")
    return text


def _text(value: object) -> str:
    """A value in the shortest text that gives it back: it is part of the name of a file."""
    if value is None or isinstance(value, bool):
        return {None: "none", True: "yes", False: "no"}[value]
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def changed(scenario: Scenario, changes: Mapping[str, str]) -> Scenario:
    """The scenario with some fields set from texts, checked; ``era`` sets ``year`` to its first year.

    ScenarioError for an unknown field, or a value that its field does not admit.
    """
    values: dict[str, Any] = {}
    settable = [field.name for field in fields(Scenario) if field.name not in {"id", "title"}]
    for name, text in changes.items():
        if name == "era":
            if text not in ERAS:
                _refuse(scenario, "era", text, f"one of {', '.join(ERAS)}")
            values["year"] = ERAS[text]
        elif name not in settable:
            raise ScenarioError(
                f"scenario {scenario.id}: there is no field {name!r}; fields are era, {', '.join(settable)}"
            )
        else:
            values[name] = _value(scenario, name, text)
    if not values:
        return check(scenario)
    label = "+".join(
        f"{name}={_text(values.get(name, text))}".replace(" ", "-").replace(",", "") for name, text in changes.items()
    )
    return check(replace(scenario, **values, id=f"{scenario.id}+{label}", title=f"{scenario.title}, changed: {label}"))


def get(name: str) -> Scenario:
    """A shipped scenario; ScenarioError with the choices for any other name."""
    if name not in SHIPPED:
        raise ScenarioError(f"unknown scenario {name!r}: choose from {', '.join(SHIPPED)}")
    return check(SHIPPED[name])
