"""Open tables, interpolate them, and combine them into rates and limits."""

from __future__ import annotations

from gloam.lookup.limit import limit
from gloam.lookup.rate import rate
from gloam.lookup.table import at, load

__all__ = ["at", "limit", "load", "rate"]
