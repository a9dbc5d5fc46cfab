"""The notebook on a posterior is the script, run on the posterior that is shipped, with what it says."""

import json
import runpy
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
EXAMPLES = Path(__file__).parents[2] / "examples"
MOST_BYTES = 2_000_000


def without_pictures(notebook):
    """The notebook less its pictures, whose bytes differ between processors."""
    for cell in notebook["cells"]:
        cell["outputs"] = [out for out in cell.get("outputs", []) if out["output_type"] == "stream"]
    return notebook


@pytest.fixture(scope="module")
def stored():
    return json.loads((EXAMPLES / "inspect.ipynb").read_text(encoding="utf-8"))


def test_it_is_what_the_script_says_when_it_is_run_again_and_warns_of_nothing(stored, monkeypatch):
    import matplotlib as mpl

    mpl.use("Agg")
    monkeypatch.chdir(EXAMPLES)
    made = runpy.run_path(str(EXAMPLES / "make_notebook.py"))["notebook"]()
    pictures = [out for cell in stored["cells"] for out in cell.get("outputs", []) if "data" in out]
    assert len(pictures) == 1 and pictures[0]["data"]["image/png"]
    assert without_pictures(made) == without_pictures(stored)


def test_every_step_of_a_claim_is_there_and_the_posterior_is_small(stored):
    import arviz as az

    text = "".join("".join(cell["source"]) for cell in stored["cells"] if cell["cell_type"] == "markdown")
    for step in ("The claim", "The verdict", "From prior to posterior", "without it", "Another prior", "to come"):
        assert step in text
    said = "".join(line for cell in stored["cells"] for out in cell.get("outputs", []) for line in out.get("text", []))
    tree = az.from_netcdf(EXAMPLES / "posterior.nc")
    verdicts = tree["verdicts"].to_dataset()
    assert all(str(verdict) in said for verdict in verdicts["verdict"].to_numpy())
    share = float((tree["posterior"].to_dataset()["beta"].sel(predictor="duress") > 0).mean())
    assert f"Pr(slope of duress > 0) = {share:.2f}" in said
    assert share == pytest.approx(float(verdicts["p_sign"][0]), abs=0.05)
    narrower = float(said.partition("k = ")[2].partition("= ")[2].partition(" under")[0])
    assert 0.5 < narrower <= share  # a narrower prior draws towards no effect
    assert (EXAMPLES / "posterior.nc").stat().st_size < MOST_BYTES
