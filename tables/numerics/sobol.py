"""Scrambled Sobol points: a digital net in base 2, the same on every machine for one (dimension, length, seed).

Primitive polynomials and initial direction numbers: S. Joe, F. Y. Kuo, SIAM J. Sci. Comput. 30 (2008) 2635, set
new-joe-kuo-6. Scrambling: a random lower triangular matrix per dimension, then a random digital shift (J. Matousek,
J. Complexity 14 (1998) 527). One set has one scramble per dimension: two sets of the same dimensions that differ only
in their scrambles are correlated and must not be used as one set of more dimensions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BITS = 32
# degree, polynomial without its ends, initial direction numbers m_i of dimensions 2, 3, ...
JOE_KUO = (
    (1, 0, (1,)),
    (2, 1, (1, 3)),
    (3, 1, (1, 3, 1)),
    (3, 2, (1, 1, 1)),
    (4, 1, (1, 1, 3, 3)),
    (4, 4, (1, 3, 5, 13)),
    (5, 2, (1, 1, 5, 5, 17)),
    (5, 4, (1, 1, 5, 5, 5)),
    (5, 7, (1, 1, 7, 11, 19)),
    (5, 11, (1, 1, 5, 1, 1)),
    (5, 13, (1, 1, 1, 3, 11)),
    (5, 14, (1, 3, 5, 5, 31)),
    (6, 1, (1, 3, 3, 9, 7, 49)),
    (6, 13, (1, 1, 1, 15, 21, 21)),
    (6, 16, (1, 3, 1, 13, 27, 49)),
    (6, 19, (1, 1, 1, 15, 7, 5)),
    (6, 22, (1, 3, 1, 15, 13, 25)),
    (6, 25, (1, 1, 5, 5, 19, 61)),
)
MOST_DIMENSIONS = len(JOE_KUO) + 1

Points = NDArray[np.float64]
Words = NDArray[np.uint64]


def direction_numbers(dimensions: int) -> Words:
    """Direction numbers v_k of each dimension as integers of ``BITS`` bits, shape (dimensions, BITS)."""
    out = np.zeros((dimensions, BITS), dtype=np.uint64)
    for dimension in range(dimensions):
        if dimension == 0:
            numbers = [1] * BITS
        else:
            degree, polynomial, initial = JOE_KUO[dimension - 1]
            numbers = list(initial)
            for k in range(degree, BITS):
                value = numbers[k - degree] ^ (numbers[k - degree] << degree)
                for i in range(1, degree):
                    if polynomial >> (degree - 1 - i) & 1:
                        value ^= numbers[k - i] << i
                numbers.append(value)
        out[dimension] = [number << (BITS - 1 - k) for k, number in enumerate(numbers[:BITS])]
    return out


def _scrambled(numbers: Words, words: Words) -> Words:
    """Direction numbers of one dimension times a lower triangular bit matrix filled from ``words``, shape (BITS,)."""
    out = np.zeros_like(numbers)
    for i in range(BITS):
        diagonal = 1 << (BITS - 1 - i)
        above = (1 << BITS) - (diagonal << 1)
        row = np.uint64(int(words[i]) & above | diagonal)
        out |= (np.bitwise_count(numbers & row) & 1).astype(np.uint64) * np.uint64(diagonal)
    return out


def net(dimensions: int, seed: int | None) -> tuple[Words, Words]:
    """Direction numbers (dimensions, BITS) and digital shift (dimensions,) of a net, as integers of ``BITS`` bits.

    Point i of the net is the shift and the direction numbers of the bits of i, all combined by exclusive or, over 2^BITS.

    Parameters
    ----------
    dimensions : int
        At most ``MOST_DIMENSIONS``.
    seed : int or None
        Of the scramble; None gives the plain sequence, with no shift.

    Raises
    ------
    ValueError
        When there are more dimensions than the direction numbers serve.
    """
    if not 1 <= dimensions <= MOST_DIMENSIONS:
        msg = f"Sobol points: {dimensions} dimensions; 1 to {MOST_DIMENSIONS} are served"
        raise ValueError(msg)
    numbers = direction_numbers(dimensions)
    if seed is None:
        return numbers, np.zeros(dimensions, dtype=np.uint64)
    words = np.random.Philox(key=seed).random_raw(dimensions * (BITS + 1)).reshape(dimensions, BITS + 1)
    scrambled = np.stack([_scrambled(numbers[d], words[d]) for d in range(dimensions)])
    return scrambled, words[:, BITS] >> np.uint64(64 - BITS)


def sobol_points(log2_count: int, dimensions: int, seed: int | None) -> Points:
    """The first 2^log2_count points, shape (2^log2_count, dimensions), in (0, 1).

    Parameters
    ----------
    log2_count : int
        At most ``BITS``: a power of two of points, so that the net is complete.
    dimensions, seed
        As :func:`net` takes them; without a seed each point is at the lower end of its cell.

    Raises
    ------
    ValueError
        When there are more dimensions or points than the direction numbers serve.
    """
    if not 0 <= log2_count <= BITS:
        msg = f"Sobol points: 2^{log2_count} points; up to 2^{BITS} are served"
        raise ValueError(msg)
    numbers, shift = net(dimensions, seed)
    index = np.arange(2**log2_count, dtype=np.uint64)
    state = np.broadcast_to(shift, (index.size, dimensions)).copy()
    for k in range(log2_count):
        on = ((index >> np.uint64(k)) & np.uint64(1)).astype(bool)
        state[on] ^= numbers[:, k]
    centre = 0.0 if seed is None else 0.5
    return (state.astype(np.float64) + centre) / 2.0**BITS
