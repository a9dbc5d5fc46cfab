"""How to look into a posterior with ArviZ alone: the steps that page and README print and that a test runs."""

from __future__ import annotations

from typing import NamedTuple


class Step(NamedTuple):
    """A step: what it does, what to know, and its code, which goes on from the steps before."""

    title: str
    words: str
    code: str


STEPS = (
    Step(
        "Open an archive",
        "Every model and outcome has two NetCDF files, each of which opens as an xarray.DataTree. The first holds all "
        "draws of the parameters, the second, .thinned.nc, some four hundred: in it every group is of the same draws, "
        "and posterior_predictive and log_likelihood have a value for each row, labelled by state, aggressor and year. "
        "Attributes say which claim a file is of, the priors with their reasons, what was adjusted for, every check, "
        "and the hashes of panel, code and lock.",
        """\
import arviz as az

tree = az.from_netcdf("inference/posteriors/carter-3.bandwagon.nc")
rows = az.from_netcdf("inference/posteriors/carter-3.bandwagon.thinned.nc")
print(tree.attrs["claim"], tree.attrs["adjustment"], tree.attrs["priors"], sep="\\n")
""",
    ),
    Step(
        "Summarise the parameters",
        "beta holds the slopes, in log-odds per standard deviation of a continuous predictor and for presence of a "
        "binary one; alpha_region and alpha_era the intercepts; gamma how far a region's slope is from the average. "
        "ArviZ takes ess_tail at the 11 and 89 % quantiles, since its default interval holds 89 %; the gate of a fit "
        "takes it at 5 and 95 %, where it is smaller.",
        """\
print(az.summary(tree, var_names=["alpha", "beta", "sigma_region", "sigma_era"], ci_prob=0.9, ci_kind="eti"))
""",
    ),
    Step(
        "Draw a forest of the effects of region",
        "Dims are named, so rows are labelled by region, era and predictor.",
        """\
az.plot_forest(tree, var_names=["alpha_region"])
""",
    ),
    Step(
        "Check calibration",
        "posterior_predictive holds replicated outcomes of every row, beside observed_data: what ArviZ's predictive "
        "plots ask for. The line should follow the diagonal where there are rows. Read its trend and not its steps: a "
        "forecast is the mean of four hundred 0s and 1s, so that a rare outcome has some sixty distinct ones, and "
        "ArviZ 1.3 does not pool rows of the same forecast (findings/arviz-calibration-keeps-ties.sh). The figure of "
        "the report bins a forecast averaged over all draws; the bins are the group calibration of the first file.",
        """\
az.plot_ppc_pava(rows)
""",
    ),
    Step(
        "Leave out one row at a time",
        "ArviZ divides the effective size of the draws in posterior by the number of those in log_likelihood, which is "
        "why the two stand together in the second file (findings/arviz-loo-counts-other-draws.sh). What it flags is a "
        "row that tells much of an effect of its own, or chance among so many rows; the labels say which they are.",
        """\
left_out = az.loo(rows, pointwise=True)
print(left_out)
print(left_out.pareto_k.where(left_out.pareto_k > left_out.good_k, drop=True).to_series().round(2))
""",
    ),
    Step(
        "Compare claims on the same rows",
        "Rows of one treaty foretell each other, so that leaving out one of them is kinder to a claim than the "
        "comparison of the report, which the next step shows. ArviZ 1.3 pairs rows by position and ignores labels "
        "(findings/arviz-compare-pairs-by-position.sh): the first line asks that they are the same. It rounds elpd by "
        'its standard error, so that two models may print the same; round_to="none" prints all digits.',
        """\
claims = ("carter-1", "carter-2")
trees = {claim: az.from_netcdf(f"inference/posteriors/{claim}.bandwagon.thinned.nc") for claim in claims}
same = set.intersection(*(set(tree["log_likelihood"]["obs"].values) for tree in trees.values()))
for claim, each in trees.items():
    trees[claim] = each.sel(obs=[label for label in each["log_likelihood"]["obs"].values if label in same])
print(az.compare(trees, round_to="none"))
""",
    ),
    Step(
        "Ask what a slope owes to its prior",
        "log_prior holds the density of every top-level parameter, by its name: ArviZ raises prior and likelihood to "
        "powers about one. A tick says that neither value is above its threshold, or that it could not be computed "
        "(NaN): read the numbers beside it. The group power_scaling of the first file has them from all draws.",
        """\
print(az.psense_summary(rows, var_names=["alpha", "beta", "sigma_region", "sigma_era"]))
""",
    ),
    Step(
        "Compare by whole treaties, with and without the exposures",
        "Rows of one treaty are one decision, so an archive keeps the density of each treaty given all other rows: "
        "loo_treaty with the claim's exposures, loo_treaty_mains without its products, loo_treaty_without without any; "
        "loo_aggressor_year and so on leave out an aggressor's year. From these ArviZ compares without the draws. The "
        "coordinate cluster says which rows are left out: only models with the same may be compared.",
        """\
from arviz_stats.utils import ELPDData


def elpd(tree, group):
    clusters = tree[group].to_dataset()
    return ELPDData(
        elpd=float(clusters["elpd"].sum()),
        se=float(clusters.sizes["cluster"] ** 0.5 * clusters["elpd"].std()),
        p=float("nan"),
        n_samples=1000,
        n_data_points=clusters.sizes["cluster"],
        scale="log",
        warning=False,
        good_k=0.7,
        elpd_i=clusters["elpd"],
        pareto_k=clusters["pareto_k"],
    )


parts = {"with duress x threat": elpd(tree, "loo_treaty"), "without": elpd(tree, "loo_treaty_mains")}
print(az.compare(parts, round_to="none"))
""",
    ),
    Step(
        "Set the posterior beside the prior",
        "The group prior holds draws of the same parameters before the data.",
        """\
az.plot_prior_posterior(tree, var_names=["beta"])
""",
    ),
    Step(
        "Follow a claim in one region",
        "The slope of an exposure in a region is the average slope and the deviation of the region.",
        """\
posterior = tree["posterior"]
duress = posterior["beta"].sel(predictor="duress") + posterior["gamma"].sel(exposure="duress")
print((duress > 0).mean(("chain", "draw")).to_series().round(2))
""",
    ),
    Step(
        "Read what the report prints",
        "contrasts holds draws of the average risk differences, curves of the mean probability along an exposure, "
        "power_scaling how far the posterior moves with prior and data, calibration the bins of the figure.",
        """\
print(1000 * tree["contrasts"]["risk_difference"].quantile([0.05, 0.5, 0.95], ("chain", "draw")).to_pandas())
print(tree["power_scaling"].to_dataset().to_dataframe())
""",
    ),
)
