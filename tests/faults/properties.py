"""Any panel, claim, scenario or command line is taken and right, or refused in one sentence; strategies to draw them.

Each property is a plain function of a drawn value and raises AssertionError with what is wrong. The tests draw a few
examples of each, a campaign hundreds.
"""

from __future__ import annotations

import contextlib
import io
import sys
import time
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pandas as pd
from hypothesis import HealthCheck
from hypothesis import strategies as st

from data import schema
from data.codebook.panels import PANELS
from inference.counterfactual import scenario
from models.claims import checked
from models.claims.claim import Hypothesis
from models.claims.estimand import NEGATIVE, POSITIVE, Estimand
from models.claims.registry import REGISTRY
from models.terms import variables

SECONDS = 5.0  # of this process within which an answer comes: others may keep it waiting
# Checks of the library on how examples are made, which a machine that others use fails for no fault of ours.
UNASKED = [
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.too_slow,
    HealthCheck.large_base_example,
]
BOOK = PANELS["alignment"]
COLUMNS = [variable.name for variable in BOOK.variables]
# What a file may hold in place of a value.
VALUES = st.one_of(
    st.none(),
    st.floats(),
    st.integers(-(10**12), 10**12),
    st.booleans(),
    st.text(max_size=8),
    st.sampled_from([np.nan, pd.NaT, pd.NA, "1", "", "nan", 1e308, -1e308, 5e-324, 2**63, 10**400, 1j, b"x", [1]]),
)
STORED = st.sampled_from(["object", "float32", "float64", "Float64", "int64", "Int64", "string", "category", "bool"])
CHANGES = st.one_of(
    st.tuples(st.just("value"), st.sampled_from(COLUMNS), st.integers(0, 299), VALUES),
    st.tuples(st.just("column"), st.sampled_from(COLUMNS), VALUES),
    st.tuples(st.just("stored"), st.sampled_from(COLUMNS), STORED),
    st.tuples(st.just("gone"), st.sampled_from(COLUMNS)),
    st.tuples(st.just("renamed"), st.sampled_from(COLUMNS), st.text(max_size=5)),
    st.tuples(st.just("rows"), st.integers(0, 300)),
    st.tuples(st.just("again"), st.integers(0, 299)),
    st.tuples(st.just("index"), st.sampled_from(["zero", "reversed", "text", "several"])),
    st.tuples(st.just("scaled"), st.sampled_from(COLUMNS), st.sampled_from([0.0, -1.0, 1e6, 1e200, 1e-200])),
)
PANELS_CHANGED = st.lists(CHANGES, min_size=1, max_size=3)


def whole(panel: pd.DataFrame) -> pd.DataFrame:
    """A part of a panel that is valid and soon judged."""
    part = panel.head(300)
    return part.assign(**{name: part[name].cat.remove_unused_categories() for name in BOOK.groups})


def changed(panel: pd.DataFrame, changes: list[tuple[Any, ...]]) -> pd.DataFrame | None:
    """A panel with changes made one after the other; None where pandas itself cannot hold one."""
    out = whole(panel)
    try:
        for change in changes:
            out = _changed(out, *change)
    except (TypeError, ValueError, OverflowError, KeyError, IndexError, AttributeError):
        return None
    return out


def _changed(panel: pd.DataFrame, what: str, *how: Any) -> pd.DataFrame:  # noqa: PLR0911 (drawn values)
    match what, how:
        case "value", (name, row, value):
            values = panel[name].astype(object).tolist()
            values[row] = value
            return panel.assign(**{name: pd.Series(values, panel.index, object)})
        case "column", (name, value):
            return panel.assign(**{name: pd.Series([value] * len(panel), panel.index)})
        case "stored", (name, storage):
            return panel.astype({name: storage})
        case "gone", (name,):
            return panel.drop(columns=name)
        case "renamed", (name, new):
            return panel.rename(columns={name: new})
        case "rows", (count,):
            return panel.iloc[:count]
        case "again", (row,):
            return pd.concat([panel, panel.iloc[[row]]])
        case "scaled", (name, factor):
            return panel.assign(**{name: panel[name] * factor})
    index = {"zero": [0] * len(panel), "reversed": list(range(len(panel)))[::-1], "text": ["x"] * len(panel)}
    several = pd.MultiIndex.from_arrays([range(len(panel)), range(len(panel))])
    return panel.set_axis(index.get(how[0], several), axis=0)


def sentence(error: BaseException) -> None:
    """An error is one line, not empty and not endless."""
    text = str(error)
    assert text and "\n" not in text and len(text) < 2000, f"no sentence: {text[:300]!r}"


def panel_is_right_or_refused(panel: pd.DataFrame, changes: list[tuple[Any, ...]]) -> None:
    """A changed panel is refused, or it is valid, stays as it is when validated again, and has a finite design."""
    given = changed(panel, changes)
    if given is None:
        return
    began = time.process_time()
    try:
        valid = schema.validate(given)
    except schema.PanelError as error:
        sentence(error)
    else:
        pd.testing.assert_frame_equal(schema.validate(valid), valid)
        try:
            made = REGISTRY["carter-1"].design(valid, "bandwagon")
        except ValueError as error:
            sentence(error)
        else:
            assert np.isfinite(made.x).all(), "a design that is not finite"
    assert time.process_time() - began < SECONDS, "no answer in time"


# Half of what is drawn could be a claim: exposures of registered ones, years of the panel, estimands of the exposures.
EXPOSURES = sorted({name for claim in REGISTRY.values() if claim.panel == "alignment" for name in claim.exposures})
ODD = st.one_of(st.sampled_from([*COLUMNS, "threat:duress", "duress:threat", "", " ", "a:b:c"]), st.text(max_size=9))
OUTCOMES = st.sampled_from(["bandwagon", "balance", "delta", "bandwagon", "balance", "ratio", "?"])
YEARS = st.one_of(st.just((1818, 2011)), st.tuples(st.integers(1500, 2100), st.integers(1500, 2100)))


@st.composite
def claims(draw: st.DrawFn) -> dict[str, Any]:
    """Values of a claim: exposures, estimands, years."""
    usual = draw(st.booleans())
    names = st.sampled_from(EXPOSURES) if usual else ODD
    exposures = draw(st.lists(names, min_size=int(usual), max_size=3, unique=usual).map(tuple))
    terms = st.sampled_from(exposures) if usual else ODD
    estimands = st.lists(st.builds(Estimand, terms, OUTCOMES, st.sampled_from([POSITIVE, NEGATIVE])), max_size=2)
    return {"exposures": exposures, "estimands": draw(estimands.map(tuple)), "years": draw(YEARS)}


CLAIMS = claims()


def claim_is_right_or_refused(values: dict[str, Any]) -> None:
    """A claim is refused, or all its equations have terms of columns that are there."""
    began = time.process_time()
    try:
        claim = Hypothesis(id="drawn", claim="Drawn.", source="a test", **values)
        if claim.testable:
            checked.check(claim)
            for outcome in claim.outcomes:
                terms = {part for term in claim.equation(outcome).terms for part in variables(term)}
                assert terms <= {*COLUMNS, *(f"{name}_lag{lag}" for name in COLUMNS for lag in range(60))}, terms
    except ValueError as error:
        sentence(error)
        assert str(error).startswith("drawn"), f"the claim is not named: {error}"
    assert time.process_time() - began < SECONDS, "no answer in time"


TEXTS = st.one_of(
    st.text(max_size=12),
    st.integers(-(10**30), 10**30).map(str),
    st.floats().map(str),
    st.sampled_from(
        ["", "nan", "inf", "-0", "1e400", "9" * 300, "None", "True", "West Africa", "1946-1968", "365", "/", ".."]
    ),
)
SCENARIOS = st.tuples(
    st.one_of(st.sampled_from([*scenario.SHIPPED]), st.text(max_size=8)),
    st.dictionaries(
        st.one_of(st.sampled_from([field.name for field in fields(scenario.Scenario)]), st.text(max_size=6)),
        TEXTS,
        max_size=4,
    ),
)


def scenario_is_right_or_refused(drawn: tuple[str, dict[str, str]]) -> None:
    """A changed scenario is refused, or holds by its own rules and has a name that a file can have."""
    try:
        made = scenario.changed(scenario.get(drawn[0]), drawn[1])
    except ValueError as error:
        sentence(error)
        return
    assert scenario.check(made) == made
    assert len(made.id) < 200 and not set("/\\\0") & set(made.id), f"no name of a file: {made.id!r}"


# A command that would start work with all that it is given ends for want of this panel.
NOWHERE = "nowhere.parquet"
OPTIONS: dict[str, tuple[str, ...]] = {
    "inference": ("--hypotheses", "--chains", "--draws", "--seed", "--engine", "--workers", "--scheduler"),
    "inference.robustness": ("--hypotheses", "--part", "--workers", "--scheduler", "--full", "--only-chain"),
    "inference.counterfactual": ("--scenario", "--seed"),
    "reports": ("--hypotheses", "--draft", "--refits"),
    "data": ("--coding", "--seed", "--simulate", "--revision", "--raw"),
}
ARGUMENTS = st.sampled_from([*OPTIONS]).flatmap(
    lambda module: st.tuples(
        st.just(module),
        st.lists(st.one_of(st.tuples(st.sampled_from(OPTIONS[module]), TEXTS), st.tuples(TEXTS)), max_size=4),
    )
)
HELP = {"-h", "--help", "--he", "--hel", "--h"}


def arguments_are_refused(drawn: tuple[str, list[tuple[str, ...]]], place: Path) -> None:
    """A command without its panel, and with whatever else, ends with code 2 in a sentence and makes nothing."""
    module, pairs = drawn
    given = [text for pair in pairs for text in pair]
    if HELP & set(given) or "\0" in "".join(given):
        return
    before = sorted(path.name for path in place.iterdir())
    asked = ("--panel", str(place / NOWHERE)) if module != "data" else ("--panel", NOWHERE)
    where = () if module == "data" else ("--folder", str(place / "results"))
    began = time.process_time()
    out, err = io.StringIO(), io.StringIO()
    main = import_module(f"{module}.__main__").main
    argv = mock.patch.object(sys, "argv", [module, *given, *asked, *where])
    with argv, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            code = main()
        except SystemExit as end:
            code = end.code
    assert code == 2, f"exit code {code} for {given}: {err.getvalue()[-200:]}"
    assert err.getvalue().startswith("error: ") and "Traceback" not in err.getvalue(), err.getvalue()[-300:]
    assert time.process_time() - began < SECONDS, f"no answer in time to {given}"
    assert sorted(path.name for path in place.iterdir()) == before, f"something was made for {given}"
