"""One file per construct: each a pure function of the risk set and its sources."""
