#!/usr/bin/env bash
# Guess: `loo` on a file that keeps all draws in `posterior` and every tenth of them in `log_likelihood`, to save space, is
#   leave-one-out by the draws that are kept: a little noisier, else the same.
# Behaviour: with arviz-stats 1.3.3 its relative efficiency is the effective size of the draws in `posterior` over the number of
#   those in `log_likelihood`: 10 for independent draws. The tail that Pareto's k is fitted to shrinks with its square root, k
#   gets noisier, and hundreds of rows are flagged that are in order. No draw is matched with another by its label. With
#   `posterior` thinned to the same draws, or `reff=1`, hardly any is flagged; elpd differs little.
# Why it matters here: archives with 400 draws of each row of the panel beside 4,000 of the parameters were flagged in 539 of
#   45,381 rows; draws of rows stand in a file with the same draws of the parameters (`inference/fitting/thinned.py`).
# Consulted: `_get_r_eff` in arviz_stats/loo/loo_helper.py and `_get_ps_tails` in arviz_stats/base/diagnostics.py, 1.3.3.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check arviz-stats==1.3.3 arviz-base==1.3.1 numpy==2.5.5 scipy==1.18.1 \
    xarray-einstats==0.11.0
cat > "$folder/look.py" <<'PY'
import warnings

import arviz_base as azb
import arviz_stats as azs
import numpy as np

warnings.simplefilter("ignore")
rng = np.random.default_rng(1)
rows, terms = 4000, 8
x = rng.standard_t(4, (rows, terms))
y = (rng.random(rows) < 0.05).astype(int)
slopes = rng.normal(0.0, 0.08, (4, 1000, terms))  # independent draws of a posterior
eta = -3.0 + slopes @ x.T
density = np.where(y == 1, -np.logaddexp(0, -eta), -np.logaddexp(0, eta))
few = density[:, ::10]


def flagged(posterior, density, **how):
    found = azs.loo(azb.from_dict({"posterior": {"slope": posterior}, "log_likelihood": {"y": density}}), pointwise=True, **how)
    print(f"{found.n_samples:,} draws of rows: elpd {found.elpd:.1f}, flagged {(found.pareto_k > found.good_k).sum():.0f}")
    return int((found.pareto_k > found.good_k).sum())


all_draws = flagged(slopes, density)
mixed, told, same = flagged(slopes, few), flagged(slopes, few, reff=1.0), flagged(slopes[:, ::10], few)
assert mixed > 5 * max(same, told, all_draws, 1), "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/look.py"
