"""Charges of the twelve fermions under a U(1)' group, and whether they are free of anomalies.

L = -g_f X_mu fbar gamma^mu f with **g_f = g Q'_f - eps e Q_f** for the massive state after the kinetic mixing -(eps/2) F X is
removed by A -> A - eps X; valid for m_X << m_Z. Groups of arXiv:1803.05466 and arXiv:2006.11225; protophobic: baryon number
minus electric charge, the combination in which protons decouple (arXiv:1604.07411).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

FERMIONS: Final = ("u", "d", "s", "c", "b", "t", "e", "mu", "tau", "nu_e", "nu_mu", "nu_tau")
U, D, S, C, B, T, E, MU, TAU, NU_E, NU_MU, NU_TAU = range(len(FERMIONS))
ELECTRIC: Final = np.array(
    [2 / 3, -1 / 3, -1 / 3, 2 / 3, -1 / 3, 2 / 3, -1.0, -1.0, -1.0, 0.0, 0.0, 0.0]
)  # [e] order of FERMIONS
COLOURS: Final = np.array([3.0] * 6 + [1.0] * 6)
QUARK_PAIRS: Final = ((U, D), (C, S), (T, B))
LEPTON_PAIRS: Final = ((E, NU_E), (MU, NU_MU), (TAU, NU_TAU))


def _group(quarks: float, leptons: tuple[float, float, float]) -> tuple[float, ...]:
    return (*[quarks] * 6, *leptons, *leptons)


GROUPS: Final[dict[str, tuple[float, ...]]] = {
    "secluded": _group(0.0, (0.0, 0.0, 0.0)),
    "B-L": _group(1 / 3, (-1.0, -1.0, -1.0)),
    "B-3L_e": _group(1 / 3, (-3.0, 0.0, 0.0)),
    "B-3L_mu": _group(1 / 3, (0.0, -3.0, 0.0)),
    "B-3L_tau": _group(1 / 3, (0.0, 0.0, -3.0)),
    "L_mu-L_e": _group(0.0, (-1.0, 1.0, 0.0)),
    "L_e-L_tau": _group(0.0, (1.0, 0.0, -1.0)),
    "L_mu-L_tau": _group(0.0, (0.0, 1.0, -1.0)),
    "L_mu": _group(0.0, (0.0, 1.0, 0.0)),
    "B": _group(1 / 3, (0.0, 0.0, 0.0)),
    "protophobic": tuple((1 / 3 if i <= T else 0.0) - charge for i, charge in enumerate(ELECTRIC.tolist())),
    "free": _group(0.0, (0.0, 0.0, 0.0)),
}


def weak_anomaly(charges: Mapping[str, float]) -> float:
    """Coefficient [1] of SU(2)^2 U(1)': sum over generations of 3 Q'_quark + Q'_lepton, each the mean of its doublet."""
    values = [charges.get(name, 0.0) for name in FERMIONS]
    quarks = sum(values[i] + values[j] for i, j in QUARK_PAIRS)
    return 0.5 * (3.0 * quarks + sum(values[i] + values[j] for i, j in LEPTON_PAIRS))


def anomaly(charges: Mapping[str, float]) -> str:
    """Why the ``charges`` {fermion: Q'}, 0 where absent, are not free of anomalies; empty if they are.

    With vector-like charges that are equal in each weak doublet and three right-handed neutrinos of the charges of their
    doublets, every triangle cancels but SU(2)^2 U(1)', which asks for sum 3 Q'_quark + Q'_lepton = 0 over the generations.

    Raises
    ------
    KeyError
        When a name is no fermion; the message lists them.
    """
    for name in charges:
        if name not in FERMIONS:
            msg = f"no fermion {name!r}; the fermions: {', '.join(FERMIONS)}"
            raise KeyError(msg)
    for first, second in (*QUARK_PAIRS, *LEPTON_PAIRS):
        one, other = charges.get(FERMIONS[first], 0.0), charges.get(FERMIONS[second], 0.0)
        if abs(one - other) > 1e-9:
            pair = f"{FERMIONS[first]} and {FERMIONS[second]}"
            return f"{pair} of one weak doublet have different charges ({one:g}, {other:g}): SU(2) is broken by the vertex"
    coefficient = weak_anomaly(charges)
    if abs(coefficient) > 1e-9:
        return f"SU(2)^2 U(1)': the sum of 3 Q'_quark + Q'_lepton over the generations is {coefficient:g}, not 0"
    return ""


def describe_groups() -> str:
    """One sentence: which of GROUPS are free of anomalies, and why the others are not."""
    reasons = {name: anomaly(dict(zip(FERMIONS, row, strict=True))) for name, row in GROUPS.items() if name != "free"}
    sound = ", ".join(name for name, reason in reasons.items() if not reason)
    rest = "; ".join(f"{name} is not: {reason}" for name, reason in reasons.items() if reason)
    return f"free of anomalies with three right-handed neutrinos: {sound}. {rest}"
