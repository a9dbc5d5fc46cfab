"""Simulated worlds whose truth is known, and what is found of it."""
