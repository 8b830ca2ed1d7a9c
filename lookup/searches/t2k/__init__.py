"""Searches of t2k."""
