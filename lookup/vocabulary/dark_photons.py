"""The record of a dark photon A' and the dark states psi_1, psi_2, psi_3 that it decays to; psi_1 is stable and unseen."""

from __future__ import annotations

from gloam.lookup.vocabulary.record import Kind, Record, Slot, fraction, length

PAIRS = ("11", "12", "13", "22", "23", "33")  # of dark states psi_i psi_j that an A' decays to
TRANSITIONS = ((2, 1), (3, 1), (3, 2))  # psi_j -> psi_i
PARTNERS = ("electrons", "muons", "taus", "hadrons")  # what A' and A'* turn into outside the dark sector
STATE_OF_PAIR = {"22": "m_2", "23": "m_2", "33": "m_3"}  # without which there is no such pair


DARK_PHOTON = Record(
    Slot("m_Ap", "GeV", Kind.MASS, "mass of the dark photon A'"),
    Slot("eps", "1", Kind.COUPLING, "kinetic mixing, its modulus"),
    Slot("width_Ap", "GeV", Kind.WIDTH, "total width of A', inf where only the branching ratio is given"),
    length("c_tau_Ap", "proper decay length of A'", decays=False),
    *(
        fraction(f"br_Ap_{pair}", f"fraction A' -> psi_{pair[0]} psi_{pair[1]}, both orders", STATE_OF_PAIR.get(pair, ""), False)
        for pair in PAIRS
    ),
    *(fraction(f"br_Ap_{partner}", f"fraction A' -> {partner}", decays=False) for partner in PARTNERS),
    *(
        Slot(f"m_{i}", "GeV", Kind.MASS, f"mass of psi_{i}, NaN where there is none", "" if i == 1 else f"m_{i}")
        for i in (1, 2, 3)
    ),
    *(length(f"c_tau_{i}", f"proper decay length of psi_{i}, inf if stable or absent", f"m_{i}") for i in (2, 3)),
    *(
        Slot(
            f"error_{i}",
            "1",
            Kind.RELATIVE_ERROR,
            f"bound of the relative error of c_tau_{i}, absolute of its fractions",
            f"m_{i}",
            decays=True,
        )
        for i in (2, 3)
    ),
    *(
        fraction(f"br_{j}{i}_{partner}", f"fraction psi_{j} -> psi_{i} + {partner}", f"m_{j}")
        for j, i in TRANSITIONS
        for partner in PARTNERS
    ),
    *(
        fraction(f"br_{j}{i}_dark", f"fraction psi_{j} -> psi_{i} A', A' on shell -> dark states", f"m_{j}")
        for j, i in TRANSITIONS
    ),
    fraction("br_3_211", "fraction psi_3 -> psi_2 psi_1 psi_1 through A'*", "m_3"),
    fraction("br_3_221", "fraction psi_3 -> psi_2 psi_2 psi_1 through A'*", "m_3"),
    *(
        Slot(f"axial_{j}{i}", "1", Kind.NUMBER, f"1 where psi_{j} -> psi_{i} is axial, 0 where it is vector", f"m_{j}")
        for j, i in TRANSITIONS
    ),
)
