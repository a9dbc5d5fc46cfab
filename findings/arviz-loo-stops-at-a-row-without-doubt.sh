#!/usr/bin/env bash
# Guess: a row whose log likelihood is the same in every draw (nothing estimated bears on it: a regression through the origin
#   at x = 0, a cell that a constraint fixes) is the easiest for leave-one-out: its weights are equal, its elpd is its density.
# Behaviour: with arviz-stats 1.3.3 that one row stops `loo` for all of them with "ValueError: All tail values are the same",
#   which names no row. With x = 1e-6 in its place all is well, and Pareto's k of the row is at its lowest. ArviZ 0.x
#   went on. Duplicated draws of a chain that rejects many proposals do the same to any row whose tail they fill.
# Why it matters here: clusters of rows that few parameters bear on are left out together; weights whose logarithms differ by
#   less than 0.2 are taken as they are and never reach the Pareto fit (`inference/evidence/left_out/importance.py`).
# Consulted: `_ps_tail` in arviz_stats/base/diagnostics.py, 1.3.3; pull request 1057 of HSSM, which met it by duplicated draws.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check arviz-stats==1.3.3 arviz-base==1.3.1 numpy==2.5.5 scipy==1.18.1 \
    xarray-einstats==0.11.0
cat > "$folder/look.py" <<'PY'
import arviz_base as azb
import arviz_stats as azs
import numpy as np

rng = np.random.default_rng(1)
x = rng.normal(size=50)
x[7] = 0.0  # say, the year from which a trend through the origin is counted
y = 0.5 * x + rng.normal(size=50)
slope = rng.normal(x @ y / (x @ x), 1 / np.sqrt(x @ x), (4, 500))


def said(x):
    density = -0.5 * (y - slope[..., None] * x) ** 2 - 0.5 * np.log(2 * np.pi)
    tree = azb.from_dict({"posterior": {"slope": slope}, "log_likelihood": {"y": density}})
    try:
        found = azs.loo(tree, pointwise=True)
    except ValueError as error:
        return f"ValueError: {error}"
    return f"elpd {found.elpd:.2f}, k of row 7 {float(found.pareto_k[7]):.2f}"


exact, nearly = said(x), said(np.where(x == 0.0, 1e-6, x))
print(f"row 7 with x = 0:    {exact}\nrow 7 with x = 1e-6: {nearly}")
assert exact == "ValueError: All tail values are the same", "the behaviour has changed"
assert nearly.startswith("elpd"), "the behaviour has changed"
PY
"$folder/venv/bin/python" "$folder/look.py"
