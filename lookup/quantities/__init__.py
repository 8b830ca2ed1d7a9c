"""Composed quantities, one per file: cross sections and probabilities built from small stored tables."""
