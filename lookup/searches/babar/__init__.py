"""Searches of babar."""
