"""Priors as values, each with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Prior:
    """A normal prior (or, for a scale, a half-normal one with ``mean`` 0)."""

    mean: float
    sd: float
    reason: str

    def words(self, family: str = "Normal") -> str:
        """The prior as a reader meets it: family, numbers, reason."""
        numbers = f"{self.sd:g}" if family == "HalfNormal" else f"{self.mean:g}, {self.sd:g}"
        return f"{family}({numbers}): {self.reason}"


ERA = Prior(0.0, 1.0, "times sigma_era_slopes")


@dataclass(frozen=True)
class Priors:
    """The priors of one logit, on the log-odds scale.

    Slopes of exposures have the fixed standard deviations of their kind. Slopes that a design marks as shrunk
    (those of the adjustment set) share a learnt scale instead: sd = sigma_beta times the ratio of their kind's
    standard deviation to a continuous one's, sigma_beta half-normal with the sd of ``shrinkage``. With fixed
    standard deviations for all of them, seven predictors and two varying slopes already put some region-era
    cell above its limit in more than 15 % of prior draws; without ``shrinkage`` all slopes are fixed.
    """

    alpha: Mapping[str, Prior] = field(
        default_factory=lambda: {
            "bandwagon": Prior(-5.0, 1.0, "a rate of 2.5 to 18 per 1,000 dyad-years in two thirds of draws"),
            "balance": Prior(-4.0, 1.0, "a rate of 7 to 47 per 1,000 dyad-years in two thirds of draws"),
            "dissolved": Prior(-3.5, 1.0, "a rate of 11 to 76 per 1,000 member-years in two thirds of draws"),
            "joined": Prior(-5.0, 1.0, "a rate of 2.5 to 18 per 1,000 state-years of war in two thirds of draws"),
            "onset": Prior(-3.0, 1.0, "a rate of 18 to 119 per 1,000 state-years in two thirds of draws"),
            "continued": Prior(0.0, 1.0, "a rate of 27 to 73 per 100 state-years in two thirds of draws"),
        }
    )
    continuous: Prior = Prior(0.0, 0.5, "per standard deviation; odds rarely more than 2.7-fold")
    binary: Prior = Prior(0.0, 0.7, "present against absent; odds ratio within 1/4-4 in 95 % of draws")
    product: Prior = Prior(0.0, 0.25, "interactions and squares are smaller than main effects")
    era_scale: Prior = Prior(0.0, 0.25, "an era's slope differs from the common one by less than that may be")
    group_scale: Prior = Prior(0.0, 0.5, "regions and eras differ by less than a factor of e, mostly")
    shrinkage: Prior | None = Prior(0.0, 0.25, "many adjusting slopes at once: their sum must stay plausible")

    def slope(self, kind: str) -> Prior:
        """Prior of a slope whose predictor is of ``kind`` continuous, binary or product."""
        return {"continuous": self.continuous, "binary": self.binary, "product": self.product, "era": ERA}[kind]

    def words(self, outcome: str) -> dict[str, str]:
        """Every prior that applies to ``outcome``, by parameter, for the attributes of an archive."""
        words = {"alpha": self.alpha[outcome].words(), "sigma_*": self.group_scale.words("HalfNormal")}
        words |= {f"beta[{kind}]": self.slope(kind).words() for kind in ("continuous", "binary", "product")}
        if self.shrinkage:
            words["beta[shrunk]"] = "Normal(0, sigma_beta), times 1.4 for binary and 0.5 for product predictors"
            words["sigma_beta"] = self.shrinkage.words("HalfNormal")
        words["sigma_era_slopes"] = self.era_scale.words("HalfNormal")
        return words


DEFAULT = Priors()
# For the all-in model, where every slope is shrunk.
ALL_IN = Priors(shrinkage=Prior(0.0, 0.12, "fourteen slopes and four varying ones at once must stay plausible"))
LEAST_NU = 3  # of the tails of changes in capacity


@dataclass(frozen=True)
class CapacityPriors:
    """Priors of the capacity model, in standard deviations of capacity a year."""

    alpha: Prior = Prior(0.0, 0.1, "capacity drifts by less than 0.2 a year")
    rho: Prior = Prior(0.95, 0.05, "capacity lasts: a half-life of a decade and more")
    slope: Prior = Prior(0.0, 0.05, "per standard deviation; a year's change of 0.1 for one would be fast")
    group_scale: Prior = Prior(0.0, 0.02, "0.02 a year is half a standard deviation of all states in a generation")
    sigma: Prior = Prior(0.0, 0.2, "most years change capacity by less than 0.4")
    omega: Prior = Prior(0.0, 0.5, "states differ in how fast they change by less than a factor of e, mostly")
    tail: float = 0.1  # rate of nu - 3 ~ Exponential: heavy to nearly normal tails, with a variance that can be used

    def words(self) -> dict[str, str]:
        """Every prior by parameter, for the attributes of an archive."""
        normal = {"alpha": self.alpha, "rho": self.rho, "beta": self.slope}
        scales = {"sigma_region, sigma_era": self.group_scale, "sigma": self.sigma, "omega": self.omega}
        words = {name: prior.words() for name, prior in normal.items()}
        words |= {name: prior.words("HalfNormal") for name, prior in scales.items()}
        return words | {
            "nu": f"{LEAST_NU} + Exponential({self.tail:g})",
            "error": "Normal(0, published standard error)",
        }
