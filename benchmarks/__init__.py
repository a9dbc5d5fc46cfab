"""The engine beside its peers: speed, memory and growth, measured in fresh processes."""
