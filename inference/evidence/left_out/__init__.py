"""How well a model predicts clusters of rows, each left out with all that one decision or one year makes."""
