"""What the models say: hypotheses, causal graph, priors, designs and the PyMC statement of the logit."""
