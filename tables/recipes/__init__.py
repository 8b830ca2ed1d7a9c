"""One table per file: docstring with the formula, ``TABLE``, ``kernel`` and ``data``."""
