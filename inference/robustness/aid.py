"""The counterfactual under other codings, without leading aggressors, with changes undone: its last link refitted."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import xarray as xr

from inference import panels
from inference.archives import archive
from inference.counterfactual import effects, run, scenario
from inference.counterfactual.simulation import g_formula, population, programme
from inference.counterfactual.simulation.chain import ARCHIVES, LAST_LINK, Chain, logit
from inference.counterfactual.simulation.programme import BASELINE, Arm, Evaluation, whole
from inference.evidence.quantities import Quantity, Share
from inference.fleet.fleet import Task
from inference.robustness import recoding
from inference.robustness.refits import refit
from inference.robustness.refits.left_out import aggressors
from inference.robustness.refits.under import weighted
from inference.robustness.specifications import Specification, specifications
from inference.robustness.undone import UNDONE, Undone
from models.claims.links import LOGITS
from models.claims.registry import OUTCOMES

if TYPE_CHECKING:
    import pandas as pd

ARMS = tuple(Arm(arrow, timing) for arrow in ("given", "estimated", "elicited") for timing in programme.TIMINGS)
SEED, WHOLE = 2022, "all"
THINNING = 4  # of the draws of the chain: changes of an effect are compared, whose own doubt is far larger than noise
WITHOUT, UNDOING = "without.", "undone."  # what the names of tasks begin with


@dataclass(frozen=True)
class AidEffect:
    """Change in events per 1,000 dyad-years under a programme, beside the rate without one; a row of ``chain.csv``.

    ``path`` is the one that the change came along, ``all`` for the whole.
    """

    arrow: str
    timing: str
    path: str
    outcome: str
    baseline: float
    value: float
    mcse: float
    low: float
    high: float
    p_fewer: float


@dataclass(frozen=True)
class AidRefit:
    """Effects of the headline scenario under one change; ``impossible`` says why there are none.

    ``chain_key`` tells the posteriors of the other links (see `key`), ``failed`` names the checks that the refits of
    the last link failed.
    """

    chain_key: str = ""
    failed: tuple[str, ...] = ()
    effects: tuple[AidEffect, ...] = ()
    impossible: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """The result that plain values, as the fleet keeps them, stand for."""
        drawn = tuple(AidEffect(**effect) for effect in values["effects"])
        return cls(**{**values, "effects": drawn, "failed": tuple(values["failed"])})


def codings() -> list[Specification]:
    """The registered coding and every single change of it under which each outcome has a logit, as in the chain."""
    return [s for s in specifications("alignment") if len(s.changes) <= 1 and not s.exclusive]


def tasks(alignment: Path, folder: Path, part: str | None, made: str = refit.APPROXIMATE) -> list[Task]:
    """One task for each single change of coding, each aggressor left out, and each change of the simulation undone."""
    links = key({name: archive.key_of(name, folder) for name in ARCHIVES})
    paths = {"panel": str(alignment.resolve()), "folder": str(folder.resolve())}
    common = {"kind": "aid", "links": links, "made": made} | paths
    changes: list[tuple[str, dict[str, Any]]] = []
    registered = str(Specification("alignment"))
    if part in (None, "codings"):
        changes += [(str(s), {"specification": str(s)}) for s in codings()]
    if part in (None, "undone"):
        changes += [(registered, {"specification": registered})] if part else []
        changes += [(f"{UNDOING}{n}", {"specification": u.coding, "undone": n}) for n, u in UNDONE.items()]
    if part in (None, "left-out"):
        leading = aggressors(panels.read("alignment", alignment))
        changes += [(f"{WITHOUT}{code}", {"specification": registered, "aggressor": code}) for code in leading]
    return [Task(f"chain.{name}", which | common) for name, which in changes]


def refitted(
    chain: Chain, frame: pd.DataFrame, specification: Specification, undone: Undone, made: str
) -> tuple[Chain, tuple[str, ...]]:
    """The chain with its last link fitted to another panel or in another way, and the checks that failed.

    Draws are of the approximate posteriors, as many as those of the chain; where an approximation is not good, or
    ``made`` asks for it, fewer are drawn and repeated.
    """
    logits, failed = {}, []
    last = recoding.reclassified(undone.last(LOGITS[LAST_LINK]), specification)
    for number, outcome in enumerate(OUTCOMES):
        design = last.design_of(frame, outcome, undone.equation(last.equation(outcome)), f"{last.id}.{outcome}")
        design = weighted(design, frame, specification)
        posterior = refit.posterior_of(design, ("duress", "capacity"), made, SEED + number)
        few = logit(design, posterior.draws(chain.draws))
        again = np.resize(np.arange(few.intercept.shape[-1]), chain.draws)
        parts = {name: getattr(few, name)[..., again] for name in ("intercept", "slope", "level")}
        logits[outcome] = replace(few, **parts)
        failed += [f"{outcome}: {check}" for check in posterior.failed]
    return replace(chain, outcomes=logits), tuple(failed)


def effects_under(
    specification: str,
    panel: str,
    folder: str,
    links: str,
    made: str,
    aggressor: int | None = None,
    undone: str | None = None,
) -> AidRefit:
    """Effects of the headline scenario under a change.

    Parameters
    ----------
    specification
        The coding of the panel, as its text form.
    panel, folder
        The alignment panel as shipped, and the posteriors of the other links.
    links
        The `key` of the chain that the results are to be of; ValueError when the folder holds another.
    made
        The way in which the last link is refitted.
    aggressor, undone
        An aggressor left out, and a change of the simulation undone, named as in `UNDONE`.
    """
    alignment, headline = Path(panel), scenario.get(scenario.HEADLINE)
    way = UNDONE[undone] if undone else Undone("")
    coding = Specification.parse(specification, "alignment")
    chain = run.loaded(alignment, Path(folder))
    chain = chain.thinned(math.gcd(THINNING, chain.shape[1]))
    if key(chain.keys) != links:
        raise ValueError(f"the posteriors in {folder} were made anew since the run began: start it again")
    frame = recoding.alignment_under(coding) if coding.changes else panels.read("alignment", alignment)
    if aggressor is not None:
        frame = frame[frame["aggressor"] != aggressor].reset_index(drop=True)
    frame = way.frame(frame)
    try:
        chain, failed = refitted(way.chain(chain), frame, coding, way, made)
        pacts = population.pacts_of(alignment) if way.pacts else None
        states = population.assemble(headline, chain, frame, panels.read("state", alignment), pacts)
    except ValueError as error:
        return AidRefit(impossible=str(error))
    wanted = [whole(BASELINE), *(evaluation for _, _, evaluation in _asked())]
    simulated = g_formula.run(headline, chain, states, wanted, SEED)
    groups = effects.dataset(headline, chain, states, wanted, simulated)["events"]
    return AidRefit(links, failed, _effects(groups, headline.horizon))


def key(links: Mapping[str, str | None]) -> str:
    """Hash of the posteriors that a chain was loaded from: results of another chain are told by it."""
    return hashlib.sha256(json.dumps(dict(links), sort_keys=True).encode()).hexdigest()


def _asked() -> list[tuple[Arm, str, Evaluation]]:
    """Arms, the paths of their effects, and the evaluations that give them: of the first arm path by path."""
    out = [(arm, WHOLE, whole(arm)) for arm in ARMS]
    return out + [(ARMS[0], p, e) for p, e in zip(programme.PATHS, programme.paths(ARMS[0]), strict=True)]


def _effects(groups: xr.Dataset, horizon: int) -> tuple[AidEffect, ...]:
    out = []
    for outcome in OUTCOMES:
        base = effects.rate(groups, outcome, BASELINE.name, horizon)
        for arm, path, evaluation in _asked():
            change = effects.rate(groups, outcome, evaluation.name, horizon) - base
            fewer = Share.of(change < 0).value
            values = asdict(Quantity.of(change))
            out.append(AidEffect(arm.arrow, arm.timing, path, outcome, float(base.mean()), **values, p_fewer=fewer))
    return tuple(out)


def summary(results: Mapping[str, AidRefit]) -> pd.DataFrame:
    """One row for each change, arm and outcome: ``kind`` coding, aggressor or undone, and ``what`` was changed."""
    import pandas as pd

    rows = []
    for name, result in results.items():
        what = name.removeprefix("chain.")
        kinds = {WITHOUT: "aggressor", UNDOING: "undone"}
        begins = next((begins for begins in kinds if what.startswith(begins)), "")
        facts = {
            "kind": kinds.get(begins, "coding"), "what": what.removeprefix(begins),
            "impossible": result.impossible or "", "chain_key": result.chain_key, "failed": "; ".join(result.failed),
        }  # fmt: skip
        rows += [facts | asdict(effect) for effect in result.effects] or [facts]
    return pd.DataFrame(rows)
