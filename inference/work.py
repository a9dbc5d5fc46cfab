"""What a fleet of fits is made of: one function for every kind of work, so that one line of progress counts all."""

from __future__ import annotations

from typing import Any


def work(kind: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 (those of the function that does it)
    """Do a piece of work of ``kind`` fit or contest; returns name, path, failed checks and a text."""
    from inference import contest, fit

    return {"fit": fit.task, "contest": contest.task}[kind](**arguments)
