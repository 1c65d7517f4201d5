"""Derivatives by central differences, to check those by formula. Week 3.

Source  [Press07 sec. 5.7] for the step: the truncation error h^2 |f'''| / 6 and the rounding
        error u |f| / h are equal near h = cbrt(u), about 4.8e-6 in float64.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEP = 2.0**-18  # 3.8e-6: near cbrt(2^-53), and a power of two so that x +- h is seldom rounded


def numeric_gradient(f: Callable[[Array], float], x: Array, step: float = STEP) -> Array:
    """(f(x + h e_i) - f(x - h e_i)) / 2h for each element i;  f: array -> scalar; as x."""
    gradient = np.empty_like(x)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += step
        down[index] -= step
        # What was really added, after x + h was rounded.
        gradient[index] = (f(up) - f(down)) / (up[index] - down[index])
    return gradient


def relative_difference(got: Array, want: Array) -> float:
    """max_i |got_i - want_i| / max(1, |got_i|, |want_i|);  same shapes -> scalar."""
    scale = np.maximum(1.0, np.maximum(np.abs(got), np.abs(want)))
    return float(np.max(np.abs(got - want) / scale, initial=0.0))
