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


# The page says why: the effective size of all draws stands over the number of the few that are kept.
few_draws = pytest.mark.filterwarnings("ignore:Estimated shape parameter of Pareto distribution:UserWarning")


@few_draws
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


@few_draws
@pytest.mark.usefixtures("at_root")
def test_arviz_flags_hardly_any_row_where_its_efficiency_is_that_of_the_draws_kept():
    tree = az.from_netcdf("inference/posteriors/carter-3.bandwagon.nc")
    kept, replicated = (archive.group(tree, name) for name in ("log_likelihood", "posterior_predictive"))
    assert kept["draw"].equals(replicated["draw"])
    results: list[Any] = [az.loo(tree, pointwise=True), az.loo(tree, pointwise=True, reff=1)]
    flagged = [float((found.pareto_k > found.good_k).mean()) for found in results]
    # Of a small world, in which one row tells much of an effect, ArviZ flags more rows than of the real one.
    assert flagged[0] > 0.01
    assert flagged[1] < min(flagged[0] / 5, 0.01)


@few_draws
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
