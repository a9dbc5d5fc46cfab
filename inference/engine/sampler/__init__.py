"""Hamiltonian Monte Carlo, its adaptation, its chains."""
