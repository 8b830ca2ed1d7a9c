"""Tables of gauge bosons, one per file."""
