"""Draws until they pass the convergence gate, with more care at each attempt."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import xarray as xr

from inference.sampling import checks, engines
from inference.sampling.settings import Settings, seed_of
from models.design import Design
from models.joint import Joint

Estimands = Callable[[xr.Dataset], xr.Dataset]


class Run(NamedTuple):
    """One run of a sampler: its draws, the estimands computed from them, and the convergence gate over both."""

    tree: xr.DataTree
    estimands: xr.Dataset
    gate: list[checks.CheckResult]

    @property
    def posterior(self) -> xr.Dataset:
        """Draws of the parameters."""
        return self.tree["posterior"].to_dataset()

    @property
    def failed(self) -> list[str]:
        """The checks of the gate that failed, in words."""
        return checks.failures(self.gate)


def no_estimands(_posterior: xr.Dataset) -> xr.Dataset:
    """No estimands beside the parameters."""
    return xr.Dataset()


def draw_until_converged(
    model: Design | Joint, settings: Settings, estimands: Estimands = no_estimands, scale: float = 1.0
) -> Run:
    """Draw the posterior of one outcome or of two together until it passes the convergence gate.

    Each attempt has shorter steps and longer chains than the last. ``estimands`` are computed from the posterior and
    judged with it; ``scale`` is that of a shorter run. When even the most careful draws do not pass, they are returned
    as they are: the fit then fails its gate.
    """
    seed, attempts = seed_of(settings, model.name, "sampling"), len(engines.CARE) if settings.engine == "kernel" else 1

    def attempt(care: int) -> Run:
        tree = engines.sample(
            model, settings.engine, chains=settings.chains, draws=settings.draws, seed=seed, care=care
        )
        return judged(tree, settings.chains, settings.draws, estimands, scale)

    return first_to_converge(attempt, attempts)


def first_to_converge(attempt: Callable[[int], Run], attempts: int) -> Run:
    """The first of the runs ``attempt(0)``, ``attempt(1)``, ... that passes its gate, or the last of ``attempts``."""
    run, care = attempt(0), 1
    while care < attempts and run.failed:
        run, care = attempt(care), care + 1
    return run


def judged(tree: xr.DataTree, chains: int, draws: int, estimands: Estimands = no_estimands, scale: float = 1.0) -> Run:
    """The run of these draws, with the convergence gate over them and their estimands.

    ``scale`` is that of a shorter run: fewer effective draws are asked for, and R-hat gets room for their noise.
    """
    found = estimands(tree["posterior"].to_dataset())
    posterior, statistics = (tree[name].to_dataset() for name in ("posterior", "sample_stats"))
    gate = checks.convergence(
        posterior, found, statistics, chains=chains, draws=draws, scale=scale, rhat=1 + 0.01 / scale
    )
    return Run(tree, found, gate)
