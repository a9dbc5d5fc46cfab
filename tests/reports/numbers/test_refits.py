"""What refits say stands beside the estimand that they are of."""

from types import SimpleNamespace
from typing import Any, cast

import pandas as pd
import pytest

from inference.robustness import specifications
from inference.robustness.curve.plausibility import relative
from reports.numbers import refits
from reports.numbers.types import Permuted

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


def test_a_curve_stands_among_permuted_ones_by_its_median():
    row = {"hypothesis": "carter-2", "index": 0, "statistic": "median", "permutations": 200, "codings": 41}
    table = pd.DataFrame([row | {"share": 0.035, "mcse": 0.013}, row | {"statistic": "z", "share": 0.5, "mcse": 0.1}])
    verdict = SimpleNamespace(hypothesis="carter-2")
    found = refits._permuted({"permuted": table}, 0, cast("Any", verdict))
    assert found == Permuted(0.035, 0.013, 200, 41)
    assert refits._permuted({"permuted": table}, 1, cast("Any", verdict)) is None
    assert refits._permuted({}, 0, cast("Any", verdict)) is None
