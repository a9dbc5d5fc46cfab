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
        "Every model and outcome has one NetCDF file, which opens as an xarray.DataTree. Its attributes say which "
        "claim it is of, the priors with their reasons, what was adjusted for, every check, and the hashes of panel, "
        "code and lock.",
        """\
import arviz as az

tree = az.from_netcdf("inference/posteriors/carter-3.bandwagon.nc")
print(tree.attrs["claim"], tree.attrs["adjustment"], tree.attrs["priors"], sep="\\n")
""",
    ),
    Step(
        "Summarise the parameters",
        "beta holds the slopes, in log-odds per standard deviation of a continuous predictor and for presence of a "
        "binary one; alpha_region and alpha_era the intercepts; gamma how far a region's slope is from the average.",
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
        "plots ask for. The line should follow the diagonal where there are rows.",
        """\
az.plot_ppc_pava(tree)
""",
    ),
    Step(
        "Compare claims on the same rows",
        "log_likelihood holds every row under the draws of posterior_predictive, a tenth of all. ArviZ leaves out one "
        "row at a time: those of one treaty then foretell each other, and the comparison is kinder to a claim than "
        "that of the report, which the next step shows. It flags one or two rows of a hundred, since it divides the "
        "effective size of all draws by the number of these few; called as az.loo(tree, reff=1) it flags hardly any.",
        """\
claims = ("carter-1", "carter-2")
trees = {claim: az.from_netcdf(f"inference/posteriors/{claim}.bandwagon.nc") for claim in claims}
print(az.compare(trees))
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


print(az.compare({"with duress x threat": elpd(tree, "loo_treaty"), "without": elpd(tree, "loo_treaty_mains")}))
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
