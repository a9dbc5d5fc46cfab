#!/usr/bin/env bash
# Guess: `arviz_stats.numba.array_stats`, "numba accelerated" in its own words, is the faster of the two for many quantities.
# Behaviour: with arviz-stats 1.3.3 R-hat and bulk ESS take as long as in `arviz_stats.base.array_stats` (they are inherited),
#   and the tail ESS, which takes two quantiles of every quantity, many times as long: the compiled quantile is a parallel
#   gufunc that is called once for each quantity, and handing the work to threads costs more than the sort. With
#   NUMBA_NUM_THREADS=1 it takes as long as the base module.
# Why it matters here: a model with a thousand parameters is judged by the tail ESS of each; the gate uses the base module.
# Consulted: `NumbaArray.quantile` in arviz_stats/numba/array.py and `_ess_tail` in arviz_stats/base/diagnostics.py, 1.3.3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check arviz-stats==1.3.3 arviz-base==1.3.1 numba==0.68.0 numpy==2.5.5 \
    scipy==1.18.1 xarray-einstats==0.11.0
cd "$folder"
cat > look.py <<'PY'
import os
import time

import numpy as np
from arviz_stats.base import array_stats as base
from arviz_stats.numba import array_stats as compiled

draws = np.random.default_rng(1).normal(size=(200, 4, 1000))  # quantity, chain, draw
axes = {"chain_axis": 1, "draw_axis": 2}
asked = {"rhat": ("rhat", {}), "bulk ESS": ("ess", {"method": "bulk"}),
         "tail ESS": ("ess", {"method": "tail", "prob": (0.05, 0.95)})}
ratio = {}
for name, (function, more) in asked.items():
    seconds, found = [], []
    for module in (base, compiled):
        call = getattr(module, function)
        call(draws[:3], **axes, **more)  # compiled, if at all
        begin = time.perf_counter()
        found.append(call(draws, **axes, **more))
        seconds.append(time.perf_counter() - begin)
    np.testing.assert_allclose(*found, rtol=1e-9)
    ratio[name] = seconds[1] / seconds[0]
    print(f"{name:<9} base {seconds[0] / len(draws) * 1e3:7.2f} ms, numba {seconds[1] / len(draws) * 1e3:7.2f} ms a quantity")
assert max(ratio["rhat"], ratio["bulk ESS"]) < 2, "the behaviour has changed"
assert (ratio["tail ESS"] > 2) == (os.environ.get("NUMBA_NUM_THREADS") != "1"), "the behaviour has changed"
PY
"$folder/venv/bin/python" look.py
echo 'with one thread:'
NUMBA_NUM_THREADS=1 "$folder/venv/bin/python" look.py
