"""The default engine: exact Hamiltonian Monte Carlo for the hierarchical logit, compiled by numba, seconds a fit."""

from inference.engine._cache import engine_cache

with engine_cache():  # before the compiled functions are defined
    from inference.engine import forward, stream
    from inference.engine.density.assemble import pack
    from inference.engine.sampler.sampling import sample

__all__ = ["forward", "pack", "sample", "stream"]
