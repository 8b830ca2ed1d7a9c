"""Vector bosons of U(1)' groups: charges, loop mixing, widths."""
