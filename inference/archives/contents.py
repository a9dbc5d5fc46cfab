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
    """A group of an archive: the dims that its variables may have (``*`` is any text), and whether some lack it."""

    name: str
    dims: tuple[str, ...]
    optional: bool = False
    attributes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kind:
    """A kind of archive, as ``name`` is written with the id of what it is of; ``optional`` attributes may be absent."""

    name: str
    groups: tuple[Group, ...]
    attributes: tuple[str, ...]
    optional: tuple[str, ...] = ()


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
        Group("loo", ("obs",), optional=True),
        Group("loo_without", ("obs",), optional=True),  # of models with an exposure
        Group("curves", ("sample", "*_value"), optional=True),
        Group("power_scaling", ("term",), optional=True),
        Group("posterior_predictive", (*DRAW, "obs"), optional=True),
        Group("log_likelihood", (*DRAW, "obs"), optional=True),
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
    optional=("elpd_diff", "elpd_diff_se", "bad_k", "refitted"),  # beside ``loo_without``
)
CAPACITY = Kind(
    name="<link>.capacity_next",
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
    groups=(Group("contest", ("rival", "obs")),),
    attributes=("outcome", "rows", "events", *SETTINGS, *ORIGIN),
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
    needed = {group.name for group in kind.groups if not group.optional}
    yield from _apart("group", set(tree.children), needed, {group.name for group in kind.groups})
    yield from _apart("attribute", set(map(str, tree.attrs)), set(kind.attributes), {*kind.attributes, *kind.optional})
    for group in kind.groups:
        if group.name in tree.children:
            node = tree.children[group.name]
            dims = {str(dim) for variable in node.data_vars.values() for dim in variable.dims}
            yield from (
                f"{group.name}: unknown dim {dim}"
                for dim in sorted(dims)
                if not any(fnmatch(dim, d) for d in group.dims)
            )
            yield from (f"{group.name}: no attribute {name}" for name in group.attributes if name not in node.attrs)


def _apart(what: str, present: set[str], needed: set[str], known: set[str]) -> Iterator[str]:
    yield from (f"unknown {what} {name}" for name in sorted(present - known))
    yield from (f"no {what} {name}" for name in sorted(needed - present))
