"""Widths and branching ratios that fill the slots of a particle."""
