"""How far a correct implementation may be from a golden array, in roundoffs.

    allowed[i] = u (abs_roundoffs + rel_roundoffs |want[i]|)

u is the unit roundoff: 2^-53 where a phase computes in float64, 2^-24 in float32. One
implementation rounds so many times; the golden array was rounded by another correct one, so `apart`
doubles what is derived for one. README.md, "How a bound is derived", works one out.

Source  [Higham02 sec. 2.2, 3.1].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

U32 = 2.0**-24  # the unit roundoffs: half the distance from 1 to the next number
U64 = 2.0**-53

# What one call of a library function may be off by, in roundoffs relative to its result; 1 ulp is
# at most 2 roundoffs. The C library's are within 1 ulp, tanh within 2 [GlibcManual "Errors in Math
# Functions", x86_64]. NumPy has its own. Measured over 1e5 points with AVX-512 (2026-11-21, what
# tests/test_bounds.py repeats), NumPy 1.24 is off by up to 3.3 roundoffs for log, sin and cos, 1.9
# for exp and expm1, 1.6 for tanh; NumPy 2.4 by up to 1.6.
EXP = EXPM1 = 2.0
LOG = SIN = TANH = 4.0


@dataclass(frozen=True)
class Bound:
    """One output's tolerance, and where it comes from."""

    abs_roundoffs: float
    rel_roundoffs: float
    why: str

    def allowed(self, want: Array, unit_roundoff: float = U64) -> Array:
        """u (abs + rel |want|);  any shape."""
        return unit_roundoff * (self.abs_roundoffs + self.rel_roundoffs * np.abs(want))


EXACT = Bound(0.0, 0.0, "equal: copied, compared or counted, never rounded")


def once(rel: float, why: str) -> Bound:
    """The golden array's own roundings are the same ones, or none: the count is not doubled."""
    return Bound(0.0, float(rel), why)


def apart(why: str, abs: float = 0.0, rel: float = 0.0) -> Bound:
    """Two implementations, each within (abs, rel) of the truth, are within twice that."""
    return Bound(
        2.0 * float(abs), 2.0 * float(rel), why + "; twice, as the golden array rounds too"
    )


def gamma(n: int) -> float:
    """gamma_n / u = n / (1 - n u), u = 2^-24, its larger value: [Higham02 sec. 3.1]."""
    return n / (1.0 - n * U32)


def product(a: Array, b: Array) -> float:
    """max over m, n of gamma_K sum_k |a[m,k] b[k,n]|, in roundoffs, for any order of summation."""
    return gamma(a.shape[1]) * float(np.max(np.abs(a) @ np.abs(b)))
