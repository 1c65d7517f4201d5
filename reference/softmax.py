"""Softmax, its logarithm's denominator, and its derivative. Week 2.

Subtracting the row's maximum m leaves softmax unchanged on paper; in floating point it keeps every
exponent <= 0, so the sum lies in [1, L] and nothing overflows.

Source  [Goodfellow16 eq. 4.1 and sec. 6.2.2.3].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def log_sum_exp(z: Array) -> Array:
    """m + log sum_l e^(z[b,l] - m), m = max_l z[b,l];  (B,L) -> (B,1)."""
    m = z.max(axis=1, keepdims=True)
    return m + np.log(np.exp(z - m).sum(axis=1, keepdims=True))


def softmax(z: Array) -> Array:
    """p[b,l] = e^(z[b,l] - m) / sum_l e^(z[b,l] - m), m = max_l z[b,l];  (B,L) -> (B,L)."""
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def softmax_jacobian(p: Array) -> Array:
    """J[i,j] = p_i ([i = j] - p_j), the derivative of p_i by z_j, for one row;  (1,L) -> (L,L)."""
    column = p.reshape(-1, 1)
    return column * (np.eye(p.size) - p.reshape(1, -1))


def softmax_backward(grad_p: Array, p: Array) -> Array:
    """grad_z[b,i] = p[b,i] (grad_p[b,i] - sum_j grad_p[b,j] p[b,j]);  (B,L), (B,L) -> (B,L).

    The product with the Jacobian, written without forming it: O(L) an example in place of O(L^2).
    """
    return p * (grad_p - (grad_p * p).sum(axis=1, keepdims=True))
