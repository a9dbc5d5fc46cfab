r"""Several outcomes of the same actors as one model: one logit each, whose group effects go together.

Of a grouping that all outcomes have (region, era, state, aggressor, year), the effects of one level on two outcomes
are bivariate normal,

.. math::  (u_{l1}, u_{l2}) \sim N(0, \Sigma), \quad
           \Sigma = \begin{pmatrix} \sigma_1^2 & \rho \sigma_1 \sigma_2 \\ \cdot & \sigma_2^2 \end{pmatrix},

with one correlation :math:`\rho` for each grouping. Slopes of the two logits are independent under the prior; the
posterior makes them depend on each other through the effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.design import Design, Group
from models.parameters import draw
from models.priors import Correlation

if TYPE_CHECKING:
    import xarray as xr

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Joint:
    """The designs of one or two outcomes, in one model.

    All designs have the same groupings, and the levels of a grouping are those of any design: what an outcome does not
    see of a level, it learns from the other outcome. Use `together` to make one.
    """

    name: str
    designs: tuple[Design, ...]

    @property
    def outcomes(self) -> tuple[str, ...]:
        """The outcomes, in the order of the designs."""
        return tuple(design.outcome for design in self.designs)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groupings."""
        return tuple(self.designs[0].groups)

    @property
    def correlations(self) -> dict[str, Correlation]:
        """Prior of the correlation between the outcomes' effects, by name ``rho_<grouping>``; none for one outcome."""
        if len(self.designs) == 1:
            return {}
        return {f"rho_{name}": self.designs[0].priors.correlation for name in self.groups}

    def prefix(self, outcome: str) -> str:
        """What the names of an outcome's own parameters and dims begin with: nothing in a model of one outcome."""
        return f"{outcome}::" if len(self.designs) > 1 else ""

    @cached_property
    def coords(self) -> dict[str, list[str]]:
        """Coordinates of the groupings, and of each outcome's own dims, with its prefix."""
        shared = {name: list(group.levels) for name, group in self.designs[0].groups.items()}
        own = {
            f"{self.prefix(design.outcome)}{dim}": levels
            for design in self.designs
            for dim, levels in design.coords.items()
            if dim not in shared
        }
        return shared | own

    def subset(self, keep: Sequence[NDArray[Any] | slice]) -> Joint:
        """The same model on the rows ``keep`` (mask, or slice) of each design; levels stay those of all rows."""
        return replace(self, designs=tuple(d.subset(k) for d, k in zip(self.designs, keep, strict=True)))


def together(designs: Sequence[Design], name: str = "") -> Joint:
    """The joint model of one or two designs, each grouping with the levels of both.

    Raises ValueError for other numbers of designs and for designs whose groupings differ.
    """
    if len(designs) not in (1, 2):
        raise ValueError(f"a joint model is of one outcome or two, not of {len(designs)}")
    first = designs[0]
    for design in designs[1:]:
        if list(design.groups) != list(first.groups):
            raise ValueError(
                f"{design.name} groups rows by {', '.join(design.groups)}, {first.name} by {', '.join(first.groups)}: "
                "outcomes of one model have the same groupings"
            )
    levels = {name: _union([d.groups[name].levels for d in designs]) for name in first.groups}
    return Joint(name or first.name.rpartition(".")[0] or first.name, tuple(_with(d, levels) for d in designs))


def as_joint(model: Design | Joint) -> Joint:
    """A design as the joint model of its outcome alone; a joint model as it is."""
    return model if isinstance(model, Joint) else together([model])


class Admissible(NamedTuple):
    """A joint model on the rows that a multinomial logit (`models.multinomial`) can have.

    ``both`` counts the rows that were left out because both outcomes happened in them.
    """

    joint: Joint
    both: int


def admissible(joint: Joint) -> Admissible:
    """The rows that both equations know and in which not both outcomes happened; scaling and levels stay.

    A row then weighs the same in both equations. One that holds 1/m of a decision for one outcome is 1/m of a row in
    which the other did not happen.

    Raises ValueError for a model of one outcome, and for a row whose weights in the two equations contradict each
    other.
    """
    if len(joint.designs) == 1:
        raise ValueError(f"{joint.name} has one outcome, {joint.outcomes[0]}: there is no other that it could exclude")
    one, two = joint.designs
    _, first, second = np.intersect1d(one.rows, two.rows, return_indices=True)
    both = (one.y[first] == 1) & (two.y[second] == 1)
    part = joint.subset([first[~both], second[~both]])
    weight = _weight(*part.designs)
    designs = tuple(replace(design, weight=weight) for design in part.designs)
    return Admissible(replace(part, designs=designs), int(both.sum()))


def view(draws: xr.Dataset, joint: Joint, outcome: str) -> xr.Dataset:
    """The draws of one outcome, its parameters and dims named as in a model of its own; correlations stay."""
    if len(joint.designs) == 1:
        return draws
    prefix = joint.prefix(outcome)
    own = [str(name) for name in draws.data_vars if str(name).startswith(prefix) or str(name) in joint.correlations]
    mine = draws[own]
    names = {str(name): str(name).removeprefix(prefix) for name in (*mine.data_vars, *mine.dims)}
    return mine.rename({old: new for old, new in names.items() if old != new})


def draw_prior(joint: Joint, draws: int, rng: np.random.Generator) -> dict[str, dict[str, Float]]:
    """Independent draws of every parameter from its prior, by outcome and name, of shape (draw, *dims).

    Correlations stand with each outcome.
    """
    out = {design.outcome: draw(design, draws, rng) for design in joint.designs}
    for name, prior in joint.correlations.items():
        rho, group = prior.draw(rng, (draws,)), name.removeprefix("rho_")
        one, two = (out[outcome] for outcome in joint.outcomes)
        standard = [own[f"alpha_{group}"] / own[f"sigma_{group}"][:, None] for own in (one, two)]
        both = rho[:, None] * standard[0] + np.sqrt(1 - rho[:, None] ** 2) * standard[1]
        two[f"alpha_{group}"] = two[f"sigma_{group}"][:, None] * both
        one[name] = two[name] = rho
    return out


def _weight(one: Design, two: Design) -> Float | None:
    """What each row counts for (obs,): the weight that differs from one, if any does."""
    first, second = (design.row_weight for design in (one, two))
    torn = np.flatnonzero((first != 1.0) & (second != 1.0) & (first != second))
    if torn.size:
        raise ValueError(
            f"row {one.rows[torn[0]]} of the panel weighs {first[torn[0]]:g} for {one.outcome} and "
            f"{second[torn[0]]:g} for {two.outcome}: one row of a multinomial logit has one weight"
        )
    weight = np.where(first == 1.0, second, first)
    return None if (weight == 1.0).all() else weight


def _union(levels: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    """All levels, in the order of the first tuple that has them."""
    return tuple(dict.fromkeys(level for some in levels for level in some))


def _with(design: Design, levels: dict[str, tuple[str, ...]]) -> Design:
    """``design`` with more levels in its groupings."""
    groups = dict[str, Group]()
    for name, group in design.groups.items():
        position = {level: i for i, level in enumerate(levels[name])}
        new = np.array([position[level] for level in group.levels], dtype=np.intp)
        groups[name] = Group(new[group.index], levels[name])
    return replace(design, groups=groups)
