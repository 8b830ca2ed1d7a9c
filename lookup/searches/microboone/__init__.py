"""Searches of microboone."""
