"""Kinematics of nu + target -> N + target without cancellation (E [GeV] neutrino energy, Q = Q^2 [GeV^2])."""

from __future__ import annotations

import math

from numba import njit


@njit
def threshold_energy(m: float, target: float) -> float:
    """Threshold E_th = m + m^2/(2M) [GeV] for the masses m of N and M of the target [GeV]."""
    return m + m * m / (2.0 * target)


@njit
def q2_range(energy: float, m: float, target: float) -> tuple[float, float]:
    """Smallest and largest Q^2 [GeV^2]; (0, -1) below threshold.

    With d = E - E_th the root is exact, sqrt(lambda) = 2 M sqrt(d (d + 2 m)), and
    Q_min = M^2 m^4/(s Q_max) (product of the roots of the two-body limits).
    """
    d = energy - threshold_energy(m, target)
    if d < 0.0:
        return 0.0, -1.0
    x = 2.0 * target * energy
    s = target * target + x
    root = 2.0 * target * math.sqrt(d * (d + 2.0 * m))
    high = (x * x - m * m * (s + target * target) + x * root) / (2.0 * s)
    return target * target * m**4 / (s * high), high


@njit
def smallest_energy(q2: float, m: float, target: float) -> float:
    """Smallest neutrino energy [GeV] that reaches Q^2: (Q + m^2)(sqrt(Q + T^2) + T)/(2 Q), T = Q/(2 M)."""
    recoil = q2 / (2.0 * target)
    return (q2 + m * m) * (math.sqrt(q2 + recoil * recoil) + recoil) / (2.0 * q2)


@njit
def centre_of_mass(energy: float, m: float, target: float) -> tuple[float, float, float, float, float]:
    """(p1, p3, E2, E3, E4) [GeV] in the centre of mass: neutrino, N, target, N and recoil energies."""
    x = 2.0 * target * energy
    s = target * target + x
    w = math.sqrt(s)
    d = max(energy - threshold_energy(m, target), 0.0)
    p3 = target * math.sqrt(d * (d + 2.0 * m)) / w
    return (
        x / (2.0 * w),
        p3,
        (s + target * target) / (2.0 * w),
        (s + m * m - target * target) / (2.0 * w),
        (s + target * target - m * m) / (2.0 * w),
    )
