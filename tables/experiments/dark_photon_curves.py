"""Published limits on dark photons: 43 curves with how the boson was made, seen and timed, their levels and references.

`published-visible` and `all-visible` recast them. A curve travels into compiled code in the array FLAT: one row of HEADER
numbers for every curve (places named below), then the curves as `curve_value` reads them, lower and upper edges apart. SPECTRUM
is the number of the dump whose table has the spectrum behind a curve, or -1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from gloam.tables.datafile import read
from gloam.tables.experiments import proton_dumps
from gloam.tables.experiments.electron_dumps import DUMPS
from gloam.tables.numerics.curve import Curve
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

POINTS_FILE, INDEX_FILE = "limit_dark_photon_curves.csv", "limit_dark_photon_index.csv"
MAP_FILE, LHC_FILE = "limit_lhcb_2019_displaced.csv", "lhc_production.csv"
PRODUCTIONS: Final = (
    "electron-brems",
    "e+e-",
    "muon-radiation",
    "pi0",
    "eta",
    "mesons",
    "mesons+brems",
    "proton-brems",
    "phi-eta",
    "lhc",
)
LIFETIMES: Final = ("prompt", "dump", "kloe-eta", "kloe-gamma", "na48", "lhcb", "map")
DECAYS: Final = ("electrons", "muons", "pions", "invisible")  # bit 2^i of a decay
PRODUCTION, DECAY, LIFETIME, RATIO, LOW, HIGH, SPECTRUM, ENERGY, SHIELD = range(9)  # places in a row of FLAT
HEADER: Final = 9
LHC_COLUMNS: Final = ("rho", "eta", "omega_pi0", "omega", "phi", "d", "u", "s", "c", "b")


@dataclass(frozen=True)
class VisibleCurve:
    """One published limit.

    Attributes
    ----------
    production, decay, lifetime : str
        Of PRODUCTIONS, one or more DECAYS joined by "+", of LIFETIMES.
    ratio : float
        Length of the decay volume over that of the shield [1], 0 where there is none.
    confidence : float
        [1]; 0 where it is not known.
    year : int
    reference : str
    masses : (low, high)
        [GeV] ends of the curve.
    """

    production: str
    decay: str
    lifetime: str
    ratio: float
    confidence: float
    year: int
    reference: str
    masses: tuple[float, float]

    def __str__(self) -> str:
        level = f"{100.0 * self.confidence:g} %" if self.confidence else "level not known"
        low, high = self.masses
        made = f"{self.production} to {self.decay}, {self.lifetime}"
        return f"{made}, {level}; {low:.4g} to {high:.4g} GeV; {self.reference} ({self.year})"


def _pieces(name: str, column: str) -> tuple[tuple[FloatArray, FloatArray], ...]:
    data = read(POINTS_FILE)
    chosen = np.array([label == name for label in data.labels])
    numbers = data["piece"][chosen]
    masses, values = data["m_Ap"][chosen], data[column][chosen]
    return tuple((masses[numbers == k], values[numbers == k]) for k in np.unique(numbers))


def edge(name: str, column: str) -> Curve:
    """The lower ("eps_low") or upper ("eps_high") edge of a curve."""
    return Curve(_pieces(name, column), "log", f"{name}: {column} [1] against m_Ap [GeV]")


def _curves() -> dict[str, VisibleCurve]:
    index = read(INDEX_FILE)
    found = {}
    for i, name in enumerate(index.labels):
        pieces = _pieces(name, "eps_low")
        found[name] = VisibleCurve(
            index.words["production"][i],
            index.words["decay"][i],
            index.words["lifetime"][i],
            float(index["ratio"][i]),
            float(index["confidence"][i]),
            int(index["year"][i]),
            index.words["reference"][i],
            (float(pieces[0][0][0]), float(pieces[-1][0][-1])),
        )
    return found


def _grid(file: str, columns: tuple[str, ...]) -> FloatArray:
    """[rows, masses ..., columns one after another ...]."""
    data = read(file)
    return np.concatenate([[float(data["m_Ap"].size)], data["m_Ap"], *(data[name] for name in columns)])


def _map() -> FloatArray:
    """[masses, mixings, masses ..., ln eps ..., ln ratio with the mixing running fastest]."""
    data = read(MAP_FILE)
    masses, mixings = np.unique(data["m_Ap"]), np.unique(data["eps"])
    return np.concatenate([[float(masses.size), float(mixings.size)], masses, np.log(mixings), np.log(data["ratio"])])


def _flat() -> tuple[FloatArray, int, int]:
    """FLAT, and where the LHCb map and the production fractions of the LHC begin in it."""
    dumps = [(dump.curve, dump.energy, dump.shield) for dump in DUMPS.values()]
    dumps += [(dump.curve, dump.energy, dump.shield) for dump in proton_dumps.DUMPS.values()]
    rows = np.zeros((len(CURVES), HEADER))
    parts: list[FloatArray] = []
    position = rows.size
    for row, (name, curve) in zip(rows, CURVES.items(), strict=True):
        bits = sum(2 ** DECAYS.index(state) for state in curve.decay.split("+"))
        row[:RATIO] = PRODUCTIONS.index(curve.production), bits, LIFETIMES.index(curve.lifetime)
        row[RATIO], row[SPECTRUM] = curve.ratio, -1.0
        for k, (published, energy, shield) in enumerate(dumps):
            if published == name:
                row[SPECTRUM], row[ENERGY], row[SHIELD] = k, energy, shield
        for place, column in ((LOW, "eps_low"), (HIGH, "eps_high")):
            if place == HIGH and curve.lifetime != "dump":
                continue
            row[place] = position
            parts.append(edge(name, column).flat())
            position += parts[-1].size
    extra = [_map(), _grid(LHC_FILE, LHC_COLUMNS)]
    return np.concatenate([rows.ravel(), *parts, *extra]), position, position + extra[0].size


CURVES: Final = _curves()
FLAT, MAP_AT, LHC_AT = _flat()
