"""Tables of dark photons, one per file."""
