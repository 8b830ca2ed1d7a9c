"""Searches of published."""
