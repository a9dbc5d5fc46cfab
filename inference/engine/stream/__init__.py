"""What follows from draws and rows, in blocks: never rows x draws in memory, but for `by_row`.

All functions take the draws of any engine, by the names of the parameters. Probabilities are computed in float32, where
they are right to some six digits, and summed in float64.
"""

from inference.engine.stream.draws import draws_of
from inference.engine.stream.exclusion import multinomial_log_ratio, multinomial_mean_probability
from inference.engine.stream.summaries import (
    by_row,
    cell_probability,
    event_counts,
    log_likelihood,
    mean_probabilities,
    mean_probability,
    row_probability,
)

__all__ = [
    "by_row",
    "cell_probability",
    "draws_of",
    "event_counts",
    "log_likelihood",
    "mean_probabilities",
    "mean_probability",
    "multinomial_log_ratio",
    "multinomial_mean_probability",
    "row_probability",
]
