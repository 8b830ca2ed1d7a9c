"""Dark photons and the states they couple to."""
