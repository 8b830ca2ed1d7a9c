"""Planck: effective number of neutrinos from the cosmic microwave background and baryon acoustic oscillations, 2018."""

from __future__ import annotations

from typing import Final

N_EFF: Final = 2.99  # [1] TT, TE, EE + lowE + lensing + BAO
SIGMA: Final = 0.17  # [1] 68 %
REFERENCES: Final = ("arXiv:1807.06209",)
