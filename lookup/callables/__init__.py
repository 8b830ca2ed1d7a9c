"""What a user holds: tables, quantities, rates, limits and models, bound to their numbers."""
