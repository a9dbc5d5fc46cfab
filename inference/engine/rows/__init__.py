"""Loops over packed rows: the row kernel, and sums of what follows from draws."""
