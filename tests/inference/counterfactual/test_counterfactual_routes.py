"""Two independent routes to one population contrast, the whole chain in a few worlds, and what a table says."""

from types import SimpleNamespace

import numpy as np
import pytest
import xarray as xr

from inference.calibration import aid_study, aid_truth
from inference.counterfactual import chain as chain_of
from inference.counterfactual import effects, population, programme, run, simulate, table
from inference.counterfactual.programme import BASELINE, Arm, Evaluation
from inference.counterfactual.scenario import Scenario
from inference.engine import forward, sample
from inference.sampling.diagnostics import mcse_mean
from models import logit
from models.claims.registry import OUTCOMES, REGISTRY
from tests.fixtures import chain_truth

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def w():
    return chain_truth.world()


@pytest.fixture(scope="module")
def truth(w):
    return chain_truth.known(w)


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_the_kernel_and_pymc_agree_on_a_population_contrast(w, outcome):
    """Duress for all against none, at capacity raised by one: probabilities summed by the kernel, and ``pm.do``."""
    design = REGISTRY["carter-3"].design(w.alignment, outcome)
    posterior = sample(design, chains=2, draws=500, tune=300, seed=1)["posterior"].to_dataset()
    frame = w.alignment.iloc[design.rows].assign(capacity=lambda rows: rows["capacity"] + 1.0)
    rates = [_by_kernel(design, posterior, frame["capacity"].to_numpy(float), duress) for duress in (0.0, 1.0)]
    ours = (rates[1] - rates[0]).reshape(2, 500)
    changed = [_by_pymc(design, posterior, design.predictors(frame.assign(duress=duress))) for duress in (0.0, 1.0)]
    theirs = changed[1] - changed[0]
    error = np.hypot(mcse_mean(ours), mcse_mean(theirs))
    assert abs(ours.mean() - theirs.mean()) < 4 * error
    assert error < 0.2 * ours.std()  # the routes could be told apart


def _by_kernel(design, posterior, capacity, duress):
    """Mean probability (draw,) with duress and true capacity put in by the compiled sums, states region by region."""
    link, total = chain_of.logit(design, posterior), 0.0
    draws = link.slope.shape[2]
    for region in range(4):
        mine = np.flatnonzero(design.groups["region"].index == region)
        zero = np.zeros(mine.size, int)
        who = SimpleNamespace(alignment={"any": population.Rows(design, mine, zero, zero)})
        end = simulate.ends(link, who, "any", 0)
        own = 0.5 * design.error["capacity"][mine, None] * link.term("capacity")[region] ** 2
        own = own + end.capacity * capacity[mine, None]  # of each row: no state has one capacity here
        end = end._replace(base=(end.base + own).astype(np.float32), capacity=np.zeros(draws, np.float32))
        window = np.full((1, 1, draws), int(duress), np.int8)
        nothing, scratch = np.zeros((1, draws), np.float32), np.zeros((2, draws), np.float32)
        out = np.zeros((1, 1, draws))
        source = np.zeros((1, 3), int)
        forward.add_events(
            end,
            window,
            np.zeros((1, 1, draws), np.float32),
            window,
            source,
            nothing,
            nothing,
            nothing[0],
            *scratch,
            out,
        )
        total = total + out[0, 0]
    return total / design.y.size


def _by_pymc(design, posterior, x):
    """Share of rows with the outcome (chain, draw) among outcomes drawn from the PyMC model with other predictors."""
    import pymc as pm

    with pm.do(logit.build(design), {"x": x}):
        seen = pm.sample_posterior_predictive(
            _latent(design, posterior), var_names=["y"], predictions=True, random_seed=3, progressbar=False,
            compile_kwargs={"mode": "FAST_COMPILE"},
        )  # fmt: skip
    return seen["predictions"]["y"].mean("obs").transpose("chain", "draw").to_numpy()


def _latent(design, posterior):
    """The posterior with the standardised effects that the PyMC model samples."""
    extra = {f"z_alpha_{g}": posterior[f"alpha_{g}"] / posterior[f"sigma_{g}"] for g in design.groups}
    extra["z_gamma"] = posterior["gamma"] / posterior["sigma_gamma"]
    scale = xr.ones_like(posterior["beta"]) * design.slope_sd
    for name, (_, mine) in design.shared_scales.items():
        scale = scale.where(~xr.DataArray(mine, dims="predictor"), scale * posterior[name])
    extra["z_beta"] = (posterior["beta"] - design.slope_mean) / scale
    return xr.DataTree.from_dict({"posterior": posterior.assign(extra)})


@pytest.fixture(scope="module")
def tree(w, truth):
    scenario = Scenario("small", "a small world", 1992, rule="all", size=1.0, dollars=5.0)
    who = population.assemble(scenario, truth, w.alignment, w.state)
    return run.simulated(scenario, truth, who, seed=1)


def test_a_table_says_what_the_archive_holds(tree):
    found, groups = table.collect(tree), tree["events"].to_dataset()
    row = next(
        e for e in found["effects"]
        if (e["arrow"], e["timing"], e["outcome"], e["horizon"]) == ("given", "early", "balance", 10)
    )  # fmt: skip
    base, treated = (effects.rate(groups, "balance", name, 10) for name in ("none", "given, early"))
    assert row["difference"]["value"] == pytest.approx(float((treated - base).mean()))
    assert row["p_fewer"] == pytest.approx(float((treated < base).mean()))
    assert row["decade"]["baseline"]["value"] == pytest.approx(
        1000 * float(groups["events"].sel(outcome="balance", evaluation="none", horizon=10).mean()) / 240
    )  # 24 states, all threatened, for ten years
    averted = (base - treated).mean() * groups["dyad_years"].sel(outcome="balance", horizon=10) / 1000
    assert row["nnt"]["value"] == pytest.approx(24 / float(averted))


def test_paths_and_what_they_do_together_are_the_whole(tree):
    found = table.collect(tree)
    for outcome in ("bandwagon", "balance"):
        parts = [p["difference"]["value"] for p in found["paths"]
                 if (p["arrow"], p["timing"], p["outcome"]) == ("given", "early", outcome)]  # fmt: skip
        whole = next(e for e in found["effects"] if (e["arrow"], e["timing"], e["outcome"], e["horizon"])
                     == ("given", "early", outcome, 20))  # fmt: skip
        assert sum(parts) == pytest.approx(whole["difference"]["value"], abs=1e-6)


def test_a_larger_programme_does_more_and_a_threshold_lies_between_its_neighbours(tree):
    found, groups = table.collect(tree), tree["events"].to_dataset()
    for outcome in ("bandwagon", "balance"):
        ratio = [q["value"] for q in found["dose"]["ratio"]["early"][outcome]]
        steps = np.diff(ratio)
        assert (steps < 0).all() or (steps > 0).all()
        for t in (t for t in found["threshold"] if t["outcome"] == outcome and t["timing"] == "early"):
            if t["size"] is None:
                assert min(ratio) > 1 - t["cut"]
            else:
                assert np.interp(t["size"], found["dose"]["sizes"], ratio) == pytest.approx(1 - t["cut"])
    same = effects.rate(groups, "balance", Arm("given", "early", 1.0).name, 20)
    np.testing.assert_array_equal(same, effects.rate(groups, "balance", Arm("given", "early").name, 20))


@pytest.mark.parametrize(
    ("draws", "words"),
    [
        ((0.1, 0.02), "10 programmes avert one event (8 to 14)"),
        ((-0.1, 0.02), "10 programmes cause one event (8 to 14)"),
        ((0.01, 0.1), "through no effect"),
        ((0.0, 0.0), "no event is averted or caused"),
    ],
)
def test_programmes_per_event_say_when_the_sign_is_not_known(draws, words):
    mean, sd = draws
    values = mean + sd * np.linspace(-1.645, 1.645, 4000).reshape(4, 1000)
    assert words in table.needed(xr.DataArray(values, dims=("chain", "draw")))["words"]


def test_the_natural_course_counts_every_event_once(tree, w):
    found = table.natural_course(tree)
    for outcome in ("bandwagon", "balance"):
        mine = [r for r in found if r["outcome"] == outcome]
        whole = next(r for r in mine if r["by"] == "all")
        counted = w.alignment[w.alignment["year"] >= 1992]
        assert whole["observed"] == counted[outcome].sum()
        for by in ("region", "era"):
            assert sum(r["observed"] for r in mine if r["by"] == by) == whole["observed"]
        assert 0.001 < whole["p"] < 0.999  # the world is the model's own


def test_where_nothing_like_it_was_seen_a_scenario_says_so(tree):
    flags = " ".join(table.collect(tree)["flags"])
    assert "extrapolate" in flags
    counts = tree["positivity"].to_dataset()
    assert int(counts["states"].sum()) == 24
    assert counts["gains"].sum() > 500


@pytest.mark.parametrize("seed", [11, 12])
def test_a_fitted_chain_finds_the_effects_of_its_world(seed):
    """Two of the worlds of the campaign (``python -m inference.calibration chain``), links fitted from the data."""
    for row in aid_study.replicate(seed):
        width = row["high"] - row["low"]
        assert row["low"] - width < row["truth"] < row["high"] + width, row


def test_worlds_differ_and_are_reproducible():
    one, again, other = (aid_truth.world(seed) for seed in (1, 1, 2))
    assert one.state.equals(again.state)
    assert one.truth != other.truth
    assert Evaluation("x", BASELINE, BASELINE, BASELINE) == Evaluation("x", BASELINE, BASELINE, BASELINE)
    assert programme.whole(BASELINE).name == "none"
