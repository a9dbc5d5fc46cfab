"""What if aid had come early? A chain of fitted links, simulated forward with and without state building."""
