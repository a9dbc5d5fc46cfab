import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import xarray as xr

from inference.archives import archive, compare
from inference.archives.archive import ArchiveError
from inference.archives.provenance import provenance

MAKER = "inference.fitting.logit"


def tree(seed=0):
    rng = np.random.default_rng(seed)
    posterior = xr.Dataset(
        {"beta": (("chain", "draw", "predictor"), rng.normal(size=(4, 250, 2)))},
        {"chain": range(4), "draw": range(250), "predictor": ["threat", "duress"]},
    )
    out = xr.DataTree.from_dict(
        {"posterior": posterior, "observed_data": xr.Dataset({"y": ("obs", np.zeros(99, np.int8))})}
    )
    out.attrs = {"fit_key": "k"}
    return out


def test_arviz_opens_what_was_written(tmp_path):
    import arviz as az

    path = archive.write(tree(), "carter-1.bandwagon", passed=True, folder=tmp_path)
    opened = az.from_netcdf(path)
    xr.testing.assert_equal(opened["posterior"].to_dataset(), tree()["posterior"].to_dataset())
    assert opened["posterior"]["predictor"].to_numpy().tolist() == ["threat", "duress"]
    assert list(az.summary(opened, var_names=["beta"], round_to="none").index) == ["beta[threat]", "beta[duress]"]


def test_log_likelihoods_are_rounded_and_nothing_else(tmp_path):
    whole, rng = tree(), np.random.default_rng(1)
    exact = xr.Dataset(
        {"y": (("chain", "draw", "obs"), -rng.gamma(1.0, size=(4, 5, 99)).astype(np.float32))},
        {"chain": range(4), "draw": range(5)},
    )
    whole["log_likelihood"], whole["fitted"] = exact, exact
    archive.write(whole, "a.bandwagon", passed=True, folder=tmp_path)
    found = archive.read("a.bandwagon", tmp_path)
    assert (abs(found["log_likelihood"]["y"] / exact["y"] - 1) <= 2.0**-8).all()
    assert not found["log_likelihood"].to_dataset().equals(exact)
    assert found["fitted"].to_dataset().equals(exact)
    left = set(archive.read("a.bandwagon", tmp_path, rows=False).children)
    assert left == {"posterior", "log_likelihood"}  # the latter stands in a file of few draws, which is read whole


def test_what_is_read_is_in_memory_even_when_named_like_a_group(tmp_path):
    whole = tree()
    values = whole["posterior"]["beta"].isel(predictor=0, drop=True)
    whole["sample_stats"] = xr.Dataset({"observed_data": values})
    archive.write(whole, "a.bandwagon", passed=True, folder=tmp_path)
    found = archive.read("a.bandwagon", tmp_path)
    archive.path_of("a.bandwagon", tmp_path).unlink()
    assert all(variable._in_memory for node in found.subtree for variable in node.variables.values())
    xr.testing.assert_equal(found["sample_stats"]["observed_data"], values)


def test_any_flipped_byte_is_refused(tmp_path):
    path = archive.write(tree(), "a.bandwagon", passed=True, folder=tmp_path)
    good = path.read_bytes()
    for position in np.linspace(0, len(good) - 1, 40).astype(int):
        bad = bytearray(good)
        bad[position] ^= 0x10
        path.write_bytes(bad)
        with pytest.raises(ArchiveError, match=r"a\.bandwagon: a\.bandwagon\.nc is corrupted .* run 'make fit'"):
            archive.read("a.bandwagon", tmp_path)
    path.write_bytes(good)
    archive.read("a.bandwagon", tmp_path)


def test_numeric_variables_carry_checksums_of_their_own(tmp_path):
    import netCDF4

    path = archive.write(tree(), "a.bandwagon", passed=True, folder=tmp_path)
    with netCDF4.Dataset(path) as file:
        assert file["posterior"]["beta"].filters()["fletcher32"]


def test_a_failed_fit_is_kept_aside_and_never_read(tmp_path):
    path = archive.write(tree(), "a.bandwagon", passed=False, folder=tmp_path)
    assert path.name == "a.bandwagon.failed.nc"
    with pytest.raises(ArchiveError, match=r"failed the gate and is kept aside as a\.bandwagon\.failed\.nc"):
        archive.read("a.bandwagon", tmp_path)
    archive.write(tree(), "a.bandwagon", passed=True, folder=tmp_path)
    assert not path.exists()


def test_missing_and_unfinished_archives_are_named(tmp_path):
    with pytest.raises(ArchiveError, match=r"a\.balance: no posterior in .*HYPOTHESES=a'"):
        archive.read("a.balance", tmp_path)
    archive.write(tree(), "a.balance", passed=True, folder=tmp_path)
    (tmp_path / archive.MANIFEST).unlink()
    with pytest.raises(ArchiveError, match="was not finished"):
        archive.read("a.balance", tmp_path)
    assert archive.key_of("a.balance", tmp_path) is None


@pytest.mark.parametrize("what", ["panel", "code", "lock"])
def test_stale_archives_say_what_changed(what, tmp_path):
    panel = tmp_path / "panel"
    panel.write_text("rows")
    now = provenance(MAKER, panel).attributes
    assert archive.staleness(now, panel) is None
    reason = archive.staleness(now | {f"{what}_sha256": "x" * 64}, panel)
    assert reason and reason.startswith(f"fitted on another {what} (sha256 xxxxxxxxxxxx..., now ")
    assert archive.outdated(now | {"made_by": "inference.fitting.logits"}) == (
        "fitted on another code (there is no module 'inference.fitting.logits')"
    )


def summary(values):
    """A group with text, numbers and nothing at all."""
    kept = {"mean": ("estimand", np.array(values, float)), "word": ("estimand", [f"word {v}" for v in values])}
    return xr.Dataset(kept, attrs={"about": "this"})


@pytest.mark.parametrize("values", [[1.5, 2.0], []])
def test_a_group_is_added_and_all_else_stays_bit_for_bit(values, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        archive.write(tree(), "a.bandwagon", passed=True, folder=folder)
    path = archive.add_group("a.bandwagon", "verdicts", summary(values), second)
    assert path == archive.path_of("a.bandwagon", second)
    assert compare.of_folders(first, second) == (1, [])
    found = archive.read("a.bandwagon", second)
    assert set(found.children) == {"posterior", "observed_data", "verdicts"}
    assert found["verdicts"]["mean"].to_numpy().tolist() == values
    assert found["verdicts"]["word"].to_numpy().tolist() == [f"word {v}" for v in values]
    assert archive.attributes("a.bandwagon", second, "verdicts") == {"about": "this"}
    assert archive.attributes("a.bandwagon", first, "verdicts") == {}
    assert {path.name for path in second.iterdir()} == {"a.bandwagon.nc", "manifest.json", "manifest.json.lock"}


def test_a_group_of_the_same_name_is_replaced(tmp_path):
    archive.write(tree(), "a.bandwagon", passed=True, folder=tmp_path)
    before = archive.read("a.bandwagon", tmp_path)
    for values in ([1.0, 2.0, 3.0], [4.0]):
        archive.add_group("a.bandwagon", "verdicts", summary(values), tmp_path)
        after = archive.read("a.bandwagon", tmp_path)
        assert after["verdicts"]["mean"].to_numpy().tolist() == values
        assert list(compare.of_archives(before, after)) == []


def test_nothing_is_added_to_what_is_not_there_or_corrupted(tmp_path):
    with pytest.raises(ArchiveError, match=r"a\.bandwagon: no posterior"):
        archive.add_group("a.bandwagon", "verdicts", summary([1.0]), tmp_path)
    path = archive.write(tree(), "a.bandwagon", passed=True, folder=tmp_path)
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(ArchiveError, match="is corrupted"):
        archive.add_group("a.bandwagon", "verdicts", summary([1.0]), tmp_path)


@pytest.mark.parametrize("content", [b"[]", b"null", b"3", b'{"a": 1}', b'{"a', b"[" * 100_000, "{}".encode("utf-16")])
def test_a_damaged_manifest_is_named_and_left_as_it_is(tmp_path, content):
    archive.write(tree(), "a.bandwagon", passed=True, folder=tmp_path)
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(ArchiveError, match=r"manifest.json is damaged .* remove it, and 'make fit'"):
        archive.verify("a.bandwagon", tmp_path)
    with pytest.raises(ArchiveError, match="damaged"):
        archive.write(tree(), "b.bandwagon", passed=True, folder=tmp_path)
    assert (tmp_path / "manifest.json").read_bytes() == content


def test_a_folder_in_place_of_the_manifest_is_named_too(tmp_path):
    (tmp_path / "manifest.json").mkdir()
    with pytest.raises(ArchiveError, match="damaged"):
        archive.write(tree(), "a.bandwagon", passed=True, folder=tmp_path)


def test_what_cannot_be_read_back_is_not_recorded(tmp_path, monkeypatch):
    archive.write(tree(1), "a.bandwagon", passed=True, folder=tmp_path)
    monkeypatch.setattr(archive, "_write", lambda _, path: path.write_bytes(b"half of it"))
    with pytest.raises(OSError, match=r"(?i)unknown file format|HDF error"):
        archive.write(tree(2), "a.bandwagon", passed=True, folder=tmp_path)
    assert archive.read("a.bandwagon", tmp_path).identical(tree(1))


WRITER = """
import sys, pathlib
sys.path.insert(0, {tests!r})
from test_archive import tree
from inference.archives import archive
print("ready", flush=True)
seed = 0
while True:
    archive.write(tree(seed), "a.bandwagon", passed=True, folder=pathlib.Path({folder!r}))
    seed += 1
"""


def test_a_killed_writer_leaves_a_verified_file_or_none(tmp_path):
    archive.write(tree(), "a.bandwagon", passed=True, folder=tmp_path)
    code = WRITER.format(tests=str(Path(__file__).parent), folder=str(tmp_path))
    for pause in (0.0, 0.013, 0.041, 0.107, 0.31):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=Path(__file__).parents[3])
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        json.loads((tmp_path / archive.MANIFEST).read_text())
        try:
            found = archive.read("a.bandwagon", tmp_path)["posterior"]["beta"].to_numpy()
            assert any(np.array_equal(found, tree(seed)["posterior"]["beta"].to_numpy()) for seed in range(200))
        except ArchiveError as error:
            assert "not finished" in str(error)
        archive.write(tree(), "a.bandwagon", passed=True, folder=tmp_path)  # the next run finishes the work
    assert archive.read("a.bandwagon", tmp_path).attrs["fit_key"] == "k"
