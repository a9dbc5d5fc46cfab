"""numbers.json as a whole: each number with its posterior."""

import pytest

pytestmark = pytest.mark.slow
# Parts of numbers.json that are no results of a posterior: constants, hashes, what the panels hold, layout, refits.
OTHER = {
    "interval", "limits", "provenance", "sampling", "figure_sizes", "coverage", "scores", "rows_lost", "codings",
    "independences", "changes",  # of earlier versions, whose posteriors are gone
}  # fmt: skip
CONSTANT = {"near_km", "scale", "largest_mcse", "values"}  # what the brief's words are made with


def leaves(value, path=()):
    if isinstance(value, dict):
        for name, part in value.items():
            yield from leaves(part, (*path, (name, value)))
    elif isinstance(value, list):
        for part in value:
            yield from leaves(part, (*path, ("", value)))
    elif isinstance(value, float):
        yield path, value


def test_every_number_stands_beside_the_hash_of_its_posterior(numbers):
    seen = 0
    for path, _ in leaves(numbers):
        if {name for name, _ in path} & (OTHER | CONSTANT):
            continue
        seen += 1
        holders = [holder for _, holder in path if isinstance(holder, dict)]
        hashed = any({"fit_key", "fit_keys"} & set(holder) for holder in holders)
        quadrants = {"quadrants", "quadrant_errors"} & {name for name, _ in path}
        assert hashed or (quadrants and all(fit["fit_key"] for fit in holders[1]["fits"].values())), path
    assert seen > 1000
