"""The steps that page and README print run as they stand, on archives as they are."""

import gc
import re
from pathlib import Path
from typing import Any

import arviz as az
import pytest

from inference.archives import archive
from inference.evidence.quantities import CI_PROB
from reports.appendix.inspecting import STEPS

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[3]
MAINS = "loo_treaty_mains"
CODE = "\n".join(step.code for step in STEPS)


@pytest.fixture
def at_root(reported, tmp_path, monkeypatch):
    """A folder that looks like the repository's root with the posteriors of the simulated world."""
    import matplotlib as mpl
    import matplotlib.pyplot as plt

    mpl.use("Agg")
    (tmp_path / "inference").mkdir()
    (tmp_path / "inference" / "posteriors").symlink_to(reported / "posteriors")
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")
    gc.collect()  # ArviZ opens files lazily: they are closed here, not while another thread reads one


# True of a small world, in which one row tells much of an effect: ArviZ's own words for rows that it flags.
flagged_rows = pytest.mark.filterwarnings("ignore:Estimated shape parameter of Pareto distribution:UserWarning")


@flagged_rows
@pytest.mark.usefixtures("at_root")
def test_every_step_runs_on_archives_as_they_are(reported, capsys):
    names, said = {}, {}
    for step in STEPS:
        exec(compile(step.code, step.title, "exec"), names)
        said[step.title] = capsys.readouterr().out
    tree = archive.read("carter-3.bandwagon", reported / "posteriors")
    added = archive.group(tree, "comparison").sel(clustering="treaty", term="duress:threat")
    assert tree.attrs["claim"] in said["Open an archive"]
    assert "beta[duress:threat]" in said["Summarise the parameters"]
    assert "Middle East" in said["Follow a claim in one region"]
    compared = az.compare(
        {name: names["elpd"](names["tree"], group) for name, group in (("with", "loo_treaty"), ("without", MAINS))},
        round_to="none",
    )
    difference = compared["elpd"]["with"] - compared["elpd"]["without"]
    assert difference == pytest.approx(float(added["elpd_diff"]))
    clusters = tree[MAINS].sizes["cluster"]  # ArviZ divides the sum of squares by their number, the archive by one less
    assert compared["dse"].max() == pytest.approx(float(added["elpd_diff_se_clusters"]) * (1 - 1 / clusters) ** 0.5)


@flagged_rows
@pytest.mark.usefixtures("at_root")
def test_every_group_of_few_draws_is_of_the_same_draws_of_the_archive_of_all(reported):
    whole, few = (
        archive.read(name, reported / "posteriors") for name in ("carter-3.balance", "carter-3.balance.thinned")
    )
    posterior = archive.group(few, "posterior")
    step = int(posterior["draw"][1])
    assert posterior.identical(archive.group(whole, "posterior").isel(draw=slice(None, None, step)))
    for name in ("sample_stats", "log_prior", "log_likelihood", "posterior_predictive"):
        assert archive.group(few, name)["draw"].equals(posterior["draw"])
    assert not {"log_likelihood", "posterior_predictive"} & set(whole.children)  # ArviZ would count their draws as all
    labels = archive.group(few, "log_likelihood")["obs"].to_numpy()
    data = archive.group(whole, "constant_data")
    keys = zip(*(data[f"obs_{key}"].to_numpy() for key in ("state", "aggressor", "year")), strict=True)
    assert labels.tolist() == ["-".join(map(str, row)) for row in keys]


@flagged_rows
@pytest.mark.usefixtures("at_root")
def test_arviz_answers_as_the_archive_of_all_draws_does(reported):
    """Its efficiency is that of the draws kept, and its power-scaling agrees with that of all draws."""
    rows = az.from_netcdf("inference/posteriors/carter-3.bandwagon.thinned.nc")
    loo: Any = az.loo
    found, told = loo(rows, pointwise=True), loo(rows, pointwise=True, reff=1.0)
    assert found.elpd == pytest.approx(told.elpd, abs=0.3)
    assert float((found.pareto_k > found.good_k).mean()) < 0.01  # one in a hundred of a small world
    scaled = archive.group(archive.read("carter-3.bandwagon", reported / "posteriors"), "power_scaling")
    summary = az.psense_summary(rows, var_names=["beta", "sigma_era"])
    assert summary[["prior", "likelihood"]].notna().all(axis=None)
    for of_all, of_few in (("duress", "beta[duress]"), ("sigma_era", "sigma_era")):
        for side in ("prior", "likelihood"):
            value = float(scaled[f"{side}_sensitivity"].sel(term=of_all))
            assert summary.loc[of_few, side] == pytest.approx(value, abs=0.05)
    said = rows["posterior"].attrs
    assert said["inference_library"] and said["inference_library_version"] and said["created_at"].startswith("20")
    assert said["sampling_time"] > 0 and said["tuning_steps"] > 0


@flagged_rows
@pytest.mark.usefixtures("at_root")
def test_readme_prints_the_first_steps_and_runs():
    section = (ROOT / "README.md").read_text(encoding="utf-8").split("## Open a posterior in ArviZ")[1]
    (block,) = re.findall(r"```python\n(.*?)```", section.split("\n## ")[0], re.DOTALL)
    assert CODE.startswith(block)
    exec(compile(block, "README.md", "exec"), {})


def test_the_page_prints_every_step(reported):
    from html import unescape

    html = (reported / "build" / "inspect.html").read_text()
    assert [unescape(code) for code in re.findall(r"<pre[^>]*><code>(.*?)</code></pre>", html, re.DOTALL)] == [
        step.code for step in STEPS
    ]
    assert f"ci_prob={CI_PROB}" in CODE
