"""One scenario, from archives of the links to an archive of its effects."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path

import xarray as xr

from inference.archives import archive
from inference.archives.provenance import code_sha256, provenance, versions
from inference.counterfactual import benchmark, effects, positivity, timing
from inference.counterfactual.scenario import Scenario
from inference.counterfactual.simulation import chain as chain_of
from inference.counterfactual.simulation import g_formula, named_state, population, programme
from inference.counterfactual.simulation.chain import Chain
from inference.counterfactual.simulation.population import Population
from inference.fitting.result import FitResult
from inference.sampling.settings import Session

PREFIX = "scenario."


def name_of(scenario: Scenario) -> str:
    """Name of a scenario's archive."""
    return PREFIX + scenario.id


def key(scenario: Scenario, links: Mapping[str, str | None], seed: int) -> str:
    """Hash over all that decides a scenario's numbers: its values, the posteriors of the links, code and seed."""
    made_of = [asdict(scenario), dict(links), code_sha256(__name__), seed]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def groups(scenario: Scenario, chain: Chain, states: Population, seed: int) -> dict[str, xr.Dataset]:
    """Everything that a scenario's archive holds."""
    if scenario.state is not None:
        return named_state.groups(scenario, chain, states, seed)
    wanted = programme.evaluations()
    events = g_formula.run(scenario, chain, states, wanted, seed)
    found = effects.dataset(scenario, chain, states, wanted, events) | timing.dataset(events.since, chain)
    return found | benchmark.dataset(chain) | positivity.groups(scenario, chain, states)


def simulated(scenario: Scenario, chain: Chain, states: Population, seed: int) -> xr.DataTree:
    """The archive of a scenario, without provenance."""
    tree = xr.DataTree.from_dict(groups(scenario, chain, states, seed))
    tree.attrs = {
        "scenario": json.dumps(asdict(scenario)),
        "title": scenario.title,
        "words": scenario.description,
        "rung": scenario.rung,
        "states": states.states.size,
        "state_codes": ", ".join(map(str, states.states)),
        "carried": states.carried,
        "unknown": ", ".join(map(str, states.unknown)),
        "flags": json.dumps(positivity.flags(scenario, chain, states)),
        "links": json.dumps(dict(chain.keys)),
        "seed": seed,
        "versions": versions(),
        "fit_key": key(scenario, dict(chain.keys), seed),
    }
    return tree


def simulate_scenario(scenario: Scenario, session: Session) -> FitResult:
    """Simulate a scenario from the archives of its links, and write its archive beside them."""
    chain = loaded(session.panel, session.folder, switches=bool(scenario.signal or scenario.inducement))
    states = population.read(scenario, chain, session.panel)
    tree = simulated(scenario, chain, states, session.settings.seed)
    tree.attrs |= provenance(__name__, session.panel, session.panel.with_name("state.parquet")).attributes
    path = archive.write(tree, name_of(scenario), passed=True, folder=session.folder)
    rows = states.in_years_counted("bandwagon").sum()
    text = f"{states.states.size} states, {rows:,} dyad-years; {scenario.rung}"
    return FitResult(name_of(scenario), path, (), text)


def loaded(alignment: Path, folder: Path, *, switches: bool = True) -> Chain:
    """The chain, loaded once in a process while its archives stay the same; see `simulation.chain.load`."""
    return _loaded(alignment, folder, tuple(archive.key_of(name, folder) for name in chain_of.ARCHIVES), switches)


@lru_cache(maxsize=1)
def _loaded(alignment: Path, folder: Path, keys: tuple[str | None, ...], switches: bool) -> Chain:  # noqa: ARG001 (another key loads anew)
    return chain_of.load(alignment, folder, switches=switches)
