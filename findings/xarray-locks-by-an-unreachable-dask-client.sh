#!/usr/bin/env bash
# Guess: a Dask client whose constructor raises, because no scheduler is at the address, is gone; a program that says so and goes
#   on with this machine's own processes can write files as before.
# Behaviour: the client has made itself the default before it connects, and stays so while anything holds the error that it
#   raised (a list of failures to report, a logger, a chained error), for its traceback holds the client. xarray takes its lock
#   for NetCDF files from whichever client is the default: a later `to_netcdf` of data without any Dask in it asks the
#   unreachable scheduler and fails with the error of the address, nothing of files in it. With set_as_default=False and
#   `client.as_current()` around its use nothing of it is left.
# Why it matters here: fits of a process are archived by xarray (`inference/archives`); the cluster's client is made so
#   (`inference/fleet/cluster.py`).
# Consulted: Client.__init__ and `_set_global_client` in distributed/client.py, 2026.8.0; `_get_scheduler`, `get_write_lock` in
#   xarray/backends/locks.py, 2026.9.0.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check dask==2026.8.0 distributed==2026.8.0 xarray==2026.9.0 \
    netcdf4==1.7.5.1.post1 numpy==2.5.5 pandas==3.1.1
cat > "$folder/look.py" <<'PY'
import logging
import sys
from pathlib import Path

import xarray as xr
from distributed import Client

logging.disable(logging.CRITICAL)
folder, default = Path(sys.argv[1]), sys.argv[2] == "default"
failures = []
try:
    Client("nowhere", timeout=2, **({} if default else {"set_as_default": False}))
except Exception as error:
    failures.append(error)  # to be reported at the end
    print(f"the client: {type(error).__name__}: {error}")
try:
    xr.Dataset({"x": ("i", [1.0, 2.0])}).to_netcdf(folder / f"{sys.argv[2]}.nc", engine="netcdf4")
    print("a file without Dask: written")
except Exception as error:
    print(f"a file without Dask: {type(error).__name__}: {error}")
PY
default=$("$folder/venv/bin/python" "$folder/look.py" "$folder" default 2>/dev/null)
apart=$("$folder/venv/bin/python" "$folder/look.py" "$folder" apart 2>/dev/null)
printf 'as the default\n%s\nset_as_default=False\n%s\n' "$default" "$apart"
grep -q "a file without Dask: ValueError: missing port number in address 'nowhere'" <<< "$default" || { echo 'the behaviour has changed'; exit 1; }
grep -q 'a file without Dask: written' <<< "$apart" || { echo 'the behaviour has changed'; exit 1; }
