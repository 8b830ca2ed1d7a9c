"""Physical constants: name, value, unit and source. A table stores the ones it uses.

Masses, lifetimes and CKM elements: Particle Data Group, Review of Particle Physics, editions 2020-2024
(the digits used here have not moved between them). alpha, hbar c: CODATA 2018. Decay constants: as cited.
"""

import math

ALPHA = 1.0 / 137.035999084  # [1] fine-structure constant at zero momentum, CODATA 2018
ELECTRIC_CHARGE = math.sqrt(4.0 * math.pi * ALPHA)  # [1] e = 0.30282212, Heaviside-Lorentz
FERMI_CONSTANT = 1.1663788e-5  # [GeV^-2] PDG, from the muon lifetime
SIN2_THETA_W = 0.23121  # [1] MS-bar at m_Z, PDG; weak widths of heavy neutral leptons
HBAR = 6.582119569e-25  # [GeV s] CODATA 2018
HBAR_C = 1.973269804e-16  # [GeV m] CODATA 2018

ELECTRON_MASS = 0.51099895e-3  # [GeV] CODATA 2018
MUON_MASS = 0.1056583755  # [GeV] PDG 2022
TAU_MASS = 1.77686  # [GeV] PDG 2020
PROTON_MASS = 0.93827208816  # [GeV] CODATA 2018
Z_MASS = 91.1876  # [GeV] PDG
CHARGED_PION_MASS = 0.13957039  # [GeV] PDG
NEUTRAL_PION_MASS = 0.1349768  # [GeV] PDG
CHARGED_KAON_MASS = 0.493677  # [GeV] PDG
NEUTRAL_KAON_MASS = 0.497611  # [GeV] PDG
ETA_MASS = 0.547862  # [GeV] PDG
ETA_PRIME_MASS = 0.95778  # [GeV] PDG
RHO_MASS = 0.77526  # [GeV] PDG
OMEGA_MASS = 0.78266  # [GeV] PDG
PHI_MASS = 1.019461  # [GeV] PDG
CHARGED_K_STAR_MASS = 0.89167  # [GeV] PDG, K*(892)+

V_UD = 0.97373  # [1] CKM, PDG 2022
V_US = 0.2243  # [1] CKM, PDG 2022

PION_DECAY_CONSTANT = 0.1302  # [GeV] lattice average, FLAG 2019, arXiv:1902.08191
KAON_DECAY_CONSTANT = 0.1557  # [GeV] lattice average, FLAG 2019, arXiv:1902.08191
ETA_DECAY_CONSTANT = 0.0817  # [GeV] octet-singlet mixing, arXiv:2007.03701
ETA_PRIME_DECAY_CONSTANT = -0.0947  # [GeV] octet-singlet mixing, arXiv:2007.03701
RHO_DECAY_CONSTANT = 0.171  # [GeV^2] arXiv:2007.03701
OMEGA_DECAY_CONSTANT = 0.155  # [GeV^2] arXiv:2007.03701
PHI_DECAY_CONSTANT = 0.232  # [GeV^2] arXiv:2007.03701
K_STAR_DECAY_CONSTANT = 0.178  # [GeV^2] arXiv:2007.03701
