"""Priors as values, each with its reason: a family, its numbers, and what follows from them."""

# PyTensor's types are generic in what they do not say.
# pyright: reportMissingTypeStubs=false, reportMissingTypeArgument=false, reportPrivateImportUsage=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownParameterType=false
# pyright: reportUnknownArgumentType=false, reportReturnType=false

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeVar, override

if TYPE_CHECKING:
    import numpy as np
    import pytensor.tensor as pt
    import xarray as xr
    from numpy.typing import NDArray

    Float = NDArray[np.float64]
    Array = TypeVar("Array", Float, xr.DataArray)

TIME = ("era", "year")  # groupings of time
Kind = Literal["continuous", "binary", "product", "era"]  # of a predictor


class Prior(ABC):
    """A family of distributions, named as in PyMC, with its numbers and the reason for them."""

    reason: str

    @property
    def numbers(self) -> list[float | Float]:
        """The parameters of the family, in the order of PyMC."""
        return [value for name, value in vars(self).items() if name != "reason"]

    @property
    def description(self) -> str:
        """Family, numbers and reason, for readers."""
        return f"{type(self).__name__}({', '.join(f'{number:g}' for number in self.numbers)}): {self.reason}"

    def variable(self, name: str, dims: tuple[str, ...] | None = None) -> pt.TensorVariable:
        """The parameter ``name`` in the PyMC model whose context is open."""
        import pymc as pm

        return getattr(pm, type(self).__name__)(name, *self.numbers, dims=dims)

    @abstractmethod
    def draw(self, rng: np.random.Generator, size: tuple[int, ...], scale: float | Float = 1.0) -> Float:
        """Draws of shape ``size``, their spread multiplied by ``scale``."""

    @abstractmethod
    def logp(self, x: Array) -> Array:
        """Log density of each element of ``x``, up to a constant."""


@dataclass(frozen=True)
class Normal(Prior):
    """A normal prior; ``mean`` and ``sd`` are arrays for independent parameters that differ in them."""

    mean: float | Float
    sd: float | Float
    reason: str = ""

    @override
    def draw(self, rng: np.random.Generator, size: tuple[int, ...], scale: float | Float = 1.0) -> Float:
        return rng.normal(self.mean, self.sd * scale, size)

    @override
    def logp(self, x: Array) -> Array:
        return -0.5 * ((x - self.mean) / self.sd) ** 2


@dataclass(frozen=True)
class HalfNormal(Prior):
    """A half-normal prior of a scale: that of the absolute value of a normal with mean 0."""

    sd: float
    reason: str

    @override
    def draw(self, rng: np.random.Generator, size: tuple[int, ...], scale: float | Float = 1.0) -> Float:
        return abs(rng.normal(0, self.sd * scale, size))

    @override
    def logp(self, x: Array) -> Array:
        return -0.5 * (x / self.sd) ** 2


@dataclass(frozen=True)
class Correlation(Prior):
    """The prior of a correlation with density proportional to (1 - rho^2)^(eta - 1): for two, the LKJ prior."""

    eta: float
    reason: str

    @override
    def variable(self, name: str, dims: tuple[str, ...] | None = None) -> pt.TensorVariable:
        import pymc as pm

        half: pt.TensorVariable = pm.Beta(f"half_{name}", self.eta, self.eta, dims=dims)
        return pm.Deterministic(name, half * 2.0 - 1.0, dims=dims)  # pyright: ignore[reportArgumentType, reportReturnType]

    @override
    def draw(self, rng: np.random.Generator, size: tuple[int, ...], scale: float | Float = 1.0) -> Float:
        return scale * (2.0 * rng.beta(self.eta, self.eta, size) - 1.0)

    @override
    def logp(self, x: Array) -> Array:
        import numpy as np

        return (self.eta - 1.0) * np.log1p(-(x**2))  # pyright: ignore[reportReturnType]


@dataclass(frozen=True)
class Exponential(Prior):
    """An exponential prior."""

    rate: float
    reason: str

    @override
    def draw(self, rng: np.random.Generator, size: tuple[int, ...], scale: float | Float = 1.0) -> Float:
        return rng.exponential(1 / self.rate * scale, size)

    @override
    def logp(self, x: Array) -> Array:
        return -self.rate * x


@dataclass(frozen=True)
class Priors:
    """The priors of one logit, on the log-odds scale.

    Slopes of exposures have the fixed standard deviations of their kind. Slopes that a design marks as shrunk
    (those of the adjustment set) share a learnt scale instead: sd = sigma_beta times the ratio of their kind's
    standard deviation to a continuous one's, sigma_beta half-normal with the sd of ``shrinkage``. With fixed
    standard deviations for all of them, seven predictors and two varying slopes already put some region-era
    cell above its limit in more than 15 % of prior draws; without ``shrinkage`` all slopes are fixed.

    The outcomes without a treaty have the prior of bandwagoning, by design and not by their counts: they are the same
    choice of the same states, and no source says how much commoner it is in another form.
    """

    alpha: Mapping[str, Normal] = field(
        default_factory=lambda: {
            "bandwagon": Normal(-5.0, 1.0, "a rate of 2.5 to 18 per 1,000 dyad-years in two thirds of draws"),
            "balance": Normal(-4.0, 1.0, "a rate of 7 to 47 per 1,000 dyad-years in two thirds of draws"),
            "military_support": Normal(
                -5.0, 1.0, "a rate of 2.5 to 18 per 1,000 dyad-years in two thirds of draws, as bandwagoning"
            ),
            "defence_agreement": Normal(
                -5.0, 1.0, "a rate of 2.5 to 18 per 1,000 dyad-years in two thirds of draws, as bandwagoning"
            ),
            "dissolved": Normal(-3.5, 1.0, "a rate of 11 to 76 per 1,000 member-years in two thirds of draws"),
            "joined": Normal(-5.0, 1.0, "a rate of 2.5 to 18 per 1,000 state-years of war in two thirds of draws"),
            "with_stronger": Normal(0.0, 1.0, "27 to 73 of 100 choices in two thirds of draws: neither side favoured"),
            "onset": Normal(-3.0, 1.0, "a rate of 18 to 119 per 1,000 state-years in two thirds of draws"),
            "continued": Normal(0.0, 1.0, "a rate of 27 to 73 per 100 state-years in two thirds of draws"),
        }
    )
    continuous: Normal = Normal(0.0, 0.5, "per standard deviation; odds rarely more than 2.7-fold")
    binary: Normal = Normal(0.0, 0.7, "present against absent; odds ratio within 1/4-4 in 95 % of draws")
    product: Normal = Normal(0.0, 0.25, "half of a main effect; times 1.4 for each binary factor; per sd where above 1")
    era_scale: HalfNormal = HalfNormal(0.25, "an era's slope differs from the common one by less than that may be")
    group_scale: HalfNormal = HalfNormal(0.5, "regions, states and treaties differ by less than a factor of e, mostly")
    time_scale: HalfNormal = HalfNormal(0.55, "eras, years: by steps of 0.05 the widest that passes every prior gate")
    slope_scale: HalfNormal = HalfNormal(0.25, "a region's slope differs from the average by half a slope's prior")
    correlation: Correlation = Correlation(2.0, "of effects on two outcomes: of either sign, rarely near 1")
    shrinkage: HalfNormal | None = HalfNormal(0.2, "many adjusting slopes at once: their sum must stay plausible")

    def scale_of(self, group: str) -> HalfNormal:
        """Prior of the scale of a grouping's effects."""
        return self.time_scale if group in TIME else self.group_scale

    def slope(self, kind: Kind) -> Normal:
        """Prior of a slope whose predictor is of ``kind``; an era's deviation is relative to its learnt scale."""
        return Normal(0.0, 1.0, "times sigma_era_slopes") if kind == "era" else getattr(self, kind)

    def describe(self, outcome: str) -> dict[str, str]:
        """Every prior that applies to ``outcome``, by parameter, for the attributes of an archive."""
        priors: dict[str, Prior] = {"alpha": self.alpha[outcome], "sigma_*": self.group_scale}
        priors |= {f"sigma_{name}": self.time_scale for name in sorted(TIME)} | {"sigma_gamma": self.slope_scale}
        priors |= {"beta[continuous]": self.continuous, "beta[binary]": self.binary, "beta[product]": self.product}
        out = {name: prior.description for name, prior in priors.items()}
        if self.shrinkage:
            binary, product = (prior.sd / self.continuous.sd for prior in (self.binary, self.product))
            out["beta[shrunk]"] = (
                f"Normal(0, sigma_beta), times {binary:g} for binary and {product:g} for product predictors"
            )
            out["sigma_beta"] = self.shrinkage.description
        return out | {"sigma_era_slopes": self.era_scale.description, "rho_*": self.correlation.description}


DEFAULT = Priors()
# For the all-in model, where every slope is shrunk.
ALL_IN = Priors(shrinkage=HalfNormal(0.12, "fourteen slopes and four varying ones at once must stay plausible"))
LEAST_NU = 3  # of the tails of changes in capacity


@dataclass(frozen=True)
class CapacityPriors:
    """Priors of the capacity model, in standard deviations of capacity a year."""

    alpha: Normal = Normal(0.0, 0.1, "capacity drifts by less than 0.2 a year")
    rho: Normal = Normal(0.95, 0.05, "capacity lasts: a half-life of a decade and more")
    slope: Normal = Normal(0.0, 0.05, "per standard deviation; a year's change of 0.1 for one would be fast")
    group_scale: HalfNormal = HalfNormal(0.02, "0.02 a year is half a standard deviation of all states in a generation")
    sigma: HalfNormal = HalfNormal(0.2, "most years change capacity by less than 0.4")
    omega: HalfNormal = HalfNormal(0.5, "states differ in how fast they change by less than a factor of e, mostly")
    excess_nu: Exponential = Exponential(0.1, "heavy to nearly normal tails, with a variance that can be used")

    def describe(self) -> dict[str, str]:
        """Every prior by parameter, for the attributes of an archive."""
        priors: dict[str, Prior] = {"alpha": self.alpha, "rho": self.rho, "beta": self.slope}
        priors |= {"sigma_region, sigma_era": self.group_scale, "sigma": self.sigma, "omega": self.omega}
        return {name: prior.description for name, prior in priors.items()} | {
            "nu": f"{LEAST_NU} + Exponential({self.excess_nu.rate:g})",
            "error": "Normal(0, published standard error)",
        }
