"""Searches of muon moment."""
