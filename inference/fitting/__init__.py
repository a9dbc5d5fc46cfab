"""One model, from design to archive."""
