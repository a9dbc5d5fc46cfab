"""What refits say stands beside the estimand that they are of."""

import pytest

from inference.robustness import specifications

pytestmark = pytest.mark.slow


def test_refits_stand_beside_the_claim_they_are_of(numbers):
    entries = {entry["id"]: entry for entry in numbers["hypotheses"]}
    mine = entries["carter-2"]["estimands"][0]
    codings = len(specifications.specifications("alignment"))
    assert mine["codings"] == {"share": pytest.approx((codings - 1) / codings), "codings": codings}
    if mine["verdict_by_sign"] in {"supported", "leaning for"}:
        assert mine["turned"] == {"coding": ["weak: small"], "left out": ["1939-1945"]}
    assert entries["ideo-1"]["estimands"][0]["codings"] is None
    assert "specification-carter-3" not in numbers["figures"]
    assert {"specification-carter-2", "left_out-carter-2"} <= set(numbers["figures"])
