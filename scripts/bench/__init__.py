"""The benchmark's cases, one file a subject."""
