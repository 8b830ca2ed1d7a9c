"""Rates of one process or detector from the slots that a model fills."""
