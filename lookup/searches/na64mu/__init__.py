"""Searches of na64mu."""
