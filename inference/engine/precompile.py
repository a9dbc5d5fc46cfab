"""Compile the engine before it is needed, on a few rows: all designs share the compiled code.

Compiled code is kept for all processes of a machine (`_cache`), but processes that start together would each compile
all of it. These functions compile a part each, so that processes share the work before they begin: `likelihood` and
`coordinates` take about as long as each other, and `chain`, which is made of them, about as long as `summaries`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr
from numba import typeof

from inference.engine import stream
from inference.engine.density import assemble, transport
from inference.engine.density.posterior import Posterior, log_likelihood
from inference.engine.laplace.approximation import approximate
from inference.engine.sampler import sampling
from models.design import Design, Group, Scaling
from models.priors import Priors

ROWS = 4


def likelihood() -> None:
    """Compile the log likelihood of the latents."""
    target = _posterior(_design())
    t = target.transport
    _compile(log_likelihood, target.layout, target.data, t.theta, target.effects, target.sums, t.gradient)


def coordinates() -> None:
    """Compile the change of coordinates from a position to the latents, and that of the gradient back."""
    target = _posterior(_design())
    where, units, prior, t = target.map, target.units, target.prior, target.transport
    _compile(transport.move, where, units, prior, t.theta, t)
    _compile(transport.pull_back, where, units, prior, t.sigma, t, t.sigma, t.theta)


def chain() -> None:
    """Compile a chain of the sampler."""
    sampling.sample(_design(), chains=1, draws=1, tune=1, seed=0)


def summaries() -> None:
    """Compile the loops behind the functions of `stream`."""
    design = _design()
    draw = _draw(design)
    stream.cell_probability(design, draw)
    stream.mean_probability(design, draw, 1 - design.x)
    stream.event_counts(design, draw, 0)
    stream.by_row(design, draw, 0)
    stream.row_probability(design, draw)
    stream.log_likelihood(design, draw)


def approximation() -> None:
    """Compile the loops of the nested Laplace approximation."""
    approximate(_design())


def _design() -> Design:
    """A design of few rows with every kind of parameter that the registered ones have."""
    half = np.arange(ROWS) % 2
    groups = {name: Group(half, (f"{name} 0", f"{name} 1")) for name in ("region", "era")}
    return Design(
        name="precompile",
        outcome="bandwagon",
        terms=("x",),
        varying=("x",),
        shrunk=np.zeros(1, bool),
        x=half[::-1, None].astype(float),
        y=half.astype(np.int8),
        groups=groups,
        scaling={"x": Scaling(0.0, 1.0, binary=False)},
        priors=Priors(),
        rows=np.arange(ROWS),
        lost={},
    )


def _compile(function: Any, *arguments: object) -> None:
    """Compile a function that only compiled code can call."""
    function.compile(tuple(typeof(argument) for argument in arguments))


def _posterior(design: Design) -> Posterior:
    return assemble.posterior(design)[0]


def _draw(design: Design) -> xr.Dataset:
    """One draw, of zeros."""
    prior = _posterior(design).prior
    return sampling.named(design, np.zeros((1, 1, prior.sigma_sd.size)), np.zeros((1, 1, prior.mean.size)))
