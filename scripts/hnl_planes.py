"""Draw the planes of docs/heavy_neutral_leptons.md: |U|^2 against m_N for the three pure flavours and one mixture.

    python scripts/hnl_planes.py docs/figures/hnl_planes.png

Grey: published curves (`published-hnl`, taken over to a Majorana N by lifetime where they allow it). Lines: gloam's own searches.
"""

from __future__ import annotations

import sys
from typing import Any

import matplotlib.pyplot as plt
import numpy as np
from gloam import lookup
from gloam.lookup.errors import GloamError
from gloam.tables.experiments.hnl_curves import CURVES

MASSES, MIXINGS = np.geomspace(1e-3, 2.0, 220), np.geomspace(1e-11, 1.0, 180)
PLANES = {"e": (1.0, 0.0, 0.0), "mu": (0.0, 1.0, 0.0), "tau": (0.0, 0.0, 1.0), "e : mu : tau = 1 : 1 : 1": (1 / 3, 1 / 3, 1 / 3)}
OWN = (
    ("t2k-hnl", {}, "C0"),
    ("na62-kmu", {}, "C1"),
    ("na62-ke", {}, "C3"),
    ("na62-pie", {}, "C6"),
    ("pienu", {"lepton": "e"}, "C2"),
    ("pienu", {"lepton": "mu"}, "C4"),
    ("e949", {}, "C5"),
    ("unitarity-hnl", {}, "C8"),
)


def excess(search: str, shares: tuple[float, float, float], options: dict[str, Any]) -> Any:
    """ln(rate/limit) of a search on the plane, NaN where it says nothing or refuses."""
    bound = lookup.limit(search, "hnl", "U2_e", nature="majorana", **options)
    mixings = {
        name: share * MIXINGS[:, np.newaxis] for name, share in zip(("U2_e", "U2_mu", "U2_tau"), shares, strict=True) if share
    }
    try:
        return np.broadcast_to(bound.excess(m_N=MASSES, **{"U2_e": 0.0, **mixings}), (MIXINGS.size, MASSES.size))
    except GloamError:
        return np.full((MIXINGS.size, MASSES.size), np.nan)


def draw(canvas: Any, name: str, shares: tuple[float, float, float]) -> None:
    """One plane."""
    mixed = max(shares) < 1.0
    for curve in CURVES.values():
        if shares[curve.flavour] == 0.0 or "bbn" in curve.name or "cosmo" in curve.name:
            continue
        found = excess("published-hnl", shares, {"curve": curve.name, "recast": "lifetime"})
        if np.isfinite(found).any() and np.nanmax(found) > 0.0:
            canvas.contourf(MASSES, MIXINGS, np.ma.masked_invalid(found), [0.0, np.inf], colors=["0.75"], alpha=0.35)
    for search, options, colour in OWN:
        found = excess(search, shares, options)
        if np.isfinite(found).any() and np.nanmax(found) > 0.0:
            canvas.contour(MASSES, MIXINGS, np.ma.masked_invalid(found), [0.0], colors=[colour], linewidths=1.4)
            canvas.plot([], [], color=colour, label=" ".join([search, *options.values()]))
    found = excess("bbn-hnl", shares, {})
    canvas.contourf(MASSES, MIXINGS, np.ma.masked_invalid(found), [0.0, np.inf], colors=["none"], hatches=["////"])
    canvas.contour(MASSES, MIXINGS, np.ma.masked_invalid(found), [0.0], colors=["k"], linewidths=0.8, linestyles="--")
    canvas.plot([], [], "k--", linewidth=0.8, label="bbn-hnl, 2 sigma")
    canvas.set(xscale="log", yscale="log", xlim=(MASSES[0], MASSES[-1]), ylim=(MIXINGS[0], MIXINGS[-1]))
    canvas.set(
        xlabel=r"$m_N$ [GeV]",
        ylabel=r"$\sum_a |U_{aN}|^2$" if mixed else r"$|U_{" + ("" if name == "e" else "\\") + name + " N}|^2$",
    )
    canvas.set_title(f"Majorana N, {name}", fontsize=9)
    canvas.legend(fontsize=6, framealpha=0.9, loc="lower left")


def main(path: str) -> None:
    """Draw all planes into ``path``."""
    figure, canvases = plt.subplots(2, 2, figsize=(11.0, 8.4), layout="constrained")
    for canvas, (name, shares) in zip(canvases.flat, PLANES.items(), strict=True):
        draw(canvas, name, shares)
    figure.savefig(path, dpi=110)


if __name__ == "__main__":
    main(sys.argv[1])
