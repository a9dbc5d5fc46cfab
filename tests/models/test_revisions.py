"""Claims as they were stay codings, refitted by their own terms and reported beside the registered estimand."""

import dataclasses
from datetime import date
from pathlib import Path

import pytest

from inference import panels
from inference.robustness import recoding, tasks
from inference.robustness.refits.recoded import recoded
from inference.robustness.specifications import Specification, specifications
from models.claims.registry import REGISTRY
from models.claims.revisions import REVISIONS, as_it_was

PANEL = Path(panels.PANEL)


@pytest.mark.parametrize("name", REVISIONS)
def test_a_revision_says_what_changed_why_and_when_and_keeps_the_number_of_estimands(name):
    revision, now = REVISIONS[name], REGISTRY[name]
    assert revision.was != now
    assert revision.was.claim == now.claim
    assert len(revision.was.estimands) == len(now.estimands)
    assert [e.expectation for e in revision.was.estimands] == [e.expectation for e in now.estimands]
    assert len(revision.changed) > 20
    assert len(revision.grounds) > 20
    assert date.fromisoformat(revision.date)


def test_claims_that_did_not_change_are_themselves():
    assert as_it_was(REGISTRY["carter-3"]) is REGISTRY["carter-3"]
    assert as_it_was(REGISTRY["bal-6"]).exposures == ("enemy_defeated", "enemy_defeated:wartime")


@pytest.mark.parametrize("name", REVISIONS)
def test_every_specification_curve_has_the_claim_as_it_was_and_no_other_claim_has(name):
    def keys(claim):
        return [t.key for t in tasks.recodings([REGISTRY[claim]], PANEL, specifications)]

    assert any(key.endswith("claim=revision-1") for key in keys(name))
    assert not any("claim=revision-1" in key for key in keys("ideo-2"))


@pytest.mark.parametrize("name", REVISIONS)
def test_the_panel_of_a_claim_as_it_was_has_its_columns(name):
    claim = REGISTRY[name]
    specification = Specification.parse("claim=revision-1", claim.panel)
    was = recoding.reclassified(claim, specification)
    design = was.design(recoding.recoded(specification, PANEL), was.outcomes[0])
    assert design.terms[: len(was.exposures)] == was.exposures
    assert dataclasses.replace(was, structure=claim.structure) == REVISIONS[name].was


@pytest.mark.slow
def test_a_refit_as_it_was_gives_slopes_by_the_names_of_the_registered_estimands():
    found = recoded("cond-5", "with_stronger", "claim=revision-1", str(PANEL))
    assert found.rows > 1000  # state-sides of wars in a year, not the choices
    assert set(found.slopes) == {"lead"}
