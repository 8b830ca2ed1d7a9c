"""Projections for coherent scattering at sources of stopped pions."""
