"""Beams for which flux averages are tabulated: an experiment and its heavy target nucleus."""

from __future__ import annotations

from gloam.tables.experiments import microboone, miniboone

BEAMS = {
    "miniboone-fhc": (miniboone.FHC, "C12"),
    "miniboone-rhc": (miniboone.RHC, "C12"),
    "microboone": (microboone.CRYOSTAT, "Ar40"),
}
FILES = (
    "charge_densities.csv",
    "nuclear_masses.csv",
    "flux_miniboone_fhc.csv",
    "flux_miniboone_rhc.csv",
    "flux_microboone.csv",
)
