"""Files that are there as a whole or not at all, and shipped ones that are as they were built."""
