"""Runs of a sampler: how long, with which seed, and as careful as the convergence gate asks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import xarray as xr

from inference.sampling import checks, engines
from models.design import Design


@dataclass(frozen=True)
class Settings:
    """How a posterior is drawn."""

    chains: int = 4
    draws: int = 1000
    seed: int = 2022
    engine: str = "kernel"


def seed_of(settings: Settings, name: str, purpose: str) -> int:
    """A seed of its own for each fit and purpose, from the run's seed."""
    digest = hashlib.sha256(f"{settings.seed}/{name}/{purpose}".encode()).digest()
    return int.from_bytes(digest[:4], "little")


class Settled(NamedTuple):
    """A run: its draws, the estimands computed from them, and the convergence gate over both."""

    tree: xr.DataTree
    estimands: xr.Dataset
    gate: list[checks.CheckResult]

    @property
    def posterior(self) -> xr.Dataset:
        """Draws of the parameters."""
        return self.tree["posterior"].to_dataset()


def nothing(_posterior: xr.Dataset) -> xr.Dataset:
    """No estimands beside the parameters."""
    return xr.Dataset()


def settled(
    design: Design, settings: Settings, estimands: Callable[[xr.Dataset], xr.Dataset] = nothing, scale: float = 1.0
) -> Settled:
    """A run that passes the convergence gate, by shorter steps and longer chains where it takes them.

    ``estimands`` are computed from the posterior and judged with it; ``scale`` is that of a shorter run. When even
    the most careful draws do not pass, they are returned as they are: the fit then fails its gate.
    """
    seed, most = seed_of(settings, design.name, "sampling"), len(engines.CARE) if settings.engine == "kernel" else 1

    def draw(care: int) -> xr.DataTree:
        return engines.sample(
            design, settings.engine, chains=settings.chains, draws=settings.draws, seed=seed, care=care
        )

    return first_settled(draw, most, settings, estimands, scale)


def first_settled(
    draw: Callable[[int], xr.DataTree],
    most: int,
    settings: Settings,
    estimands: Callable[[xr.Dataset], xr.Dataset] = nothing,
    scale: float = 1.0,
) -> Settled:
    """The first of ``draw(0), draw(1), ...`` that passes the gate, or the last of at most ``most``."""

    def run(care: int) -> Settled:
        tree = draw(care)
        found = estimands(tree["posterior"].to_dataset())
        return Settled(tree, found, convergence(tree, found, settings, scale))

    out, care = run(0), 1
    while care < most and checks.failures(out.gate):
        out, care = run(care), care + 1
    return out


def convergence(
    tree: xr.DataTree, estimands: xr.Dataset, settings: Settings, scale: float = 1.0
) -> list[checks.CheckResult]:
    """The convergence gate of a run's draws and of the estimands computed from them; ``scale`` of a shorter run."""
    posterior, statistics = (tree[name].to_dataset() for name in ("posterior", "sample_stats"))
    return checks.convergence(
        posterior,
        estimands,
        statistics,
        chains=settings.chains,
        draws=settings.draws,
        scale=scale,
        rhat=1 + 0.01 / scale,
    )
