r"""State capacity from year to year, in PyMC: what aid adds to it, what duress takes, how fast it returns.

True capacity :math:`c_{it} = s_{it} + e_i`, the published score and its error, moves as

.. math::

    c_{it} = \bar c + \alpha + \rho (c_{i,t-1} - \bar c) + x_{it}'\beta + \alpha_{region} + \alpha_{era}
    + \varepsilon_{it}, \quad \varepsilon_{it} \sim t_\nu(0, \sigma_i), \quad
    \log \sigma_i \sim N(\log \sigma, \omega), \quad e_i \sim N(0, s_i),

with :math:`\bar c` the mean score, the columns of x standardised, known at t-1, and :math:`s_i` the mean published
standard error of the state. The errors last: scores move by 0.12 a year with errors of 0.37, so nearly all of an error
is the same from year to year. In terms of scores it adds :math:`(\rho - 1) e_i`, a state's own pull. Scores are
posterior means, so that the truth is spread around them and not they around the truth. Some states change more than
others, and in some years a great deal: hence their own scales, and Student's t, whose variance the simulation needs to
be finite.
"""

# pyright: reportOperatorIssue=false, reportIndexIssue=false, reportCallIssue=false, reportArgumentType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.design import Group, Scaling, group_of, predictors, scaling_of
from models.priors import LEAST_NU, CapacityPriors

if TYPE_CHECKING:
    from types import ModuleType

    import pandas as pd
    import pymc as pm
    import pytensor.tensor as pt

Float = NDArray[np.float64]


@dataclass(frozen=True)
class CapacityDesign:
    """What the capacity model is fitted to: ``x`` (obs, predictor) standardised, scores ``y`` and ``lag`` (obs,).

    ``error_sd`` (state,) is each state's mean published standard error, ``year`` (obs,) that of the lag, ``rows`` the
    positions in the panel.
    """

    name: str
    terms: tuple[str, ...]
    x: Float
    y: Float
    lag: Float
    year: NDArray[np.intp]
    groups: Mapping[str, Group]
    error_sd: Float
    scaling: Mapping[str, Scaling]
    rows: NDArray[np.intp]
    lost: Mapping[str, int]
    priors: CapacityPriors = field(default_factory=CapacityPriors)

    @property
    def centre(self) -> float:
        """Mean score, around which capacity is measured in the autoregression."""
        return float(self.lag.mean())

    @property
    def coords(self) -> dict[str, list[str]]:
        """Coordinates of the parameters, by dim."""
        return {"predictor": list(self.terms)} | {name: list(group.levels) for name, group in self.groups.items()}


def design(panel: pd.DataFrame, terms: tuple[str, ...], name: str) -> CapacityDesign:
    """The design of ``terms`` on the rows of the capacity panel where all of them are known."""
    known = panel[list(terms)].notna()
    frame = panel[known.all(axis=1)]
    scaling = scaling_of(frame, terms)
    groups = {group: group_of(frame[group]) for group in ("region", "era")}
    codes, index = np.unique(frame["state"].to_numpy(), return_inverse=True)
    groups["state"] = Group(index, tuple(str(code) for code in codes))
    return CapacityDesign(
        name=name,
        terms=terms,
        x=predictors(frame, terms, scaling),
        y=frame["capacity_next"].to_numpy(float),
        lag=frame["capacity"].to_numpy(float),
        year=frame["year"].to_numpy(np.intp) - 1,
        groups=groups,
        error_sd=frame.groupby("state")["capacity_sd"].mean().to_numpy(float),
        scaling=scaling,
        rows=np.flatnonzero(known.all(axis=1).to_numpy()),
        lost={term: int((~known[term]).sum()) for term in terms if not known[term].all()},
    )


def _whitened(what: CapacityDesign) -> tuple[Float, Float]:
    """Least-squares coefficients of intercept, lag and predictors, and a root of their covariance.

    Nearly where the posterior lies and how wide it is. Lag and income go together: the coefficients would mix slowly.
    """
    columns = np.column_stack([np.ones(what.y.size), what.lag - what.centre, what.x])
    first, *_ = np.linalg.lstsq(columns, what.y - what.centre, rcond=None)
    spread = np.subtract(*np.quantile(what.y - what.centre - columns @ first, [0.84, 0.16])) / 2
    return first, spread * np.linalg.inv(np.linalg.qr(columns, mode="r"))


def _coefficients(what: CapacityDesign, pm: ModuleType) -> pt.TensorVariable:
    """Intercept, rho and slopes under their priors, sampled in coordinates in which they are nearly independent."""
    first, root = _whitened(what)
    z = pm.Flat("z_coefficients", shape=first.size)
    out = pm.Data("first", first) + pm.Data("root", root) @ z
    p, more = what.priors, len(what.terms)
    means = [p.alpha.mean, p.rho.mean, *[p.slope.mean] * more]
    prior = pm.Normal.dist(means, [p.alpha.sd, p.rho.sd, *[p.slope.sd] * more])
    pm.Potential("prior", pm.logp(prior, out).sum())
    return out


def build(what: CapacityDesign) -> pm.Model:
    """The PyMC model of ``what``."""
    import pymc as pm
    import pytensor.tensor as pt

    p = what.priors
    with pm.Model(coords=what.coords) as model:
        x = pm.Data("x", what.x, dims=("obs", "predictor"))
        lag = pm.Data("lag", what.lag, dims="obs")
        y = pm.Data("y", what.y, dims="obs")
        index = {name: pm.Data(f"{name}_index", group.index, dims="obs") for name, group in what.groups.items()}
        centre = pm.Data("centre", what.centre)
        coefficients = _coefficients(what, pm)
        rho = pm.Deterministic("rho", coefficients[1])
        mean = centre + pm.Deterministic("alpha", coefficients[0]) + rho * (lag - centre)
        mean += x @ pm.Deterministic("beta", coefficients[2:], dims="predictor")
        for name in ("region", "era"):
            sigma = pm.HalfNormal(f"sigma_{name}", p.group_scale.sd)
            z = pm.Normal(f"z_{name}", 0, 1, dims=name)
            mean += pm.Deterministic(f"alpha_{name}", sigma * z, dims=name)[index[name]]
        z = pm.Normal("z_error", 0, 1, dims="state")
        error = pm.Deterministic("error", z * pm.Data("error_sd", what.error_sd, dims="state"), dims="state")
        mean += (rho - 1) * error[index["state"]]
        nu = pm.Deterministic("nu", LEAST_NU + pm.Exponential("z_nu", p.tail))
        typical, omega = pm.HalfNormal("sigma", p.sigma.sd), pm.HalfNormal("omega", p.omega.sd)
        z = pm.Normal("z_scale", pt.log(typical), omega, dims="state")  # centred: decades of scores tell each state's
        own = pm.Deterministic("sigma_state", pt.exp(z), dims="state")
        pm.StudentT("score", nu=nu, mu=mean, sigma=own[index["state"]], observed=y, dims="obs")
    return model
