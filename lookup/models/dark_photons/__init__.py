"""Models of dark photons, one per file."""
