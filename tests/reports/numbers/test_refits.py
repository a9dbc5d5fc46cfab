"""What refits say stands beside the estimand that they are of."""

import pytest

from inference.robustness import specifications
from inference.robustness.curve.plausibility import relative

pytestmark = pytest.mark.slow


def test_refits_stand_beside_the_claim_they_are_of(numbers):
    entries = {entry["id"]: entry for entry in numbers["hypotheses"]}
    mine = entries["carter-2"]["estimands"][0]
    codings = specifications.specifications("alignment")
    weights = {str(coding): relative(coding) for coding in codings}
    assert mine["codings"]["share"] == pytest.approx((len(codings) - 1) / len(codings))
    assert mine["codings"]["codings"] == len(codings)
    assert mine["codings"]["weighed"] == pytest.approx(1 - weights["weak=small"] / sum(weights.values()))
    assert mine["codings"]["moved_by"] in specifications.DIMENSIONS["alignment"]
    assert 0 < mine["codings"]["moved_share"] <= 1
    if mine["verdict_by_sign"] in {"supported", "leaning for"}:
        assert mine["turned"] == {"coding": ["weak: small"], "left out": ["1939-1945"]}
    assert entries["ideo-1"]["estimands"][0]["codings"] is None
    assert "specification-carter-3" not in numbers["figures"]
    assert {"specification-carter-2", "left_out-carter-2"} <= set(numbers["figures"])
