"""A made-up counterfactual scenario, as the numbers of a report hold it."""


def _q(value, spread=1.0):
    return {"value": value, "mcse": 0.01, "low": value - spread, "high": value + spread}


def _effect(arrow, timing, outcome, horizon):
    size = -0.1 * horizon * (2 if timing == "early" else 1) * {"estimated": 0.5, "elicited": 1, "given": 3}[arrow]
    size *= 1 if outcome == "bandwagon" else -0.5
    return {
        "arrow": arrow, "timing": timing, "outcome": outcome, "horizon": horizon, "baseline": _q(5.25),
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
        for arrow in ("estimated", "elicited", "given")
        for timing in ("early", "late")
        for outcome in ("bandwagon", "balance")
        for horizon in (5, 10, 20)
    ],
    "early_less_late": [{"arrow": "given", "outcome": "bandwagon", "horizon": 10, "difference": _q(-0.5)}],
    "paths": [{"path": "duress", "outcome": "bandwagon", "difference": _q(-0.4)}],
    "threshold": [
        {"outcome": "bandwagon", "cut": 0.1, "size": 0.6, "share": 0.7},
        {"outcome": "bandwagon", "cut": 0.25, "size": None, "share": 0.1},
    ],
    "dose": {"sizes": [0, 0.5], "ratio": {"early": {"bandwagon": [_q(1.0), _q(0.9)]}}},
}
