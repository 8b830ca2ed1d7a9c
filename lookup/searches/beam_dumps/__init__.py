"""Searches of beam dumps."""
