"""How verdicts came about: what is told is what earlier reports printed, and steps that turned a label are named."""

import pytest

from inference import panels
from inference.evidence import verdicts
from models.claims.registry import REGISTRY
from models.claims.revisions import REVISIONS
from reports.readings import changes

KEYS = [step.key for step in changes.STEPS]
LABELS = {"supported", "not informed", "practically nil", *(label for _, label in verdicts.VERDICTS)}


def by_step(*labels):
    return dict(zip(KEYS, labels, strict=True))


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (("supported",) * 5, ()),
        (("supported", "supported", "supported", "leaning for", "leaning for"), ("size",)),
        (("supported", "undecided", "supported", "supported", "undecided"), ("panel", "dependence", "graph")),
    ],
)
def test_steps_that_turn_a_label_are_named_in_order(labels, expected):
    assert changes.turned(by_step(*labels)) == expected


def test_a_step_that_an_estimand_did_not_have_is_passed_over():
    known = by_step("supported", "supported", "undecided", "undecided", "undecided")
    del known["panel"]
    assert changes.turned(known) == ("dependence",)


def test_the_table_holds_labels_and_probabilities_of_registered_estimands():
    known = changes.earlier()
    registered = {(h.id, str(e)) for h in REGISTRY.values() for e in h.estimands if h.testable}
    revised = {key for key in known if key[0] in REVISIONS}
    assert known.keys() - revised <= registered
    assert registered - known.keys() <= {key for key in registered if key[0] in REVISIONS}
    for told in known.values():
        for stage in told.values():
            assert 0 <= stage.p_sign <= 1
            assert stage.p_sign_mcse > 0
            assert stage.verdict in LABELS


def test_labels_by_the_sign_alone_follow_from_their_probabilities():
    """What is printed of a version is rounded to four digits: a label whose bound is farther off must follow."""
    bounds = (verdicts.SUPPORTED, *(bound for bound, _ in verdicts.VERDICTS if bound))
    for told in changes.earlier().values():
        for key, stage in told.items():
            if key != "size" and min(abs(stage.p_sign - bound) for bound in bounds) > 1e-4:
                assert stage.verdict == verdicts.by_sign(stage.p_sign)


def test_another_panel_has_no_changes(tmp_path):
    assert changes.lacking(panels.PANEL) is None
    other = tmp_path / "mine.parquet"
    assert "mine.parquet" in str(changes.lacking(other))
    assert changes.collect([], other) is None
