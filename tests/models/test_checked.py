"""Claims that could not be fitted, or whose report would break, are refused by name before anything is done."""

from dataclasses import replace

import pandas as pd
import pytest

from data import synthetic
from models.claims.checked import check
from models.claims.estimand import NEGATIVE, POSITIVE, Estimand
from models.claims.links import LINKS
from models.claims.registry import REGISTRY

CLAIM = REGISTRY["carter-3"]


@pytest.mark.parametrize("name", REGISTRY | LINKS)
def test_every_registered_claim_can_be_fitted(name):
    assert check((REGISTRY | LINKS)[name]).id == name


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"estimands": (Estimand("threat:duress", "bandwagon", POSITIVE),)}, "write it 'duress:threat'"),
        ({"estimands": (Estimand("power", "bandwagon", POSITIVE),)}, "'power' is no exposure of bandwagon; the exp"),
        ({"estimands": (Estimand("power", "delta", NEGATIVE),)}, "'power' is no exposure"),
        ({"estimands": (Estimand("duress", "dissolved", POSITIVE),)}, "the outcomes are bandwagon, balance, delta"),
        ({"exposures": ("colour",), "estimands": ()}, "'colour' is no column of the alignment panel"),
        ({"exposures": ("duress:threat", "threat:duress"), "estimands": ()}, "exposure 'threat:duress' is there twice"),
        ({"exposures_of": {"dissolved": ("duress",)}}, "exposures_of 'dissolved': the outcomes are bandwagon, balance"),
        ({"where": {"colour": 1.0}}, "'colour' is no column"),
        ({"adjust_for": ("colour",)}, "'colour' is no column"),
        ({"years": (2011, 1818)}, "in this order"),
        ({"years": (2012, 2015)}, "all lie after 2011"),
        ({"exposures": ("capacity", "capacity:threat"), "estimands": ()}, "'capacity' is measured with error"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_named_with_the_claim(change, words):
    with pytest.raises(ValueError, match=words) as error:
        check(replace(CLAIM, **change))
    assert str(error.value).startswith("carter-3: ")


def test_what_is_measured_with_an_error_is_not_known_without_it():
    """A single missing error loses its row, by name, and leaves no density undefined."""
    panel: pd.DataFrame = synthetic.panel(3_000, seed=1)
    whole = CLAIM.design(panel, "bandwagon")
    assert "capacity_lag5" in whole.error
    row = panel.index[whole.rows[7]]
    design = CLAIM.design(
        panel.assign(capacity_sd_lag5=panel["capacity_sd_lag5"].where(panel.index != row)), "bandwagon"
    )
    assert dict(design.lost) == dict(whole.lost) | {"capacity_sd_lag5": 1}
    assert design.y.size == whole.y.size - 1
    assert not pd.isna(design.error["capacity_lag5"]).any()
