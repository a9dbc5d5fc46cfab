"""The draws of every link, side by side: draw s of the chain holds draw s of each posterior.

The outcomes of one claim have one posterior, and their draws stay paired. Other posteriors are of separate likelihoods
and priors, so their draws are independent and may be paired as they come.
Arrays have the draw last, since that is what the simulation runs along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from data.codebook.lags import unlagged
from inference import panels
from inference.archives import archive
from inference.engine import stream
from inference.fitting import capacity
from models.capacity import CapacityDesign
from models.claims.links import AUTOREGRESSIONS, LINKS, LOGITS
from models.claims.registry import OUTCOMES, REGISTRY, archive_of
from models.design import Design
from models.terms import variables

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from models.claims.registry import Hypothesis

Float = NDArray[np.float64]
LAST_LINK, SUPPORT, ATTRACTION = "alignment", "carter-4", "aid-2"
ARCHIVES = (
    *(f"{name}.{outcome}" for name in (LAST_LINK, SUPPORT, ATTRACTION) for outcome in OUTCOMES),
    *(f"{name}.capacity_next" for name in AUTOREGRESSIONS),
    "onset.onset",
    "continuation.continued",
    "withdrawal.onset",
)
DYNAMIC = ("duress", "duress_before", "duress_lately", "capacity")  # what the simulation makes itself


@dataclass(frozen=True)
class Logit:
    """Draws of a logit.

    ``intercept`` is (region, era, draw), ``slope`` (region, predictor, draw), ``level`` (level, draw). Levels are those
    of all groupings beside region and era, in one count.
    """

    design: Design
    intercept: Float
    slope: Float
    level: Float

    @property
    def fixed(self) -> NDArray[np.intp]:
        """Positions of the terms that the simulation does not change."""
        return np.array([k for k, term in enumerate(self.design.terms) if not set(variables(term)) & set(DYNAMIC)], int)

    def term(self, name: str) -> Float:
        """Slope of a term (region, draw)."""
        return self.slope[:, self.design.terms.index(name)]


@dataclass(frozen=True)
class Autoregression:
    """Draws of a capacity link, the draw last; ``error`` and ``scale`` (draw,) of each state by its code.

    ``alpha`` is the intercept of capacity itself, not of its distance from the mean score.
    """

    design: CapacityDesign
    alpha: Float
    rho: Float
    beta: Float  # (predictor, draw)
    region: Float
    era: Float
    error: Mapping[int, Float]
    scale: Mapping[int, Float]
    nu: Float
    sigma: Float
    omega: Float

    def per_log_dollar(self, term: str) -> Float:
        """What a rise of aid by one in logs adds to capacity in a year (draw,)."""
        if term not in self.design.terms:
            raise ValueError(
                f"the autoregression {self.design.name!r} has no {term!r}: it has {', '.join(self.design.terms)}"
            )
        return self.beta[self.design.terms.index(term)] / self.design.scaling[term].scale


@dataclass(frozen=True)
class Chain:
    """Every link; ``aid`` holds the autoregressions by the term of their aid, ``outcomes`` the logits of alignment.

    ``drop`` (draw,) is the effect of a sudden drop of aid on the log odds of an onset; ``support`` and ``attraction``
    hold, by outcome, the logits of allied support and of aid from others, for the switches.
    """

    capacity: Autoregression
    aid: Mapping[str, Autoregression]
    onset: Logit
    continuation: Logit
    outcomes: Mapping[str, Logit]
    drop: Float
    support: Mapping[str, Logit]
    attraction: Mapping[str, Logit]
    keys: Mapping[str, str]
    shape: tuple[int, int]  # chain, draw

    @property
    def draws(self) -> int:
        """Draws of the whole chain."""
        return self.shape[0] * self.shape[1]

    def cut(self, link: str) -> Chain:
        """The chain without an arrow: ``aid``, ``capacity`` (to duress and alignment) or ``duress`` (to alignment)."""
        if link == "aid":
            return replace(self, aid={term: replace(a, beta=0 * a.beta) for term, a in self.aid.items()})
        if link == "capacity":
            onset, stay = (_without(logit, "capacity") for logit in (self.onset, self.continuation))
            outcomes = {name: _without(logit, "capacity") for name, logit in self.outcomes.items()}
            return replace(self, onset=onset, continuation=stay, outcomes=outcomes)
        if link == "duress":
            return replace(self, outcomes={name: _without(logit, "duress") for name, logit in self.outcomes.items()})
        raise ValueError(f"unknown link {link!r}: choose from aid, capacity, duress")


def cells(design: Design | CapacityDesign, frame: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Region and era of the rows of a frame as positions in the draws; ValueError for a level not fitted."""
    out = []
    for name in ("region", "era"):
        levels = design.groups[name].levels
        known = {level: k for k, level in enumerate(levels)}
        if unknown := sorted(set(frame[name].astype(str)) - set(levels)):
            raise ValueError(f"{design.name} was fitted without the {name} {unknown[0]!r}")
        out.append(frame[name].astype(str).map(known).to_numpy(int))
    return out[0], out[1]


def _without(logit: Logit, variable: str) -> Logit:
    slope = logit.slope.copy()
    slope[:, [variable in variables(term) for term in logit.design.terms]] = 0.0
    return replace(logit, slope=slope)


def logit(design: Design, posterior: xr.Dataset) -> Logit:
    """The draws of a logit, as the simulation takes them."""
    draws = stream.draws_of(design, posterior)
    regions, eras = (len(design.groups[name].levels) for name in ("region", "era"))
    intercept = draws.intercept.reshape(-1, regions, eras).transpose(1, 2, 0)
    slope = draws.slope[:, :, : len(design.terms)].transpose(1, 2, 0)
    level = np.ascontiguousarray(draws.level.T)
    return Logit(design, np.ascontiguousarray(intercept), np.ascontiguousarray(slope), level)


def capacity_link(design: CapacityDesign, posterior: xr.Dataset) -> Autoregression:
    """The draws of an autoregression, as the simulation takes them."""
    d = {name: np.ascontiguousarray(values.T) for name, values in capacity.flat(posterior).items()}
    codes = [int(code) for code in design.groups["state"].levels]
    error, scale = (dict(zip(codes, d[name], strict=True)) for name in ("error", "sigma_state"))
    return Autoregression(
        design, d["alpha"] + (1 - d["rho"]) * design.centre, d["rho"], d["beta"], d["alpha_region"], d["alpha_era"],
        error, scale, d["nu"], d["sigma"],
        d["omega"],
    )  # fmt: skip


def used() -> list[tuple[Hypothesis, str, tuple[str, ...]]]:
    """The models that the simulation reads: claim, outcome, and the columns whose slopes it takes for effects."""
    known = {**REGISTRY, **LINKS}
    taken: dict[str, tuple[str, ...]] = {
        "capacity": (*DYNAMIC, "aid_us"),
        "governance": ("aid_governance",),
        "onset": DYNAMIC,
        "continuation": DYNAMIC,
        "withdrawal": ("aid_drop",),
        LAST_LINK: DYNAMIC,
        SUPPORT: ("support",),
        ATTRACTION: ("aid_other",),
    }
    return [(known[name], outcome, columns) for name, columns in taken.items() for outcome in known[name].outcomes]


def check_exposures(claim: Hypothesis, outcome: str, columns: tuple[str, ...]) -> None:
    """ValueError if a slope of ``columns`` is one that a model adjusts for, and no exposure.

    What is adjusted for is confounded by whatever the adjustment was not chosen against, and its slope is no effect
    (Westreich and Greenland 2013, Am. J. Epidemiol. 177, 292).
    """
    equation = claim.equation(outcome)
    for term in equation.terms:
        if {*map(unlagged, variables(term))} & {*columns} and term not in equation.exposures:
            raise ValueError(
                f"the simulation takes the slope of {term!r} in {claim.id}.{outcome} for an effect, but it is adjusted "
                f"for there: make it an exposure (now {', '.join(equation.exposures)})"
            )


def _read(name: str, folder: Path, keys: dict[str, str]) -> xr.Dataset:
    tree = archive.read(name, folder, rows=False)
    keys[name] = str(tree.attrs["fit_key"])
    return archive.group(tree, "posterior")


def load(alignment: Path, folder: Path = archive.FOLDER) -> Chain:
    """The chain from its archives; ArchiveError naming one that is missing, failed its gate or is corrupted."""
    keys: dict[str, str] = {}
    for claim, outcome, columns in used():
        check_exposures(claim, outcome, columns)

    def of_logit(claim: Hypothesis, outcome: str) -> tuple[Logit, xr.Dataset]:
        posterior = _read(f"{archive_of(claim)}.{outcome}", folder, keys)
        return logit(claim.design(panels.read(claim.panel, alignment), outcome), posterior), posterior

    auto = {
        name: capacity_link(capacity.design_of(link, alignment), _read(f"{name}.capacity_next", folder, keys))
        for name, link in AUTOREGRESSIONS.items()
    }
    known = {**REGISTRY, **LINKS}
    claims = {name: {o: of_logit(known[name], o)[0] for o in OUTCOMES} for name in (LAST_LINK, SUPPORT, ATTRACTION)}
    onset, posterior = of_logit(LOGITS["onset"], "onset")
    return Chain(
        capacity=auto["capacity"],
        aid={"aid_us": auto["capacity"], "aid_governance": auto["governance"]},
        onset=onset,
        continuation=of_logit(LOGITS["continuation"], "continued")[0],
        outcomes=claims[LAST_LINK],
        drop=of_logit(LOGITS["withdrawal"], "onset")[0].term("aid_drop")[0],
        support=claims[SUPPORT],
        attraction=claims[ATTRACTION],
        keys=keys,
        shape=(posterior.sizes["chain"], posterior.sizes["draw"]),
    )
