"""Whether the whole chain recovers known effects: links fitted to simulated worlds, beside brute force."""

from __future__ import annotations

from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from inference.calibration import aid_truth
from inference.calibration.aid_truth import BEFORE, CODES, FIRST, World
from inference.counterfactual import chain, effects, population, programme, simulate
from inference.counterfactual.chain import Chain
from inference.counterfactual.programme import Arm
from inference.counterfactual.scenario import Scenario
from inference.engine import sample
from inference.fitting import capacity as autoregression
from models import capacity
from models.claims.links import CAPACITY, LOGITS
from models.claims.registry import OUTCOMES, REGISTRY, Hypothesis

Float = NDArray[np.float64]
CHAINS, DRAWS, TUNE = 2, 500, 300
COPIES = 2000
SCENARIO = Scenario("world", "every state of a simulated world", 1992, rule="all", size=0.5, dollars=5.0)
ARMS = (Arm("given", "early"), Arm("estimated, US aid", "early"))
LEVEL, ACCEPTED = 0.95, (0.88, 0.99)  # of the intervals, and the share of truths that they must hold


@cache
def _compiled(shape: tuple[int, ...]) -> Any:  # noqa: ANN401, ARG001 (of nutpie; compiled once for each shape of a world)
    import nutpie

    return nutpie.compile_pymc_model(capacity.build(_capacity_design(aid_truth.world(0))))


def _capacity_design(w: World) -> capacity.CapacityDesign:
    from data.build.transition import derived

    return capacity.design(derived("capacity", w.state), CAPACITY.equation("capacity_next").terms, "capacity")


def _capacity_posterior(w: World, seed: int) -> tuple[capacity.CapacityDesign, xr.Dataset]:
    """The autoregression of a world by nutpie, compiled once in a process."""
    import nutpie

    what = _capacity_design(w)
    data = {"x": what.x, "lag": what.lag, "y": what.y, "centre": what.centre, "error_sd": what.error_sd}
    data |= {f"{name}_index": group.index for name, group in what.groups.items()}
    data |= dict(zip(("precision", "shift"), capacity.quadratic(what), strict=True))
    compiled = _compiled(what.x.shape).with_data(**{name: np.asarray(value) for name, value in data.items()})
    tree = nutpie.sample(
        compiled, draws=DRAWS, tune=TUNE, chains=CHAINS, cores=1, target_accept=0.9, seed=seed, progress_bar=False
    )
    return what, tree["posterior"].to_dataset()[list(autoregression.PARAMETERS)]


def fitted(w: World, seed: int) -> Chain:
    """The chain of a world, every link fitted to it."""
    from data.build.transition import derived

    def of_logit(claim: Hypothesis, outcome: str) -> chain.Logit:
        frame = w.alignment if claim.panel == "alignment" else derived(claim.panel, w.state)
        design = claim.design(frame, outcome)
        tree = sample(design, chains=CHAINS, draws=DRAWS, tune=TUNE, seed=seed, cores=1)
        return chain.logit(design, tree["posterior"].to_dataset())

    link = chain.capacity_link(*_capacity_posterior(w, seed))
    return Chain(
        capacity=link,
        aid={"aid_us": link},
        onset=of_logit(LOGITS["onset"], "onset"),
        continuation=of_logit(LOGITS["continuation"], "continued"),
        outcomes={outcome: of_logit(REGISTRY["carter-3"], outcome) for outcome in OUTCOMES},
        drop=np.zeros(CHAINS * DRAWS),
        support={},
        attraction={},
        keys={},
        shape=(CHAINS, DRAWS),
    )


def brute_force(w: World, scenario: Scenario, arm: Arm, sd: float, copies: int, seed: int) -> dict[str, float]:
    """True change in events per 1,000 dyad-years under an arm, by outcome, from many copies of a world."""
    begin, last = scenario.begin - FIRST, scenario.last - FIRST + 1
    duress = w.state["duress"].to_numpy().reshape(CODES.size, -1)
    start = (np.repeat(w.capacity[:, None], copies, axis=1), np.repeat(duress[:, None], copies, axis=1).astype(float))
    rises = np.zeros(last)
    for t in range(begin, last):
        if t < begin + scenario.duration:
            rises[t] = rises[t - 1] + scenario.size * sd / scenario.duration
        else:
            rises[t] = w.truth.rho * rises[t - 1]
    given = arm.arrow == "given"
    treated = {"added": rises} if given else {"aid": scenario.dollars, "running": (begin, begin + scenario.duration)}
    region = np.arange(CODES.size) // 6
    rates = []
    changes: list[dict[str, Any]] = [{}, treated]
    for change in changes:
        rng = np.random.default_rng([seed, 1])
        path = aid_truth.forward(w.truth, w.columns, start, region, rng, first=begin, last=last, **change)
        rates.append(_rates(w, scenario, *path))
    return {outcome: rates[1][outcome] - rates[0][outcome] for outcome in OUTCOMES}


def _rates(w: World, scenario: Scenario, true_capacity: Float, duress: NDArray) -> dict[str, float]:
    """Mean probability per 1,000 dyad-years of each outcome in the years counted."""
    rows = w.alignment[w.alignment["year"].between(scenario.year, scenario.last)]
    out = dict.fromkeys(OUTCOMES, 0.0)
    for year in range(scenario.year, scenario.last + 1):
        mine = rows[rows["year"] == year]
        t, i = year - FIRST, np.searchsorted(CODES, mine["state"].to_numpy())
        window = duress[i, :, t - BEFORE : t].any(axis=-1).astype(float)
        for outcome in OUTCOMES:
            p = aid_truth.probability(w.truth, outcome, mine, window, true_capacity[i, :, t - 1])
            out[outcome] += 1000 * float(p.mean(axis=1).sum()) / len(rows)
    return out


def estimated(w: World, links: Chain, seed: int) -> dict[str, dict[str, Float]]:
    """Draws of the same changes by the g-formula, by arm and outcome."""
    who = population.assemble(SCENARIO, links, w.alignment, w.state)
    wanted = [programme.whole(arm) for arm in programme.ARMS]
    groups = effects.dataset(SCENARIO, links, who, wanted, simulate.run(SCENARIO, links, who, wanted, seed))["events"]
    base = {o: effects.rate(groups, o, programme.BASELINE.name, SCENARIO.horizon) for o in OUTCOMES}
    return {
        arm.name: {
            o: (effects.rate(groups, o, arm.name, SCENARIO.horizon) - base[o]).to_numpy().ravel() for o in OUTCOMES
        }
        for arm in ARMS
    }


def replicate(seed: int) -> list[dict[str, Any]]:
    """One world: for each arm and outcome the truth, the 95 % interval of the g-formula and the truth's place in it."""
    w = aid_truth.world(seed)
    links = fitted(w, seed)
    found, sd, out = estimated(w, links, seed), programme.sd_of_capacity(links), []
    for arm in ARMS:
        true = brute_force(w, SCENARIO, arm, sd, COPIES, seed)
        for outcome in OUTCOMES:
            draws = found[arm.name][outcome]
            low, high = np.quantile(draws, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
            out.append({
                "world": seed, "arm": arm.name, "outcome": outcome, "truth": true[outcome], "mean": float(draws.mean()),
                "low": float(low), "high": float(high), "covered": bool(low <= true[outcome] <= high),
                "rank": float((draws < true[outcome]).mean()),
            })  # fmt: skip
    return out


def run(worlds: int, seed: int, workers: int = 2) -> list[dict[str, Any]]:
    """Every world's rows."""
    from concurrent.futures import ProcessPoolExecutor

    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        return [row for rows in pool.map(replicate, range(seed, seed + worlds)) for row in rows]


def by_effect(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The rows of each arm and outcome, by their names."""
    out: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        out.setdefault(f"{row['arm']}, {row['outcome']}", []).append(row)
    return out


def write(rows: list[dict[str, Any]], folder: Path) -> Path:
    """The rows as a table beside the other results of calibration."""
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "chain.csv"
    partial = path.with_suffix(".partial")
    pd.DataFrame(rows).to_csv(partial, index=False)
    partial.replace(path)
    return path
