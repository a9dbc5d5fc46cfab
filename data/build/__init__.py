"""From the world of the sources to the panels."""
