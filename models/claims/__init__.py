"""The registered claims, as values."""
