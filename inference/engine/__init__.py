"""The default engine: exact NUTS for the hierarchical logit, compiled by numba, seconds a fit."""

from inference.engine._cache import engine_cache

with engine_cache():
    from inference.engine.sampling import sample

__all__ = ["sample"]
