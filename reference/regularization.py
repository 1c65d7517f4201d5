"""Dropout and the penalties on weights. Week 4.

Source  dropout [Srivastava14]; penalties [Goodfellow16 sec. 7.1], where L2 carries 1/2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.philox import Philox

Array = NDArray[np.float64]


def dropout_mask(shape: tuple[int, ...], rate: float, rng: Philox) -> Array:
    """mask[i] = 0 if word_i < floor(rate 2^32), else 1 / (1 - rate);  -> shape, row by row."""
    words = rng.u32(int(np.prod(shape))).astype(np.uint64).reshape(shape)
    return np.where(words < np.uint64(rate * 2.0**32), 0.0, 1.0 / (1.0 - rate))


def dropout(x: Array, mask: Array) -> Array:
    """y = x mask; its derivative by x is mask, so grad_x = dropout(grad_y, mask);  any shape."""
    return x * mask


def l1_penalty(w: Array, rate: float) -> np.float64:
    """rate sum |w|;  any shape -> scalar."""
    return rate * np.abs(w).sum()


def l1_backward(w: Array, rate: float) -> Array:
    """rate sign(w), 0 where w is 0;  any shape -> the same."""
    return rate * np.sign(w)


def l2_penalty(w: Array, rate: float) -> np.float64:
    """rate sum w^2;  any shape -> scalar."""
    return rate * (w**2).sum()


def l2_backward(w: Array, rate: float) -> Array:
    """2 rate w;  any shape -> the same."""
    return 2.0 * rate * w
