"""Compiling ahead: a few rows are enough to compile what all designs share.

Compiled code is kept for all processes of a machine (`_cache`), but processes that start together would each compile
all of it. These functions compile a part each, so that the processes share the work before they begin: `chain` takes as
long as `sums` and `reference`, which come to what all three have in common when it is compiled.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from inference.engine import assemble, sampling, stream
from inference.engine.posterior import Posterior
from models.design import Design, Group, Scaling
from models.priors import Priors

ROWS = 4


def chain() -> None:
    """Compile a chain of the sampler."""
    posterior = _posterior(_design())
    scales = np.ones(posterior.prior.sigma_sd.size)
    sampling.one_chain(posterior, scales, 1, 1, (0, 0), np.zeros(1, np.int64), np.zeros(1, np.bool_), 0.5)


def sums() -> None:
    """Compile what the functions of `stream` call."""
    design = _design()
    draw = _draw(design)
    stream.cell_probability(design, draw)
    stream.mean_probability(design, draw, 1 - design.x)
    stream.event_counts(design, draw, 0)
    stream.by_row(design, draw, 0)
    stream.row_probability(design, draw)


def reference() -> None:
    """Compile what comes before a chain and after it: its reference, and the draws by parameter."""
    posterior, scales = assemble.posterior(_design())
    latents, one = posterior.prior.mean.size, np.zeros(1)
    position = np.zeros((1, scales.size + latents))
    parameters(posterior, position, one, np.zeros((1, scales.size)), np.zeros((1, latents)), np.zeros(1))


def _design() -> Design:
    """A design of few rows with every kind of parameter that the registered ones have."""
    half = np.arange(ROWS) % 2
    groups = {name: Group(half, (f"{name} 0", f"{name} 1")) for name in ("region", "era")}
    return Design(
        name="ahead",
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


def _posterior(design: Design) -> Posterior:
    return assemble.unreferred(design, assemble.pack(design))


def _draw(design: Design) -> xr.Dataset:
    """One draw, of zeros."""
    prior = _posterior(design).prior
    return sampling.named(design, np.zeros((1, 1, prior.sigma_sd.size)), np.zeros((1, 1, prior.mean.size)))
