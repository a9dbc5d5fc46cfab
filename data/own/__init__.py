"""A panel of one's own: read from the formats that people have, mapped to the codebook, and checked."""
