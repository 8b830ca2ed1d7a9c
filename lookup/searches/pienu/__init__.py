"""Searches of pienu."""
