"""Searches of COHERENT."""
