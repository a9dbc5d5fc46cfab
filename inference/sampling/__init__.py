"""Draws of one posterior: the samplers, and the gates that its draws must pass."""
