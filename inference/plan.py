"""What a run of ``python -m inference`` has to do: the models that were asked for, less what is there already."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from inference import panels
from inference.archives import archive
from inference.archives.provenance import Provenance, provenance
from inference.counterfactual import run, scenario
from inference.counterfactual.simulation import chain
from inference.fitting import case_2015, future, stacking, verdicts
from inference.fitting.result import fit_key
from inference.fleet.work import AutoregressionFit, Case, Contest, Future, LogitFit, Simulation, Verdicts, Work
from models.claims import checked
from models.claims.links import AUTOREGRESSIONS, LINKS
from models.claims.registry import OUTCOMES, REGISTRY, archive_of

if TYPE_CHECKING:
    from inference.sampling.settings import Session
    from models.claims.registry import Hypothesis

EVERY = REGISTRY | LINKS


def models(chosen: list[Hypothesis], alignment: Path) -> list[Hypothesis]:
    """The claims whose models are to be fitted, each model once; the others are named with the reason.

    ValueError for a claim that could not be fitted.
    """
    out = {}
    for hypothesis in chosen:
        if not hypothesis.testable:
            print(f"{hypothesis.id} is not tested: {hypothesis.reason}")
            continue
        checked.check(hypothesis)
        if reason := panels.lacking(hypothesis, alignment):
            print(f"{hypothesis.id} is left out: {reason}")
        else:
            out[archive_of(hypothesis)] = EVERY[archive_of(hypothesis)]
    return list(out.values())


def fits(models: list[Hypothesis]) -> list[Work]:
    """All fits of models, in the order in which they start: slow ones first, the contest of rivals last."""
    slow = [AutoregressionFit(h.id, *h.outcomes) for h in models if h.id in AUTOREGRESSIONS]
    logits = [h for h in models if h.id not in AUTOREGRESSIONS]
    logits.sort(key=lambda h: -sum(len(h.equation(outcome).terms) for outcome in h.outcomes))
    rivals = [Contest(outcome) for outcome in OUTCOMES] if set(stacking.RIVALS) <= {h.id for h in models} else []
    return [*slow, *(LogitFit(h.id, h.outcomes) for h in logits), *rivals]


def of_the_world(models: list[Hypothesis], alignment: Path) -> list[Work]:
    """The years foretold and the case of 2015, when their models were asked for and the panel is of the real world."""
    asked = {h.id for h in models}
    if not case_2015.table_of(alignment).is_file():
        return []
    works: list[Work] = [Future(claim) for claim in future.CLAIMS if claim in asked]
    return works + ([Case()] if set(case_2015.CLAIMS) <= asked else [])


def is_there(work: Work, session: Session) -> bool:
    """Whether all archives of a fit are there, from the same panel, code and settings."""
    panel = EVERY[work.hypothesis].panel if isinstance(work, LogitFit | AutoregressionFit) else "alignment"
    origin = _provenance(work.made_by, panels.files_of(panel, session.panel))
    keys = ((name, archive.key_of(name, session.folder)) for name in work.archives)
    return all(key == fit_key(name, session.settings, origin) for name, key in keys)


@cache
def _provenance(made_by: str, files: tuple[Path, ...]) -> Provenance:
    return provenance(made_by, *files)


def missing_verdicts(models: list[Hypothesis], session: Session) -> list[Work]:
    """The models whose fits are all there, without the present verdicts on them."""
    whole = [h for h in models if h.id not in AUTOREGRESSIONS and all(is_there(f, session) for f in fits([h]))]
    return [Verdicts(h.id) for h in whole if not verdicts.up_to_date(h, session.folder)]


def missing_scenarios(models: list[Hypothesis], session: Session) -> list[Work]:
    """The shipped scenarios still to simulate, when the whole chain was asked for and is there."""
    wanted = {name.partition(".")[0] for name in chain.ARCHIVES}
    links = {name: archive.key_of(name, session.folder) for name in chain.ARCHIVES}
    if not wanted <= {h.id for h in models} or None in links.values():
        return []
    works = [Simulation(which) for which in scenario.SHIPPED.values()]
    keys = {work.name: run.key(work.scenario, links, session.settings.seed) for work in works}
    return [work for work in works if archive.key_of(work.name, session.folder) != keys[work.name]]
