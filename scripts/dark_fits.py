"""The fits of docs/fits.md: posterior by nautilus, profiles by MINUIT, one core, minutes; a corner and a profile plot of each.

    python scripts/dark_fits.py idm docs/figures            # BaBar, NA64 and g-2, five parameters
    python scripts/dark_fits.py i2dm docs/figures
    python scripts/dark_fits.py dipole docs/figures         # MiniBooNE's total, two parameters

The set of 2021 of g-2 is taken on both sides, so that the data prefer a signal. Priors are flat in the logarithm.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import nautilus
import numpy as np
from gloam import lookup
from gloam.lookup import fits
from gloam.lookup.fits.profiles import profile

DARK = ("babar-monophoton", "na64-semivisible", "g-2")
SET = {"set": "2021", "sided": "two"}
MASSES = {"m_Ap": (0.02, 8.0), "Delta": (0.05, 1.0), "eps": (1e-5, 0.1), "alpha_D": (1e-3, 1.0)}


@dataclass(frozen=True)
class Fit:
    """Searches, model and options of a likelihood, free and fixed parameters, and the size of the run."""

    searches: tuple[str, ...]
    model: str
    options: dict[str, str]
    free: dict[str, tuple[float, float]]
    fixed: dict[str, float]
    live: int = 1000
    effective: int = 5000
    points: int = 15  # of every profile


FITS = {
    "idm": Fit(DARK, "idm", SET, {**MASSES, "r": (0.1, 0.48)}, {}),
    "i2dm": Fit(DARK, "i2dm", SET, {**MASSES, "theta": (0.01, 0.7)}, {"r": 0.33}),
    "dipole": Fit(
        ("miniboone-fhc-total",),
        "dipole",
        {"nature": "dirac"},
        {"m_N": (0.01, 1.5), "mu_tr_mu": (1e-8, 1e-4)},
        {"mu_tr_e": 0.0, "mu_tr_tau": 0.0},
        points=40,
    ),
}


def space_of(fit: Fit) -> fits.Space:
    """The space of a fit."""
    return fits.Space(lookup.likelihood(fit.searches, fit.model, **fit.options), fit.free, fit.fixed)


def posterior(fit: Fit, seed: int = 16) -> tuple[Any, Any, float]:
    """Points of nautilus, shape (points, free), their weights, and ln of the evidence."""
    sampler = nautilus.Sampler(**fits.nautilus(space_of(fit)), n_live=fit.live, seed=seed)
    sampler.run(n_eff=fit.effective)
    points, weights, _ = sampler.posterior()
    return points, np.exp(weights - weights.max()), float(sampler.log_z)


def profiles(fit: Fit) -> dict[str, tuple[Any, Any]]:
    """For every free parameter: its values, and -2 (ln L - largest) at the best of all others."""
    found = {}
    for name, (low, high) in fit.free.items():
        values = np.geomspace(low, high, fit.points)
        others = {other: ends for other, ends in fit.free.items() if other != name}
        space = space_of(replace(fit, free=others, fixed={**fit.fixed, name: low}))
        found[name] = values, profile(space, {name: values})[0]
    top = max(np.nanmax(best) for _, best in found.values())
    return {name: (values, -2.0 * (best - top)) for name, (values, best) in found.items()}


def draw_corner(fit: Fit, points: Any, weights: Any, path: Path) -> None:
    """Densities of one and two parameters in their logarithms, with the regions that hold 68 and 95 %."""
    names, logs = list(fit.free), np.log10(points)
    count = len(names)
    figure, axes = plt.subplots(count, count, figsize=(2.1 * count, 2.1 * count), squeeze=False, layout="constrained")
    for i, row in enumerate(axes):
        for j, canvas in enumerate(row):
            if j > i:
                canvas.set_axis_off()
                continue
            ends = [tuple(np.log10(fit.free[names[k]])) for k in (j, i)]
            if i == j:
                canvas.hist(logs[:, i], 30, range=ends[0], weights=weights, histtype="step", color="C0")
                canvas.set_yticks([])
            else:
                density, x, y = np.histogram2d(logs[:, j], logs[:, i], 30, ends, weights=weights)
                order = np.sort(density.ravel())[::-1]
                inside = np.cumsum(order) / order.sum()
                levels = sorted({order[np.searchsorted(inside, share)] for share in (0.68, 0.95)})
                middle = [0.5 * (edges[1:] + edges[:-1]) for edges in (x, y)]
                canvas.contourf(*middle, density.T, [*levels, 1.01 * density.max()], colors="C0", alpha=0.4)
                canvas.contour(*middle, density.T, levels, colors="C0", linewidths=0.8)
            canvas.set_xlim(*ends[0])
            if i == count - 1:
                canvas.set_xlabel(f"log10 {names[j]}")
            if j == 0 and i > 0:
                canvas.set_ylabel(f"log10 {names[i]}")
    figure.savefig(path, dpi=80)
    plt.close(figure)


def draw_profiles(found: dict[str, tuple[Any, Any]], path: Path) -> None:
    """-2 Delta ln L along every parameter, with the levels of 68 and 95 % of one parameter."""
    figure, axes = plt.subplots(1, len(found), figsize=(2.6 * len(found), 2.6), squeeze=False, sharey=True, layout="constrained")
    for canvas, (name, (values, chi2)) in zip(axes[0], found.items(), strict=True):
        canvas.semilogx(values, chi2, "C0")
        for level in (1.0, 3.84):
            canvas.axhline(level, color="0.6", linewidth=0.7)
        canvas.set_xlabel(name)
        canvas.set_ylim(0.0, 12.0)
    axes[0, 0].set_ylabel(r"$-2\,\Delta\ln L$")
    figure.savefig(path, dpi=80)
    plt.close(figure)


def main(name: str, directory: Path) -> None:
    """Run one fit, write its two figures and tell what it took."""
    fit, start = FITS[name], time.process_time()
    points, weights, evidence = posterior(fit)
    draw_corner(fit, points, weights, directory / f"fit_{name}_corner.png")
    sampled = time.process_time()
    draw_profiles(profiles(fit), directory / f"fit_{name}_profiles.png")
    cost = f"{sampled - start:.0f} s of CPU to sample, {time.process_time() - sampled:.0f} s to profile"
    print(f"{name}: ln Z = {evidence:.2f}; {cost}")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
