"""Effects of levels that a posterior was not learnt from: a year to come, a state that is new.

Such a level is one more of its grouping, so its effect is a draw from the grouping's normal, of the scale that each
posterior draw has. Predictions average over it.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from inference.sampling.settings import hashed_seed
from models.design import Design


def with_new_levels(posterior: xr.Dataset, design: Design) -> xr.Dataset:
    """``posterior`` with effects of all levels of ``design``, those that it lacks drawn; the same at each call."""
    out = posterior
    for name, group in design.groups.items():
        known = set(out[name].to_numpy().tolist())
        new = [level for level in group.levels if level not in known]
        if not new:
            continue
        rng = np.random.default_rng(hashed_seed(f"{design.name}/{name}/{','.join(new)}"))
        sigma = out[f"sigma_{name}"]
        drawn = sigma.to_numpy()[..., None] * rng.normal(size=(*sigma.shape, len(new)))
        more = xr.DataArray(drawn, {**sigma.coords, name: new}, (*sigma.dims, name))
        effects = xr.concat([out[f"alpha_{name}"].transpose(*sigma.dims, name), more], name, join="outer")
        out = out.drop_dims(name).assign({f"alpha_{name}": effects})
    return out
