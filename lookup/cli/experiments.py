"""The verb ``gloam experiment``: what was understood of the facts of an experiment of the user, in gloam's units."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gloam import tables
from gloam.lookup.cli.documents import document

DONE = 0


def add_verb(verbs: Any, verb: Callable[..., Any]) -> None:
    """Enter ``experiment`` among the verbs."""
    item = verb(verbs, "experiment", "print what is understood of an experiment of your own", _show)
    item.add_argument("file", metavar="FILE.toml", help="its facts (docs/experiments.md)")
    item.add_argument("--json", action="store_true", help="print JSON")


def _show(options: argparse.Namespace) -> int:
    found = facts(options.file)
    sys.stdout.write((document(found) if options.json else in_words(found)) + "\n")
    return DONE


def facts(path: str) -> dict[str, Any]:
    """The experiment in the file ``path``: fluxes integrated, targets counted, which of its tables are built.

    Raises
    ------
    BadParameter
        When the file has a fault.
    """
    from gloam.lookup.callables import members, store

    found = members.experiment(path)
    have = set(store.available())
    protons, neutrons = found.proton_count, found.neutron_count
    shape: dict[str, Any] = {"shape": "none given"}
    if found.radius is not None:
        shape = {"shape": "sphere", "radius": found.radius}
    elif found.box is not None:
        shape = {"shape": "box", **dict(zip(("length", "width", "height"), found.box, strict=True))}
    fluxes = {}
    for name in found.projectiles:
        energies, values = found.knots(name)
        total = found.total_flux(name)
        fluxes[name] = {"total": total, "mean_energy": _mean(energies, values) / total, "end": found.flux.end(name)}
    return {
        "name": found.name,
        "title": found.title,
        "exposure": found.exposure,
        "mass": found.fiducial_mass,
        "targets": {t.name: {"share": t.mass_fraction, "nuclei": found.target_count(t.name)} for t in found.targets},
        "protons": protons,
        "neutrons": neutrons,
        "flux_file": found.flux_file,
        "flux": fluxes,
        "geometry": shape,
        "efficiency": found.efficiency,
        "largest_mass": found.heaviest,
        "built": {
            name: f"{name}@{found.name}" in have for name in tables.names() if hasattr(tables.recipe(name), "experiment_data")
        },
        "references": list(found.references),
        "source": found.source,
    }


def _mean(energies: Any, values: Any) -> float:
    """Integral of E times the flux, linear between the knots."""
    low, high, first, last = energies[:-1], energies[1:], values[:-1], values[1:]
    return float(((high - low) * (low * (2.0 * first + last) + high * (first + 2.0 * last)) / 6.0).sum())


def in_words(found: dict[str, Any]) -> str:
    """The facts for a person."""
    rows = [
        ("exposure", f"{found['exposure']:.6g} POT"),
        ("mass", f"{found['mass']:.6g} t"),
        *((f"  {name}", f"{100.0 * t['share']:.4g} %, {t['nuclei']:.5g} nuclei") for name, t in found["targets"].items()),
        ("nucleons", f"{found['protons']:.5g} protons, {found['neutrons']:.5g} neutrons, those of the nuclei included"),
        ("flux", found["flux_file"]),
        *(
            (f"  {name}", f"{f['total']:.5g} /cm^2/POT, mean energy {f['mean_energy']:.4g} GeV, none above {f['end']:.4g} GeV")
            for name, f in found["flux"].items()
        ),
        ("geometry", ", ".join(v if isinstance(v, str) else f"{k} {v:.6g} m" for k, v in found["geometry"].items())),
        ("efficiency", f"{found['efficiency']:g}"),
        ("masses of N", f"up to {found['largest_mass']:.4g} GeV"),
    ]
    width = max(len(name) for name, _ in rows) + 2
    lines = [f"{found['name']}: {found['title']}", *(f"  {name:<{width}}{text}" for name, text in rows), "", "tables:"]
    file = Path(found["source"]).name
    for name, built in found["built"].items():
        lines.append(f"  {name:<20}{'built' if built else f'gloam-build run {name} --experiment {file}'}")
    return "\n".join(lines)
