"""On the committed panels every registered model passes its prior predictive gate, whatever the seed of the run."""

import pytest

from inference import panels
from inference.fitting import logit
from inference.sampling import checks
from models.claims.links import LOGITS
from models.claims.registry import REGISTRY, archive_of

MODELS = [h for h in (REGISTRY | LOGITS).values() if h.testable and archive_of(h) == h.id]
TIGHTEST = {"pen-2", "carter-1"}  # tried by `make test`, the others by `make campaign`


@pytest.mark.parametrize(
    "claim",
    [h if h.id in TIGHTEST else pytest.param(h, marks=pytest.mark.campaign) for h in MODELS],
    ids=lambda claim: claim.id,
)
def test_every_model_passes_its_prior_gate(claim):
    found = logit.check_priors(claim.joint(panels.read(claim.panel, panels.PANEL)))
    assert set(found) == set(claim.outcomes)
    assert not [failure for prior in found.values() for failure in checks.failures(prior.results)]
