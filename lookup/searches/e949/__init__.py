"""Searches of e949."""
