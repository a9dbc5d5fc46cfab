r"""How far a conclusion rests on the prior: power-scaling, and Bayes factors under other prior widths.

Power-scaling (Kallioinen et al. 2024, Statistics and Computing 34, 57) raises prior or likelihood to powers just
below and above one and asks how far the posterior moves. Of the prior, all top-level terms are scaled: intercept,
slopes with fixed priors, and group scales.
"""

from __future__ import annotations

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from models.design import Design
from models.priors import Normal

Float = NDArray[np.float64]
SENSITIVE = 0.05  # above it the posterior moves with what is scaled, by the authors' threshold
WIDTHS = (0.25, 0.5, 1.0, 2.0, 4.0)  # of the registered prior standard deviation


def log_prior(design: Design, posterior: xr.Dataset) -> xr.DataArray:
    """Log density of the top-level parameters under their priors (chain, draw), up to a constant."""
    first, *others = log_priors(design, posterior).data_vars.values()
    for density in others:  # in this order: it decides the last digit
        first = first + density.sum([dim for dim in density.dims if dim not in ("chain", "draw")])
    return first


def log_priors(design: Design, posterior: xr.Dataset) -> xr.Dataset:
    """Log density of each top-level parameter under its prior, up to a constant, by its name and with its dims.

    Of the slopes those whose prior is fixed: of the others the scale that they share is the top-level parameter.
    """
    shared = design.shared_scales
    out = {"alpha": design.priors.alpha[design.outcome].logp(posterior["alpha"])}
    for name in sorted(design.scales, key=lambda name: name in shared):
        out[name] = design.scales[name].logp(posterior[name])
    for name in (str(name) for name in posterior.data_vars if str(name).startswith("rho_")):
        out[name] = design.priors.correlation.logp(posterior[name])
    slopes = posterior["beta"].copy(data=Normal(design.slope_mean, design.slope_sd).logp(posterior["beta"].to_numpy()))
    if shared:
        slopes = slopes[..., ~np.any([scale.slopes for scale in shared.values()], axis=0)]
    return xr.Dataset(out | {"beta": slopes})


def power_scaling(
    design: Design, posterior: xr.Dataset, likelihood: xr.DataArray, exposures: tuple[str, ...]
) -> xr.Dataset:
    """``prior_sensitivity`` and ``likelihood_sensitivity`` of what is reported (term,).

    That is the slope of each exposure, the scale of each grouping's effects (``sigma_era``) and their correlation with
    those on the other outcome (``rho_era``). ``likelihood`` (chain, draw) is the log likelihood of all rows together.
    """
    import arviz_stats

    terms = {term: posterior["beta"].sel(predictor=term, drop=True) for term in exposures}
    terms |= {str(name): draws for name, draws in posterior.data_vars.items() if _of_grouping(str(name), draws)}
    tree = xr.DataTree.from_dict(
        {
            "posterior": xr.Dataset(terms),
            "log_prior": xr.Dataset({"joint": log_prior(design, posterior)}),
            "log_likelihood": xr.Dataset({"y": likelihood.expand_dims("all", axis=-1)}),
        }
    )
    found = {}
    for group in ("prior", "likelihood"):
        values = arviz_stats.psense(tree, group=group, sample_dims=["chain", "draw"])
        found[f"{group}_sensitivity"] = "term", [float(values[term]) for term in terms]
    return xr.Dataset(found, {"term": list(terms)})


def _of_grouping(name: str, draws: xr.DataArray) -> bool:
    """Whether a parameter is the one scale or correlation of a grouping's effects."""
    return name.startswith(("sigma_", "rho_")) and set(draws.dims) == {"chain", "draw"}


def bayes_factors(draws: Float, prior_sd: float) -> dict[str, float]:
    r"""Savage-Dickey ratios for an effect under other prior widths, by multiple of the registered width.

    With prior sd w instead of :math:`w_0`, the posterior is the draws' with weights
    :math:`r(\beta) = N(\beta; 0, w) / N(\beta; 0, w_0)`, so its density at 0 is that of the draws times
    :math:`r(0) / \bar r`. Empty where the draws do not resolve the density at 0.
    """
    from scipy.stats import gaussian_kde, norm

    if not np.isfinite(prior_sd):
        return {}
    flat = draws.ravel()
    at_zero = float(gaussian_kde(flat)(0.0)[0])
    if at_zero < 1 / (flat.size * flat.std()):
        return {}
    out = {}
    for multiple in WIDTHS:
        sd = multiple * prior_sd
        weight = norm.pdf(flat, 0, sd) / norm.pdf(flat, 0, prior_sd)
        density = at_zero * (prior_sd / sd) / weight.mean()
        out[f"{multiple:g}"] = float(norm.pdf(0, 0, sd) / density)
    return out
