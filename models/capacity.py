r"""Scores of states from year to year, in PyMC: capacity, and beside it income and democracy.

What aid adds to capacity, what duress takes, how fast it returns. True capacity :math:`c_{it} = s_{it} + e_i`, the
published score and its error, moves as

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

Income and democracy move alike, without an error that their sources state, with normal shocks of one scale. Of these
links only the mean response to duress and capacity is wanted, since shocks are kept as observed; democracy mostly
stands still and falls far in a coup, so that the centre of a heavy-tailed distribution would miss that response, and
weights by state would give it to states that never change.
"""

# PyTensor's types say that any operation may return a list or nothing, and leave most of its types open.
# pyright: reportOperatorIssue=false, reportIndexIssue=false, reportCallIssue=false, reportArgumentType=false
# pyright: reportMissingTypeStubs=false, reportMissingTypeArgument=false, reportPrivateImportUsage=false
# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false, reportUnknownArgumentType=false
# pyright: reportUnknownParameterType=false

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.design import Group, Scaling, group_of, predictors, scaling_of
from models.parameters import Parameter, varying_effect
from models.priors import LEAST_NU, CapacityPriors, Normal

if TYPE_CHECKING:
    from types import ModuleType

    import pandas as pd
    import pymc as pm
    import pytensor.tensor as pt

Float = NDArray[np.float64]
ENOUGH = 10  # years of a state that tell as much of its own spread as all states together do


@dataclass(frozen=True)
class ScoreDesign:
    """What the model of a score is fitted to: ``x`` (obs, predictor) standardised, scores ``y`` and ``lag`` (obs,).

    ``error_sd`` (state,) is each state's mean published standard error, 0 where none is published, ``year`` (obs,) that
    of the lag, ``rows`` the positions in the panel.
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
    def inexact(self) -> bool:
        """Whether an error of the scores is published; only then are shocks heavy-tailed, with scales of states."""
        return bool(self.error_sd.any())

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of the model; ``z_nu`` is nu's excess, ``spread`` the log of sigma_state / sigma."""
        p, state = self.priors, ("state",)
        return (
            Parameter("alpha", p.alpha),
            Parameter("rho", p.rho),
            Parameter("beta", p.slope, ("predictor",)),
            *varying_effect("alpha_region", "sigma_region", p.group_scale, ("region",)),
            *varying_effect("alpha_era", "sigma_era", p.group_scale, ("era",)),
            *([Parameter("error", Normal(0, self.error_sd), state)] if self.inexact else []),
            Parameter("sigma", p.sigma),
            *(
                (Parameter("z_nu", p.excess_nu), *varying_effect("spread", "omega", p.omega, state))
                if self.inexact
                else ()
            ),
        )

    @property
    def coords(self) -> dict[str, list[str]]:
        """Coordinates of the parameters, by dim."""
        return {"predictor": list(self.terms)} | {name: list(group.levels) for name, group in self.groups.items()}


def design(panel: pd.DataFrame, terms: tuple[str, ...], name: str, score: str = "capacity") -> ScoreDesign:
    """The design of ``terms`` on the rows of the panel of a ``score`` where all of them are known.

    The panel holds the score of t-1 in the column of its name, that of t in ``<score>_next``, and its standard error,
    where one is published, in ``<score>_sd``.
    """
    known = panel[list(terms)].notna()
    frame = panel[known.all(axis=1)]
    scaling = scaling_of(frame, terms)
    groups = {group: group_of(frame[group]) for group in ("region", "era")}
    codes, index = np.unique(frame["state"].to_numpy(), return_inverse=True)
    groups["state"] = Group(index, tuple(str(code) for code in codes))
    error = frame.groupby("state")[f"{score}_sd"].mean() if f"{score}_sd" in frame else np.zeros(codes.size)
    return ScoreDesign(
        name=name,
        terms=terms,
        x=predictors(frame, terms, scaling),
        y=frame[f"{score}_next"].to_numpy(float),
        lag=frame[score].to_numpy(float),
        year=frame["year"].to_numpy(np.intp) - 1,
        groups=groups,
        error_sd=np.asarray(error, float),
        scaling=scaling,
        rows=np.flatnonzero(known.all(axis=1).to_numpy()),
        lost={term: int((~known[term]).sum()) for term in terms if not known[term].all()},
    )


def quadratic(what: ScoreDesign) -> tuple[Float, Float]:
    """Precision and shift of a normal approximation of the log likelihood in intercept, rho, slopes and effects.

    That of weighted least squares, with the spread of each state's own residuals, as far as it has enough of them.
    """
    indicators = [group.indicators for name, group in what.groups.items() if name != "state"]
    columns = np.column_stack([np.ones(what.y.size), what.lag - what.centre, what.x, *indicators])
    change = what.y - what.centre
    first, *_ = np.linalg.lstsq(columns, change, rcond=None)
    square, state = (change - columns @ first) ** 2, what.groups["state"].index
    count, total = np.bincount(state), np.bincount(state, weights=np.minimum(square, 9 * np.median(square)))
    variance = (total + ENOUGH * total.sum() / count.sum()) / (count + ENOUGH)
    weighted = columns / variance[state, None]
    return weighted.T @ columns, weighted.T @ change


def _linear(what: ScoreDesign, pm: ModuleType, pt: ModuleType) -> pt.TensorVariable:
    r"""Intercept, rho, slopes, effects of regions and eras under their priors, in coordinates that are nearly normal.

    Given the scales of the effects, the posterior of all of them together is nearly normal with a covariance that the
    scales move: a large one lets intercept and effects drift apart, a small one ties them. They are

    .. math::  \theta = Q^{-1} (h + q m) + L^{-T} z, \quad Q = K + \operatorname{diag}(q) = L L',

    with K and h from `quadratic`, prior means m and precisions q; exact for any K and h. The transport of
    ``inference.engine`` does the same.
    """
    p = what.priors
    fixed = [p.alpha, p.rho, *[p.slope] * len(what.terms)]
    sizes = {name: len(what.groups[name].levels) for name in ("region", "era")}
    scales = [pt.repeat(p.group_scale.variable(f"sigma_{name}"), size) for name, size in sizes.items()]
    sd = pt.concatenate([pt.as_tensor(np.array([prior.sd for prior in fixed])), *scales])
    mean = np.array([prior.mean for prior in fixed] + [0.0] * sum(sizes.values()))
    precision, shift = quadratic(what)
    root = pt.linalg.cholesky(pm.Data("precision", precision) + pt.diag(sd**-2))
    z = pm.Flat("z_linear", shape=mean.size)
    white = pt.linalg.solve_triangular(root, pm.Data("shift", shift) + mean * sd**-2, lower=True) + z
    out = pt.linalg.solve_triangular(root.T, white, lower=False)
    pm.Potential("prior", pm.logp(pm.Normal.dist(mean, sd), out).sum() - pt.log(pt.diag(root)).sum())
    return out


def build(what: ScoreDesign) -> pm.Model:
    """The PyMC model of ``what``."""
    import pymc as pm
    import pytensor.tensor as pt

    p = what.priors
    with pm.Model(coords=what.coords) as model:
        x = pm.Data("x", what.x, dims=("obs", "predictor"))
        lag = pm.Data("lag", what.lag, dims="obs")
        y = pm.Data("y", what.y, dims="obs")
        index = {
            name: pm.Data(f"{name}_index", group.index, dims="obs")
            for name, group in what.groups.items()
            if name != "state" or what.inexact
        }
        centre = pm.Data("centre", what.centre)
        linear, own = _linear(what, pm, pt), 2 + len(what.terms)
        rho = pm.Deterministic("rho", linear[1])
        mean = centre + pm.Deterministic("alpha", linear[0]) + rho * (lag - centre)
        mean += x @ pm.Deterministic("beta", linear[2:own], dims="predictor")
        for name in ("region", "era"):
            last = own + len(what.groups[name].levels)
            mean += pm.Deterministic(f"alpha_{name}", linear[own:last], dims=name)[index[name]]
            own = last
        if what.inexact:
            z = pm.Normal("z_error", 0, 1, dims="state")
            error = pm.Deterministic("error", z * pm.Data("error_sd", what.error_sd, dims="state"), dims="state")
            mean += (rho - 1) * error[index["state"]]
        typical = p.sigma.variable("sigma")
        if not what.inexact:
            pm.Normal("score", mean, typical, observed=y, dims="obs")
            return model
        nu, omega = pm.Deterministic("nu", LEAST_NU + p.excess_nu.variable("z_nu")), p.omega.variable("omega")
        z = pm.Normal("z_scale", pt.log(typical), omega, dims="state")  # centred: decades of scores tell each state's
        own = pm.Deterministic("sigma_state", pt.exp(z), dims="state")
        pm.StudentT("score", nu=nu, mu=mean, sigma=own[index["state"]], observed=y, dims="obs")
    return model
