"""Searches of na64."""
