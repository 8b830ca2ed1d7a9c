"""The records of a vector boson X of a U(1)' group: its coupling to the muon, and all others with widths and decays."""

from __future__ import annotations

from gloam.lookup.vocabulary.record import Kind, Record, Slot, fraction, length, width

FERMIONS = ("u", "d", "s", "c", "b", "t", "e", "tau", "nu_e", "nu_mu", "nu_tau")
STATES = ("electrons", "muons", "taus", "neutrinos", "photons", "dark", "hadrons")
HADRONS = ("pi0_gamma", "eta_gamma", "2pi", "3pi", "4pi", "KK")

MUON_FORCE = Record(  # all that the muon's magnetic moment needs to know about a vector boson
    Slot("m_X", "GeV", Kind.MASS, "mass of the boson"),
    Slot("g_mu", "1", Kind.COUPLING, "its vector coupling to the muon"),
)
GAUGE_BOSON = Record(
    *(Slot(f"g_{fermion}", "1", Kind.COUPLING, f"its vector coupling to {fermion}, signed") for fermion in FERMIONS),
    Slot("eps_loop_0", "1", Kind.COUPLING, "kinetic mixing of charged-lepton loops at q^2 = 0, inf where it diverges"),
    Slot("eps_loop_real", "1", Kind.COUPLING, "real part at q^2 = m_X^2"),
    Slot("eps_loop_imaginary", "1", Kind.COUPLING, "imaginary part at q^2 = m_X^2"),
    Slot("anomaly", "1", Kind.NUMBER, "coefficient of SU(2)^2 U(1)', 0 where it cancels"),
    width("width_X", "total width"),
    length("c_tau_X", "proper decay length"),
    *(fraction(f"br_X_{state}", f"fraction X -> {state}") for state in STATES),
    *(fraction(f"br_X_{state}", f"fraction X -> {state}, one of the hadrons") for state in HADRONS),
    Slot("delta_a_mu", "1", Kind.NUMBER, "contribution to the magnetic moment of the muon, given where it is asked for"),
)
