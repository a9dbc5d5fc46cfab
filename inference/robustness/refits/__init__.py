"""Refits of one logit: what one is, and those under another coding and without a part."""
