"""The causal graphs as data: what is thought to cause what, by panel."""
