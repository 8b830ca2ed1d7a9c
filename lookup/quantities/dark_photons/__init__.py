"""Composed quantities of dark photons, one per file."""
