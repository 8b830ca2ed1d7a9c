"""Models of gauge bosons, one per file."""
