"""How often a network is right. Week 2."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.matrix import argmax_rows

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


def categorical_accuracy(y: Array, t: Labels) -> np.float64:
    """share of b with argmax_l y[b,l] = t_b;  y (B,L), t (B) -> scalar."""
    return np.mean(argmax_rows(y) == t)


def regression_accuracy(y: Array, t: Array, precision: float) -> np.float64:
    """share of elements with |y - t| <= precision;  (B,C), (B,C) -> scalar."""
    return np.mean(np.abs(y - t) <= precision)
