"""The policy brief: sentences that follow from the numbers by rule."""
