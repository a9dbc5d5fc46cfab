"""A made-up counterfactual scenario, as the numbers of a report hold it."""


def _q(value, spread=1.0):
    return {"value": value, "mcse": 0.01, "low": value - spread, "high": value + spread}


WEIGHT = {"estimated": 0.5, "estimated, US aid": 0.1, "elicited": 1, "given": 3}


def _effect(arrow, timing, outcome, horizon):
    size = -0.1 * horizon * (2 if timing == "early" else 1) * WEIGHT[arrow]
    size *= 1 if outcome == "bandwagon" else -0.5
    return {
        "arrow": arrow, "timing": timing, "outcome": outcome, "horizon": horizon,
        "programmes": _q(41.0), "baseline": _q(5.25),
        "treated": _q(5.25 + size), "difference": _q(size), "confounded": _q(size, 2.0),
        "decade": {"baseline": _q(3.5), "treated": _q(3.5 + size), "difference": _q(size)},
        "p_fewer": 0.8, "p_fewer_mcse": 0.01,
        "nnt": {"value": None, "low": None, "high": None, "words": "no number can be given"},
    }  # fmt: skip


SCENARIO = {
    "id": "aid",
    "title": "Aid to weak states at peace",
    "words": "What if every weak state at peace had been given a programme?",
    "rung": "intervention on a population",
    "years": [1960, 2011],
    "horizons": [5, 10, 20],
    "states": 41,
    "fit_key": "0123456789abcdef" * 4,
    "flags": ["capacity beyond the largest observed in two regions"],
    "effects": [
        _effect(arrow, timing, outcome, horizon)
        for arrow in WEIGHT
        for timing in ("early", "late")
        for outcome in ("bandwagon", "balance")
        for horizon in (5, 10, 20)
    ],
    "early_less_late": [{"arrow": "given", "outcome": "bandwagon", "horizon": 10, "difference": _q(-0.5)}],
    "paths": [
        {"arrow": "given", "timing": "early", "path": "duress alone", "outcome": "bandwagon", "difference": _q(-0.4)}
    ],
    "threshold": [
        {
            "outcome": "bandwagon",
            "cut": cut,
            "size": size,
            "share": share,
            "share_mcse": 0.01,
            "timing": "early",
            "largest": 3.0,
        }
        for cut, size, share in ((0.1, 0.6, 0.7), (0.25, None, 0.1))
    ],
    "cells": [
        {"outcome": "bandwagon", "region": "West Africa", "era": "1990-2001", "dyad_years": 300, "averted": _q(0.2)},
    ],
    "natural_course": [
        {
            "outcome": "bandwagon",
            "by": "all",
            "level": "",
            "observed": 6,
            "dyad_years": 1815,
            "expected": _q(7.0),
            "low": 3.0,
            "high": 12.0,
            "p": 0.4,
        },
    ],
    "dose": {"sizes": [0, 0.5], "ratio": {"early": {"bandwagon": [_q(1.0), _q(0.9)]}}},
}
UNIT = {
    "id": "one",
    "title": "A state",
    "words": "What if this state had been given a programme?",
    "rung": "counterfactual of a named state",
    "years": [1992, 1995],
    "fit_key": "fedcba9876543210" * 4,
    "flags": [],
    "changes": [{"arm": "given, early", "outcome": "bandwagon", "observed": 2, "change": _q(-0.1)}],
    "duress": {"years": [1992], "observed": [1], "arms": {"none": [1.0]}},
}
LINK = {
    "id": "onset", "claim": "Capable states fall under duress less often.", "estimand": "b_onset[capacity] < 0",
    "slope": _q(-0.3), "p_above": 0.01, "p_above_mcse": 0.001, "rows": 6486, "identified": True,
    "adjustment": "income, population", "fit_key": "00ff" * 16,
}  # fmt: skip
COUNTERFACTUAL = {"headline": "aid", "shipped": [SCENARIO], "units": [UNIT], "links": [LINK], "refits": []}
