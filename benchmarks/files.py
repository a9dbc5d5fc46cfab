"""How models reach another process: a file of arrays, with what is no array as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.cases import Model
from models.design import Design, Group, Scaling
from models.joint import Joint
from models.priors import DEFAULT, Normal, Priors

ARRAYS = ("shrunk", "x", "y", "rows")
PLAIN = ("name", "outcome", "terms", "varying", "lost")
OPTIONAL = ("weight", "product_sd")
Arrays = dict[str, NDArray]


def write(models: list[Model], path: Path) -> Path:
    """Keep ``models`` in a file that `read` reads in another process."""
    arrays, plain = Arrays(), []
    for k, model in enumerate(models):
        designs = model.designs if isinstance(model, Joint) else (model,)
        plain.append({"joint": model.name if isinstance(model, Joint) else None, "designs": len(designs)})
        for o, design in enumerate(designs):
            arrays |= {f"{k}.{o}.{name}": values for name, values in _arrays(design).items()}
    with path.open("wb") as file:
        np.savez(file, allow_pickle=False, models=np.array(json.dumps(plain)), **arrays)
    return path


def read(path: Path) -> list[Model]:
    """Models from `write`."""
    with np.load(path) as file:
        arrays: Arrays = dict(file)
    out: list[Model] = []
    for k, plain in enumerate(json.loads(str(arrays["models"]))):
        designs = tuple(_design(_below(arrays, f"{k}.{o}.")) for o in range(plain["designs"]))
        out.append(designs[0] if plain["joint"] is None else Joint(plain["joint"], designs))
    return out


def _arrays(design: Design) -> Arrays:
    """A design as arrays by name, what is no array as the JSON text ``plain``."""
    plain = {name: getattr(design, name) for name in PLAIN}
    plain |= {"levels": {name: group.levels for name, group in design.groups.items()}}
    plain |= {"scaling": {name: asdict(scaling) for name, scaling in design.scaling.items()}}
    out: Arrays = {"plain": np.array(json.dumps(plain | {"priors": asdict(design.priors)}))}
    out |= {name: getattr(design, name) for name in ARRAYS}
    out |= {f"group.{name}": group.index for name, group in design.groups.items()}
    out |= {f"error.{name}": variance for name, variance in design.error.items()}
    return out | {name: values for name in OPTIONAL if (values := getattr(design, name)) is not None}


def _design(arrays: Arrays) -> Design:
    """The design of `_arrays`."""
    plain: dict[str, Any] = json.loads(str(arrays["plain"]))
    levels, index = plain.pop("levels"), _below(arrays, "group.")
    plain |= {"terms": tuple(plain["terms"]), "varying": tuple(plain["varying"])}
    plain["groups"] = {name: Group(index[name], tuple(levels[name])) for name in levels}
    plain["scaling"] = {name: Scaling(**scaling) for name, scaling in plain["scaling"].items()}
    plain["priors"] = _priors(plain["priors"])
    plain |= {name: arrays[name] for name in ARRAYS}
    plain |= {name: arrays.get(name) for name in OPTIONAL}
    return Design(**plain, error=_below(arrays, "error."))


def _below(arrays: Mapping[str, NDArray], prefix: str) -> Arrays:
    """The arrays whose names begin with ``prefix``, without it."""
    return {name.removeprefix(prefix): values for name, values in arrays.items() if name.startswith(prefix)}


def _priors(plain: dict[str, Any]) -> Priors:
    alpha = {outcome: Normal(**values) for outcome, values in plain.pop("alpha").items()}
    families = {name: type(getattr(DEFAULT, name)) for name in plain}
    return Priors(alpha=alpha, **{name: values and families[name](**values) for name, values in plain.items()})
