"""Tables of neutrinos, one per file."""
