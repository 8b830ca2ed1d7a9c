"""Independent evaluations of tables, one file per table with the name of its recipe: ``check(label, x)``."""
