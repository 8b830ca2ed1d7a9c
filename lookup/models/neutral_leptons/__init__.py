"""Models of neutral leptons, one per file."""
