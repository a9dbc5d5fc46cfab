"""What methodologists read beside the figures."""
