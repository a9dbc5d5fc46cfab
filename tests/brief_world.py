"""Numbers of a report made by hand, for the brief: every judgement, a programme, refits, names that try to escape."""

from inference.comparison import verdict
from models.hypotheses import OUTCOMES, REGISTRY
from reports import judgement
from reports.sentences import CARTER

KEY = "ab" * 32
ESCAPES = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> #panic() $x^2$ *b* _i_ `c` \\ \" ' @ref [x] {{ 7 }} {a} //"
)
BASE = {"bandwagon": (224, 4.9), "balance": (665, 14.6)}  # events, and their rate
SLOPES = {"prior_sensitivity": 0.01, "likelihood_sensitivity": 0.3, "codings": None, "stale": False, "turned": {}}


def quantity(value, reach=0.4):
    return {"value": value, "mcse": 0.01, "low": value - reach, "high": value + reach}


def probability(value):
    return {"value": value, "mcse": 0.005}


def entry(claim, p=0.97, **changes):
    """A claim in numbers.json, every estimand with the same probability of its sign."""
    hypothesis = REGISTRY[claim]
    row = {"p_sign": p, "p_sign_mcse": 0.004, "p_sign_prior": 0.5, "verdict": verdict(p), **SLOPES}
    fits = {o: {"rows": 45_000, "events": n, "rate": quantity(r)} for o, (n, r) in BASE.items()}
    masses = {
        "balancing (+,-)": 0.6,
        "bandwagoning (-,+)": 0.1,
        "alignment of either kind (+,+)": 0.2,
        "hiding (-,-)": 0.1,
    }
    return {
        "id": claim,
        "source": hypothesis.source,
        "status": hypothesis.status,
        "causal": True,
        "identified": hypothesis.identified,
        "estimands": [{**row, "estimand": str(which), "outcome": which.outcome} for which in hypothesis.estimands],
        "fits": fits if hypothesis.outcomes == OUTCOMES else {},
        "quadrants": {term: masses for term in hypothesis.exposures if ":" not in term},
    } | changes


def contrast(p_more=0.97, difference=1.2):
    one = {
        "without": quantity(4.6),
        "present": quantity(4.6 + difference),
        "difference": quantity(difference),
        "p_more": probability(p_more),
        "fit_key": KEY,
    }
    return {"claim": "carter-2", "values": {"without": 0.0, "present": 1.0}, "bandwagon": one, "balance": one}


def share(p_more=0.1, p_mostly=0.02):
    sides = {"without": quantity(30.0, 5), "present": quantity(20.0, 4), "difference": quantity(-10.0, 6)}
    return {**sides, "p_more": probability(p_more), "p_mostly_bandwagoning": probability(p_mostly), "claim": "bal-1"}


def programme(p_fewer=0.9, reach=0.05, **changes):
    """A scenario with every arrow, timing, outcome and horizon; ``reach`` of the intervals with a confounder."""
    effects, early = [], []
    for arrow, size in (("estimated", 0.2), ("estimated, US aid", 0.1), ("elicited", 0.4), ("given", 1.1)):
        for horizon in (5, 10, 20):
            for outcome in OUTCOMES:
                key = {"arrow": arrow, "outcome": outcome, "horizon": horizon}
                for timing in ("early", "late"):
                    change = quantity(-size if timing == "early" else -size / 2)
                    rates = {"baseline": quantity(4.9), "treated": quantity(4.9 - size), "difference": change}
                    words = "About 250 programmes avert one; that none is averted is not ruled out."
                    nnt = {"value": 250.0, "low": 90.0, "high": None, "words": words}
                    wide = {**change, "low": change["value"] - reach, "high": change["value"] + reach}
                    more = {"confounded": wide, "p_fewer": p_fewer, "p_fewer_mcse": 0.01, "nnt": nnt, "decade": rates}
                    effects.append({**key, "timing": timing, **rates, **more})
                early.append({**key, "difference": quantity(-size / 2)})
    cuts = [{"outcome": "bandwagon", "cut": 0.1, "size": 0.8, "share": 0.6, "share_mcse": 0.01},
            {"outcome": "bandwagon", "cut": 0.25, "size": None, "share": 0.1, "share_mcse": 0.01}]  # fmt: skip
    scenario = {
        "id": "aid",
        "title": "Aid",
        "words": "Weak states of low capacity without a war are given a programme of state-building from 1995 on.",
        "rung": "intervention on a population",
        "years": [1995, 2011],
        "horizons": [5, 10, 20],
        "states": 64,
        "fit_key": KEY,
        "flags": ["So large a programme was given to one state in fifty."],
        "effects": effects,
        "early_less_late": early,
        "threshold": cuts,
        "paths": [
            {
                "arrow": "given",
                "timing": "early",
                "path": "duress alone",
                "outcome": "bandwagon",
                "difference": quantity(0.03),
            }
        ],
    }
    return {"headline": "aid", "shipped": [scenario | changes]}


def collected(entries=None, **changes):
    """What becomes numbers.json, as far as the brief reads it."""
    entries = [entry(claim) for claim in (*CARTER, "bal-1", "bal-3")] if entries is None else entries
    claims = {e["id"]: e for e in entries if e["id"] in CARTER}
    change = {"observed": quantity(6.0), "removed": quantity(5.0), "change": quantity(-1.0)}
    brief = {
        "per": 1000,
        "near_km": 1000.0,
        "years": [1822, 2011],
        "baseline": next((e["id"] for e in entries if e["fits"]), None),
        "p_balancing_commoner": probability(0.99),
        "contrasts": {
            exposure: contrast() for exposure in ("proximity", "threat", "threat_other", "duress", "support")
        },
        "contest": share(),
        "duress_removed": {outcome: {"p_fewer": probability(0.9), "fit_key": KEY} for outcome in OUTCOMES},
        "judgements": {claim: judgement.of_claim(e) for claim, e in claims.items()},
        "likelihoods": {c: [judgement.likelihood(row["p_sign"]) for row in e["estimands"]] for c, e in claims.items()},
        "scale": judgement.scale(),
        "sources": ["Leeds et al. 2002, ATOP v5.1", "Singer, Bremer and Stuckey 1972"],
        "largest_mcse": 0.04,
    }
    return {
        "interval": {"probability": 0.9, "kind": "equal-tailed"},
        "hypotheses": entries,
        "figures": [],
        "duress_removed": dict.fromkeys(OUTCOMES, change),
        "counterfactual": None,
        "provenance": {"panels": {"alignment": KEY}, "code_sha256": KEY},
        "brief": brief | changes.pop("brief", {}),
    } | changes


def refitted(entries):
    """The same claims with refits of which some turn the verdict over."""
    for one in entries:
        for k, row in enumerate(one["estimands"]):
            row["codings"] = {"share": (0.97, 0.62)[k % 2], "codings": 92}
            named = ["bandwagon: any treaty", "aggressor: any revisionist", "weak: small", "window: 5"]
            row["turned"] = {"coding": named[: 4 * k], "left out": ["Russia"][:k]}
    return entries
