"""Fleets: results are kept one by one, survive every kind of death, and are the same wherever they ran."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from inference.archives.provenance import code_sha256
from inference.fleet import cluster, fleet, progress
from inference.fleet.fleet import FleetError, Task, run
from tests.fixtures import fleet_tasks
from tests.fixtures.fleet_tasks import squares

ROOT = Path(__file__).parents[3]
EXPECTED = {f"square-{n}": {"square": n**2, "third": n / 3, "pair": [n, None]} for n in range(12)}


def started(log):
    """How often each number was begun."""
    return Counter(line.split()[0] for line in log.read_text().splitlines())


def alive(pid):
    """Whether a process runs; one that ended and awaits its parent does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture(autouse=True)
def code_as_it_is_now():
    """Workers read the sources when they start: a file that is edited during a session of tests is no error."""
    code_sha256.cache_clear()


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """An uninterrupted run on two processes: its folder and outcome."""
    folder = tmp_path_factory.mktemp("plain")
    return folder, run(squares(range(12)), fleet_tasks.square, folder=folder, stamp="one")


def test_results_are_returned_in_order_and_kept_on_disk(plain):
    folder, outcome = plain
    assert outcome == fleet.Outcome(EXPECTED, {}, 0)
    assert list(outcome.results) == list(EXPECTED)
    assert {path.name for path in folder.iterdir()} == {f"{key}.json" for key in EXPECTED}
    record = json.loads((folder / "square-5.json").read_text())
    assert record.pop("seconds") >= 0
    assert len(record.pop("sha256")) == 64
    assert record == {"stamp": "one", "arguments": {"number": 5}, "result": EXPECTED["square-5"]}
    assert fleet.stored(squares(range(12)), folder, "one") == EXPECTED
    assert fleet.stored(squares(range(12)), folder, "two") == {}


def test_only_what_is_missing_stale_or_broken_is_computed_again(tmp_path):
    log, folder = tmp_path / "log", tmp_path / "results"
    tasks = squares(range(8), log=str(log))
    run(tasks, fleet_tasks.square, folder=folder, stamp="one")
    assert set(started(log).values()) == {1}
    assert run(tasks, fleet_tasks.square, folder=folder, stamp="one").reused == 8
    assert sum(started(log).values()) == 8

    def spoil(number, **changes):
        path = folder / f"square-{number}.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    spoil(0, stamp="older")
    spoil(1, arguments={"number": 7})
    spoil(2, result=[4])
    (folder / "square-3.json").write_text('{"stamp": "one", "argu')
    (folder / "square-4.json").write_bytes(b"\xff\x00")
    (folder / "square-5.json").write_text("[]")
    (folder / "square-6.json").rename(folder / "square-6.json.partial")
    outcome = run(tasks, fleet_tasks.square, folder=folder, stamp="one")
    assert started(log) == {str(n): 2 if n < 7 else 1 for n in range(8)}
    assert outcome.reused == 1
    assert outcome.results == {key: EXPECTED[key] for key in list(EXPECTED)[:8]}
    assert fleet.stored(tasks, folder, "one") == outcome.results


def test_no_flipped_bit_of_a_stored_result_passes(plain, tmp_path):
    """Every bit of one file in turn: the result is what it was (of a changed space, say), or is not used."""
    whole, tasks = (plain[0] / "square-5.json").read_bytes(), squares([5])
    used = 0
    for bit in range(8 * len(whole)):
        flipped = bytearray(whole)
        flipped[bit // 8] ^= 1 << bit % 8
        (tmp_path / "square-5.json").write_bytes(flipped)
        found = fleet.stored(tasks, tmp_path, "one")
        assert found in ({}, {"square-5": EXPECTED["square-5"]})
        used += bool(found)
    assert used < 0.1 * 8 * len(whole)


@pytest.mark.parametrize("content", [b"[" * 100_000, b"null", b"3", "{}".encode("utf-16"), b""])
def test_files_that_are_no_results_are_computed_again(content, tmp_path):
    (tmp_path / "square-5.json").write_bytes(content)
    assert fleet.stored(squares([5]), tmp_path, "one") == {}


def test_a_folder_in_place_of_a_result_is_none(tmp_path):
    (tmp_path / "square-5.json").mkdir()
    assert fleet.stored(squares([5]), tmp_path, "one") == {}


def begin_slow_fleet(folder, log):
    """A fleet in another process, and the pids of its workers, once three of twelve results are there."""
    command = [sys.executable, "-m", "tests.fixtures.fleet_tasks", str(folder), str(log)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    deadline = time.monotonic() + 20
    while len(list(folder.glob("*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.02)
    return process, {int(line.split()[1]) for line in log.read_text().splitlines()}


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_a_run_that_was_stopped_leaves_no_process_and_goes_on_where_it_was(by, tmp_path, plain):
    folder, log = tmp_path / "results", tmp_path / "log"
    process, workers = begin_slow_fleet(folder, log)
    process.send_signal(by)
    text, _ = process.communicate(timeout=10)
    finished = {path.stem for path in folder.glob("*.json")}
    assert process.returncode == -by
    assert 3 <= len(finished) < 12
    assert len(workers) == 2
    assert (text.count("Traceback"), text.count("KeyboardInterrupt")) == ((1, 1) if by == signal.SIGINT else (0, 0))
    deadline = time.monotonic() + 5
    while any(map(alive, workers)) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not any(map(alive, workers))

    before = started(log)
    tasks = squares(range(12), log=str(log), seconds=0.2)
    outcome = run(tasks, fleet_tasks.square, folder=folder, stamp="slow")
    again = {f"square-{n}" for n in (started(log) - before)}
    assert again == set(EXPECTED) - finished
    assert outcome.reused == len(finished)
    assert outcome.results == plain[1].results


def test_a_task_that_raises_stops_nothing_and_is_tried_again_by_the_next_run(tmp_path):
    folder, log, bad = tmp_path / "results", tmp_path / "log", tmp_path / "bad"
    bad.touch()
    tasks = squares(range(4), log=str(log), bad=str(bad))
    outcome = run(tasks, fleet_tasks.picky, folder=folder, stamp="one")
    assert outcome.failures == {f"square-{n}": f"RuntimeError: {n} is odd" for n in (1, 3)}
    assert set(outcome.results) == {"square-0", "square-2"}
    assert json.loads((folder / "square-3.json").read_text())["error"] == "RuntimeError: 3 is odd"
    bad.unlink()
    outcome = run(tasks, fleet_tasks.picky, folder=folder, stamp="one")
    assert (len(outcome.results), outcome.failures, outcome.reused) == (4, {}, 2)
    assert set(started(log).values()) == {1}


@pytest.mark.parametrize(("until", "failures"), [(1, {}), (2, {"square-3": fleet.DIED})])
def test_a_dying_worker_is_tried_once_more_and_takes_nobody_with_it(until, failures, tmp_path):
    log = tmp_path / "log"
    tasks = squares(range(8), log=str(log), deadly_until=until)
    outcome = run(tasks, fleet_tasks.deadly, folder=tmp_path, stamp="one")
    assert outcome.failures == failures
    assert outcome.results == {key: EXPECTED[key] for key in list(EXPECTED)[:8] if key not in failures}
    assert started(log)["3"] == 2


def test_what_goes_before_is_called_once_before_the_first_task(tmp_path, monkeypatch):
    log = tmp_path / "log"
    monkeypatch.setenv("FLEET_LOG", str(log))
    begun = [
        [f"tests.fixtures.fleet_tasks:{name}" for name in names]
        for names in (["is_not_there", "prepare"], ["prepare_in_vain"])
    ]
    tasks = squares(range(4), log=str(log))
    outcome = run(tasks, fleet_tasks.square, folder=tmp_path / "kept", stamp="one", before=begun)
    assert list(outcome.results) == [task.key for task in tasks]  # whatever became of what went before
    lines = [line.split()[0] for line in log.read_text().splitlines()]
    assert lines[:2] == ["prepare", "prepare_in_vain"]
    assert sorted(lines[2:]) == ["0", "1", "2", "3"]


def test_what_json_cannot_hold_is_refused_by_name(tmp_path):
    tasks = [Task(kind, {"kind": kind}) for kind in ("nan", "set", "list", "leave")]
    outcome = run(tasks, fleet_tasks.odd_results, folder=tmp_path, stamp="one")
    assert outcome.results == {}
    assert outcome.failures["nan"].startswith("ValueError: result['deep'][1] is nan, which JSON cannot hold: use None")
    assert outcome.failures["set"] == "TypeError: result['members'] is a set, which JSON has no form for"
    assert outcome.failures["list"] == "TypeError: tests.fixtures.fleet_tasks:odd_results returned a list, not a dict"
    assert outcome.failures["leave"] == "SystemExit: done for today"
    assert "NaN" not in "".join(path.read_text() for path in tmp_path.iterdir())


def test_workers_have_one_thread_and_this_process_keeps_its_own(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    found = run([Task("threads", {})], "tests.fixtures.fleet_tasks:threads", folder=tmp_path, stamp="one").results[
        "threads"
    ]
    assert found.items() >= dict.fromkeys(fleet.THREADS, "1").items()
    assert os.environ["OMP_NUM_THREADS"] == "7"


@pytest.mark.parametrize(
    ("tasks", "message"),
    [
        ([Task("a", {}), Task("b", {}), Task("A", {})], r"task key 'A' is there twice.*make it unique"),
        ([Task("a/b", {})], r"task key 'a/b' names a file: use 1 to 200 letters"),
        ([Task("../a", {})], r"task key '\.\./a' names a file"),
        ([Task("", {})], r"task key '' names a file"),
        ([Task("a\n", {})], r"task key 'a\\n' names a file"),
        ([Task("k" * 201, {})], r"names a file"),
        ([Task("a", {"scale": float("inf")})], r"task a: arguments\['scale'\] is inf"),
        (
            [Task("a", {"root": {ROOT}})],
            r"task a: arguments\['root'\] is a set, which JSON has no form for; pass numbers",
        ),
    ],
)
def test_tasks_that_cannot_be_kept_are_refused_before_anything_runs(tasks, message, tmp_path):
    with pytest.raises(FleetError, match=message):
        run(tasks, fleet_tasks.square, folder=tmp_path / "results", stamp="one")
    assert not (tmp_path / "results").exists()


@pytest.mark.parametrize("function", [lambda: {}, "square", "__main__:square", squares.__call__])
def test_a_function_that_no_worker_could_find_is_refused(function, tmp_path):
    with pytest.raises(FleetError, match="cannot be found by a worker: define it at the top of an importable module"):
        run(squares([1]), function, folder=tmp_path, stamp="one")


@pytest.mark.parametrize("function", ["tests.fixtures.fleet_tasks:cube", "tests.fleet_chores:square"])
def test_a_function_that_is_not_there_ends_the_run_in_a_sentence(function, tmp_path):
    with pytest.raises(FleetError, match=rf"a worker cannot load '{function}' \(\w+Error: .*check the name"):
        run(squares([1, 2]), function, folder=tmp_path, stamp="one")


def test_a_worker_of_other_code_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(fleet, "code_of", lambda _: "0" * 64)
    with pytest.raises(FleetError, match=r"a worker has other code .*000000000000\.\.\.\): bring both to one revision"):
        run(squares([1, 2]), fleet_tasks.square, folder=tmp_path, stamp="one")


def test_a_script_without_a_guard_is_told_so_once(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "from pathlib import Path\nfrom inference.fleet.fleet import run\n"
        "from tests.fixtures.fleet_tasks import squares\n"
        f"run(squares(range(9)), 'tests.fixtures.fleet_tasks:square', folder=Path({str(tmp_path)!r}), stamp='one')\n"
    )
    known = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, script], env=known, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 1
    # Python may warn of semaphores that the dead workers leave behind, after the last line of the error
    assert done.stderr.splitlines().count(f"inference.fleet.worker.FleetError: {fleet.STILLBORN}") == 1


def test_no_worker_at_all_is_refused(tmp_path):
    with pytest.raises(FleetError, match="0 workers: at least 1 is needed"):
        run(squares([1]), fleet_tasks.square, folder=tmp_path, stamp="one", workers=0)


def test_progress_is_a_line_now_and_then_where_there_is_no_terminal(capsys, monkeypatch):
    monkeypatch.setattr(progress.sys.stdout, "isatty", lambda: False)
    clock = iter([0.0, 10.0, 35.0, 40.0, 41.0])
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    with progress.Tally(8, 4, "refits") as tally:
        for failed in (False, True, False):
            tally.add(failed=failed)
    assert capsys.readouterr().out.splitlines() == [
        "4 of 8 refits are already there, from the same inputs",
        "[6/8] refits, 1 failed  (about 35 s left)",
        "[7/8] refits, 1 failed  (41 s)",
    ]


def test_progress_is_a_bar_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setattr(progress.sys.stdout, "isatty", lambda: True)
    with progress.Tally(3, 1, "refits") as tally:
        tally.add(failed=True)
        tally.add(failed=False)
    last = re.sub(r"\x1b\[[?\d;]*\w", "", capsys.readouterr().out).split("\r")[-1]
    assert "refits" in last
    assert "3/3" in last
    assert "1 failed" in last


def test_a_dask_cluster_gives_the_same_results(tmp_path, plain):
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(2, threads_per_worker=1, processes=True, dashboard_address=":0") as cluster:
        address, log = cluster.scheduler_address, tmp_path / "log"
        outcome = run(squares(range(12)), fleet_tasks.square, folder=tmp_path / "a", stamp="one", scheduler=address)
        assert outcome == plain[1]
        for path in sorted(plain[0].iterdir()):
            here, there = (json.loads(file.read_text()) for file in (path, tmp_path / "a" / path.name))
            volatile = {"seconds": 0, "sha256": ""}  # of the seconds, too
            assert here | volatile == there | volatile
        more = squares(range(12), log=str(log), bad=str(tmp_path))
        outcome = run(more, fleet_tasks.picky, folder=tmp_path / "b", stamp="one", scheduler=address)
        assert outcome.failures == {f"square-{n}": f"RuntimeError: {n} is odd" for n in range(1, 12, 2)}
        with pytest.raises(FleetError, match="a worker cannot load"):
            run(more, "tests.fixtures.fleet_tasks:cube", folder=tmp_path / "c", stamp="one", scheduler=address)


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nowhere"])
def test_a_scheduler_that_does_not_answer_is_refused_in_a_sentence(address, tmp_path, monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "PATIENCE", 1)
    with pytest.raises(FleetError, match=f"no Dask scheduler answers at '{address}' within 1 s: check the address"):
        run(squares([1]), fleet_tasks.square, folder=tmp_path, stamp="one", scheduler=address)


def test_without_dask_one_sentence_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(FleetError, match=r"needs Dask: pip install -e '\.\[cluster\]'"):
        run(squares([1]), fleet_tasks.square, folder=tmp_path, stamp="one", scheduler="tcp://127.0.0.1:8786")
