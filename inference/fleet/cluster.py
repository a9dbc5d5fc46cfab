"""A fleet on a running Dask cluster."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Generator
from concurrent.futures import CancelledError
from importlib import import_module
from typing import Any

from inference.fleet.worker import Answer, FleetError, Task, Work, attempt, ready

PATIENCE = 10  # seconds for a scheduler to answer
Client = Any  # of Dask: the types of its methods are those of an asynchronous one


def _client(address: str) -> Client:
    try:
        return import_module("distributed").Client(address, timeout=PATIENCE, set_as_default=False)
    except ModuleNotFoundError as error:
        raise FleetError(f"scheduler {address!r} needs Dask: pip install -e '.[cluster]', or name none") from error
    except (OSError, ValueError) as error:
        raise FleetError(
            f"no Dask scheduler answers at {address!r} within {PATIENCE} s: check the address (tcp://host:8786), "
            "start one there with 'dask scheduler', or name none to use this machine"
        ) from error


def _first_worker(client: Client, work: Work, address: str) -> None:
    """Wait until a worker has loaded the function; a cluster may start its workers when there is work."""
    first = client.submit(ready, work, pure=False)
    if not client.nthreads():
        print(f"no workers at {address} yet: start some with 'dask worker {address}'", file=sys.stderr)
    first.result()


def answers(tasks: list[Task], work: Work, address: str) -> Generator[Answer, None, None]:
    """Answers of the workers of a Dask cluster, as they come; Dask itself tries again when a worker dies."""
    pending, running = deque(tasks), {}
    # Current, not default: one that fails to connect stays the default while its error is held, and xarray asks the
    # default for a lock before it writes a file.
    with _client(address) as client, client.as_current():
        first_of = import_module("distributed").wait
        try:
            _first_worker(client, work, address)
            while pending or running:
                # Twice as many as threads: the next is there when one ends. Asked again, for clusters grow.
                room = 2 * max(1, sum(client.nthreads().values())) - len(running)
                for task in [pending.popleft() for _ in range(min(room, len(pending)))]:
                    running[client.submit(attempt, work, task.arguments, pure=False)] = task
                for future in first_of(list(running), return_when="FIRST_COMPLETED").done:
                    error = future.exception()
                    failed = {"error": f"{type(error).__name__}: {error}", "seconds": None}
                    yield running.pop(future), failed if error else future.result()
        except (CancelledError, OSError) as error:
            raise FleetError(
                f"lost the Dask scheduler {address!r}: start it and run again, results are kept"
            ) from error
