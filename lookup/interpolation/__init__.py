"""Stored coefficients to numbers: splines, their compiled entry points, and where compiled code is kept."""
