"""Every number of a report, from the archives."""
