"""Neutrino fluxes in CSV files of the user: columns, units, and what is refused.

Columns are ``E_low, E_high`` (a histogram without gaps) or ``E`` (points, between which the flux is linear and outside of which
it is zero), then one per species. Lines that begin with # are comments.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import numpy as np
from gloam.tables.experiments.facts import ENERGIES, POT, Facts, nearest
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Mapping

FloatArray = NDArray[np.float64]

AREAS: Final = {"cm^2": 1.0, "m^2": 1e4}  # [cm^2]
EXAMPLE: Final = '"1/cm^2/GeV/POT" or "1/m^2/50 MeV/1e20 POT"'
BINS, POINTS = ("E_low", "E_high"), ("E",)
CONTIGUOUS: Final = 1e-9  # [1] relative gap between bins that is rounding


@dataclass(frozen=True, eq=False)
class Flux:
    """A flux: ``low`` and ``high`` edges of bins [GeV], or energies ``low`` with ``high`` None; [nu/cm^2/GeV/POT] per species."""

    file: Path
    low: FloatArray
    high: FloatArray | None
    values: Mapping[str, FloatArray]

    def end(self, species: str) -> float:
        """Energy [GeV] above which there are none of a species."""
        last = int(np.flatnonzero(self.values[species])[-1])
        if self.high is not None:
            return float(self.high[last])
        return float(self.low[min(last + 1, self.low.size - 1)])


def read_flux(facts: Facts, species: tuple[str, ...]) -> Flux:
    """The flux that the table ``flux`` of an experiment names; a species whose column is zero counts as absent.

    Raises
    ------
    BadExperiment
    """
    name = facts.word("file")
    per = _unit(facts, facts.word("unit"))
    energy = ENERGIES[facts.one_of("energy_unit", tuple(ENERGIES))]
    facts.finish()
    file = (facts.file.parent / Path(name).expanduser()).absolute()
    columns = _columns(facts, file, species)
    low, high = (energy * columns[key] if key in columns else None for key in ("E_low" if "E_low" in columns else "E", "E_high"))
    assert low is not None
    _check_energies(facts, file, low, high)
    widths = 1.0 if per[1] is not None else (high - low if high is not None else _no_bins(facts, file))
    scale = 1.0 / (per[0] * (per[1] if per[1] is not None else widths))
    found = {key: columns[key] * scale for key in species if key in columns and columns[key].any()}
    for key in found:
        if not (columns[key] >= 0.0).all():
            row = int(np.argmin(columns[key])) + 1
            facts.refuse(f"{file}, row {row}: {key} = {columns[key].min():g}: a flux is not negative")
    if not found:
        facts.refuse(f"{file} holds no flux above 0 of {', '.join(species)}")
    return Flux(file, low, high, found)


def _no_bins(facts: Facts, file: Path) -> NoReturn:
    facts.refuse(f"unit: 'bin' needs the columns E_low and E_high, and {file} has E: give a flux per GeV or MeV")


def _unit(facts: Facts, text: str) -> tuple[float, float | None]:
    """Area [cm^2] times protons, and energy [GeV] (None for bins), by which a number of this unit is to be divided."""
    first, *rest = [part.strip() for part in text.split("/")]
    kinds = (("an area", AREAS), ("an energy", {**ENERGIES, "bin": 0.0}), ("POT", POT))
    found: dict[str, float] = {}
    for part in rest:
        value, _, unit = part.rpartition(" ")
        for kind, units in kinds:
            if unit in units and kind not in found and (not value or _number(value) > 0.0):
                found[kind] = units[unit] * (_number(value) if value else 1.0)
                break
        else:
            facts.refuse(f"unit = {text!r}: {part!r} is not understood; give {EXAMPLE}")
    lacking = [kind for kind, _ in kinds if kind not in found]
    if first not in ("1", "nu") or lacking:
        why = f"per {' and per '.join(lacking)} is missing" if lacking else f"{first!r} is not 1"
        facts.refuse(f"unit = {text!r}: {why}; give {EXAMPLE}")
    return found["an area"] * found["POT"], found["an energy"] or None


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0


def _columns(facts: Facts, file: Path, species: tuple[str, ...]) -> dict[str, FloatArray]:
    """The numbers of the file by column."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "no text in UTF-8"
        facts.refuse(f"file: {file} cannot be read ({why}); paths are relative to the folder of the TOML file")
    lines = [(n, line) for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.startswith("#")]
    table = [
        (n, [cell.strip() for cell in row]) for (n, _), row in zip(lines, csv.reader([line for _, line in lines]), strict=True)
    ]
    if len(table) < 3:
        facts.refuse(f"{file} has {max(len(table) - 1, 0)} rows below a header of names; a flux has 2 at least")
    names = table[0][1]
    energies = BINS if "E_low" in names or "E_high" in names else POINTS
    for name in energies:
        if name not in names:
            facts.refuse(f"{file} has no column {name}: give E_low and E_high (bins), or E (points), then {', '.join(species)}")
    for name in names:
        if name not in (*energies, *species):
            facts.refuse(f"{file}: unknown column {name!r}: {nearest(name, species)}known: {', '.join((*energies, *species))}")
        if names.count(name) > 1:
            facts.refuse(f"{file} has the column {name} twice")
    rows = []
    for line, cells in table[1:]:
        row = [_cell(cell) for cell in cells]
        if len(row) != len(names) or not np.isfinite(row).all():
            facts.refuse(f"{file}, line {line}: {', '.join(cells)!r} is not {len(names)} numbers, {', '.join(names)}")
        rows.append(row)
    return dict(zip(names, np.array(rows).T, strict=True))


def _cell(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _check_energies(facts: Facts, file: Path, low: FloatArray, high: FloatArray | None) -> None:
    """Refuse energies that do not increase, or bins with gaps."""
    if low[0] < 0.0 or (high is None and low[0] <= 0.0):
        facts.refuse(f"{file}, row 1: the energy {low[0]:g} GeV is not positive")
    wrong = np.flatnonzero(np.diff(low) <= 0.0)
    if wrong.size:
        k = int(wrong[0])
        facts.refuse(f"{file}, row {k + 2}: the energy {low[k + 1]:g} GeV is not above {low[k]:g} GeV of the row before")
    if high is None:
        return
    wrong = np.flatnonzero(high <= low)
    if wrong.size:
        k = int(wrong[0])
        facts.refuse(f"{file}, row {k + 1}: E_high = {high[k]:g} GeV is not above E_low = {low[k]:g} GeV")
    wrong = np.flatnonzero(np.abs(low[1:] - high[:-1]) > CONTIGUOUS * high[:-1])
    if wrong.size:
        k = int(wrong[0])
        facts.refuse(
            f"{file}, row {k + 2}: the bin begins at {low[k + 1]:g} GeV, that before ends at {high[k]:g} GeV: leave no gap"
        )
