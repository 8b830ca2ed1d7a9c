"""Rules, curves and memory that know no physics."""
