"""Initial weights, element by element in row-major order from one Philox stream. Week 3.

Source  xavier_uniform [Glorot10 eq. 16]; he_normal [He15 eq. 10].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.philox import Philox

Array = NDArray[np.float64]


def xavier_uniform(C: int, OC: int, rng: Philox) -> Array:
    """w ~ U(-a, a), a = sqrt(6 / (C + OC));  -> (C,OC)."""
    a = np.sqrt(6.0 / (C + OC))
    return (-a + (a - -a) * rng.uniform(C * OC)).reshape(C, OC)


def he_normal(C: int, OC: int, rng: Philox) -> Array:
    """w ~ N(0, 2 / C);  -> (C,OC)."""
    return (np.sqrt(2.0 / C) * rng.normal(C * OC)).reshape(C, OC)
