"""miniboone-pairs-off-shell: plain Monte Carlo with four-vectors (`pair_monte_carlo`)."""

from __future__ import annotations

from gloam.builder.checks.pair_monte_carlo import check as check

POINTS = 40
