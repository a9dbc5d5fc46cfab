"""Compiled code is kept between processes and never served for other sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from inference.engine import _cache

ROOT = Path(__file__).parents[3]
SCRIPT = """
import numpy as np
from inference.engine.rows import kernel, pack
from numba.core import config
rows, _ = pack.pack_rows(np.ones((20, 2)), np.zeros(20, int), 1, np.zeros((0, 20), int), 0)
effects = kernel.Effects(*(np.ones(shape, np.float32) for shape in (1, (1, 2), (1, pack.LANES))))
kernel.log_likelihood_sums(rows, np.arange(2), effects, kernel.empty_sums(1, (1, 2), (1, pack.LANES), "float32"))
hits = sum(kernel.log_likelihood_sums.stats.cache_hits.values())
print(hits, config.CACHE_DIR)
"""

FIT = """
from importlib import import_module
from itertools import chain

from data import synthetic
from inference.engine.density import posterior, transport, units
from inference.engine.rows import kernel, link
from inference.engine.sampler import adaptation, hmc
from inference.engine.stream import sweep
from inference.evidence.left_out import folds, leave_out
from inference.fitting import logit as fit
from inference.fleet import work
from inference.sampling import converge
from models.claims.registry import REGISTRY
from models.joint import view
from tests.fixtures.small_system import SMALL

def compiled():
    functions = {(m.__name__, n): f for m in (hmc, adaptation, kernel, link, posterior, units, sweep, transport)
                 for n, f in vars(m).items() if hasattr(f, "signatures")}
    return {(*name, s) for name, function in functions.items() for s in function.signatures}

for name in chain.from_iterable(work.BEFORE):
    module, function = name.split(":")
    getattr(import_module(module), function)()
before = compiled()
assert before
settings = converge.Settings(draws=50)
panel = synthetic.panel(2000, seed=5, system=SMALL)
claim = REGISTRY["carter-3"]
joint = claim.joint(panel)
fit.check_priors(joint)
run = converge.draw_until_converged(joint, settings)
leave_out.MOST_REFITS = 0  # a refit compiles nothing of its own
for clusters in folds.of_panel("alignment", panel).values():
    leave_out.densities(joint, run.posterior, clusters, settings)
for design in joint.designs:
    draws, frame = view(run.posterior, joint, design.outcome), panel.iloc[design.rows]
    exposures = claim.equation(design.outcome).exposures
    fit.predictions.contrasts(exposures, design, frame, draws)
    fit.predictions.curves(design, frame, draws)
    fit.sensitivity.power_scaling(design, draws, fit.stream.log_likelihood(design, draws), exposures)
    fit.predictions.predictive(design, draws, frame, 1)
print(sorted(f"{module}.{name}" for module, name, _ in compiled() - before))
"""


def test_the_directory_is_named_by_sources_and_versions(tmp_path, monkeypatch):
    copy = tmp_path / "engine"
    shutil.copytree(_cache.ENGINE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    assert _cache.fingerprint(copy) == _cache.fingerprint()
    for source in ("options.py", "density/transport.py"):
        fresh = _cache.fingerprint(copy)
        (copy / source).write_text((copy / source).read_text() + "\n")
        assert _cache.fingerprint(copy) != fresh
    before = _cache.fingerprint()
    monkeypatch.setattr(_cache, "version", lambda name: f"{name} 99")
    assert _cache.fingerprint() != before


def test_numba_keeps_its_own_directory_outside_the_engine(tmp_path, monkeypatch):
    monkeypatch.setitem(_cache.SETTINGS, "CACHE_DIR", str(tmp_path))
    with _cache.engine_cache():
        assert Path(_cache.SETTINGS["CACHE_DIR"]) == tmp_path / _cache.fingerprint()
    assert _cache.SETTINGS["CACHE_DIR"] == str(tmp_path)


def test_a_directory_that_cannot_be_written_is_replaced_by_a_temporary_one(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setitem(_cache.SETTINGS, "CACHE_DIR", str(tmp_path / "file"))
    assert not _cache.directory().is_relative_to(tmp_path)


@pytest.mark.slow
def test_a_second_process_finds_the_compiled_code(tmp_path):
    environment = os.environ | {"NUMBA_CACHE_DIR": str(tmp_path)}
    hits = []
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT], capture_output=True, text=True, check=True, env=environment
        )
        count, directory = done.stdout.split()
        hits.append(int(count))
        assert directory == str(tmp_path)
    assert hits == [0, 1]
    assert list((tmp_path / _cache.fingerprint()).rglob("*.nbc"))


@pytest.mark.slow
@pytest.mark.campaign
def test_nothing_is_left_to_compile_after_what_goes_before_a_fleet():
    done = subprocess.run([sys.executable, "-c", FIT], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.split() == ["[]"]
