#!/usr/bin/env bash
# Guess: the calibration curve of `plot_ppc_pava` is isotonic regression as in the papers it cites: rows with the same forecast
#   are one point, so the order of the rows does not matter.
# Behaviour: with arviz-stats 1.3.3 rows are sorted by forecast and the outcomes go to `scipy.optimize.isotonic_regression` without
#   pooling ties. Within rows of one forecast the curve then rises from the outcomes that come first to those that come last:
#   the same data in another order give another curve, and a perfectly calibrated forecast looks like an informative one. The
#   forecast is the mean of replicated 0s and 1s, so that with a rare outcome and few draws nearly all rows are tied.
# Why it matters here: 45,381 rows have some sixty distinct forecasts; the report bins rows by a forecast averaged over all draws,
#   which has no ties, and keeps the bins in the group `calibration` of each archive (`inference/sampling/checks.py`).
# Consulted: `_isotonic_fit` in arviz_stats/helper_stats.py, 1.3.3; Dimitriadis et al. (2021), PNAS 118(8), e2016191118.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check arviz-stats==1.3.3 arviz-base==1.3.1 numpy==2.5.5 scipy==1.18.1 \
    xarray-einstats==0.11.0
cat > "$folder/look.py" <<'PY'
import arviz_base as azb
import numpy as np
from arviz_stats.helper_stats import isotonic_fit

rng = np.random.default_rng(1)
rows, draws = 400, 100
replicated = np.zeros((1, draws, rows), int)
for row in range(rows):  # every row has the same forecast: 5 of 100 replicates
    replicated[0, rng.choice(draws, 5, replace=False), row] = 1
y = np.zeros(rows, int)
y[rng.choice(rows, 20, replace=False)] = 1  # and 5 of 100 events happen


def curve(order):
    tree = azb.from_dict({"posterior_predictive": {"y": replicated[..., order]}, "observed_data": {"y": y[order]}})
    found = isotonic_fit(tree, None, "posterior_predictive", 0.9)["y"]
    return found.sel(plot_axis="x").to_numpy(), found.sel(plot_axis="y").to_numpy()


(x, last), (_, first) = curve(np.argsort(y, kind="stable")), curve(np.argsort(-y, kind="stable"))
print(f"forecasts {np.unique(x)}; frequency by the curve, events last: {last.min():.2f} to {last.max():.2f}")
print(f"events first: {first.min():.2f} to {first.max():.2f}")
assert np.allclose(x, 0.05) and np.ptp(last) > 0.5, "the behaviour has changed"
assert np.ptp(first) < np.ptp(last), "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/look.py"
