"""Likelihoods as samplers, minimisers and fitting programs take them: a space of free parameters, and one function for each."""

from __future__ import annotations

from gloam.lookup.callables.space import Space
from gloam.lookup.fits.minimisers import iminuit, scipy_minimize
from gloam.lookup.fits.samplers import dynesty, emcee, nautilus, ultranest, zeus
from gloam.lookup.fits.workspace import pyhf_workspace

__all__ = ["Space", "dynesty", "emcee", "iminuit", "nautilus", "pyhf_workspace", "scipy_minimize", "ultranest", "zeus"]
