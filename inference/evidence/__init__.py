"""What draws say: predictions, contrasts, predictive densities, sensitivity to priors, verdicts."""
