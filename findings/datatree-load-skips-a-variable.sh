#!/usr/bin/env bash
# Guess: `DataTree.load()` brings every variable of every group into memory, so that the file may be replaced afterwards.
# Behaviour: with xarray 2026.9.0 and netCDF4 it skips a variable that bears the name of a group. What is read from it later
#   comes from whatever file then stands at the path: one group of a tree that was "loaded" shows other numbers than the rest.
# Why it matters here: ArviZ trees have a group `log_likelihood`, and samplers keep a statistic of that name in `sample_stats`.
# Consulted: the source of `DataTree.load` in xarray 2026.9.0: its last loop compares the names of variables with a mapping
#   whose keys are the paths of groups.
# Remedy: load every variable of every node oneself: `for node in tree.subtree: for v in node.variables.values(): v.load()`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check xarray==2026.9.0 netCDF4==1.7.5.1.post1 numpy==2.5.5 pandas==3.1.1
cd "$folder"
cat > look.py <<'PY'
import os

import numpy as np
import xarray as xr


def tree(value):
    stats = xr.Dataset({name: ("draw", np.full(3, value)) for name in ("log_likelihood", "energy")})
    return xr.DataTree.from_dict({"sample_stats": stats, "log_likelihood": xr.Dataset({"y": ("draw", np.full(3, value))})})


tree(1.0).to_netcdf("kept.nc")
with xr.open_datatree("kept.nc") as opened:
    loaded = opened.load()
tree(2.0).to_netcdf("next.nc")
os.replace("next.nc", "kept.nc")
found = {
    "sample_stats/energy": float(loaded["sample_stats"]["energy"][0]),
    "log_likelihood/y": float(loaded["log_likelihood"]["y"][0]),
    "sample_stats/log_likelihood": float(loaded["sample_stats"]["log_likelihood"][0]),
}
print("loaded when the file held 1, read after it was replaced by one that holds 2:")
for name, value in found.items():
    print(f"  {name:<28} {value:g}")
expected = {"sample_stats/energy": 1.0, "log_likelihood/y": 1.0, "sample_stats/log_likelihood": 2.0}
assert found == expected, "the behaviour has changed"
PY
"$folder/venv/bin/python" look.py
