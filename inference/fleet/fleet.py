"""Many fits: run on the processes of this machine or on a Dask cluster, each result kept as soon as it is there.

``<folder>/<key>.json`` holds the stamp, the arguments, the seconds and the result (or the error) of one task, and a
hash of these. A run that was killed at any moment goes on where it stopped: a stored result is used again when its
stamp and its arguments are the same, and computed again when they are not, when the file cannot be read or is not as
it was written, or when the task failed. Files of other keys are left alone.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import signal
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.archives import sealed
from inference.fleet import cluster
from inference.fleet.progress import Tally
from inference.fleet.worker import Answer, FleetError, Task, Work, attempt, call, code_of, ready
from inference.plain import plain

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=+-]{0,199}")
THREADS = [f"{library}_NUM_THREADS" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")]
DIED = "WorkerDied: its process ended without an answer, and again when it ran alone; memory may have run out"
STILLBORN = (
    "a worker process ended before its first task: a script that starts a run needs 'if __name__ == \"__main__\":' "
    "around it; if it has that, memory may have run out"
)


@dataclass(frozen=True)
class Outcome:
    """Results and errors by key, in the order of the tasks, and how many results were there before."""

    results: dict[str, dict[str, Any]]
    failures: dict[str, str]
    reused: int


def run(
    tasks: Iterable[Task],
    function: Callable[..., dict[str, Any]] | str,
    *,
    folder: Path,
    stamp: str,
    workers: int = 2,
    scheduler: str | None = None,
    label: str = "tasks",
    before: Sequence[Sequence[str]] = (),
) -> Outcome:
    """Call ``function(**task.arguments)`` for every task, several at a time, and keep each result in ``folder``.

    Parameters
    ----------
    tasks : iterable of Task
        They start in this order, so tasks that share a panel stand next to each other; what they share is
        loaded once per process by a ``functools.cache`` in the module of ``function``.
    function : callable or str
        A function of a module, or its name as ``"inference.robustness:refit"``. It returns a dict of JSON values
        and keeps to one core. Numbers that are not finite are refused: it says ``None`` where there is no number.
    folder : Path
    stamp : str
        Hash of all else that decides a result: code, panel, settings.
    workers : int
        Processes on this machine, each with single-threaded libraries.
    scheduler : str, optional
        Address of the scheduler of a running Dask cluster, to be used instead. Its workers need this project.
    label : str
        What the tasks are called in the line of progress.
    before : sequence of sequences of str
        Rounds of functions of no arguments, as ``"module:name"``, that the processes of this machine call before the
        first task, each once in one of them, round after round: what all tasks gain from and no result depends on.

    Raises
    ------
    FleetError
        For keys, arguments, a function or a scheduler that cannot be used. A task that raises, or whose
        process dies, stops nothing: its error is among the failures, and it is tried again by the next run.
    KeyboardInterrupt
        After Ctrl-C, with every worker ended and all that was finished kept.
    """
    tasks = _checked(tasks)
    if workers < 1:
        raise FleetError(f"{workers} workers: at least 1 is needed")
    reference = _reference(function)
    work = Work(reference, code_of(reference), tuple(map(tuple, before)))
    results = stored(tasks, folder, stamp)
    failures: dict[str, str] = {}
    reused, pending = len(results), [task for task in tasks if task.key not in results]
    folder.mkdir(parents=True, exist_ok=True)
    answers = (
        cluster.answers(pending, work, scheduler) if scheduler and pending else _on_processes(pending, work, workers)
    )
    with Tally(len(tasks), reused, label) as tally, closing(answers):
        for task, answer in answers:
            sealed.write(folder / f"{task.key}.json", {"stamp": stamp, "arguments": task.arguments} | answer)
            if "result" in answer:
                results[task.key] = answer["result"]
            else:
                failures[task.key] = answer["error"]
            tally.add(failed="error" in answer)
    ordered = {task.key: results[task.key] for task in tasks if task.key in results}
    return Outcome(ordered, {task.key: failures[task.key] for task in tasks if task.key in failures}, reused)


def stored(tasks: Iterable[Task], folder: Path, stamp: str) -> dict[str, dict[str, Any]]:
    """Results that are there already, of the same stamp and arguments, by key."""
    found = {}
    for task in _checked(tasks):
        record = sealed.read(folder / f"{task.key}.json")
        if record is None or record.get("stamp") != stamp or not isinstance(record.get("result"), dict):
            continue
        # As text, for in Python True equals 1 and 1 equals 1.0.
        before, now = (json.dumps(value, sort_keys=True) for value in (record.get("arguments"), task.arguments))
        if before == now:
            found[task.key] = record["result"]
    return found


def kept(folder: Path, stamp: str) -> dict[str, tuple[Task, dict[str, Any]]]:
    """Every result of this stamp in a folder with the task that it is of, by key, whichever run made it."""
    out = {}
    for path in sorted(folder.glob("*.json")):
        record = sealed.read(path) or {}
        if record.get("stamp") == stamp and isinstance(record.get("result"), dict):
            key = path.name.removesuffix(".json")
            out[key] = Task(key, record["arguments"]), record["result"]
    return out


def _checked(tasks: Iterable[Task]) -> list[Task]:
    """The tasks with arguments as JSON brings them back; FleetError for one that cannot be stored."""
    seen, out = set(), []
    for task in tasks:
        if not KEY.fullmatch(task.key):
            raise FleetError(
                f"task key {task.key!r} names a file: use 1 to 200 letters, digits and ._=+-, no sign first"
            )
        if task.key.casefold() in seen:  # some file systems do not tell A from a
            raise FleetError(f"task key {task.key!r} is there twice (upper and lower case are one): make it unique")
        seen.add(task.key.casefold())
        try:
            out.append(
                Task(task.key, {name: plain(value, f"arguments[{name!r}]") for name, value in task.arguments.items()})
            )
        except (TypeError, ValueError) as error:
            raise FleetError(f"task {task.key}: {error}; pass numbers, texts, lists and dicts") from error
    return out


def _reference(function: Callable[..., dict[str, Any]] | str) -> str:
    names = (str(getattr(function, name, "")) for name in ("__module__", "__qualname__"))
    text = function if isinstance(function, str) else ":".join(names)
    if not re.fullmatch(r"(?!__main__:)[\w.]+:\w+", text):
        raise FleetError(f"function {text!r} cannot be found by a worker: define it at the top of an importable module")
    return text


def _begin() -> None:
    """First thing in a local worker: one thread, Ctrl-C is for the parent to handle, no life without the parent."""
    os.environ.update(dict.fromkeys(THREADS, "1"))  # libraries read these when they are loaded, which is later
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow() -> None:
        if parent := multiprocessing.parent_process():
            parent.join()
            os._exit(1)

    threading.Thread(target=follow, daemon=True).start()


@contextmanager
def _pool(work: Work, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that have loaded the function; whatever goes wrong, none is left behind."""
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin)
    with pool:
        try:
            for future in [pool.submit(ready, work) for _ in range(workers)]:
                future.result()
            for names in work.before:
                for future in [pool.submit(call, name) for name in names]:
                    future.result()
            yield pool
        except BaseException as error:  # Ctrl-C too: no worker outlives the run
            for process in list((pool._processes or {}).values()):  # 3.14 calls this kill_workers
                process.kill()
            if isinstance(error, BrokenProcessPool):
                raise FleetError(STILLBORN) from error
            raise


def _until_broken(pending: deque[Task], work: Work, workers: int) -> Generator[Answer, None, list[Task]]:
    """Answers until all is done or a worker dies; returns the tasks that were running when it did."""
    running: dict[Future, Task] = {}
    with _pool(work, min(workers, len(pending))) as pool:
        try:
            while pending or running:
                while pending and len(running) < workers:
                    running[pool.submit(attempt, work, pending[0].arguments)] = pending[0]
                    pending.popleft()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    answer = future.result()
                    yield running.pop(future), answer
        except BrokenProcessPool:  # every future has an answer or this error
            wait(running)
            for future in [future for future in running if not future.exception()]:
                yield running.pop(future), future.result()
    return list(running.values())


def _on_processes(tasks: list[Task], work: Work, workers: int) -> Generator[Answer, None, None]:
    """Answers of processes on this machine, as they come."""
    pending = deque(tasks)
    while pending:
        # A broken pool does not say whose process died: each that ran is tried again alone, so no other is blamed.
        for suspect in (yield from _until_broken(pending, work, workers)):
            alone = deque([suspect])
            while alone:  # it is still there when its process ended before it began
                if (yield from _until_broken(alone, work, 1)):
                    yield suspect, {"error": DIED, "seconds": None}
