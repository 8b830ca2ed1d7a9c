"""Searches of miniboone."""
