"""From a claim to its verdict in ArviZ alone: the notebook `inspect.ipynb` as a plain script."""

# %% [markdown]
# # From a claim to its verdict, in ArviZ alone
#
# No import of the project is needed: a posterior is a NetCDF file with named dimensions. This one is cut down from an
# archive of `make fit` (`make_posterior.py` says what was kept); any of `inference/posteriors` will do in its place.
# Run from this folder.

# %% [markdown]
# ## The claim
#
# Attributes say what is claimed, what was adjusted for, and which data the file is of.

# %%
from pathlib import Path

import arviz as az
import numpy as np
import xarray as xr

tree = az.from_netcdf(Path(globals().get("__file__", "inspect.ipynb")).with_name("posterior.nc"))
for name in ("of", "claim", "outcome", "exposures", "adjustment", "expected_signs"):
    print(f"{name}: {tree.attrs[name]}")

# %% [markdown]
# ## The verdict
#
# Each registered estimand has the probability of the sign that its author expects, and the shares of the posterior that
# are beyond a negligible size (`beyond`) and practically none (`in_rope`, within 0.1 log-odds).

# %%
verdicts = tree["verdicts"].to_dataset()
print(verdicts[["mean", "low", "high", "p_sign", "beyond", "in_rope", "verdict"]].to_dataframe().round(2).T)

# %% [markdown]
# The same probability, from the draws:

# %%
slope = tree["posterior"]["beta"].sel(predictor="duress")
print(f"Pr(slope of duress > 0) = {float((slope > 0).mean()):.2f}")
print(az.summary(tree, var_names=["alpha", "beta"], coords={"predictor": ["duress", "duress:threat"]}, ci_prob=0.9))

# %% [markdown]
# ## From prior to posterior
#
# What the data have added: a slope's posterior beside its prior.

# %%
az.plot_prior_posterior(tree, var_names=["beta"], coords={"predictor": ["duress", "duress:threat"]})
sd = {group: float(tree[group]["beta"].sel(predictor="duress").std()) for group in ("prior", "posterior")}
print(f"sd of the slope of duress: prior {sd['prior']:.2f}, posterior {sd['posterior']:.2f}")

# %% [markdown]
# ## With the product and without it
#
# Rows of one treaty are one decision, so each treaty was left out as a whole: `loo_treaty` holds its density given all
# other rows, `loo_treaty_mains` the same in the model without the product.

# %%
full, mains = (tree[group].to_dataset() for group in ("loo_treaty", "loo_treaty_mains"))
assert (full["cluster"] == mains["cluster"]).all()  # the same treaties, in the same order
gain = full["elpd"] - mains["elpd"]
error = float(gain.std() * gain.size**0.5)
print(
    f"duress x threat adds {float(gain.sum()):.1f} to the log density of {gain.size} clusters, give or take {error:.1f}"
)

# %% [markdown]
# ## Another prior
#
# The prior of the slope is normal about 0. Under one half as wide the posterior is that of the same draws, weighted by
# the ratio of the two densities; Pareto smoothing says whether the draws are enough for that (k below 0.7).

# %%
width = float(tree["constant_data"]["slope_prior_sd"].sel(predictor="duress"))
log_weight = -0.5 * slope**2 * ((width / 2) ** -2 - width**-2)
log_weight, k = (-log_weight).azstats.psislw(dim=["chain", "draw"])  # takes the negative, as of leave-one-out
weight = np.exp(log_weight - log_weight.max())
weight = weight / weight.sum()
positive = float(((slope > 0) * weight).sum())
print(f"k = {float(k):.2f}; Pr(slope of duress > 0) = {positive:.2f} under a prior half as wide")

# %% [markdown]
# ## A state-year to come
#
# Its probability follows from the parameters: predictors are centred and scaled as the model's were (group `scaling`),
# and a state, an aggressor and a year that the model has not seen have effects drawn anew from their distributions.

# %%
posterior, scaling = tree["posterior"].to_dataset(), tree["scaling"].to_dataset()
situation = scaling["centre"].to_series().to_dict() | {"duress": 1.0, "threat": 2.0}  # all else as on average
z = {
    name: (value - float(scaling["centre"].sel(variable=name))) / float(scaling["scale"].sel(variable=name))
    for name, value in situation.items()
}
x = xr.DataArray(
    [
        np.prod([z[part] for part in term.replace("^2", f":{term[:-2]}").split(":")])
        for term in posterior["predictor"].values
    ],
    dims="predictor",
)
rng = np.random.default_rng(1)
log_odds = posterior["alpha"] + (posterior["beta"] * x).sum("predictor")
log_odds = log_odds + posterior["alpha_region"].sel(region="Middle East") + posterior["alpha_era"].sel(era="2002-2015")
log_odds = log_odds + posterior["gamma"].sel(exposure="duress", region="Middle East") * z["duress"]
for group in ("state", "aggressor", "year"):
    log_odds = log_odds + posterior[f"sigma_{group}"] * rng.normal(size=posterior["alpha"].shape)
chance = 1000 / (1 + np.exp(-log_odds))
low, middle, high = (float(value) for value in chance.quantile([0.05, 0.5, 0.95]))
print(f"{middle:.1f} in 1,000 such state-years (90 % interval {low:.1f} to {high:.1f})")
