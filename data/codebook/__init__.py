"""What every column of every panel is."""
