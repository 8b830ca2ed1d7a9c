"""babar-missed-12-electrons: plain Monte Carlo with four-vectors and indicators (`missed_events`)."""

from __future__ import annotations

import functools

from gloam.builder.checks import missed_events

POINTS = 200
check = functools.partial(missed_events.check, 1)
