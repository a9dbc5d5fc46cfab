"""Worlds of a study are kept one by one, used again, and named where they are left out."""

import json

import numpy as np
import pytest

from inference.calibration.worlds import stored
from inference.calibration.worlds.effect_recovery import Recovery
from inference.fleet import fleet


@pytest.fixture
def here(monkeypatch):
    """Studies whose worlds are made in this process: four in all, the second cannot be simulated."""
    asked = []

    def replicate(seed):
        asked.append(seed)
        if seed == 8:
            raise ValueError("fitted without an era")
        return [Recovery.of(seed, "arm", "bandwagon", 0.1, np.arange(4.0))]

    def run(tasks, function, *, folder, stamp, **_):
        folder.mkdir(parents=True, exist_ok=True)
        known = fleet.stored(tasks, folder, stamp)
        for task in tasks:
            if task.key not in known:
                known[task.key] = function(**task.arguments)
                record = {"stamp": stamp, "arguments": task.arguments, "result": known[task.key]}
                fleet.sealed.write(folder / f"{task.key}.json", json.loads(json.dumps(record)))
        return fleet.Outcome({task.key: known[task.key] for task in tasks}, {}, 0)

    monkeypatch.setattr(stored, "REPLICATES", {"chain": replicate})
    monkeypatch.setattr(replicate, "__module__", "inference.calibration.worlds.effect_recovery")
    monkeypatch.setattr(stored.fleet, "run", run)
    return asked


def test_a_world_that_cannot_be_simulated_is_named_and_left_out(here, tmp_path, capsys):
    table = stored.worlds("chain", 4, 7, tmp_path)
    assert table["world"].tolist() == [7, 9, 10]
    assert capsys.readouterr().err == "world 8 is left out: fitted without an era\n"
    assert here == [7, 8, 9, 10]


def test_a_study_goes_on_with_the_worlds_that_it_lacks(here, tmp_path):
    first = stored.worlds("chain", 2, 7, tmp_path)
    whole = stored.worlds("chain", 4, 7, tmp_path)
    assert here == [7, 8, 9, 10]
    assert whole.iloc[: len(first)].equals(first)
