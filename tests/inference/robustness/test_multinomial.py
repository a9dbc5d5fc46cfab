"""Weighted draws are those of the multinomial logit; a claim's outcomes are refitted as one."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest

from data import schema, synthetic
from inference import panels
from inference.calibration.long_run import parameters, summarise
from inference.engine.laplace.approximation import approximate
from inference.robustness import aid, recoding, tasks
from inference.robustness.refits import multinomial, recoded, refit
from inference.robustness.specifications import Specification, recoded_key, structures
from inference.sampling import checks
from inference.sampling.settings import Settings
from models import multinomial as model
from models.claims.registry import REGISTRY
from models.joint import admissible
from tests.fixtures.engine_designs import frequent
from tests.fixtures.small_system import SMALL

# Monte Carlo errors of both samplers together: the draws of nutpie are not the same in every run.
ERRORS = 4.5
APART = 0.15  # posterior sds by which means of draws without weights are off, where outcomes are frequent


def moments(values, weight=None):
    mean = np.average(values, weights=weight)
    return mean, np.sqrt(np.average((values - mean) ** 2, weights=weight))


@pytest.mark.slow
@pytest.mark.campaign  # test_exclusion.py holds the ratio of the densities that the weights are made of
def test_weighted_draws_have_the_moments_of_the_multinomial_logit_and_draws_without_weights_have_not():
    joint = admissible(frequent()).joint
    drawn = multinomial.draw(joint, Settings(chains=4, draws=8000, seed=3), scale=1.0)
    assert not drawn.failed
    with model.build(joint):
        tree = pm.sample(
            2000, tune=500, chains=4, cores=2, random_seed=4, nuts_sampler="nutpie", target_accept=0.9,
            progressbar=False, compute_convergence_checks=False,
        )  # fmt: skip
    ours, theirs = parameters(drawn.posterior), parameters(tree["posterior"].to_dataset())
    assert set(ours) <= set(theirs)
    known, own = (summarise({name: draws[name] for name in ours}) for draws in (theirs, ours))
    fewer = drawn.weights.share**-0.5  # weights leave fewer effective draws
    off, plain = [], []
    for name, values in ours.items():
        (mean, sd), (bare, _) = moments(values, drawn.weights.weight), moments(values)
        for kind, value in (("mean", mean), ("sd", sd)):
            truth, error = known[name][kind]
            off.append(abs(value - truth) / np.hypot(error, fewer * own[name][kind][1]))
        plain.append(abs(bare - known[name]["mean"][0]) / known[name]["sd"][0])
    assert max(off) < ERRORS
    assert max(plain) > APART


def test_weights_are_judged_by_their_tail_and_by_what_they_leave():
    rng = np.random.default_rng(1)
    flat, wild = (
        multinomial.smoothed(r) for r in (1e-3 * rng.normal(size=(2, 400)), 1.2 * rng.exponential(size=(2, 400)))
    )
    gate = [checks.at_least(checks.BULK, 300.0, 80.0)]
    assert checks.failures(multinomial.judged(flat, gate, 0.2)) == []
    failed = checks.failures(multinomial.judged(wild, gate, 0.2))
    assert failed[0].startswith("Pareto k of the multinomial's weights")
    assert failed[1].startswith("smallest bulk ESS under the multinomial's weights")
    assert flat.weight.sum() == pytest.approx(1.0)
    assert flat.share == pytest.approx(1.0, abs=1e-4)


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A simulated panel in which one row has both outcomes."""
    path = tmp_path_factory.mktemp("exclusive") / "alignment.parquet"
    panel = synthetic.panel(2500, seed=8, system=SMALL)
    row = int(np.flatnonzero(panel["bandwagon"] == 1)[0])
    panel.loc[row, ["balance", "balance_class", "balance_rows"]] = [1, "other", 1]
    schema.write(panel, path)
    return path


@pytest.mark.slow
def test_both_outcomes_of_a_claim_are_refitted_as_one(small, monkeypatch):
    monkeypatch.setattr(recoding, "recoded", lambda coding, path: panels.read(coding.panel, path))
    drawn = []
    monkeypatch.setattr(recoded.multinomial, "draw", lambda *a, draw=multinomial.draw: drawn.append(a) or draw(*a))
    both = {
        o: recoded.recoded("carter-2", o, "structure=multinomial", str(small), refit.SHORT)
        for o in ("bandwagon", "balance")
    }
    assert len(drawn) == 1
    for outcome, found in both.items():
        assert found.impossible is None
        assert not found.failed
        assert found.both >= 1
        assert found.events >= refit.FEW
        assert set(found.slopes) == set(REGISTRY["carter-2"].equation(outcome).exposures)
        assert all(slope.sd > 0 for slope in found.slopes.values())
    assert both["bandwagon"].rows == both["balance"].rows


def test_outcomes_approximated_apart_are_changed_by_their_weights_alone(monkeypatch):
    joint = admissible(frequent()).joint
    terms = {design.outcome: design.terms[:1] for design in joint.designs}
    facts = {design.outcome: refit.Refit(int(design.y.size), int(design.y.sum())) for design in joint.designs}
    monkeypatch.setattr(refit, "FAR", 10.0)

    def found():
        out = recoded._exclusive_approximated(joint, facts, terms, seed=3)
        assert out is not None
        return {outcome: refitted.slopes[terms[outcome][0]] for outcome, refitted in out.items()}

    weighted_slopes = found()
    flat = multinomial.smoothed(1e-9 * np.random.default_rng(1).normal(size=(1, 800)))
    monkeypatch.setattr(multinomial, "smoothed", lambda _: flat)
    for design in joint.designs:
        alone = refit.Slope(*approximate(design).slope(terms[design.outcome][0]))
        assert found()[design.outcome].mean == pytest.approx(alone.mean, abs=1e-6 * alone.sd)
        assert abs(weighted_slopes[design.outcome].mean - alone.mean) > 0.01 * alone.sd


def test_a_claim_of_one_outcome_has_no_such_specification_and_neither_has_the_chain():
    for panel in ("alignment", "informal"):
        assert "structure=multinomial" in map(str, structures(panel))
    for panel in ("termination", "siding"):
        with pytest.raises(ValueError, match="choose from registered, independent-rows"):
            Specification.parse("structure=multinomial", panel)
    assert "structure=multinomial" not in map(str, aid.codings())


def test_every_change_bears_on_an_outcome_that_another_excludes():
    text = "support=certain+structure=multinomial"
    assert recoded_key("informal-1", "defence_agreement", Specification.parse(text, "informal")).endswith(text)
    claim = REGISTRY["informal-1"]
    keys = [
        task.key for task in tasks.recodings([claim], panels.PANEL, lambda _: [Specification.parse(text, "informal")])
    ]
    assert keys == [f"informal-1.{outcome}.{text}" for outcome in claim.outcomes]
