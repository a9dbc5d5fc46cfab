"""Refits: the universe of codings, weights of treaties, parts left out, scores, and what they say of a claim."""

import json
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from data import schema, synthetic
from data.build import alignment as build
from data.codings import CHOICES, NO_ALIGNMENT, REGISTERED, to_text
from inference import panels
from inference.evidence.holdout import Scores, score
from inference.fleet import fleet
from inference.plain import plain
from inference.robustness import recoding, summary, tasks
from inference.robustness.refits import refit
from inference.robustness.refits.left_out import aggressors, left_out
from inference.robustness.refits.refit import Refit, Slope
from inference.robustness.specifications import DIMENSIONS, PAIRED, Specification, recoded_key, specifications
from models.claims.estimand import NEGATIVE, POSITIVE
from models.claims.registry import RATIO, REGISTRY, Estimand, get
from tests.fixtures.small_system import SMALL


def coding(text):
    """A specification of the alignment panel."""
    return Specification.parse(text, "alignment")


def test_the_universe_holds_every_change_and_every_pair_once():
    every = specifications("alignment")
    sizes = {name: len(choices) - 1 for name, choices in DIMENSIONS["alignment"].items()}
    crossed = [sizes[name] for name in PAIRED]
    pairs = (sum(crossed) ** 2 - sum(n * n for n in crossed)) // 2
    assert len(every) == 1 + sum(sizes.values()) + pairs
    assert len({str(s) for s in every}) == len(every)
    assert every[0].changes == ()
    alone = sum(n for name, n in sizes.items() if name not in PAIRED)
    assert len(specifications("alignment", full=True)) == np.prod([n + 1 for n in crossed]) + alone
    for specification in every:
        for name, choice in specification.changes:
            assert choice in DIMENSIONS["alignment"][name][1:]


@pytest.mark.parametrize("panel", DIMENSIONS)
def test_the_text_of_a_specification_gives_it_back(panel):
    for specification in specifications(panel, full=True):
        assert Specification.parse(str(specification), panel) == specification
        assert {specification: 1}[Specification.parse(str(specification), panel)] == 1
        assert fleet.KEY.fullmatch(f"panel.{specification}")
    with pytest.raises(ValueError, match="choose from"):
        Specification.parse("colour=red", panel)


def test_each_class_of_decisions_is_in_or_out():
    def excluded(claim, text):
        return set(recoding.reclassified(REGISTRY[claim], coding(text)).excluded)

    assert excluded("carter-1", "registered") == set(NO_ALIGNMENT)
    assert excluded("bw-1", "registered") == {*NO_ALIGNMENT, "common enemy"}
    assert excluded("carter-1", "renewal=in") == set(NO_ALIGNMENT) - {"renewal"}
    assert excluded("bw-1", "common-enemy=in") == set(NO_ALIGNMENT)
    for name in ("common enemy", "source of threat", "other"):
        assert excluded("carter-1", f"{name.replace(' ', '-')}=out") == {*NO_ALIGNMENT, name}
    assert recoding.reclassified(REGISTRY["carter-1"], coding("until=2015")).until == 2015


def test_a_specification_has_a_choice_in_every_dimension():
    specification = coding("weak=small+window=5")
    assert [specification.choice(name) for name in ("weak", "window", "balance")] == ["small", 5, REGISTERED.balance]


def test_changes_that_say_nothing_about_an_outcome_need_no_refit():
    specification = coding("balance=bilateral+weak=small")
    assert specification.concerning("bandwagon") == coding("weak=small")
    assert specification.concerning("balance") == specification
    todo = tasks.recodings([REGISTRY["carter-2"]], panels.PANEL, specifications)
    keys = [task.key for task in todo]
    assert len(set(keys)) == len(keys)
    assert not any(".bandwagon." in key and "balance=" in key for key in keys)
    risks = [str(recoding.risk_of(coding(task.arguments["specification"]))) for task in todo]
    assert risks == sorted(risks)  # refits on one panel stand next to each other


def test_alignment_without_a_treaty_is_recoded_from_its_columns():
    columns = {
        "military_support": [1, 1, 1, 0], "support_certain": [1, 0, 1, 0], "supported": [0, 0, 1, 0],
        "defence_agreement": [1, 1, 0, np.nan], "general_agreement": [0, 1, 0, np.nan], "treaty_too": [1, 0, 0, 0],
    }  # fmt: skip

    def under(text, outcome):
        specification = Specification.parse(text, "informal")
        return recoding.informal_under(pd.DataFrame(columns), specification)[outcome].fillna(-1).tolist()

    assert under("registered", "military_support") == [1, 1, 1, 0]
    assert under("support=certain", "military_support") == [1, 0, 1, 0]
    assert under("conflicts=first", "military_support") == [1, 1, 0, 0]
    assert under("treaty=without", "military_support") == [0, 1, 1, 0]
    assert under("registered", "defence_agreement") == [1, 1, 0, -1]
    assert under("agreement=general", "defence_agreement") == [0, 1, 0, -1]
    assert under("treaty=without", "defence_agreement") == [0, 1, 0, -1]


def test_the_leading_aggressors_are_those_with_the_most_events_of_the_outcomes():
    panel = pd.DataFrame({"aggressor": [2, 2, 365], "bandwagon": [1, 1, 0], "balance": 0, "joined": [0, 0, 1]})
    assert aggressors(panel)[0] == 2
    assert aggressors(panel, ("joined",))[0] == 365


def test_events_of_one_treaty_weigh_one_together():
    panel = pd.DataFrame({"bandwagon": [1, 1, 0, 1, 0], "treaty": pd.array([7, 7, pd.NA, 9, pd.NA], "Int32")})
    np.testing.assert_allclose(recoding.treaty_weights(panel, "bandwagon"), [0.5, 0.5, 1, 1, 1])


@pytest.mark.slow
def test_the_registered_panel_is_rebuilt_with_every_coding_of_the_outcomes(world, rebuilt, monkeypatch, tmp_path):
    monkeypatch.setattr(recoding, "CACHE", tmp_path)
    monkeypatch.setattr(build, "alignment", lambda *_: rebuilt)  # of the same world under the same coding
    monkeypatch.setattr(recoding, "_world", lambda _raw: world)
    recoding.build("registered", None)
    committed = schema.read(panels.PANEL)
    pd.testing.assert_frame_equal(recoding.alignment_under(coding("registered"))[committed.columns], committed)

    def under(outcome, choice):
        changes = {} if choice == getattr(REGISTERED, outcome) else {outcome: choice}
        return recoding.alignment_under(coding(to_text(changes)))[outcome]

    for outcome, choices in (("bandwagon", CHOICES["bandwagon"]), ("balance", CHOICES["balance"])):
        events = {c: int(under(outcome, c).sum()) for c in choices}
        assert events[choices[0]] == committed[outcome].sum()
        assert len(set(events.values())) > 1
    events = {c: under("bandwagon", c) for c in ("hard", "soft", "any-treaty")}
    assert not (events["hard"] & events["soft"]).any()
    assert events["any-treaty"].sum() > committed["bandwagon"].sum()


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A simulated panel in a folder of its own."""
    path = tmp_path_factory.mktemp("small") / "alignment.parquet"
    schema.write(synthetic.panel(2500, seed=8, system=SMALL), path)
    return path


@pytest.mark.slow
def test_what_is_left_out_is_not_fitted_and_is_scored(small):
    frame = panels.read("alignment", small)
    frame = frame.iloc[REGISTRY["carter-1"].sample(frame)]
    region = str(frame["region"].cat.categories[0])
    held = frame["region"] == region
    out = left_out("carter-1", "balance", "region", region, str(small))
    assert (out.rows, out.events) == (held.sum(), frame["balance"][held].sum())
    assert set(out.slopes) == {"threat", "threat_other"}
    assert not out.failed
    assert out.scores is not None
    base = frame["balance"][~held].mean()
    assert out.scores.brier_base == pytest.approx(np.mean((base - frame["balance"][held]) ** 2))
    assert out.scores.precision_base == pytest.approx(frame["balance"][held].mean())
    again = left_out("carter-1", "balance", "region", region, str(small))
    assert again == out


@pytest.mark.slow
def test_a_new_region_is_predicted_with_an_effect_of_its_own(small):
    """The rows of a region left out do not move its effect, whose posterior is the prior given the scale."""
    claim, frame = REGISTRY["carter-2"], panels.read("alignment", small)
    design = claim.design(frame, "balance")
    rest = design.subset(design.groups["region"].index != 0)
    posterior, failed = refit.draw(rest, 5)
    assert not failed
    ratio = posterior["alpha_region"][..., 0] / posterior["sigma_region"]
    assert abs(float(ratio.mean())) < 0.15
    assert float(ratio.std()) == pytest.approx(1.0, abs=0.12)


def test_scores_by_hand():
    def scored(p, y, base):
        return score(cast("Any", SimpleNamespace(y=y, row_weight=np.ones(y.size), decisions=y)), p, base)

    p, y = np.array([0.9, 0.2, 0.2, 0.6]), np.array([1, 0, 1, 0])
    out = scored(p, y, 0.25)
    assert out.log == pytest.approx(np.mean(np.log([0.9, 0.8, 0.2, 0.4])))
    assert out.log_base == pytest.approx(np.mean(np.log([0.25, 0.75, 0.25, 0.75])))
    assert out.brier == pytest.approx(np.mean([0.01, 0.04, 0.64, 0.36]))
    # precision at the event ranked first is 1; the other is tied with a non-event behind three rows: 2 of 4
    assert out.precision == pytest.approx((1 + 2 / 4) / 2)
    assert out.precision_base == 0.5
    assert scored(p, np.zeros(4, int), 0.25).precision is None


def result(**slopes):
    return Refit(100, 9, {term: Slope(*slope) for term, slope in slopes.items()})


def test_a_refit_is_kept_as_plain_values():
    scores = Scores(-0.7, -2.3, 0.25, 0.81, 1.0, 1.0)
    kept = replace(result(threat=(0.3, 0.1, 0.99)), failed=("R-hat",), scores=scores)
    assert Refit.of(json.loads(json.dumps(plain(kept)))) == kept


def test_estimands_from_refits():
    results = {"bandwagon": result(threat=(0.3, 0.1, 0.99)), "balance": result(threat=(0.1, 0.1, 0.8))}
    assert summary.estimate(Estimand("threat", "bandwagon", NEGATIVE), results)[2] == pytest.approx(0.01)
    mean, sd, p = summary.estimate(Estimand("threat", "delta", POSITIVE), results)
    assert (mean, sd) == pytest.approx((0.2, np.sqrt(0.02)))
    assert p == pytest.approx(0.9213, abs=1e-4)
    rates = {"bandwagon": result(rate=(-5.0, 0.1, 0.0)), "balance": result(rate=(-4.0, 0.1, 0.0))}
    assert summary.estimate(Estimand("rate", RATIO, POSITIVE), rates)[0] == pytest.approx(1.0)


def test_a_curve_counts_the_codings_on_the_side_of_the_registered_one():
    claim = get("carter-2")
    changed = specifications("alignment")
    results = {}
    for specification in changed:
        for outcome in ("bandwagon", "balance"):
            against = specification.choice("weak") == "small"
            refitted = result(proximity=(0.1, 0.1, 0.01 if against else 0.99))
            results[recoded_key("carter-2", outcome, specification)] = refitted
    results["carter-2.bandwagon.window=5"] = Refit(100, 3, impossible="3 events")
    curve = summary.specification_curve(claim, results, specifications)
    first = curve[curve["index"] == 0]
    concerned = [s for s in changed if s.concerning("bandwagon") == s]
    assert len(first) == len(concerned) < len(changed)
    assert len(curve[curve["index"] == 1]) == len(changed)  # a difference between the logits
    assert first.loc[first["specification"] == "window=5", "side"].isna().all()
    agreement = summary.agreement(curve).query("index == 0")
    small = sum(s.choice("weak") == "small" for s in concerned)
    assert agreement["codings"].item() == len(concerned) - 1
    assert agreement["agreeing"].item() == pytest.approx(1 - small / (len(concerned) - 1))


def test_sides_are_those_of_the_verdicts():
    assert [summary.side(p) for p in (0.99, 0.85, 0.5, 0.1, 0.01)] == ["for", "for", "undecided", "against", "against"]


@pytest.mark.slow
def test_refits_are_the_same_on_a_cluster_as_on_this_machine(small, tmp_path):
    distributed = pytest.importorskip("distributed")
    todo = tasks.left_outs([REGISTRY["carter-2"]], small)
    todo = [task for task in todo if task.arguments["group"] == "era"][:3]
    function = "inference.robustness.tasks:work"
    here = fleet.run(todo, function, folder=tmp_path / "here", stamp="x", workers=1)
    assert not here.failures
    assert len(here.results) == 3
    with distributed.LocalCluster(1, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        address = cluster.scheduler_address
        there = fleet.run(todo, function, folder=tmp_path / "there", stamp="x", scheduler=address)
    assert there.failures == {}
    assert there.results == here.results
