"""Heavy neutral leptons: what produces them, what they decay to, and their flight to a detector."""
