"""The readings of the committed panel, with an archive of the case whose chances are made up."""

import json

import numpy as np
import pytest
import xarray as xr

from inference import panels
from inference.archives import archive
from inference.archives.provenance import provenance
from inference.fitting import case_2015
from inference.fitting.result import origin_attributes
from inference.plain import plain
from inference.sampling.settings import Settings
from models.claims.registry import get
from reports import outputs
from reports.numbers import limits
from reports.readings import readings


def planted(folder):
    """An archive of the case: the first row of carter-1 has 5 in 1,000, each later one more; carter-3 lacks one row."""
    panel = panels.read("alignment", panels.PANEL)
    rows = panel.iloc[case_2015.rows_of(panel)]
    n, rng = len(rows), np.random.default_rng(0)
    chance = (0.005 + 0.001 * np.arange(n)) * np.exp(rng.normal(0, 0.01, (2, 2, 50, n)))
    chance[1, ..., 3] = np.nan
    rank = np.tile(np.arange(n, 0, -1), (2, 1))
    values = xr.Dataset(
        {
            "probability": (("claim", "chain", "draw", "obs"), chance.astype(np.float32)),
            **dict.fromkeys(("rank_year", "rank_all"), (("claim", "obs"), rank)),
            **{name: (("claim", "obs"), np.full((2, n), 100)) for name in ("rows_year", "rows_all")},
            "rate": ("claim", [0.01, 0.02]),
            "learnt": ("claim", [1000, 500]),
            "decisions": ("claim", [9.0, 4.0]),
            "happened": ("obs", np.zeros(n, int)),
        },
        {"claim": list(case_2015.CLAIMS)} | {k: ("obs", rows[k].to_numpy(int)) for k in ("state", "aggressor", "year")},
    )
    tree = xr.DataTree.from_dict({"case": values})
    tree.attrs = {"outcome": "bandwagon", "rows": n, "events": 0, "until": case_2015.UNTIL, "since": 1976}
    origin = provenance("inference.fitting.case_2015", panels.PANEL)
    tree.attrs |= origin_attributes(case_2015.NAME, Settings(), origin)
    archive.write(tree, case_2015.NAME, passed=True, folder=folder)


@pytest.fixture(scope="session")
def posteriors(tmp_path_factory):
    folder = tmp_path_factory.mktemp("case")
    planted(folder)
    return folder


@pytest.fixture(scope="session")
def read(posteriors):
    """The readings, as values."""
    return readings.collect(get("carter-1 carter-3"), panels.PANEL, posteriors)


@pytest.fixture(scope="session")
def told(read):
    """What the pages are made from."""
    parts = {"limits": limits.LIMITS, "interval": limits.INTERVAL, "draft": ()}
    return json.loads(json.dumps(plain(vars(read) | parts, "told")))


@pytest.fixture(scope="session")
def folder(told, tmp_path_factory):
    """The two pages, written as a report writes them."""
    out = tmp_path_factory.mktemp("readings")
    for writer in ("decisions", "case"):
        outputs.WRITERS[writer](outputs.Material(told, [], out))
    return out
