"""Many tasks on the processes of a machine or on a cluster."""
