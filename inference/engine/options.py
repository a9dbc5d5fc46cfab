"""How numba compiles the engine.

A literal is a type of its own to numba: counters begin as ``np.int64(0)``, lest what takes them is compiled twice.
"""

from __future__ import annotations

from typing import Any

Options = dict[str, Any]

# Reassociation stays off where a rounding by a large constant must not be simplified away.
EXACT_MATH: Options = {"error_model": "numpy", "fastmath": {"contract", "nsz"}}
FAST_MATH: Options = {"error_model": "numpy", "fastmath": {"contract", "nsz", "reassoc"}}
EXACT: Options = EXACT_MATH | {"nogil": True, "cache": True, "no_cfunc_wrapper": True}
FAST: Options = FAST_MATH | {"nogil": True, "cache": True, "no_cfunc_wrapper": True}
# Called by compiled code only: no wrapper for Python is compiled.
INNER: Options = EXACT | {"no_cpython_wrapper": True}
INNER_FAST: Options = FAST | {"no_cpython_wrapper": True}
# With a single caller, in the chain from the sampler down to the row kernel: compiled once, as a part of it.
PART: Options = INNER | {"inline": "always"}
FAST_PART: Options = FAST | {"inline": "always"}  # and called from Python, by tests and benchmarks
