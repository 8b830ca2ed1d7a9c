"""References as links, with who and what where the project's own texts say so (docstrings, tables/data/SOURCES.md)."""

from __future__ import annotations

KNOWN = {
    "10.1016/0092-640X(87)90013-1": "de Vries et al., At. Data Nucl. Data Tables 36 (1987) 495: charge densities of nuclei",
    "10.1103/PhysRevD.24.1232": "R. E. Shrock",
    "10.1093/ptep/ptaa104": "Particle Data Group, P. A. Zyla et al., PTEP 2020, 083C01",
    "arXiv:0806.1449": "MiniBooNE, Phys. Rev. D 79 (2009) 072002: flux of the Booster beam",
    "arXiv:0811.1030": "M. Pospelov",
    "arXiv:0901.3589": "A. Atre, T. Han, S. Pascoli, B. Zhang",
    "arXiv:0906.0580": "J. D. Bjorken, R. Essig, P. Schuster, N. Toro",
    "arXiv:1209.6083": "S. Andreas, C. Niebuhr, A. Ringwald: electron beam dumps",
    "arXiv:1411.3963": "E949, A. V. Artamonov et al., Phys. Rev. D 91 (2015) 052001",
    "arXiv:1702.03327": "BaBar, J. P. Lees et al., Phys. Rev. Lett. 119 (2017) 131804",
    "arXiv:1712.03275": "PIENU, A. Aguilar-Arevalo et al., Phys. Rev. D 97 (2018) 072012",
    "arXiv:1801.04847": "P. Ilten, Y. Soreq, M. Williams, W. Xue (Darkcast)",
    "arXiv:1803.03262": "G. Magill, R. Plestid, M. Pospelov, Y.-D. Tsai",
    "arXiv:1803.05466": "M. Bauer, P. Foldenauer, J. Jaeckel: hidden photons of anomaly-free groups",
    "arXiv:1805.08567": "K. Bondarenko, A. Boyarsky, D. Gorbunov, O. Ruchayskiy",
    "arXiv:1807.06209": "Planck 2018 results, VI: cosmological parameters",
    "arXiv:1807.09877": "decays through an off-shell dark photon",
    "arXiv:1808.02915": "P. Ballett, S. Pascoli, M. Ross-Lonergan",
    "arXiv:1902.07598": "T2K, K. Abe et al., Phys. Rev. D 100 (2019) 052006, and its data release",
    "arXiv:1903.07589": "P. Ballett, M. Hostert, S. Pascoli",
    "arXiv:1904.03269": "PIENU, A. Aguilar-Arevalo et al., Phys. Lett. B 798 (2019) 134980",
    "arXiv:1906.00176": "NA64, D. Banerjee et al., Phys. Rev. Lett. 123 (2019) 121801",
    "arXiv:1911.03176": "M. Duerr, T. Ferber, C. Hearty, F. Kahlhoefer, K. Schmidt-Hoberg, P. Tunney",
    "arXiv:2001.04466": "M. Escudero: neutrino decoupling (NUDEC_BSM)",
    "arXiv:2005.09575": "NA62, E. Cortina Gil et al., Phys. Lett. B 807 (2020) 135599",
    "arXiv:2006.04822": "White Paper 2020 on the muon's anomalous magnetic moment",
    "arXiv:2006.07387": "N. Sabti, A. Magalich, A. Filimonova",
    "arXiv:2006.16883": "MiniBooNE, Phys. Rev. D 103 (2021) 052002",
    "arXiv:2007.03701": "P. Coloma, E. Fernandez-Martinez, M. Gonzalez-Lopez, J. Hernandez-Garcia, Z. Pavlovic",
    "arXiv:2007.11813": "A. Abdullahi, M. Hostert, S. Pascoli",
    "arXiv:2104.03297": "D. W. P. Amaral, D. G. Cerdeno, A. Cheek, P. Foldenauer: muon forces and solar neutrinos",
    "arXiv:2101.12304": "NA62, E. Cortina Gil et al., Phys. Lett. B 816 (2021) 136259",
    "arXiv:2104.03281": "measurement of the muon's anomalous magnetic moment, set of 2021",
    "arXiv:2107.02021": "NA64: semi-visible selection",
    "arXiv:2110.13978": "MicroBooNE: flux of the Booster beam (histogram MCC9_FluxHist_volTPCActive)",
    "arXiv:2201.01788": "A. L. Foguel, P. Reimitz, R. Zukanovich Funchal: hadronic decays of light vector mediators",
    "arXiv:2109.03831": "C. A. Arguelles, N. Foppiani, M. Hostert",
    "arXiv:2201.08409": "A. Filimonova, S. Junius, L. Lopez Honorez, S. Westhoff",
    "arXiv:2207.04137": "A. Abdullahi, J. Hoefken Zink, M. Hostert, D. Massaro, S. Pascoli",
    "arXiv:2304.06772": "E. Fernandez-Martinez et al., compilation of limits on heavy neutral leptons",
    "arXiv:2302.05410": "A. Abdullahi, M. Hostert, D. Massaro, S. Pascoli",
    "arXiv:2302.05414": "NA64: semi-visible decays with prompt e+e- pairs in the calorimeter",
    "arXiv:2306.01040": "M. Blennow et al., global fit of the mixing of light neutrinos",
    "arXiv:2307.02404": "NA64",
    "arXiv:2308.06230": "measurement of the muon's anomalous magnetic moment, set of 2023",
    "arXiv:2401.01708": "NA64mu: missing momentum of muons, sample of 2022",
    "arXiv:2409.10128": "NA64mu: the same sample, scalars and dark photons",
    "arXiv:2409.12748": "Weizsaecker-Williams approximation against the exact tree level",
    "arXiv:2505.21476": "White Paper 2025 on the muon's anomalous magnetic moment",
    "arXiv:2506.03069": "measurement of the muon's anomalous magnetic moment, set of 2025",
    "arXiv:2507.07345": "NA62, search for pi+ -> e+ N",
    "arXiv:hep-ph/0101138": "D. Tucker-Smith, N. Weiner, Phys. Rev. D 64 (2001) 043502",
    "arXiv:hep-ph/0312114": "V. V. Ezhela, S. B. Lugovsky, O. V. Zenin",
}


def link(reference: str) -> str:
    """Where a reference (``arXiv:NUMBER`` or a DOI) is to be found."""
    kind, sign, number = reference.rpartition(":")
    return f"https://arxiv.org/abs/{number}" if sign and kind == "arXiv" else f"https://doi.org/{number}"


def citation(reference: str) -> str:
    """One line: the link, and who and what if known."""
    return "  ".join(filter(None, (link(reference), KNOWN.get(reference, ""))))
