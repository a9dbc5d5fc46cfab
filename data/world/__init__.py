"""What the sources say, on one grid of states and years: treaties, disputes, who is at risk."""
