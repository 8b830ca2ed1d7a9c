"""Plan, integrate, write and verify tables."""
