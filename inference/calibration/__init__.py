"""Whether the engine is calibrated: ranks of simulated truths, planted bugs, and a reference posterior."""
