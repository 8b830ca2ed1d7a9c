"""From a Majorana mass matrix and dark charges to masses, couplings to A' and their vector or axial nature.

Weyl fields chi_k of charge Q_k with L = -1/2 chi^T M chi + h.c. Takagi: chi = U psi with U^T M U = diag(m_i) >= 0. The
current sum_k Q_k chi_k^dag sigmabar chi_k becomes psi_i^dag sigmabar V_ij psi_j with V = U^dag Q U, in Majorana spinors
psibar_i gamma (i Im V_ij - Re V_ij gamma5) psi_j for i < j: a vector coupling of strength |Im V_ij| and an axial one of
|Re V_ij|, and g_D V_ii/2 psibar_i gamma gamma5 psi_i.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from gloam.lookup.errors import BadParameter
from numpy.typing import ArrayLike, NDArray

PURE = 1e-6  # [1] largest share of the other nature in a coupling that still counts as vector or axial


@dataclass(frozen=True)
class DarkStates:
    """Masses and couplings of Majorana states, lightest first.

    Attributes
    ----------
    masses : float64, shape (n,)
        In the unit of the mass matrix.
    couplings : complex128, shape (n, n)
        Hermitian V_ij [1].
    mixing : complex128, shape (n, n)
        U: chi_k = sum_i U_ki psi_i.
    """

    masses: NDArray[np.float64]
    couplings: NDArray[np.complex128]
    mixing: NDArray[np.complex128]

    def nature(self, j: int, i: int) -> str:
        """Nature of the coupling of psi_j and psi_i (1 is the lightest): "vector", "axial", "mixed" or "none".

        Raises
        ------
        BadParameter
            When there is no such state.
        """
        if not (1 <= i <= self.masses.size and 1 <= j <= self.masses.size):
            msg = f"no coupling of psi_{j} and psi_{i}: the states are psi_1 to psi_{self.masses.size}"
            raise BadParameter(msg)
        value = self.couplings[j - 1, i - 1]
        vector, axial = abs(value.imag), abs(value.real)
        if vector + axial < PURE:
            return "none"
        if min(vector, axial) > PURE * max(vector, axial):
            return "mixed"
        return "vector" if vector > axial else "axial"

    def dark_hnl(self, m_Ap: float) -> tuple[dict[str, float], dict[str, str]]:
        """Parameters and options of the model ``dark-hnl`` for three states and a dark photon of mass m_Ap.

        Parameters
        ----------
        m_Ap : float
            [GeV], as ``dark-hnl`` takes it: the mass matrix then is in GeV as well.

        Raises
        ------
        BadParameter
            When there are not three states, or a coupling is partly vector and partly axial.
        """
        if self.masses.size != 3:
            msg = f"dark-hnl has three states; this mass matrix has {self.masses.size}"
            raise BadParameter(msg)
        m_1, m_2, m_3 = self.masses.tolist()
        parameters = {"m_Ap": m_Ap, "r": m_1 / m_Ap, "Delta_21": m_2 / m_1 - 1.0, "Delta_32": m_3 / m_2 - 1.0}
        options = {}
        for j, i in ((2, 1), (3, 1), (3, 2)):
            nature = self.nature(j, i)
            if nature == "mixed":
                value = self.couplings[j - 1, i - 1]
                msg = (
                    f"the coupling of psi_{j} and psi_{i} is {abs(value.imag):.3g} vector and {abs(value.real):.3g} "
                    "axial: dark-hnl takes one nature per coupling"
                )
                raise BadParameter(msg)
            parameters[f"V_{j}{i}"] = 0.0 if nature == "none" else float(abs(self.couplings[j - 1, i - 1]))
            options[f"coupling_{j}{i}"] = "vector" if nature == "none" else nature
        for i in range(3):
            value = abs(self.couplings[i, i])
            parameters[f"V_{i + 1}{i + 1}"] = float(value) if value > PURE else 0.0
        return parameters, options


def takagi(matrix: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.complex128]]:
    """Masses m >= 0, ascending, shape (n,), and unitary U with U^T M U = diag(m), for a complex symmetric M.

    Raises
    ------
    BadParameter
        When M is not square, symmetric and finite, or has a vanishing mass (its phase would be arbitrary).
    """
    m = np.asarray(matrix, dtype=np.complex128)
    if m.ndim != 2 or m.shape[0] != m.shape[1] or not np.isfinite(m).all() or not np.allclose(m, m.T, rtol=1e-12, atol=0.0):
        msg = f"a Majorana mass matrix is square, symmetric and finite; got shape {m.shape}: {m.tolist()}"
        raise BadParameter(msg)
    n = m.shape[0]
    # M conj(u) = m u as a real symmetric eigenproblem: +m for u, -m for i u
    values, vectors = np.linalg.eigh(np.block([[m.real, m.imag], [m.imag, -m.real]]))
    masses, positive = values[n:], vectors[:, n:]
    if masses[0] <= 1e-12 * masses[-1]:
        msg = f"the mass matrix has a massless state (masses {masses.tolist()}): give it a mass"
        raise BadParameter(msg)
    return masses, (positive[:n] + 1j * positive[n:]).conj()


def dark_states(matrix: ArrayLike, charges: ArrayLike) -> DarkStates:
    """States of a Majorana mass matrix, shape (n, n), whose Weyl fields have dark charges, shape (n,).

    Parameters
    ----------
    matrix, charges
        Mass matrix, any unit of mass, and charges [1].

    Raises
    ------
    BadParameter
        As :func:`takagi`, or when the number of charges is not n.
    """
    masses, mixing = takagi(matrix)
    q = np.asarray(charges, dtype=np.float64)
    if q.shape != masses.shape:
        msg = f"{masses.size} Weyl fields need {masses.size} charges, got {q.tolist()}"
        raise BadParameter(msg)
    return DarkStates(masses, mixing.conj().T @ (q[:, None] * mixing), mixing)


def inelastic_pair(mu_L: float, mu_R: float, m_D: float) -> DarkStates:
    """States of (chi_L, chi_R^c) with Majorana masses mu_L, mu_R, Dirac mass m_D and charges +1, -1."""
    return dark_states([[mu_L, m_D], [m_D, mu_R]], (1.0, -1.0))


def inverse_seesaw_states(mu: float, Lambda_L: float, Lambda_R: float, M_X: float) -> DarkStates:
    """States of (eta_L, chi_L, chi_R^c), charges (0, 1, -1): mass matrix (mu, Lambda_L, Lambda_R; ., 0, M_X; ., M_X, 0)."""
    matrix: Any = [[mu, Lambda_L, Lambda_R], [Lambda_L, 0.0, M_X], [Lambda_R, M_X, 0.0]]
    return dark_states(matrix, (0.0, 1.0, -1.0))
