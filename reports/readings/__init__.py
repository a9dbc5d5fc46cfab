"""What the tables of the data say, read by hand and by count: decisions, and the case of 2015."""
