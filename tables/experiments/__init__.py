"""The facts of one experiment per file: beam, exposure, geometry, observed counts, references."""
