"""A system that states the model itself has PyMC's log density, up to a constant, every prior of its own number.

Where a system is not installed, its tests are skipped. All run with the packages of the peers' environment, which
``python -m benchmarks`` makes: ``PYTHONPATH=benchmarks/.venv/lib/python3.13/site-packages python -m pytest
tests/benchmarks``.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import benchmarks.systems
from benchmarks.systems import one_design
from models import logit
from models.design import Scaling
from models.joint import as_joint, together
from models.priors import Correlation, HalfNormal, Normal, Priors
from tests.fixtures.engine_designs import changed, paired, simulated
from tests.fixtures.pymc_density import uncompiled

POINTS = 5
EXACT = 1e-9  # relative to the log density
PACKAGES = {"numpyro": "numpyro", "bambi": "bambi", "pystan": "stan"}
# No two numbers alike, no mean zero: a prior in the place of another one shows.
APART: dict[str, Any] = {
    "alpha": {"bandwagon": Normal(-2.6, 0.8), "balance": Normal(-2.2, 1.1)},
    "continuous": Normal(0.11, 0.52),
    "binary": Normal(-0.13, 0.71),
    "product": Normal(0.07, 0.23),
    "era_scale": HalfNormal(0.31, ""),
    "group_scale": HalfNormal(0.47, ""),
    "time_scale": HalfNormal(0.66, ""),
    "slope_scale": HalfNormal(0.19, ""),
    "correlation": Correlation(2.7, ""),
}
FIXED, SHRINKING = Priors(**APART, shrinkage=None), Priors(**APART, shrinkage=HalfNormal(0.27, ""))
SIMPLE = {"fixed slopes": {"varying": 0}, "varying slopes": {"varying": 2}}
SHRUNK = {"shrunken slopes": {"varying": 2, "shrunk": 3}}
GROUPED = {"further groups": {"varying": 1, "extra": {"weak": 5, "year": 7}}}
OTHER = {
    "by era": {"varying": 1, "by_era": True},
    "by era and shrunken": {"varying": 1, "shrunk": 2, "by_era": True},
    "an error": {"varying": 1, "shrunk": 2, "error": True},
    "weights": {"varying": 2, "weighted": True},
}
TWO = {"two outcomes": {"outcomes": 2, "varying": 2, "shrunk": 2, "extra": {"state": 6, "year": 5}, "apart": True}}
COVERED = {"numpyro": SIMPLE | SHRUNK | GROUPED | OTHER | TWO, "bambi": SIMPLE | GROUPED, "pystan": SIMPLE | SHRUNK}
EVERY = COVERED["numpyro"]
Point = dict[str, np.ndarray]  # of what PyMC samples, scales and correlations as they are
Density = Callable[[Point], float]


class Compiled(NamedTuple):
    """A PyMC model's log density in its constrained space, and what a point of it is made of."""

    evaluate: Callable[[Point], list[np.ndarray]]
    initial: Point  # by the names of the unconstrained values

    def density(self, free: Point) -> float:
        """Log density at ``free``, without the determinant of the change of variables."""
        return sum(float(np.sum(term)) for term in self.evaluate(free))


def compiled(pymc: Any) -> Compiled:
    return Compiled(pymc.compile_fn(pymc.logp(sum=False, jacobian=False), mode=uncompiled()), pymc.initial_point())


def constrained(free: Point) -> Point:
    """A point by the names of the parameters."""
    ways = {"_log__": np.exp, "_logodds__": lambda x: 1.0 / (1.0 + np.exp(-x))}
    out = {}
    for name, value in free.items():
        suffix = next((end for end in ways if name.endswith(end)), "")
        out[name.removesuffix(suffix)] = ways[suffix](value) if suffix else value
    return out


def model(case):
    """The model of a case: no mean of a predictor is zero, one is binary, one a product; every prior is another."""
    values = dict(case)
    outcomes = values.pop("outcomes", 1)
    stated = (simulated if outcomes == 1 else paired)(200, **values)
    scaling = {f"x{k}": Scaling(0.0, 1.0, binary=k == 1) for k in range(9)}
    out = []
    for design in as_joint(stated).designs:
        terms = tuple("x0:x1" if term == "x4" else term for term in design.terms)
        priors = SHRINKING if design.shrunk.any() else FIXED
        out.append(changed(design, x=design.x + 0.3, terms=terms, scaling=scaling, priors=priors))
    return together(out) if outcomes == 2 else out[0]


def system(name):
    """The module of a system; the test is skipped where it is not installed."""
    package = PACKAGES[name]
    pytest.importorskip(package, reason=f"{package} is installed in the environment of the peers")
    return importlib.import_module(f"benchmarks.systems.with_{name}")


def numpyro_density(stated: Any) -> Density:
    module = system("numpyro")
    import numpyro  # pyright: ignore[reportMissingImports]
    from numpyro.infer.util import log_density  # pyright: ignore[reportMissingImports]

    numpyro.enable_x64()
    joint = as_joint(stated)
    rows = [(design.x, design.y.astype(int)) for design in joint.designs]

    def density(point: Point) -> float:
        value, trace = log_density(module.model, (joint, rows), {}, point)
        sites = {name for name, site in trace.items() if site["type"] == "sample" and not site["is_observed"]}
        assert sites == set(point)
        return float(value)

    return density


def bambi_density(stated: Any) -> Density:
    formula = system("bambi").stated(stated)
    pymc = formula.backend.model
    own = compiled(pymc)

    def density(point: Point) -> float:
        free = {"Intercept": point["alpha"]} | {f"p{k}": slope for k, slope in enumerate(point["beta"])}
        slopes = [f"p{stated.terms.index(term)}" for term in stated.varying]
        for name, group in stated.groups.items():
            order = [group.levels.index(level) for level in pymc.coords[f"{name}__factor_dim"]]
            effects = [("1", point[f"sigma_{name}"], point[f"z_alpha_{name}"])]
            if name == "region" and slopes:
                effects += zip(slopes, point["sigma_gamma"], point["z_gamma"], strict=True)
            for column, sigma, z in effects:
                free |= {f"{column}|{name}_sigma_log__": np.log(sigma), f"{column}|{name}_offset": z[order]}
        assert free.keys() == own.initial.keys()
        return own.density({name: np.asarray(value) for name, value in free.items()})

    return density


def pystan_density(stated: Any) -> Density:
    program = system("pystan").stated(stated)

    def density(point: Point) -> float:
        z = point["z_beta"] if "z_beta" in point else (point["beta"] - stated.slope_mean) / stated.slope_sd
        free = [point["alpha"], z, point["z_alpha_region"], point["z_alpha_era"], point.get("z_gamma", [])]
        scales = ("sigma_region", "sigma_era", "sigma_gamma", "sigma_beta")
        free += [np.log(point[name]) for name in scales if name in point]
        return program.log_prob([float(x) for part in free for x in np.ravel(part)], adjust_transform=False)

    return density


DENSITIES = {"numpyro": numpyro_density, "bambi": bambi_density, "pystan": pystan_density}


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # those of the packages are theirs
@pytest.mark.parametrize(("name", "case"), [(name, case) for name, cases in COVERED.items() for case in cases])
def test_log_density_is_that_of_pymc(name, case):
    stated = model(EVERY[case])
    theirs, ours = DENSITIES[name](stated), compiled(logit.build(stated))
    rng, expected, found = np.random.default_rng(1), [], []
    for _ in range(POINTS):
        free = {key: value + rng.normal(0, 0.6, np.shape(value)) for key, value in ours.initial.items()}
        expected.append(ours.density(free))
        found.append(theirs(constrained(free)))
    assert np.ptp(expected) > 1.0
    assert np.ptp(np.subtract(found, expected)) < EXACT * np.abs(expected).max()


@pytest.mark.parametrize(("name", "case"), [(n, c) for n in PACKAGES for c in EVERY if c not in COVERED[n]])
def test_a_system_refuses_what_it_does_not_state(name, case):
    with pytest.raises(NotImplementedError):
        system(name).stated(model(EVERY[case]))


@pytest.mark.parametrize("case", ["an error", "weights", "two outcomes"])
def test_errors_weights_and_a_second_outcome_are_refused_for_systems_of_one_plain_logit(case):
    with pytest.raises(NotImplementedError):
        one_design(model(EVERY[case]), "a system")


@pytest.mark.parametrize("path", sorted(Path(benchmarks.systems.__file__).parent.glob("*.py")), ids=lambda p: p.stem)
def test_no_system_chooses_the_prior_of_a_scale_itself(path):
    """It takes what the design lists, so that a prior that changes, changes for all."""
    assert not re.search(r"_scale\b(?!s)|scale_of|shrinkage", path.read_text(encoding="utf-8"))
