"""Matrices: product, element by element, row broadcast, reductions. Week 1.

Source: [GolubVanLoan13 sec. 1.1] for the product; the others are their definitions.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def matmul(a: Array, b: Array) -> Array:
    """c[m,n] = sum_k a[m,k] b[k,n];  (M,K), (K,N) -> (M,N)."""
    return a @ b


def transpose(a: Array) -> Array:
    """t[n,m] = a[m,n];  (M,N) -> (N,M)."""
    return np.ascontiguousarray(a.T)


def add(a: Array, b: Array) -> Array:
    """a[m,n] + b[m,n];  (M,N), (M,N) -> (M,N)."""
    return a + b


def subtract(a: Array, b: Array) -> Array:
    """a[m,n] - b[m,n];  (M,N), (M,N) -> (M,N)."""
    return a - b


def hadamard(a: Array, b: Array) -> Array:
    """a[m,n] * b[m,n];  (M,N), (M,N) -> (M,N)."""
    return a * b


def scale(s: float, a: Array) -> Array:
    """s * a[m,n];  scalar, (M,N) -> (M,N)."""
    return s * a


def add_row(a: Array, row: Array) -> Array:
    """a[m,n] + row[n];  (M,N), (N) -> (M,N)."""
    return a + row


def row_sums(a: Array) -> Array:
    """sum_n a[m,n];  (M,N) -> (M,1)."""
    return a.sum(axis=1, keepdims=True)


def column_sums(a: Array) -> Array:
    """sum_m a[m,n];  (M,N) -> (1,N)."""
    return a.sum(axis=0, keepdims=True)


def sum(a: Array) -> np.float64:
    """sum_m sum_n a[m,n];  (M,N) -> scalar."""
    return a.sum()


def argmax_rows(a: Array) -> NDArray[np.int64]:
    """The first column that holds the row's largest value, a NaN being largest;  (M,N) -> (M)."""
    return a.argmax(axis=1).astype(np.int64)
