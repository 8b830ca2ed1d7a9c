"""Tables of neutral leptons, one per file."""
