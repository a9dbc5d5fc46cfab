"""What a fleet of fits is made of: one function for every kind of work, so that one line of progress counts all."""

from __future__ import annotations

from typing import Any

#: What compiles the engine, in two rounds: on a new machine the processes share each of them out.
BEFORE = tuple(
    tuple(f"inference.engine.precompile:{part}" for part in parts)
    for parts in (("likelihood", "coordinates"), ("chain", "summaries"))
)


def before(kinds: list[str], engine: str) -> tuple[tuple[str, ...], ...]:
    """What is to be called before work of these kinds: nothing where the engine draws no posterior."""
    return BEFORE if engine == "kernel" and {"fit", "contest"} & set(kinds) else ()


def work(kind: str, **arguments: Any) -> dict[str, Any]:  # noqa: ANN401 (those of the function that does it)
    """Do a piece of work of a ``kind`` listed here; returns name, path, failed checks and a text."""
    from importlib import import_module

    modules = {
        "fit": "inference.fitting.logit",
        "contest": "inference.fitting.stacking",
        "autoregression": "inference.fitting.capacity",
        "scenario": "inference.counterfactual.run",
    }
    return import_module(modules[kind]).task(**arguments)
