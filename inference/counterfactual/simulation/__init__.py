"""The fitted chain, the states of a scenario and their programmes, and both forward in time."""
