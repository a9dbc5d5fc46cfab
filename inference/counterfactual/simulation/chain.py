"""The draws of every link, side by side: draw s of the chain holds draw s of each posterior, or every second one.

The outcomes of one claim have one posterior, and their draws stay paired. Other posteriors are of separate likelihoods
and priors, so their draws are independent and may be paired as they come.
Arrays have the draw last, since that is what the simulation runs along.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from data.codebook.lags import unlagged
from inference import panels
from inference.archives import archive
from inference.engine import stream
from inference.fitting import capacity as autoregression
from models.capacity import ScoreDesign
from models.claims.links import AUTOREGRESSIONS, LINKS, LOGITS, STATE
from models.claims.registry import OUTCOMES, REGISTRY, archive_of
from models.design import Design
from models.structure import CELLS
from models.terms import variables

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from models.claims.registry import Hypothesis

Float = NDArray[np.float64]
LAST_LINK, SUPPORT, ATTRACTION = "alignment", "carter-4", "aid-2"
ARCHIVES = (
    *(f"{name}.{outcome}" for name in (LAST_LINK, SUPPORT, ATTRACTION) for outcome in OUTCOMES),
    *map(autoregression.name_of, AUTOREGRESSIONS.values()),
    "onset.onset",
    "continuation.continued",
    "withdrawal.onset",
)
SCORES = STATE  # beside capacity
DYNAMIC = ("duress", "duress_before", "duress_lately", "capacity", *SCORES)  # what the simulation makes itself
# What alignment is adjusted for, of the scores before the window of duress: part of the past that its law is given.
BEFORE = {"income": "income_lag5", "polyarchy": "democracy_lag5"}
MOST = 2000  # draws simulated: evenly spaced ones of each posterior, with a Monte Carlo error far below any interval
PART = 500  # of them at a time


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

    def term(self, name: str) -> Float:
        """Slope of a term (region, draw)."""
        return self.slope[:, self.design.terms.index(name)]


@dataclass(frozen=True)
class Autoregression:
    """Draws of an autoregression, the draw last; ``error`` and ``scale`` (draw,) of each state by its code.

    ``alpha`` is the intercept of the score itself, not of its distance from the mean score; ``error`` and ``scale`` are
    empty where no error of the score is published.
    """

    design: ScoreDesign
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

    ``scores`` holds the autoregressions of income and democracy, ``freer`` what the score of democracy that alignment
    is adjusted for has more where electoral democracy has one more.

    ``drop`` (draw,) is the effect of a sudden drop of aid on the log odds of an onset; ``support`` and ``attraction``
    hold, by outcome, the logits of allied support and of aid from others, for the switches.
    """

    capacity: Autoregression
    scores: Mapping[str, Autoregression]
    freer: float
    aid: Mapping[str, Autoregression]
    onset: Logit
    continuation: Logit
    outcomes: Mapping[str, Logit]
    drop: Float
    support: Mapping[str, Logit]
    attraction: Mapping[str, Logit]
    keys: Mapping[str, str]
    shape: tuple[int, int]  # chain, draw
    part: int = 0  # which of its `parts` it is

    @property
    def draws(self) -> int:
        """Draws of the whole chain."""
        return self.shape[0] * self.shape[1]

    @property
    def parts(self) -> int:
        """Into how many parts of `PART` draws it is cut, which are simulated apart with random numbers of their own."""
        return -(-self.draws // PART)

    def of_part(self, number: int) -> Chain:
        """One of its `parts`; what is not simulated draw by draw is shared."""
        cut = slice(number * PART, (number + 1) * PART)
        return replace(_cut(self, cut, self.draws), shape=(1, len(range(self.draws)[cut])), part=number)

    def thinned(self, by: int) -> Chain:
        """The chain with one of so many draws kept; ValueError where that does not divide the draws of a chain."""
        chains, draws = self.shape
        if draws % by:
            raise ValueError(f"{draws} draws of each chain cannot be thinned by {by}")
        return replace(_cut(self, slice(None, None, by), self.draws), shape=(chains, draws // by))

    def cut(self, link: str) -> Chain:
        """The chain without an arrow.

        ``aid`` (to capacity), ``capacity`` (to duress, alignment, income and democracy), ``duress`` (to alignment), or
        ``scores`` (income and democracy, to all else).
        """
        if link == "aid":
            return replace(self, aid={term: _still(a, *a.design.terms) for term, a in self.aid.items()})
        if link == "capacity":
            onset, stay = (_without(logit, "capacity") for logit in (self.onset, self.continuation))
            outcomes = {name: _without(logit, "capacity") for name, logit in self.outcomes.items()}
            scores = {name: _still(link, "capacity") for name, link in self.scores.items()}
            return replace(self, onset=onset, continuation=stay, outcomes=outcomes, scores=scores)
        if link == "scores":
            return replace(self, scores={name: _still(link, *link.design.terms) for name, link in self.scores.items()})
        if link == "duress":
            return replace(self, outcomes={name: _without(logit, "duress") for name, logit in self.outcomes.items()})
        raise ValueError(f"unknown link {link!r}: choose from aid, capacity, duress, scores")


def _cut(value: Any, cut: slice, draws: int) -> Any:  # noqa: ANN401 (of any type that a chain holds)
    """A value with some of its draws: arrays whose last dimension they are, in whatever holds them."""
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value[..., cut]) if value.shape[-1:] == (draws,) else value
    if isinstance(value, Mapping):
        return {key: _cut(item, cut, draws) for key, item in value.items()}
    if is_dataclass(value) and not isinstance(value, Design | ScoreDesign | type):
        return replace(value, **{f.name: _cut(getattr(value, f.name), cut, draws) for f in fields(value)})
    return value


def cells(design: Design | ScoreDesign, frame: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Region and era of the rows of a frame as positions in the draws; ValueError for a level not fitted."""
    import pandas as pd

    out = []
    for name in CELLS:
        values = pd.Categorical(frame[name]).remove_unused_categories()
        position = [design.groups[name].levels.index(str(level)) if str(level) in design.groups[name].levels else -1
                    for level in values.categories]  # fmt: skip
        if -1 in position:
            unknown = str(values.categories[position.index(-1)])
            raise ValueError(f"{design.name} was fitted without the {name} {unknown!r}")
        out.append(np.array(position, np.intp)[values.codes])
    return out[0], out[1]


def _without(logit: Logit, variable: str) -> Logit:
    slope = logit.slope.copy()
    slope[:, [variable in variables(term) for term in logit.design.terms]] = 0.0
    return replace(logit, slope=slope)


def _still(link: Autoregression, *columns: str) -> Autoregression:
    moved = np.isin(link.design.terms, columns)
    return replace(link, beta=np.where(moved[:, None], 0.0, link.beta))


def logit(design: Design, posterior: xr.Dataset) -> Logit:
    """The draws of a logit, as the simulation takes them."""
    draws = stream.draws_of(design, posterior)
    regions, eras = (len(design.groups[name].levels) for name in ("region", "era"))
    intercept = draws.intercept.reshape(-1, regions, eras).transpose(1, 2, 0)
    slope = draws.slope[:, :, : len(design.terms)].transpose(1, 2, 0)
    level = np.ascontiguousarray(draws.level.T)
    return Logit(design, np.ascontiguousarray(intercept), np.ascontiguousarray(slope), level)


def autoregression_of(design: ScoreDesign, posterior: xr.Dataset) -> Autoregression:
    """The draws of an autoregression, as the simulation takes them."""
    d = {name: np.ascontiguousarray(values.T) for name, values in autoregression.flat(posterior).items()}
    codes, none = [int(code) for code in design.groups["state"].levels], np.zeros_like(d["sigma"])
    error, scale = (dict(zip(codes, d[name], strict=True)) if name in d else {} for name in ("error", "sigma_state"))
    return Autoregression(
        design, d["alpha"] + (1 - d["rho"]) * design.centre, d["rho"], d["beta"], d["alpha_region"], d["alpha_era"],
        error, scale, d.get("nu", none), d["sigma"],
        d.get("omega", none),
    )  # fmt: skip


def used() -> list[tuple[Hypothesis, str, tuple[str, ...]]]:
    """The models that the simulation reads: claim, outcome, and the columns whose slopes it takes for effects."""
    known = {**REGISTRY, **LINKS}
    taken: dict[str, tuple[str, ...]] = {
        "capacity": (*DYNAMIC, "aid_us"),
        "income": DYNAMIC,
        "democracy": DYNAMIC,
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
        if term in BEFORE.values():
            continue  # of the past that the outcome's law is given, in the g-formula; not taken for an effect
        if {*map(unlagged, variables(term))} & {*columns} and term not in equation.exposures:
            raise ValueError(
                f"the simulation takes the slope of {term!r} in {claim.id}.{outcome} for an effect, but it is adjusted "
                f"for there: make it an exposure (now {', '.join(equation.exposures)})"
            )


def freer(alignment: pd.DataFrame) -> float:
    """What the score of democracy has more where electoral democracy has one more: the slope among dyad-years."""
    known = alignment[["democracy", "polyarchy"]].dropna().to_numpy(float)
    if not len(known):
        return 0.0
    (score, index), spread = known.T, known[:, 1].var()
    return float(np.cov(score, index, bias=True)[0, 1] / spread) if spread else 0.0


def _read(name: str, folder: Path, keys: dict[str, str]) -> xr.Dataset:
    """The draws of a verified archive, and nothing else of it."""
    import xarray as xr

    keys[name] = str(archive.attributes(name, folder)["fit_key"])
    with xr.open_dataset(
        archive.path_of(name, folder), engine="netcdf4", group="posterior", decode_cf=False
    ) as posterior:
        every = max(1, posterior.sizes["chain"] * posterior.sizes["draw"] // MOST)
        return posterior.isel(draw=slice(None, None, every)).load()


def load(alignment: Path, folder: Path = archive.FOLDER, *, switches: bool = True) -> Chain:
    """The chain from its archives; ArchiveError naming one that is missing, failed its gate or is corrupted.

    Without ``switches`` the links of support and attraction are not read, only named.
    """
    keys: dict[str, str] = {}
    for claim, outcome, columns in used():
        check_exposures(claim, outcome, columns)

    def of_logit(claim: Hypothesis, outcome: str) -> tuple[Logit, xr.Dataset]:
        posterior = _read(f"{archive_of(claim)}.{outcome}", folder, keys)
        return logit(claim.design(panels.read(claim.panel, alignment), outcome), posterior), posterior

    auto = {
        name: autoregression_of(
            autoregression.design_of(link, alignment), _read(autoregression.name_of(link), folder, keys)
        )
        for name, link in AUTOREGRESSIONS.items()
    }
    known = {**REGISTRY, **LINKS}
    last = {outcome: of_logit(known[LAST_LINK], outcome)[0] for outcome in OUTCOMES}

    def switch(claim: str) -> dict[str, Logit]:
        """The slopes of a claim by outcome: no more of it is used."""
        if switches:
            found = {outcome: of_logit(known[claim], outcome)[0] for outcome in OUTCOMES}
            return {outcome: replace(link, level=link.level[:0]) for outcome, link in found.items()}
        for outcome in OUTCOMES:
            name = f"{archive_of(known[claim])}.{outcome}"
            keys[name] = str(archive.attributes(name, folder)["fit_key"])
        return {}

    onset, posterior = of_logit(LOGITS["onset"], "onset")
    return Chain(
        capacity=auto["capacity"],
        scores={"income": auto["income"], "polyarchy": auto["democracy"]},
        freer=freer(panels.read("alignment", alignment)),
        aid={"aid_us": auto["capacity"], "aid_governance": auto["governance"]},
        onset=onset,
        continuation=of_logit(LOGITS["continuation"], "continued")[0],
        outcomes=last,
        drop=of_logit(LOGITS["withdrawal"], "onset")[0].term("aid_drop")[0],
        support=switch(SUPPORT),
        attraction=switch(ATTRACTION),
        keys=keys,
        shape=(posterior.sizes["chain"], posterior.sizes["draw"]),
    )
