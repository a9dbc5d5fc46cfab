"""How every fit ends: with an archive that says what it is and how it was made, and a line on its gates."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from inference.archives import archive
from inference.archives.provenance import Provenance, versions
from inference.sampling.settings import Settings

if TYPE_CHECKING:
    import xarray as xr

    from inference.sampling.checks import CheckResult
    from models.claims.registry import Hypothesis


# What ArviZ's schema asks of draws, beside when they were made.
SCHEMA = ("inference_library", "inference_library_version", "sampling_time", "tuning_steps")


@dataclass(frozen=True)
class FitResult:
    """What came of one fit: its archive, the checks that failed (none: it passed), and a line about it."""

    name: str
    path: Path | None
    failed: tuple[str, ...]
    text: str


def fit_key(name: str, settings: Settings, provenance: Provenance) -> str:
    """Hash over all that decides an archive: same key, same posterior."""
    made_of = [name, asdict(settings), provenance.panel, provenance.code, provenance.lock]
    return hashlib.sha256(json.dumps(made_of, sort_keys=True).encode()).hexdigest()


def origin_attributes(name: str, settings: Settings, provenance: Provenance) -> dict[str, object]:
    """What an archive says of how it was made: settings, hashes, versions and the key of the fit."""
    key = fit_key(name, settings, provenance)
    return {**asdict(settings), **provenance.attributes, "versions": versions(), "fit_key": key}


def in_schema(draws: xr.Dataset, origin: Mapping[Hashable, object]) -> xr.Dataset:
    """Draws with the attributes of ArviZ's schema: what their sampler said of them, and that they are of now."""
    said = {name: value for name, value in origin.items() if name in SCHEMA}
    return draws.assign_attrs(said | {"created_at": datetime.now(UTC).isoformat(timespec="seconds")})


def model_attributes(hypothesis: Hypothesis, outcome: str, gate: Sequence[CheckResult]) -> dict[str, object]:
    """What the archive of a model says of its claim and equation, and of the gate that it passed."""
    equation = hypothesis.equation(outcome)
    return {
        "hypothesis": hypothesis.id,
        "claim": hypothesis.claim,
        "claim_source": hypothesis.source,
        "outcome": outcome,
        "exposures": ", ".join(equation.exposures),
        "adjustment": ", ".join(equation.adjustment),
        "durations": ", ".join(equation.durations),
        "panel": hypothesis.panel,
        "sample": hypothesis.sample_description,
        "status": hypothesis.status,
        "identified": int(hypothesis.identified),
        "expected_signs": "; ".join(map(str, hypothesis.estimands)),
        "note": hypothesis.note,
        "gate": json.dumps([{**asdict(result), "value": float(result.value)} for result in gate]),
    }


def refused(name: str, failed: Sequence[str]) -> FitResult:
    """The end of a fit whose priors failed their gate, so that nothing was drawn."""
    return FitResult(name, None, tuple(failed), "prior predictive gate failed; not fitted")


def finished(name: str, path: Path, facts: str, failed: Sequence[str]) -> FitResult:
    """The result of a fit whose archive is written; ``facts`` begin its line."""
    gates = "GATE FAILED: " + "; ".join(failed) if failed else "all gates passed"
    return FitResult(name, path, tuple(failed), f"{facts}; {gates}")


def finish(tree: xr.DataTree, name: str, facts: str, failed: Sequence[str], folder: Path) -> FitResult:
    """Write an archive, aside when a check failed; ``facts`` begin the line of the result."""
    return finished(name, archive.write(tree, name, passed=not failed, folder=folder), facts, failed)
