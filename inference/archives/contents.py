"""What the archives of each kind hold: their groups, the dims of these, and their attributes.

A reader needs no other file to open one. A test holds this description to archives as they are written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import xarray as xr

DRAW = ("chain", "draw")
SETTINGS = ("chains", "draws", "seed", "engine")
ORIGIN = ("made_by", "panel_sha256", "code_sha256", "lock_sha256", "revision", "versions", "fit_key")
# What says how and when an archive was made, and not what it holds.
MAKING = frozenset({*ORIGIN, "fit_keys", "links", "sampling_time", "created_at"}) - {"panel_sha256"}
MODEL = (
    "hypothesis", "claim", "claim_source", "outcome", "exposures", "adjustment", "durations", "panel", "sample",
    "status", "identified", "expected_signs", "note", "gate", "priors", "rows", "rows_lost",
)  # fmt: skip


@dataclass(frozen=True)
class Group:
    """A group of an archive: the dims that its variables may have, and whether some lack it; ``*`` is any text."""

    name: str
    dims: tuple[str, ...]
    optional: bool = False
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of archive, as ``name`` is written with the id of what it is of."""

    name: str
    groups: tuple[Group, ...]
    attributes: tuple[str, ...]


# Dims of a logit's parameters: regions and eras always, the others as the panel has them.
PARAMETERS = ("predictor", "exposure", "region", "era", "state", "aggressor", "year", "treaty", "war")
VERDICTS = Group("verdicts", ("estimand", "width"), optional=True, attributes=("made_by", "code_sha256", "fit_keys"))
LOGIT = Kind(
    name="<hypothesis>.<outcome>",
    groups=(
        Group("prior", (*DRAW, *PARAMETERS)),
        Group("prior_predictive", DRAW),
        Group("posterior", (*DRAW, *PARAMETERS)),
        Group("sample_stats", DRAW),
        Group("observed_data", ("obs",)),
        Group("constant_data", ("obs", "predictor")),
        Group("scaling", ("variable",)),
        Group("contrasts", (*DRAW, "term")),
        # What follows is of fits that passed their gate.
        Group("loo_*", ("cluster",), optional=True),  # loo_<clustering>, without exposures ..._without, ..._mains
        Group("comparison", ("clustering", "term"), optional=True),  # of models with an exposure
        Group("curves", ("sample", "*_value"), optional=True),
        Group("power_scaling", ("term",), optional=True),
        Group("predictive_checks", (*DRAW, "region", "era"), optional=True),
        Group("cluster_checks", DRAW, optional=True),
        Group("independent_rows", (*DRAW, "predictor"), optional=True),
        Group("independent_clusters", DRAW, optional=True),
        Group("fitted", ("obs",), optional=True),
        Group("calibration", ("bin",), optional=True),
        Group("holdout", DRAW, optional=True),  # where there are rows after the years learnt from
        VERDICTS,
    ),
    attributes=(*MODEL, "events", "decisions", "excluded", "until", *SETTINGS, *ORIGIN),
)
# Of fits that passed their gate, for ArviZ: few draws, the same in every group, and what has a value for each row.
THINNED = Kind(
    name="<hypothesis>.<outcome>.thinned",
    groups=(
        Group("prior", (*DRAW, *PARAMETERS)),
        Group("posterior", (*DRAW, *PARAMETERS)),
        Group("sample_stats", DRAW),
        Group("log_prior", (*DRAW, *PARAMETERS)),
        Group("posterior_predictive", (*DRAW, "obs")),
        Group("log_likelihood", (*DRAW, "obs")),
        Group("observed_data", ("obs",)),
    ),
    attributes=LOGIT.attributes,
)
CAPACITY = Kind(
    name="<link>.<score>_next",
    groups=(
        Group("prior", (*DRAW, "predictor", "region", "era", "state")),
        Group("posterior", (*DRAW, "predictor", "region", "era", "state")),
        Group("sample_stats", DRAW),
        Group("observed_data", ("obs",)),
        Group("constant_data", ("obs", "predictor")),
        Group("posterior_predictive", ("sample",)),
        Group("predictive_check", ()),
    ),
    attributes=(*MODEL, *SETTINGS, *ORIGIN),
)
CONTEST = Kind(
    name="contest.<outcome>",
    groups=(Group("contest", ("rival", "cluster")),),
    attributes=("outcome", "rows", "events", *SETTINGS, *ORIGIN),
)
FUTURE = Kind(
    name="future.<hypothesis>",
    groups=(Group("future", ("until", "model", "outcome")), Group("calibration", ("model", "outcome", "bin"))),
    attributes=("hypothesis", "rows", *SETTINGS, *ORIGIN),
)
CASE = Kind(
    name="case.2015",
    groups=(Group("case", ("claim", *DRAW, "obs")),),
    attributes=("outcome", "rows", "events", "until", "since", *SETTINGS, *ORIGIN),
)
SCENARIO = Kind(
    name="scenario.<id>",
    groups=(
        # Of a whole population of states:
        Group("events", (*DRAW, "arm", "evaluation", "horizon", "outcome"), optional=True),
        Group("since_start", (*DRAW, "arrow", "when", "years", "outcome"), optional=True),  # where years suffice
        Group("benchmark", (*DRAW, "cause", "outcome", "slope"), optional=True),
        Group("trajectory", ("arm", "outcome", "statistic", "year"), optional=True),
        Group("cells", (*DRAW, "arm", "outcome", "region", "era"), optional=True),
        Group("observed", ("outcome", "region", "era"), optional=True),
        Group("positivity", ("dollars", "gain", "source", "start"), optional=True),
        # Of one state through its own history:
        Group("unit", (*DRAW, "arm", "year", "bandwagon_row", "balance_row"), optional=True),
    ),
    attributes=(
        "scenario", "title", "words", "rung", "states", "state_codes", "carried", "unknown", "flags", "links", "seed",
        *ORIGIN,
    ),
)  # fmt: skip


def deviations(kind: Kind, tree: xr.DataTree) -> Iterator[str]:
    """In what an archive is not what its kind says: groups, dims and attributes, missing or unknown."""
    names = set(tree.children)
    yield from (f"no group {group.name}" for group in kind.groups if not group.optional and group.name not in names)
    yield from (
        f"unknown group {name}" for name in sorted(names) if not any(fnmatch(name, g.name) for g in kind.groups)
    )
    attributes = set(map(str, tree.attrs))
    yield from (f"no attribute {name}" for name in sorted(set(kind.attributes) - attributes))
    yield from (f"unknown attribute {name}" for name in sorted(attributes - set(kind.attributes)))
    for group in kind.groups:
        for name in sorted(each for each in names if fnmatch(each, group.name)):
            yield from _within(group, name, tree)


def _within(group: Group, name: str, tree: xr.DataTree) -> Iterator[str]:
    """In what the group ``name`` of an archive is not what it is described as."""
    node = tree.children[name]
    dims = {str(dim) for variable in node.data_vars.values() for dim in variable.dims}
    yield from (f"{name}: unknown dim {dim}" for dim in sorted(dims) if not any(fnmatch(dim, d) for d in group.dims))
    yield from (f"{name}: no attribute {attribute}" for attribute in group.attributes if attribute not in node.attrs)
