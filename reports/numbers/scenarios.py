"""The shipped scenarios of state-building aid, from their archives: numbers and figures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from inference import panels
from inference.archives import archive
from inference.archives.archive import ArchiveError
from inference.counterfactual import run, table
from inference.counterfactual.scenario import HEADLINE, POPULATION, SHIPPED
from inference.counterfactual.simulation import chain
from inference.plain import plain
from inference.robustness import aid as robustness
from models.claims.links import LINKS
from reports.numbers.refits import coding, level_name

if TYPE_CHECKING:
    import xarray as xr
    from matplotlib.figure import Figure

    from models.claims.registry import Hypothesis

Trees = dict[str, "xr.DataTree"]


def load(hypotheses: list[Hypothesis], alignment: Path, folder: Path, draft: list[str] | None = None) -> Trees:
    """Archives of the shipped scenarios by id; none when not the whole chain was asked for or its panel is not there.

    Raises ArchiveError for a scenario that is missing, corrupted, or of another panel or code; of a draft, ``draft``
    takes the reasons, stale ones are used and the others left out.
    """
    claims = {name.partition(".")[0] for name in chain.ARCHIVES} - set(LINKS)
    files = panels.files_of("placebo", alignment)
    if not claims <= {hypothesis.id for hypothesis in hypotheses} or not all(file.is_file() for file in files):
        return {}
    out = {}
    for scenario in SHIPPED.values():
        try:
            tree = archive.read(run.name_of(scenario), folder)
        except ArchiveError as error:
            if draft is None:
                raise
            draft.append(str(error))
            continue
        if reason := archive.staleness(tree.attrs, *files):
            if draft is None:
                raise ArchiveError(f"{run.name_of(scenario)}: {reason}; run 'make fit'")
            draft.append(f"{run.name_of(scenario)}: {reason}")
        out[scenario.id] = tree
    return out


def collect(trees: Trees, folder: Path, tables: Path) -> dict[str, Any] | None:
    """Numbers of every scenario as plain values, with the links and the negative control; None without scenarios.

    ``folder`` and ``tables`` are those of the posteriors and of the refits.
    """
    whole = {name: tree for name, tree in trees.items() if tree.attrs["rung"] == POPULATION}
    if not whole:
        return None
    numbers = {
        "headline": HEADLINE if HEADLINE in whole else next(iter(whole)),
        "shipped": [table.collect(tree) for tree in whole.values()],
        "units": [table.collect_unit(tree) for name, tree in trees.items() if name not in whole],
        "links": table.links(folder),
        "refits": refits(trees, tables),
    }
    return {name: plain(value, name) for name, value in numbers.items()}


def refits(trees: Trees, folder: Path) -> list[dict[str, Any]]:
    """Effects of the headline scenario under other codings and without a part; none when they are of another chain."""
    import pandas as pd

    path = folder / "chain.csv"
    if HEADLINE not in trees or not path.is_file():
        return []
    table = pd.read_csv(path, dtype={"what": str}, keep_default_na=False, na_values=[""])
    now = robustness.key(json.loads(trees[HEADLINE].attrs["links"]))
    rows = json.loads(table[table["chain_key"] == now].to_json(orient="records", double_precision=12))
    return [row | {"words": level(row["kind"], row["what"])} for row in rows if row["value"] is not None]


def level(kind: str, what: str) -> str:
    """What was changed or left out, as a reader knows it."""
    if kind == "aggressor":
        return f"without {level_name('aggressor', what)}"
    return coding(what)


def figures(trees: Trees, numbers: dict[str, Any] | None) -> Iterator[tuple[str, Figure]]:
    """Every figure of the scenarios with its name."""
    from reports.figures import counterfactual

    if numbers and numbers["refits"]:
        yield "chain_refits", counterfactual.refits(numbers["refits"])
    for scenario in (numbers or {"shipped": []})["shipped"]:
        name, tree = scenario["id"], trees[scenario["id"]]
        yield f"fan-{name}", counterfactual.fan(scenario, archive.group(tree, "trajectory"))
        yield f"timing-{name}", counterfactual.timing(scenario)
        yield f"natural_course-{name}", counterfactual.natural_course(scenario)
        if name != HEADLINE:  # the rest is the same kind of picture: one scenario shows it
            continue
        yield f"dose-{name}", counterfactual.dose(scenario)
        yield f"paths-{name}", counterfactual.paths(scenario)
        yield f"tipping-{name}", counterfactual.tipping(scenario)
        yield f"map-{name}", counterfactual.region_map(scenario)
        yield f"positivity-{name}", counterfactual.positivity(archive.group(tree, "positivity"))
