"""From a design to a checked posterior: sampling engines, gates, comparison, estimands."""
