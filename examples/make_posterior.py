"""``python examples/make_posterior.py ARCHIVE WORDS``: cut an archive down to what the notebook needs, under 2 MB.

``WORDS`` say which data the archive is of. Draws are thinned to 1,000 and stored in single precision.
"""

import sys
from pathlib import Path

import numpy as np
import xarray as xr

OUT = Path(__file__).with_name("posterior.nc")
GROUPS = ("posterior", "prior", "verdicts", "scaling", "loo_treaty", "loo_treaty_mains")
UNUSED = ("alpha_state", "alpha_aggressor", "alpha_year")  # effects of named ones: the notebook draws new ones
DRAWS = 1000


def small(values: xr.Dataset) -> xr.Dataset:
    """At most so many draws, evenly spaced, of what the notebook reads."""
    if "draw" in values.dims:
        step = -(-values.sizes["draw"] * values.sizes["chain"] // DRAWS)
        values = values.isel(draw=slice(None, None, step)).drop_vars(UNUSED, errors="ignore")
    many = [name for name, variable in values.data_vars.items() if variable.dtype == np.float64 and variable.ndim]
    return values.assign({name: values[name].astype(np.float32) for name in many})


def cut(archive: Path, words: str) -> None:
    """Write the small file, in place of one that is there."""
    with xr.open_datatree(archive, engine="netcdf4") as whole:
        groups = {name: small(whole[name].to_dataset().load()) for name in GROUPS}
        groups["constant_data"] = whole["constant_data"].to_dataset()[["slope_prior_sd"]].load()
        attributes = whole.attrs | {"of": words}
    tree = xr.DataTree.from_dict(groups)
    tree.attrs = attributes
    numbers = {
        name: [v for v in group.data_vars if group[v].dtype.kind == "f" and group[v].ndim]
        for name, group in groups.items()
    }
    tree.to_netcdf(
        OUT, encoding={f"/{n}": {v: {"zlib": True, "complevel": 9} for v in vs} for n, vs in numbers.items()}
    )


if __name__ == "__main__":
    cut(Path(sys.argv[1]), sys.argv[2])
