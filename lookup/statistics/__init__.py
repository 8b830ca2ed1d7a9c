"""Statistics of searches: ln L of the predicted rates of all bins, with its derivatives, one small class each.

Every class is a frozen description of the data with one compiled function behind it, so that a likelihood of several
searches is one loop in compiled code. ln L is that of the prediction over that of the data themselves: 0 where both agree.
"""

from __future__ import annotations

from gloam.lookup.statistics.counting import Poisson, PoissonBackground, PoissonScale, ZeroEvents
from gloam.lookup.statistics.covariance import FractionalCovariance
from gloam.lookup.statistics.gaussian import Gaussian, Measurement, PublishedCurve
from gloam.lookup.statistics.statistic import Statistic
from gloam.lookup.statistics.templates import PoissonTemplates, ScaledCounts

__all__ = [
    "FractionalCovariance",
    "Gaussian",
    "Measurement",
    "Poisson",
    "PoissonBackground",
    "PoissonScale",
    "PoissonTemplates",
    "PublishedCurve",
    "ScaledCounts",
    "Statistic",
    "ZeroEvents",
]
