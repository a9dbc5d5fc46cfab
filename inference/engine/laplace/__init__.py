"""Nested Laplace approximation of one logit: the moments of its slopes in a fraction of a second, without draws."""

from inference.engine._cache import engine_cache

with engine_cache():  # before the compiled functions are defined
    from inference.engine.laplace import loops

__all__ = ["loops"]
