"""One side of a comparison with another library a file; each runs by itself, in its library's own environment."""
