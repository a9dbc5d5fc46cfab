#!/usr/bin/env bash
# Guess: `compare` works on xarray objects whose rows have labels, so the pointwise densities of two models are paired by label,
#   as any arithmetic of xarray does; rows in another order change nothing, and other rows are refused.
# Behaviour: with arviz-stats 1.3.3 the arrays are flattened and paired by position. The same rows in another order give the same
#   `elpd_diff` with a standard error many times as large and other weights; rows of other units are compared without a word if
#   there are as many.
# Why it matters here: two claims lose different rows to missing values; models are compared on rows that both keep, in the order
#   of the panel, and the page on ArviZ says that labels must be held beside each other first.
# Consulted: `compare` (`elpd_i.values.flatten()`), `_compute_elpd_diff_subsampled` in arviz_stats/loo/compare.py, 1.3.3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check arviz-stats==1.3.3 arviz-base==1.3.1 numpy==2.5.5 scipy==1.18.1 \
    xarray-einstats==0.11.0
cat > "$folder/look.py" <<'PY'
import warnings

import arviz_stats as azs
import arviz_base as azb
import numpy as np

warnings.simplefilter("ignore")
rng = np.random.default_rng(1)
rows = 300
x, noise = rng.normal(size=rows), rng.standard_t(3, rows)
y = 0.3 * x + noise
slope = rng.normal(0.3, 0.06, (4, 500))


def model(slope, order, first=0):
    density = -0.5 * (y - slope[..., None] * x) ** 2 - 0.5 * np.log(2 * np.pi)
    return azb.from_dict(
        {"posterior": {"slope": slope}, "log_likelihood": {"y": density[..., order]}},
        dims={"y": ["row"]}, coords={"row": first + np.asarray(order)},
    )


def compared(other):
    found = azs.compare({"slope": model(slope, np.arange(rows)), "none": other}, round_to="none")
    print(found[["elpd_diff", "dse", "weight"]].to_string(), "\n")
    return found["elpd_diff"].min(), found["dse"].max()


flat = 0 * slope + 1e-6 * rng.normal(size=slope.shape)
in_order, shuffled, others = (
    compared(model(flat, order, first)) for order, first in
    ((np.arange(rows), 0), (rng.permutation(rows), 0), (np.arange(rows), 10_000))
)
assert np.isclose(in_order[0], shuffled[0]) and shuffled[1] > 2 * in_order[1], "the behaviour has changed"
assert np.allclose(in_order, others), "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/look.py"
