"""The counterfactual under other codings and without each leading aggressor, its last link refitted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from inference import panels
from inference.archives import archive
from inference.counterfactual import effects, population, programme, run, simulate, table
from inference.counterfactual import scenario as scenario_of
from inference.counterfactual.chain import ARCHIVES, LAST_LINK, Chain, logit
from inference.counterfactual.programme import BASELINE, Arm, whole
from inference.evidence.verdicts import quantity
from inference.fleet.fleet import Task
from inference.robustness import recoding, refit, specifications
from models.claims.registry import OUTCOMES, REGISTRY

if TYPE_CHECKING:
    import pandas as pd

ARMS = tuple(Arm(arrow, timing) for arrow in ("given", "estimated", "elicited") for timing in programme.TIMINGS)
SEED = 2022


def codings() -> list[specifications.Specification]:
    """The registered coding and every single change of it."""
    return [s for s in specifications.specifications("alignment") if len(s) <= 1]


def tasks(alignment: Path, folder: Path, part: str | None) -> list[Task]:
    """One task for each single change of coding and for each aggressor left out."""
    links = key({name: archive.key_of(name, folder) for name in ARCHIVES})
    common = {"panel": str(alignment.resolve()), "folder": str(folder.resolve()), "links": links}
    recoded = [
        Task(f"chain.{specifications.slug(s)}", {"specification": s, "aggressor": None} | common) for s in codings()
    ]
    found = refit.aggressors(panels.read("alignment", alignment))
    without = [Task(f"chain.without.{code}", {"specification": {}, "aggressor": code} | common) for code in found]
    return [*(recoded if part != "left-out" else []), *(without if part != "codings" else [])]


def refitted(
    chain: Chain, frame: pd.DataFrame, specification: specifications.Specification, seed: int
) -> tuple[Chain, dict]:
    """The chain with its last link fitted to another panel, its draws repeated to be as many; and facts of the fits."""
    ends, facts = {}, {"failed": [], "events": {}}
    for outcome in OUTCOMES:
        design = refit.weighted(REGISTRY[LAST_LINK].design(frame, outcome), frame, outcome, specification)
        posterior, failed = refit.draw(design, seed)
        few = posterior.sizes["chain"] * posterior.sizes["draw"]
        end = logit(design, posterior)
        again = np.resize(np.arange(few), chain.draws)
        ends[outcome] = replace(end, intercept=end.intercept[..., again], slope=end.slope[..., again])
        facts["failed"] += [f"{outcome}: {check}" for check in failed]
        facts["events"][outcome] = int(design.y.sum())
    return replace(chain, outcomes=ends), facts


def task(specification: dict[str, str], aggressor: int | None, panel: str, folder: str, links: str) -> dict[str, Any]:
    """Effects of the headline scenario under one change; ``impossible`` says why there are none.

    ``links`` is the `key` of the chain that the results are to be of; ValueError when the folder holds another.
    """
    alignment, scenario = Path(panel), scenario_of.get(scenario_of.HEADLINE)
    chain = run.loaded(alignment, Path(folder))
    if key(chain.keys) != links:
        raise ValueError(f"the posteriors in {folder} were made anew since the run began: start it again")
    frame = recoding.alignment_under(specification) if specification else panels.read("alignment", alignment)
    if aggressor is not None:
        frame = frame[frame["aggressor"] != aggressor].reset_index(drop=True)
    try:
        chain, facts = refitted(chain, frame, specification, SEED)
        who = population.assemble(scenario, chain, frame, panels.read("state", alignment))
    except ValueError as error:
        return {"impossible": str(error)}
    wanted = [whole(arm) for arm in (BASELINE, *ARMS)]
    found = simulate.run(scenario, chain, who, wanted, SEED)
    groups = effects.dataset(scenario, chain, who, wanted, found)["events"]
    facts |= {"chain_key": links, "states": int(who.states.size)}
    return facts | {"effects": _effects(groups, scenario.horizon)}


def key(links: Mapping[str, str | None]) -> str:
    """Hash of the posteriors that a chain was loaded from: results of another chain are told by it."""
    return hashlib.sha256(json.dumps(dict(links), sort_keys=True).encode()).hexdigest()


def _effects(groups: xr.Dataset, horizon: int) -> list[dict[str, Any]]:
    out = []
    for outcome in OUTCOMES:
        base = effects.rate(groups, outcome, BASELINE.name, horizon)
        for arm in ARMS:
            change = effects.rate(groups, outcome, arm.name, horizon) - base
            fewer, _ = table.share(change < 0)
            out.append({
                "arrow": arm.arrow, "timing": arm.timing, "outcome": outcome, "baseline": float(base.mean()),
                **quantity(change), "p_fewer": fewer,
            })  # fmt: skip
    return out


def summary(results: dict[str, dict[str, Any]]) -> pd.DataFrame:
    """One row for each change, arm and outcome: ``kind`` coding or aggressor, ``what`` was changed or left out."""
    import pandas as pd

    rows = []
    for key, result in results.items():
        name = key.removeprefix("chain.")
        kind = "aggressor" if name.startswith("without.") else "coding"
        facts = {"kind": kind, "what": name.removeprefix("without."), "impossible": result.get("impossible", "")}
        facts["chain_key"] = result.get("chain_key", "")
        failed = "; ".join(result.get("failed", []))
        rows += [facts | {"failed": failed} | effect for effect in result.get("effects", [{}])]
    return pd.DataFrame(rows)
