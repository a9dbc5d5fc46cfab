"""The chain of a simulated world as if it had been learnt without error: every draw is the truth."""

from __future__ import annotations

import numpy as np

from data.transition import derived
from inference.calibration import chain_world
from inference.calibration.chain_study import CAPACITY, LOGITS, REGISTRY
from inference.calibration.chain_world import CENTRES, CODES, OTHERS, World
from inference.counterfactual.chain import Autoregression, Chain, Logit
from models import capacity
from models.hypotheses import OUTCOMES

SHAPE = (2, 250)
DRAWS = SHAPE[0] * SHAPE[1]


def constant(value):
    """A value as draws, the draw last."""
    return np.repeat(np.asarray(value, float)[..., None], DRAWS, axis=-1)


def logit(design, intercept, regions, slopes):
    """A logit with raw ``slopes`` by term (``a:b`` for products), translated to standardised predictors."""
    standard, shift = dict.fromkeys(design.terms, 0.0), intercept
    scale = {name: (s.centre, s.scale) for name, s in design.scaling.items()}
    for term, slope in slopes.items():
        first, *rest = term.split(":")
        (c1, s1), (c2, s2) = scale[first], scale[rest[0]] if rest else (0.0, 0.0)
        if not rest:
            standard[first] += slope * s1
            shift += slope * c1
        else:
            standard[term] += slope * s1 * s2
            standard[first] += slope * c2 * s1
            standard[rest[0]] += slope * c1 * s2
            shift += slope * c1 * c2
    eras = len(design.groups["era"].levels)
    cells = np.repeat((shift + regions)[:, None], eras, axis=1)
    slope = np.repeat(np.array([standard[term] for term in design.terms])[None], len(regions), axis=0)
    return Logit(design, constant(cells), constant(slope))


def autoregression(w: World) -> Autoregression:
    """The autoregression of a world."""
    what = capacity.design(derived("capacity", w.state), CAPACITY.equation("capacity_next").terms, "capacity")
    t = w.truth
    raw = {"aid_us": t.aid, "duress_before": t.pull[0], "duress_lately": t.pull[1], **t.exogenous}
    alpha = t.drift + sum(
        slope * (what.scaling[n].centre - (CENTRES[n] if n in t.exogenous else 0.0)) for n, slope in raw.items()
    )
    beta = np.array([raw[term] * what.scaling[term].scale for term in what.terms])
    codes = [int(code) for code in what.groups["state"].levels]
    error = {code: constant(w.error[np.searchsorted(CODES, code)]) for code in codes}
    eras = np.zeros(len(what.groups["era"].levels))
    return Autoregression(
        what, constant(alpha), constant(t.rho), constant(beta), constant(t.regions["capacity"]), constant(eras), error,
        dict.fromkeys(codes, constant(t.sigma)), constant(t.nu), constant(t.sigma), constant(0.0),
    )  # fmt: skip


def known(w: World) -> Chain:
    """The chain of a world, known exactly."""
    t = w.truth

    def duress(panel, link):
        design = LOGITS[panel].design(derived(panel, w.state), LOGITS[panel].outcomes[0])
        intercept, of_capacity, lately = getattr(t, link)
        intercept = intercept - sum(slope * CENTRES[name] for name, slope in t.duress[link].items())
        slopes = {"capacity": of_capacity, "duress_lately": lately, **t.duress[link]}
        return logit(design, intercept, t.regions[link], slopes)

    def end(outcome):
        s = t.outcomes[outcome]
        slopes = {
            "duress": s["duress"],
            "threat": s["threat"],
            "duress:threat": s["product"],
            "capacity": s["capacity"],
        }
        slopes |= t.ends[outcome]
        intercept = s["intercept"] - sum(slope * OTHERS[name] for name, slope in t.ends[outcome].items())
        return logit(REGISTRY["carter-3"].design(w.alignment, outcome), intercept, t.regions[outcome], slopes)

    link = autoregression(w)
    return Chain(
        capacity=link, aid={"aid_us": link}, onset=duress("onset", "onset"),
        continuation=duress("continuation", "stay"), outcomes={outcome: end(outcome) for outcome in OUTCOMES},
        drop=constant(1.0), support={}, attraction={}, keys={}, shape=SHAPE,
    )  # fmt: skip


def world(seed: int = 3) -> World:
    """A world whose effects are large enough to be told from the noise of a few hundred draws."""
    return chain_world.world(seed)
