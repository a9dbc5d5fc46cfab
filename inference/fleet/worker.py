"""What runs in a worker of a fleet: a task's function, found once, and its answer as plain values."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple

from inference.archives.provenance import code_sha256
from inference.plain import plain


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


class Work(NamedTuple):
    """What all tasks of a run have in common: functions as ``module:name``, and the hash of the code."""

    function: str
    code: str
    before: tuple[tuple[str, ...], ...]


Answer = tuple[Task, dict[str, Any]]  # with "seconds", and "result" or "error"


def code_of(function: str) -> str:
    """Hash of the code of a function named ``module:name`` and of this module; FleetError when it is not there."""
    try:
        return code_sha256(function.partition(":")[0], __name__)
    except ModuleNotFoundError as error:
        raise _unloadable(function, error) from None


def _unloadable(function: str, error: Exception) -> FleetError:
    return FleetError(
        f"a worker cannot load {function!r} ({type(error).__name__}: {error}): check the name, "
        "and that the worker runs where this project is"
    )


@cache
def function(work: Work) -> Callable[..., dict[str, Any]]:
    """The function of a run, in a worker; FleetError when it is not there or its code is not the client's."""
    if (code := code_of(work.function)) != work.code:
        raise FleetError(
            f"a worker has other code (sha256 {code[:12]}...) than the process that started the run "
            f"({work.code[:12]}...): bring both to one revision; if a file was edited meanwhile, start again"
        )
    try:
        return _named(work.function)
    except Exception as error:  # a module can raise anything when it is imported
        raise _unloadable(work.function, error) from None


def _named(name: str) -> Callable[..., Any]:
    module, function = name.split(":")
    return getattr(import_module(module), function)


def ready(work: Work) -> None:
    """Load the function of a run."""
    function(work)


def call(name: str) -> None:
    """Call what goes before the tasks."""
    with suppress(Exception):  # a task that needs what failed here will say so
        _named(name)()


def attempt(work: Work, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """In a worker: what became of one task, as plain values, so that nothing else has to travel."""
    began = time.perf_counter()
    try:
        result = function(work)(**arguments)
        if not isinstance(result, dict):
            raise TypeError(f"{work.function} returned a {type(result).__name__}, not a dict")
        answer = {"result": plain(result, "result")}
    except (Exception, SystemExit) as error:  # whatever a task raises is its answer, and stops no other
        answer = {"error": f"{type(error).__name__}: {error}"}
    return answer | {"seconds": round(time.perf_counter() - began, 3)}
