"""Composed quantities of neutral leptons, one per file."""
