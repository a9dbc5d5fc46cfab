"""Hundreds of drawn panels, claims, scenarios and command lines, counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
from hypothesis import Phase, given, settings
from hypothesis import seed as seeded
from hypothesis.strategies import SearchStrategy

from tests.faults import properties
from tests.faults.tally import Campaign

PANELS, CLAIMS, SCENARIOS, ARGUMENTS = 500, 300, 300, 300


def counted(campaign: Campaign, panel: pd.DataFrame) -> None:
    """Draw from each strategy as often as the campaign asks for."""
    place = campaign.folder("arguments")
    _draw(campaign, "panels, malformed", PANELS, properties.PANELS_CHANGED,
          lambda drawn: properties.panel_is_right_or_refused(panel, drawn))  # fmt: skip
    _draw(campaign, "claims, drawn", CLAIMS, properties.CLAIMS, properties.claim_is_right_or_refused)
    _draw(campaign, "scenarios, drawn", SCENARIOS, properties.SCENARIOS, properties.scenario_is_right_or_refused)
    _draw(campaign, "arguments, drawn", ARGUMENTS, properties.ARGUMENTS,
          lambda drawn: properties.arguments_are_refused(drawn, place))  # fmt: skip


def _draw(
    campaign: Campaign, kind: str, full: int, strategy: SearchStrategy[Any], holds: Callable[[Any], None]
) -> None:
    """Ask a property of every value drawn; one that does not hold is counted and the next one drawn."""

    @seeded(campaign.seed)
    @settings(
        max_examples=campaign.count(full), phases=[Phase.generate], deadline=None, database=None,
        suppress_health_check=properties.UNASKED,
    )  # fmt: skip
    @given(strategy)
    def ask(drawn: Any) -> None:
        try:
            holds(drawn)
        except Exception as error:  # whatever comes is a fault to be counted, not the end of the campaign
            campaign.tally.add(kind, [f"{type(error).__name__}: {error} for {drawn!r}"])
        else:
            campaign.tally.add(kind, [])

    ask()
