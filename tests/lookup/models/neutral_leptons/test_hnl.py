"""The model hnl: nature, linearity in the mixings, unitarity, the limits of its lifetime, and what `gloam query` prints."""

import math

import pytest
from gloam import lookup
from gloam.lookup.cli.main import main
from gloam.lookup.errors import BadParameter
from gloam.tables.constants import HBAR_C


def test_decay_length_and_lifetime_have_their_known_values():
    """c_tau = .7842 m (Dirac, U2_mu = 1, .25 GeV) of an independent implementation; 2.56 s at .1 GeV and 1e-6."""
    made = lookup.model("hnl", nature="dirac")
    assert made(m_N=0.25, U2_mu=1.0)["c_tau"] == pytest.approx(0.7842, rel=2e-4)
    assert made(m_N=0.1, U2_mu=1e-6)["c_tau"] / 299792458.0 == pytest.approx(2.56, rel=2e-3)


def test_widths_add_over_flavours_and_a_majorana_lepton_has_twice_each():
    """Linearity in U2_a (no interference), and both charge states of a Majorana N: to rounding."""
    dirac, majorana = (lookup.model("hnl", nature=nature) for nature in ("dirac", "majorana"))
    mixed = dirac(m_N=1.2, U2_e=0.1, U2_mu=0.2, U2_tau=0.3)
    single = [dirac(m_N=1.2, **{name: value}) for name, value in (("U2_e", 0.1), ("U2_mu", 0.2), ("U2_tau", 0.3))]
    twice = majorana(m_N=1.2, U2_e=0.1, U2_mu=0.2, U2_tau=0.3)
    names = [name for name in mixed if name.startswith("width") and name != "width_error"]
    for name in names:
        assert mixed[name] == pytest.approx(sum(part[name] for part in single), rel=1e-12, abs=0.0)
        assert twice[name] == pytest.approx(2.0 * mixed[name], rel=1e-12)
    for name in (name for name in mixed if name.startswith("br_") and not name.startswith(("br_tau", "br_d"))):
        assert twice[name] == pytest.approx(mixed[name], rel=1e-12)
    total = sum(mixed[name] for name in names if name != "width")
    assert total == pytest.approx(mixed["width"], rel=1e-12)
    assert mixed["c_tau"] * mixed["width"] == pytest.approx(HBAR_C, rel=1e-12)


def test_branching_ratios_of_parents_are_linear_in_their_mixings():
    """BR(K -> mu N) = 2.607 U2_mu at .25 GeV; mu -> e N takes U2_e and U2_mu."""
    made = lookup.model("hnl", nature="dirac")
    assert made(m_N=0.25, U2_mu=1e-7)["br_k_mu_n"] == pytest.approx(2.607e-7, rel=3e-4)
    one, both = made(m_N=0.05, U2_mu=1e-3)["br_mu_e_n"], made(m_N=0.05, U2_mu=1e-3, U2_e=2e-3)["br_mu_e_n"]
    assert both == pytest.approx(3.0 * one, rel=1e-12)


def test_without_mixing_nothing_decays():
    """The limit U2 -> 0: c_tau = inf, all fractions an exact 0."""
    found = lookup.model("hnl", nature="majorana")(m_N=0.3)
    assert found["c_tau"] == math.inf
    assert all(value == 0.0 for name, value in found.items() if name.startswith(("width", "br_")))


def test_a_nature_must_be_chosen_and_mixings_respect_unitarity():
    """Both refusals name what to do."""
    with pytest.raises(BadParameter, match="nature is missing"):
        lookup.model("hnl")
    with pytest.raises(BadParameter, match=r"U2_e \+ U2_mu \+ U2_tau = 0\.5 \+ 0\.6 \+ 0 is not allowed: 0 to 1"):
        lookup.model("hnl", nature="dirac")(m_N=0.3, U2_e=0.5, U2_mu=0.6)


def test_query_prints_widths_branching_ratios_and_production(capsys):
    """`gloam query hnl` and the two quantities answer on the command line with units."""
    assert main(["query", "hnl", "m_N=0.25", "U2_mu=1", "nature=dirac"]) == 0
    printed = {line.split()[0]: line.split()[1:] for line in capsys.readouterr().out.splitlines()}
    assert printed["width_mu_pi"][1] == "GeV"
    assert float(printed["br_mu_pi"][0]) > 0.0
    assert float(printed["br_k_mu_n"][0]) == pytest.approx(2.607, rel=3e-4)
    assert float(printed["c_tau"][0]) == pytest.approx(0.7842, rel=2e-4)
    assert main(["query", "width-hnl", "m_N=0.25", "channel=total", "flavour=mu", "nature=majorana"]) == 0
    assert HBAR_C / float(capsys.readouterr().out.split()[0]) == pytest.approx(0.7842 / 2.0, rel=2e-4)
    assert main(["query", "production-hnl", "m_N=0.25", "process=k_mu_n"]) == 0
    assert float(capsys.readouterr().out.split()[0]) == pytest.approx(2.607, rel=3e-4)
