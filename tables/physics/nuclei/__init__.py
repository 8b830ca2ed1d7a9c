"""Form factors and their moments."""
