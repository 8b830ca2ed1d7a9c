"""Hadrons in electromagnetic currents."""
