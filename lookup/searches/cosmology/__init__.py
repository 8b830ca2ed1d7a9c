"""Searches of cosmology."""
