"""Pages about many runs: what their folders hold, in one HTML file and one table."""
