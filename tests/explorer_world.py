"""An explorer's world for tests: posteriors made up for real designs, and the page's own arithmetic in Python."""

import base64

import numpy as np
import xarray as xr
from scipy.special import expit

from inference import scenarios
from inference.comparison import CI_PROB
from inference.engine import stream
from inference.estimates import thinned
from models.hypotheses import OUTCOMES, REGISTRY, archive_of
from reports.explorer import grid, models

CHAINS, DRAWS = 4, 250
MEAN = {"threat": 0.3, "proximity": 0.4, "support": -0.3, "duress": 0.4}


def made_up(design, seed):
    """Draws of the parameters of ``design`` as wide as those of a real posterior."""
    rng, coords = np.random.default_rng(seed), design.coords

    def normal(mean, sd, *dims):
        shape = tuple(len(coords[dim]) for dim in dims)
        return ("chain", "draw", *dims), rng.normal(mean, sd, (CHAINS, DRAWS, *shape))

    def spread(sd, *dims):
        return rng.normal(0, sd, tuple(len(coords[dim]) for dim in dims))

    slopes = np.array([MEAN.get(term, 0.1) for term in coords["predictor"]])
    values = {
        "alpha": normal(-5.0, 0.15),
        "beta": normal(slopes, 0.08, "predictor"),
        "alpha_region": normal(spread(0.4, "region"), 0.2, "region"),
        "alpha_era": normal(spread(0.4, "era"), 0.2, "era"),
        "gamma": normal(spread(0.1, "region", "exposure"), 0.1, "region", "exposure"),
    }
    return xr.Dataset(values, {"chain": range(CHAINS), "draw": range(DRAWS), **coords})


def trees_of(claims, panel):
    """Archives of claims, by claim and outcome; claims with the same model share theirs."""
    made = {}
    for hypothesis in (REGISTRY[claim] for claim in claims):
        name = archive_of(hypothesis)
        for seed, outcome in enumerate(OUTCOMES):
            if (name, outcome) not in made:
                design = hypothesis.design(panel, outcome)
                tree = xr.DataTree.from_dict({"posterior": made_up(design, seed)})
                tree.attrs = {"fit_key": f"{seed}{'0123456789abcdef' * 4}"[:64]}
                made[name, outcome] = tree
    return {claim: {o: made[archive_of(REGISTRY[claim]), o] for o in OUTCOMES} for claim in claims}


def found_of(claims, trees, file):
    """The models that the page shows of ``claims``, on the panel in ``file``."""
    return [models.collect(model, file) for model in models.shown([REGISTRY[claim] for claim in claims], trees)]


def numbers_of(claims):
    """What the page reads of ``numbers.json``."""
    entries = []
    for hypothesis in (REGISTRY[claim] for claim in claims):
        facts = {name: getattr(hypothesis, name) for name in ("id", "claim", "source", "identified")}
        causal = hypothesis.adjust_for is None
        entries.append(facts | {"remark": hypothesis.note, "sample": hypothesis.sample_words, "causal": causal})
    return {"interval": {"probability": CI_PROB, "kind": "equal-tailed"}, "hypotheses": entries}


def scenario():
    """A counterfactual as the simulations hand it over: larger programmes lower the rate, early ones more."""
    sizes = [0.0, 0.25, 0.5, 1.0]

    def quantities(strength, size):
        value = float(np.exp(-strength * size))
        return {"value": value, "mcse": 0.01 * size, "low": value * (1 - 0.3 * size), "high": value * (1 + 0.4 * size)}

    ratio = {
        timing: {o: [quantities(strength * (k + 1), size) for size in sizes] for k, o in enumerate(OUTCOMES)}
        for timing, strength in (("early", 0.4), ("late", 0.1))
    }
    made = {
        "id": "made-up", "title": "A made-up programme", "words": "Weak states get aid.", "flags": [],
        "rung": "intervention on a population", "fit_key": "f" * 64, "dose": {"sizes": sizes, "ratio": ratio},
    }  # fmt: skip
    return {"shipped": [made], "headline": "made-up"}


def interpolated(part, place, values):
    """Mean and bounds of the probability on a grid as a page holds it, the drivers being ``values``."""
    axes = {name: np.array(nodes) for name, nodes in part["axes"].items()}
    shape = (3, len(part["places"]), *(nodes.size for nodes in axes.values()))
    steps = np.frombuffer(base64.b64decode(part["grid"]), "<i2").reshape(shape)
    found = steps[:, place] / models.STEPS
    for name, nodes in axes.items():
        found = np.tensordot(found, grid.lagrange(nodes, values[name]), axes=([1], [0]))
    return expit(found)


def draws_at(design, posterior, frame, region, era, values):
    """Probability in each draw, from the rows themselves (None: all regions or eras)."""
    keep = np.ones(design.y.size, bool)
    for name, level in (("region", region), ("era", era)):
        if level is not None:
            group = design.groups[name]
            keep &= group.index == group.levels.index(level)
    part = design.subset(keep)
    few = thinned(posterior, grid.DRAWS)
    return stream.mean_probability(part, few, scenarios.set_to(part, frame[keep], **values)).ravel()


def exactly(*arguments):
    """Mean and bounds of the probability without a grid; arguments as of ``draws_at``."""
    return expit(grid.summary(draws_at(*arguments)[None])[:, 0])
