"""Searches with solar neutrinos in xenon."""
