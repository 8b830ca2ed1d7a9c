"""Layout of a table block: one contiguous float64 array, a header and then the coefficients.

A block is addressed by its offset in a longer array, so that a bound rate owns one array for all its tables.
"""

from __future__ import annotations

FORMAT = 1
MAX_AXES = 5

SIZE = 0  # length of the block [doubles]
DIMENSIONS = 1
COMPONENTS = 2
COORDINATES = 3  # index in coordinates.MAPS
PREFACTOR = 4  # index in coordinates.PREFACTORS
TRANSFORM = 5  # 0 linear, 1 log
COEFFICIENTS = 6  # start of the coefficients, relative to the block [doubles]
ERRORS = 7  # start of the error regions, relative to the block
PARAMETERS = 8  # start of the shape parameters, relative to the block

AXES = 10  # first axis record
AXIS_FIELDS = 6
AXIS_LOW = 0
AXIS_INVERSE_STEP = 1
AXIS_CELLS = 2
AXIS_STRIDE = 3  # distance of neighbouring coefficients [doubles]
AXIS_REGIONS = 4  # number of error regions
AXIS_ERROR_STRIDE = 5  # distance of neighbouring error regions [doubles]

BOUNDS = AXES + AXIS_FIELDS * MAX_AXES  # (low, high) of every physical input
HEADER = BOUNDS + 2 * MAX_AXES
