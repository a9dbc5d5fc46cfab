#!/usr/bin/env bash
# Guess: `pm.Bernoulli(logit_p=eta)` has a log density that is stable at any eta, because logit_p is what it is for.
# Behaviour: with PyMC 6.4.0 and PyTensor 3.3.7 logit_p is turned into p = sigmoid(eta) at once, and the density is written in p.
#   Only a rewriting of the graph (`stabilize`) makes log1p(-sigmoid(eta)) into -softplus(eta). The default mode does it; a mode
#   made of `fast_compile`, which tests choose because it compiles in seconds, does not: -inf at eta = 40 in place of -40, and an
#   error of one in thirty thousand at eta = 30.
# Why it matters here: a reference density compiled that way differed from the engine's by 2e-7, and it was the reference that
#   was wrong.
# Consulted: `Bernoulli` in pymc/distributions/discrete.py 6.4.0 (`dist` and `logp`); the tags of rewrites in PyTensor 3.3.7.
# Remedy: `Mode(linker="py", optimizer="fast_compile").including("stabilize")`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"${PYTHON:-python3}" -m venv "$folder/venv"
"$folder/venv/bin/pip" install -qq --disable-pip-version-check pymc==6.4.0 pytensor==3.3.7 numpy==2.5.5 scipy==1.18.1
cd "$folder"
cat > look.py <<'PY'
import numpy as np
import pymc as pm
from pytensor.compile.mode import Mode

eta = np.array([5.0, 20.0, 30.0, 40.0])
exact = -np.logaddexp(0.0, eta)  # log(1 - p): no event where one is nearly certain
with pm.Model() as model:
    shift = pm.Normal("shift", 0, 1)
    pm.Bernoulli("y", logit_p=eta + shift, observed=np.zeros(eta.size, int))
logp = model.logp(vars=model.observed_RVs, sum=False)
quick = Mode(linker="py", optimizer="fast_compile")
modes = {"default": None, "fast_compile": quick, "fast_compile and stabilize": quick.including("stabilize")}
error = {}
print(f"{'log density at eta =':<28}", *(f"{value:>12g}" for value in eta))
for name, mode in modes.items():
    compiled = model.compile_fn(logp) if mode is None else model.compile_fn(logp, mode=mode)
    found = np.ravel(compiled({"shift": 0.0}))
    error[name] = np.abs(found / exact - 1)
    print(f"{name:<28}", *(f"{value:>12.6f}" for value in found))
assert error["default"].max() < 1e-12, "the behaviour has changed"
assert error["fast_compile and stabilize"].max() < 1e-12, "the behaviour has changed"
assert np.isinf(error["fast_compile"][3]) and 1e-6 < error["fast_compile"][2] < 1e-3, "the behaviour has changed"
PY
"$folder/venv/bin/python" look.py
