"""The dense layer. Week 3.

Source  [Goodfellow16 sec. 6.5.6] writes the same with one example at a time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def dense_forward(x: Array, w: Array, bias: Array) -> Array:
    """y = x . w + bias;  (B,C), (C,OC), (OC) -> (B,OC)."""
    return x @ w + bias


def dense_backward(grad_w: Array, grad_bias: Array, grad_y: Array, x: Array, w: Array) -> Array:
    """grad_x = grad_y . w^T; grad_w += x^T . grad_y; grad_bias += sum_b grad_y[b,:].

    grad_y (B,OC), x (B,C), w (C,OC) -> grad_x (B,C); grad_w (C,OC) and grad_bias (OC) are
    accumulated into, in place.
    """
    grad_w += x.T @ grad_y
    grad_bias += grad_y.sum(axis=0)
    return grad_y @ w.T
