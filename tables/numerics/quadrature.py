"""Gauss-Legendre nodes and weights on (0, 1), as constants that compiled functions can use."""

from __future__ import annotations

import numpy as np

Vector = np.ndarray[tuple[int], np.dtype[np.float64]]


def gauss_legendre(order: int) -> tuple[Vector, Vector]:
    """Nodes [1] and weights [1], each of shape (order,), of Gauss-Legendre quadrature on (0, 1)."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    return 0.5 * (nodes + 1.0), 0.5 * weights


NODES_6, WEIGHTS_6 = gauss_legendre(6)
NODES_12, WEIGHTS_12 = gauss_legendre(12)
NODES_16, WEIGHTS_16 = gauss_legendre(16)
NODES_32, WEIGHTS_32 = gauss_legendre(32)
NODES_48, WEIGHTS_48 = gauss_legendre(48)
