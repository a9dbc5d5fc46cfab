r"""What verdicts and comparisons say of panels whose truth is known: real rows, and outcomes made from a planted truth.

Rows, exposures and actors are those of a claim on the real panel. These truths are planted:

``null``
    Outcomes from the model itself, its groupings included, with all parameters drawn from their priors but the slopes
    of the exposures, which are nil: does clustering within the model make verdicts?
``main effect``
    The same, where the main exposure has an effect and the product none: is a product credited with its main effect?
``blocks``
    Treaties as real ones, of so many members, put into years at random: each falls upon states of one region in one
    year (bandwagoning: with one aggressor), whatever these are like. The model knows no such blocks.
``selection``
    Proximity has an effect and power none, among the rows that are really at risk, where the two go together.
``selection, revision 1``
    The same, fitted with what revision 1 adjusts for, which knows nothing of the selection.
``null of every claim``
    ``null`` on the rows of every claim about alignment in turn: how many of what the registry asks are called falsely?
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from inference import panels
from inference.calibration.study import Parameters, linear_predictor
from inference.evidence.left_out import folds
from inference.evidence.left_out.folds import Folds
from inference.fitting import comparison
from models.claims.registry import REGISTRY, Hypothesis, archive_of
from models.design import Design
from models.graph import CURRENT
from models.joint import Joint, draw_prior

Float = NDArray[np.float64]
Generator = np.random.Generator
CLAIM, OF_POWER = "carter-3", "bw-2"
EFFECT = 0.5  # log odds, of the main exposure where it has an effect, and of a standard deviation of proximity
EVENTS = (100, 1000)  # of each outcome: truths that make fewer or more are drawn again, real ones are 269 and 280


class Setting(NamedTuple):
    """A claim on the real panel: its model, the same without products, proximity, and the treaties in its rows."""

    claim: Hypothesis
    joint: Joint
    mains: Joint | None
    folds: Folds
    proximity: Float  # (row of the panel,), standardised
    treaties: list[tuple[int, ...]]  # events of each treaty by outcome, and its era's position


@cache
def setting(claim: str, panel: Path, revision: int = CURRENT) -> Setting:
    """A registered claim on the panel file ``panel``, with what a revision of the causal graph adjusts for."""
    registered = replace(REGISTRY[claim], revision=revision)
    frame = panels.read(registered.panel, panel)
    joint = registered.joint(frame)
    treaty = folds.of_panel(registered.panel, frame)["treaty"]
    era = joint.designs[0].groups["era"]
    counts = np.stack([np.bincount(treaty.cluster[d.rows], d.y, len(treaty.labels)) for d in joint.designs])
    eras = np.zeros(len(treaty.labels), np.intp)
    eras[treaty.cluster[joint.designs[0].rows]] = era.index
    known = np.flatnonzero(counts.sum(axis=0))
    mains = comparison.reduced(registered, frame).get(comparison.MAINS)
    treaties = [(*counts[:, c].astype(int).tolist(), int(eras[c])) for c in known]
    proximity = frame["proximity"].to_numpy(float)
    standard = (proximity - np.nanmean(proximity)) / np.nanstd(proximity)
    return Setting(registered, joint, mains, treaty, standard, treaties)


def from_model(effect: float, here: Setting, rng: Generator) -> Joint:
    """Outcomes from a truth drawn from the prior, the first exposure's slope ``effect`` and all others' nil."""

    def changed(design: Design, mine: dict[str, Float]) -> Float:
        exposures = here.claim.equation(design.outcome).exposures
        mine["beta"][:, : len(exposures)] = 0.0
        mine["beta"][:, 0] = effect
        return np.zeros(design.y.size)

    return _made(here, changed, rng)


def near(here: Setting, rng: Generator) -> Joint:
    """Outcomes that proximity alone has an effect on, beside what is particular to groups."""

    def changed(design: Design, mine: dict[str, Float]) -> Float:
        mine["beta"][:] = 0.0
        return EFFECT * here.proximity[design.rows]

    return _made(here, changed, rng)


def _made(here: Setting, changed: Callable[[Design, dict[str, Float]], Float], rng: Generator) -> Joint:
    """Outcomes from truths drawn from the prior and ``changed``, which also gives what is added to the log odds."""
    while True:
        truth = draw_prior(here.joint, 1, rng)
        joint = replace(here.joint, designs=tuple(_outcome(d, truth, changed, rng) for d in here.joint.designs))
        if all(EVENTS[0] <= design.y.sum() <= EVENTS[1] for design in joint.designs):
            return joint


def _outcome(
    design: Design, truth: Parameters, changed: Callable[[Design, dict[str, Float]], Float], rng: Generator
) -> Design:
    """A design with outcomes of independent rows, given all effects."""
    mine = dict(truth[design.outcome]) | {"beta": truth[design.outcome]["beta"].copy()}
    if design.varying:
        mine["gamma"] = np.zeros_like(mine["gamma"])
    added = changed(design, mine)
    probability = 1.0 / (1.0 + np.exp(-linear_predictor(design, design.x, mine)[0] - added))
    return replace(design, y=(rng.random(design.y.size) < probability).astype(np.int8), weight=None)


def blocks(here: Setting, rng: Generator) -> Joint:
    """Outcomes of treaties as many and as large as the real ones of each era, upon rows at random."""
    made = [np.zeros(design.y.size, np.int8) for design in here.joint.designs]
    for *counts, era in here.treaties:
        for outcome, (design, members) in enumerate(zip(here.joint.designs, counts, strict=True)):
            if members:
                made[outcome][_members(design, members, era, outcome == 0, rng)] = 1
    designs = zip(here.joint.designs, made, strict=True)
    return replace(here.joint, designs=tuple(replace(d, y=y, weight=None) for d, y in designs))


def _members(design: Design, members: int, era: int, one_aggressor: bool, rng: Generator) -> NDArray[np.intp]:
    """Rows of as many states that a treaty falls upon: of the year and region of a row at random, the nearest first."""
    index = {name: group.index for name, group in design.groups.items()}
    first = rng.choice(np.flatnonzero(index["era"] == era))
    year = rng.permutation(np.flatnonzero(index["year"] == index["year"][first]))
    apart = (index["region"][year] != index["region"][first]).astype(int)
    if one_aggressor:
        apart += 2 * (index["aggressor"][year] != index["aggressor"][first])
    year = year[np.argsort(apart, kind="stable")]
    _, rows = np.unique(index["state"][year], return_index=True)
    return year[np.sort(rows)[:members]]


class Truth(NamedTuple):
    """A way to make outcomes, the claims whose models are fitted to them in turn, and which slopes are not nil.

    ``compared`` truths are also asked what the product adds to the prediction of clusters that are left out.
    """

    make: Callable[[Setting, Generator], Joint]
    claims: tuple[str, ...] = (CLAIM,)
    revision: int = CURRENT
    compared: bool = False
    effects: tuple[str, ...] = ()

    def claim_of(self, number: int) -> str:
        """The claim of a panel by its number."""
        return self.claims[number % len(self.claims)]


EVERY = tuple(
    h.id
    for h in REGISTRY.values()
    if h.testable and h.panel == "alignment" and h.exposures and h.adjust_for is None and archive_of(h) == h.id
)
TRUTHS: dict[str, Truth] = {
    "null": Truth(partial(from_model, 0.0)),
    "main effect": Truth(partial(from_model, EFFECT), compared=True, effects=("duress",)),
    "blocks": Truth(blocks, compared=True),
    "selection": Truth(near, (OF_POWER,)),
    "selection, revision 1": Truth(near, (OF_POWER,), revision=1),
    "null of every claim": Truth(partial(from_model, 0.0), EVERY),
}
