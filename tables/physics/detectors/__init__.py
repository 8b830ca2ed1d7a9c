"""Geometry of detectors."""
