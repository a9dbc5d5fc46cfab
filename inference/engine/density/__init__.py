"""The log density of one design in the sampler's coordinates."""
