"""Many fits: run on the processes of this machine or on a Dask cluster, each result kept as soon as it is there.

``<folder>/<key>.json`` holds the stamp, the arguments, the seconds and the result (or the error) of one task.
A run that was killed at any moment goes on where it stopped: a stored result is used again when its stamp
and its arguments are the same, and computed again when they are not, when the file cannot be read, or when
the task failed. Files of other keys are left alone.
"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import re
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from inference.progress import Tally
from inference.provenance import code_sha256

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=+-]{0,199}")
THREADS = [f"{library}_NUM_THREADS" for library in ("OMP", "OPENBLAS", "MKL", "NUMEXPR", "NUMBA")]
PATIENCE = 10  # seconds for a scheduler to answer
DIED = "WorkerDied: its process ended without an answer, and again when it ran alone; memory may have run out"
STILLBORN = (
    "a worker process ended before its first task: a script that starts a run needs 'if __name__ == \"__main__\":' "
    "around it; if it has that, memory may have run out"
)


class FleetError(ValueError):
    """A run that cannot start or go on; the message says why and what to do."""


@dataclass(frozen=True)
class Task:
    """One piece of work: a name for its file, and the arguments that decide its result.

    Arguments are JSON values, so that they can be stored beside the result and compared with it; a tuple
    arrives as a list.
    """

    key: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Outcome:
    """Results and errors by key, in the order of the tasks, and how many results were there before."""

    results: dict[str, dict[str, Any]]
    failures: dict[str, str]
    reused: int


class _Work(NamedTuple):
    """What all tasks of a run have in common: functions as ``module:name``, and the hash of the code."""

    function: str
    code: str
    before: tuple[str, ...]


Answer = tuple[Task, dict[str, Any]]  # with "seconds", and "result" or "error"
Client = Any  # of Dask: the types of its methods are those of an asynchronous one


def run(
    tasks: Iterable[Task],
    function: Callable[..., dict[str, Any]] | str,
    *,
    folder: Path,
    stamp: str,
    workers: int = 2,
    scheduler: str | None = None,
    label: str = "tasks",
    before: Sequence[str] = (),
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
    before : sequence of str
        Functions of no arguments, as ``"module:name"``, that the processes of this machine call before the first
        task, each once in one of them: what all tasks gain from and no result depends on.

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
    work = _Work(_reference(function), code_sha256(), tuple(before))
    results = stored(tasks, folder, stamp)
    failures: dict[str, str] = {}
    reused, pending = len(results), [task for task in tasks if task.key not in results]
    folder.mkdir(parents=True, exist_ok=True)
    answers = _on_cluster(pending, work, scheduler) if scheduler and pending else _on_processes(pending, work, workers)
    with Tally(len(tasks), reused, label) as tally, closing(answers):
        for task, answer in answers:
            _write(folder / f"{task.key}.json", {"stamp": stamp, "arguments": task.arguments} | answer)
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
        try:
            record = json.loads((folder / f"{task.key}.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):  # no file, or not JSON, or not even text
            continue
        if not isinstance(record, dict) or record.get("stamp") != stamp or not isinstance(record.get("result"), dict):
            continue
        # As text, for in Python True equals 1 and 1 equals 1.0.
        before, now = (json.dumps(value, sort_keys=True) for value in (record.get("arguments"), task.arguments))
        if before == now:
            found[task.key] = record["result"]
    return found


def _write(path: Path, record: dict[str, Any]) -> None:
    partial = path.with_name(f"{path.name}.partial")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(record, file, indent=1, allow_nan=False)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


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
            out.append(Task(task.key, _plain(dict(task.arguments), "arguments")))
        except (TypeError, ValueError) as error:
            raise FleetError(f"task {task.key}: {error}; pass numbers, texts, lists and dicts") from error
    return out


def _plain(value: dict[str, Any], name: str) -> dict[str, Any]:
    """The value as JSON brings it back; TypeError or ValueError when JSON cannot hold it."""

    def check(part: object, where: str) -> None:
        if isinstance(part, float) and not math.isfinite(part):
            raise ValueError(f"{where} is {part}, which JSON cannot hold: use None where there is no number")
        inner = part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list | tuple) else ()
        for key, item in inner:
            check(item, f"{where}[{key!r}]")

    check(value, name)
    return json.loads(json.dumps(value, allow_nan=False))


def _reference(function: Callable[..., dict[str, Any]] | str) -> str:
    names = (str(getattr(function, name, "")) for name in ("__module__", "__qualname__"))
    text = function if isinstance(function, str) else ":".join(names)
    if not re.fullmatch(r"(?!__main__:)[\w.]+:\w+", text):
        raise FleetError(f"function {text!r} cannot be found by a worker: define it at the top of an importable module")
    return text


@cache
def _function(work: _Work) -> Callable[..., dict[str, Any]]:
    """The function of a run, in a worker; FleetError when it is not there or its code is not the client's."""
    if code_sha256() != work.code:
        raise FleetError(
            f"a worker has other code (sha256 {code_sha256()[:12]}...) than the process that started the run "
            f"({work.code[:12]}...): bring both to one revision; if a file was edited meanwhile, start again"
        )
    try:
        return _named(work.function)
    except Exception as error:
        raise FleetError(
            f"a worker cannot load {work.function!r} ({type(error).__name__}: {error}): check the name, "
            "and that the worker runs where this project is"
        ) from None


def _named(name: str) -> Callable[..., Any]:
    module, function = name.split(":")
    return getattr(import_module(module), function)


def _ready(work: _Work) -> None:
    _function(work)


def _call(name: str) -> None:
    with suppress(Exception):  # a task that needs what failed here will say so
        _named(name)()


def _answer(work: _Work, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """In a worker: what became of one task, as plain values, so that nothing else has to travel."""
    began = time.perf_counter()
    try:
        result = _function(work)(**arguments)
        if not isinstance(result, dict):
            raise TypeError(f"{work.function} returned a {type(result).__name__}, not a dict")
        answer = {"result": _plain(result, "result")}
    except (Exception, SystemExit) as error:
        answer = {"error": f"{type(error).__name__}: {error}"}
    return answer | {"seconds": round(time.perf_counter() - began, 3)}


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
def _pool(work: _Work, workers: int) -> Iterator[ProcessPoolExecutor]:
    """Processes that have loaded the function; whatever goes wrong, none is left behind."""
    pool = ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), initializer=_begin)
    with pool:
        try:
            first = [pool.submit(_ready, work) for _ in range(workers)]
            for future in first + [pool.submit(_call, name) for name in work.before]:
                future.result()
            yield pool
        except BaseException as error:
            for process in list((pool._processes or {}).values()):  # 3.14 calls this kill_workers
                process.kill()
            if isinstance(error, BrokenProcessPool):
                raise FleetError(STILLBORN) from error
            raise


def _until_broken(pending: deque[Task], work: _Work, workers: int) -> Generator[Answer, None, list[Task]]:
    """Answers until all is done or a worker dies; returns the tasks that were running when it did."""
    running: dict[Future, Task] = {}
    with _pool(work, min(workers, len(pending))) as pool:
        try:
            while pending or running:
                while pending and len(running) < workers:
                    running[pool.submit(_answer, work, pending[0].arguments)] = pending[0]
                    pending.popleft()
                for future in wait(running, return_when=FIRST_COMPLETED).done:
                    answer = future.result()
                    yield running.pop(future), answer
        except BrokenProcessPool:  # every future has an answer or this error
            wait(running)
            for future in [future for future in running if not future.exception()]:
                yield running.pop(future), future.result()
    return list(running.values())


def _on_processes(tasks: list[Task], work: _Work, workers: int) -> Generator[Answer, None, None]:
    """Answers of processes on this machine, as they come."""
    pending = deque(tasks)
    while pending:
        # A broken pool does not say whose process died: each that ran is tried again alone, so no other is blamed.
        for suspect in (yield from _until_broken(pending, work, workers)):
            alone = deque([suspect])
            while alone:  # it is still there when its process ended before it began
                if (yield from _until_broken(alone, work, 1)):
                    yield suspect, {"error": DIED, "seconds": None}


def _client(address: str) -> Client:
    try:
        return import_module("distributed").Client(address, timeout=PATIENCE)
    except ModuleNotFoundError as error:
        raise FleetError(f"scheduler {address!r} needs Dask: pip install -e '.[cluster]', or name none") from error
    except (OSError, ValueError) as error:
        raise FleetError(
            f"no Dask scheduler answers at {address!r} within {PATIENCE} s: check the address (tcp://host:8786), "
            "start one there with 'dask scheduler', or name none to use this machine"
        ) from error


def _first_worker(client: Client, work: _Work, address: str) -> None:
    """Wait until a worker has loaded the function; a cluster may start its workers when there is work."""
    ready = client.submit(_ready, work, pure=False)
    if not client.nthreads():
        print(f"no workers at {address} yet: start some with 'dask worker {address}'", file=sys.stderr)
    ready.result()


def _on_cluster(tasks: list[Task], work: _Work, address: str) -> Generator[Answer, None, None]:
    """Answers of the workers of a Dask cluster, as they come; Dask itself tries again when a worker dies."""
    pending, running = deque(tasks), {}
    with _client(address) as client:
        first_of = import_module("distributed").wait
        try:
            _first_worker(client, work, address)
            while pending or running:
                # Twice as many as threads: the next is there when one ends. Asked again, for clusters grow.
                room = 2 * max(1, sum(client.nthreads().values())) - len(running)
                for task in [pending.popleft() for _ in range(min(room, len(pending)))]:
                    running[client.submit(_answer, work, task.arguments, pure=False)] = task
                for future in first_of(list(running), return_when="FIRST_COMPLETED").done:
                    error = future.exception()
                    failed = {"error": f"{type(error).__name__}: {error}", "seconds": None}
                    yield running.pop(future), failed if error else future.result()
        except (CancelledError, OSError) as error:
            raise FleetError(
                f"lost the Dask scheduler {address!r}: start it and run again, results are kept"
            ) from error
