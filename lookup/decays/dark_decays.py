"""Decays of N through a Z' that mixes with the photon: on shell, off shell, and across m_N = m_Z'.

Three regimes of |m_N/m_Zp - 1| against w = max(0.01, 16 sqrt(Gamma_Zp/m_Zp)), at most 0.3:
below -w the tables of the off-shell integrals; above +w the width of N -> nu Z' times the branching ratios of the Z', with
hadrons integrated over the Breit-Wigner propagator and R(s); between them all integrals with that propagator. At the
joints what is neglected of the propagator's width is worth less than 1e-4 and enters the error bound.
"""

from __future__ import annotations

import math

import numpy as np
from gloam.lookup.decays.decay_slots import ELECTRONS, ERROR, MUONS, OTHER, VISIBLE_ERROR
from gloam.lookup.decays.decay_slots import ON_SHELL as ON_SHELL_PAIRS
from gloam.lookup.interpolation.spline import WORK, error_of, values_at
from gloam.tables.constants import ELECTRON_MASS, MUON_MASS
from gloam.tables.numerics.memory import pointer, scratch
from gloam.tables.physics.dark_photons import dark_widths as dark
from gloam.tables.physics.hadrons.r_ratio import HADRON_THRESHOLD, KNOTS, RATIOS
from gloam.tables.physics.hadrons.resonance import LEPTONS, hadron_integral, massless_integrals, pair_integrals
from gloam.tables.physics.neutral_leptons.three_body import massless_first, massless_square, neutrino_exchange
from numba import njit

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]
Offsets = np.ndarray[tuple[int], np.dtype[np.int64]]

TABLES = (("three-body-width", "electron"), ("three-body-width", "muon"), ("hadronic-width", ""))
ELECTRON_TABLE, MUON_TABLE, HADRON_TABLE = range(3)

M_N, M_ZP, CHARGE2, VECTOR2, DARK2, STRENGTH_E, STRENGTH_MU, STRENGTH_TAU, SIN2_THETA_W, HADRONS = range(10)
INPUTS = 10  # masses [GeV]; (e eps)^2, sum_a V_aN^2, V_NN^2 [1]; signed g_D U2_a U2_D e eps [1]; sin^2 theta_W; factor on R(s)

# shapes: (K, J) of electrons and muons, K of hadrons, (K, J, exchange) of neutrinos, relative errors of the four K
K_E, J_E, K_MU, J_MU, K_HADRONS, K_NU, J_NU, EXCHANGE, ERROR_E, ERROR_MU, ERROR_HADRONS, ERROR_NU = range(12)
SHAPES = 12

OFF_SHELL, RESONANT, ON_SHELL = range(3)
NARROWEST_WINDOW, WIDEST_WINDOW = 0.01, 0.3  # [1] of |m_N/m_Zp - 1|
QUADRATURE_ERROR = 1e-9  # [1] of the integrals that are done directly
NEGLIGIBLE_WIDTH = 1e-9  # [1] Gamma_Zp/m_Zp below which the tails under hadronic resonances are worth less than 1e-6
TAIL_MARGIN = 3.0  # [1] tails of leptons over the massless one: their thresholds


@njit
def regime(m_N: float, m_Zp: float, width: float) -> int:
    """Which of OFF_SHELL, RESONANT, ON_SHELL applies to these masses and the total width of the Z' [GeV]."""
    window = min(max(NARROWEST_WINDOW, 16.0 * math.sqrt(width / m_Zp)), WIDEST_WINDOW)
    if width > 0.0 and abs(m_N - m_Zp) < window * m_Zp:
        return RESONANT
    return ON_SHELL if m_N > m_Zp else OFF_SHELL


@njit
def add_dark_decays(inputs: Vector, mediator: Vector, blob: Vector, offsets: Offsets, widths: Vector) -> int:
    """Add the Z' decays of a Dirac N [GeV] to ``widths``; ``mediator`` = partial widths of the Z' [GeV].

    The propagator knows only the decays of the Z' without N, the ones open to a Z' from an N decay.
    Returns 0, or 16 t + 1 + i when input i of table t is outside its range.
    """
    total = 0.0
    for channel in range(dark.NEUTRINO_N):
        total += mediator[channel]
    kind = regime(inputs[M_N], inputs[M_ZP], total)
    if inputs[M_N] > inputs[M_ZP] and total > 0.0:
        pairs = (mediator[dark.ELECTRONS] + mediator[dark.MUONS]) / total
        widths[ON_SHELL_PAIRS] += pairs * inputs[VECTOR2] * dark.neutrino_mediator_width(inputs[M_N], inputs[M_ZP])
    if inputs[VECTOR2] == 0.0 or (total == 0.0 and kind == OFF_SHELL):
        return 0
    if kind == ON_SHELL:
        add_on_shell(inputs, mediator, total, widths)
        return 0
    shapes = np.zeros(SHAPES)
    if kind == RESONANT:
        resonant_shapes(inputs, total, shapes)
    else:
        status = off_shell_shapes(inputs, blob, offsets, shapes)
        if status != 0:
            return status
        gap = (inputs[M_ZP] - inputs[M_N]) * (inputs[M_ZP] + inputs[M_N])
        for channel in range(ERROR_E, SHAPES):
            shapes[channel] += (total * inputs[M_ZP] / gap) ** 2
    add_three_body(inputs, shapes, widths)
    return 0


@njit
def add_on_shell(inputs: Vector, mediator: Vector, total: float, widths: Vector) -> None:
    """N -> nu Z' followed by the decay of the Z', narrow; the error bound holds tails and interference."""
    m_N, m_Zp = inputs[M_N], inputs[M_ZP]
    width = inputs[VECTOR2] * dark.neutrino_mediator_width(m_N, m_Zp)
    if total == 0.0:
        widths[OTHER] += width
        return
    electrons = mediator[dark.ELECTRONS] / total
    muons = mediator[dark.MUONS] / total
    widths[ELECTRONS] += electrons * width
    widths[MUONS] += muons * width
    widths[OTHER] += (1.0 - electrons - muons) * width
    if inputs[CHARGE2] > 0.0 and m_N > HADRON_THRESHOLD and total > NEGLIGIBLE_WIDTH * m_Zp:
        # the tails of the Z' under the rho, omega and phi: R(s) is no constant there
        hadrons = inputs[HADRONS] * inputs[CHARGE2] * hadron_integral(m_N, m_Zp, total, KNOTS, RATIOS)
        hadrons *= dark.contact_width(m_N, m_Zp)
        widths[OTHER] += inputs[VECTOR2] * hadrons - mediator[dark.HADRONS] / total * width
    exact, first = massless_integrals(m_N, m_Zp, total)
    narrow = dark.neutrino_mediator_width(m_N, m_Zp) * dark.mediator_lepton_width(m_Zp, 0.0) / total
    tail = abs(exact * dark.contact_width(m_N, m_Zp) / narrow - 1.0) + total / m_Zp
    widths[ERROR] += TAIL_MARGIN * tail * width
    widths[VISIBLE_ERROR] += TAIL_MARGIN * tail * (electrons + muons) * width
    for lepton in range(2):
        mixed = abs(interference(inputs, lepton, first))
        widths[ERROR] += mixed
        widths[VISIBLE_ERROR] += mixed
    widths[ERROR] += abs(dark.three_neutrino_interference_width(m_N, m_Zp, neutral2(inputs), first))


@njit
def neutral2(inputs: Vector) -> float:
    """Sum of |V_ab|^2 over light neutrinos [1]: the couplings are of rank one."""
    return inputs[VECTOR2] ** 2 / inputs[DARK2] if inputs[DARK2] > 0.0 else 0.0


@njit
def interference(inputs: Vector, lepton: int, first: float) -> float:
    """Interference of Z' and weak exchange in N -> nu l l [GeV], summed over the flavour of the neutrino."""
    total = 0.0
    for flavour in range(3):
        coupling = dark.weak_vector_coupling(flavour, lepton, inputs[SIN2_THETA_W])
        total += dark.weak_interference_width(inputs[M_N], inputs[M_ZP], inputs[STRENGTH_E + flavour], coupling, first)
    return total


@njit
def resonant_shapes(inputs: Vector, width: float, shapes: Vector) -> None:
    """Integrals with the Breit-Wigner propagator of the total width [GeV]."""
    m_N, m_Zp = inputs[M_N], inputs[M_ZP]
    shapes[K_E], shapes[J_E] = pair_integrals(m_N, m_Zp, width, 2.0 * ELECTRON_MASS, m_N, LEPTONS)
    shapes[K_MU], shapes[J_MU] = pair_integrals(m_N, m_Zp, width, 2.0 * MUON_MASS, m_N, LEPTONS)
    shapes[K_HADRONS] = hadron_integral(m_N, m_Zp, width, KNOTS, RATIOS)
    shapes[K_NU], shapes[J_NU] = massless_integrals(m_N, m_Zp, width)
    shapes[EXCHANGE] = neutrino_exchange((m_N / m_Zp) ** 2)
    for channel in range(ERROR_E, SHAPES):
        shapes[channel] = QUADRATURE_ERROR


@njit
def off_shell_shapes(inputs: Vector, blob: Vector, offsets: Offsets, shapes: Vector) -> int:
    """Integrals without the width: closed forms for neutrinos, tables for leptons and hadrons."""
    m_N, m_Zp = inputs[M_N], inputs[M_ZP]
    ratio = (m_N / m_Zp) ** 2
    shapes[K_NU], shapes[J_NU] = massless_square(ratio), massless_first(ratio)
    shapes[EXCHANGE] = neutrino_exchange(ratio)
    if inputs[CHARGE2] == 0.0:
        return 0
    work, x, out = scratch(WORK), scratch(2), scratch(2)
    x[0], x[1] = m_N, m_Zp
    for table in range(3):
        pair = (2.0 * ELECTRON_MASS, 2.0 * MUON_MASS, HADRON_THRESHOLD)[table]
        if m_N <= pair:
            continue
        status = values_at(pointer(blob), offsets[table], x, work, out)
        if status != 0:
            return 16 * table + status
        shapes[2 * table] = out[0]
        shapes[ERROR_E + table] = error_of(blob, offsets[table], work, 0)
        if table < HADRON_TABLE:
            shapes[2 * table + 1] = out[1] * (m_Zp - pair) * (m_Zp + pair) / m_Zp**2
    return 0


@njit
def add_three_body(inputs: Vector, shapes: Vector, widths: Vector) -> None:
    """Add squares, exchange and interference of the three-body decays [GeV]."""
    m_N, m_Zp = inputs[M_N], inputs[M_ZP]
    unit = inputs[VECTOR2] * dark.contact_width(m_N, m_Zp)
    charged = inputs[CHARGE2] * unit
    widths[ELECTRONS] += charged * shapes[K_E] + interference(inputs, 0, shapes[J_E])
    widths[MUONS] += charged * shapes[K_MU] + interference(inputs, 1, shapes[J_MU])
    widths[OTHER] += charged * inputs[HADRONS] * shapes[K_HADRONS]
    neutral = neutral2(inputs)
    exclusive = dark.three_neutrino_dark_width(m_N, m_Zp, shapes[K_NU], shapes[EXCHANGE])
    widths[OTHER] += inputs[VECTOR2] * neutral * exclusive
    widths[OTHER] += dark.three_neutrino_interference_width(m_N, m_Zp, neutral, shapes[J_NU])
    errors = shapes[K_E] * shapes[ERROR_E] + shapes[K_MU] * shapes[ERROR_MU]
    widths[VISIBLE_ERROR] += charged * errors
    widths[ERROR] += charged * (errors + inputs[HADRONS] * shapes[K_HADRONS] * shapes[ERROR_HADRONS])
    widths[ERROR] += inputs[VECTOR2] * neutral * exclusive * shapes[ERROR_NU]
