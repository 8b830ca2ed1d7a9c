"""A detector as an e+e- pair sees it: smearing of each lepton, how a pair is taken for one ring, efficiency and bins."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]

CRITERIA = ("circle", "angle", "mass")  # how a pair is taken for one ring
CIRCLE, ANGLE, MASS = range(3)
RESOLUTION, NOISE, DEGREES = 0, 1, 2  # layout of the numbers: smearing,
EFFICIENCIES, EDGES, CUTS, CRITERION = 3, 4, 5, 6  # counts of efficiencies, edges, cuts; criterion
CUT_LOW, CUT_STEP, OPENING, FAINT, HEAD = 7, 8, 9, 10, 11  # where cuts begin; the criterion ``angle``; then the lists


@dataclass(frozen=True)
class PairDetector:
    """A detector as an e+e- pair sees it.

    Attributes
    ----------
    resolution, noise : float
        a [GeV^(1/2)] and b [GeV] of the kinetic energy's standard deviation.
    degrees : float
        c [degree] of the angle's standard deviation.
    energies, efficiencies : tuple of float
        Visible energy [GeV] and efficiency [1] of one ring, which is that of the nearest energy.
    edges : tuple of float
        Of the bins of E_nu^QE [GeV].
    cut_energies, cuts : tuple of float
        Even steps of E_vis [GeV] and the cut on r [1] there, linear in between and constant outside: criterion ``circle``.
    opening, faint : float
        Criterion ``angle``: one ring if the opening angle [rad] or the lesser energy [GeV] is less.
    criterion : {"circle", "angle", "mass"}
        Which one decides; ``mass``: m_ee below a parabola in E_vis.
    """

    resolution: float
    noise: float
    degrees: float
    energies: tuple[float, ...]
    efficiencies: tuple[float, ...]
    edges: tuple[float, ...]
    cut_energies: tuple[float, ...]
    cuts: tuple[float, ...]
    opening: float
    faint: float
    criterion: str = "circle"

    @property
    def bins(self) -> int:
        """Number of bins."""
        return len(self.edges) - 1

    @property
    def numbers(self) -> Vector:
        """All of it as one float64 array."""
        head = [self.resolution, self.noise, self.degrees, len(self.energies), len(self.edges), len(self.cuts)]
        head += [CRITERIA.index(self.criterion), self.cut_energies[0], self.cut_energies[1] - self.cut_energies[0]]
        middles = [0.5 * (a + b) for a, b in zip(self.energies, self.energies[1:], strict=False)] + [math.inf]
        return np.array([*head, self.opening, self.faint, *middles, *self.efficiencies, *self.edges, *self.cuts])
