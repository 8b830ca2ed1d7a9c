"""Closed forms and integrands, one subject per file: compiled functions of plain numbers."""
