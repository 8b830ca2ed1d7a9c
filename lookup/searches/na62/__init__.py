"""Searches of na62."""
