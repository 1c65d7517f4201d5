"""The coefficients of exp.cc: q with e^r = 1 + r + r^2 q(r) for |r| <= log(2) / 2.

    python3 phase2_vectorized/week04_speed/exp_polynomial.py

Of all polynomials of degree 4, q has the smallest largest error in e^r, relative to it: Remez's
algorithm, which moves the points where the error is to be equal and of changing sign to where it is
largest. Then each coefficient is rounded to float; what is left of the error is printed.

Source  [Muller16 sec. 3.5].
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DEGREE = 4
HALF = math.log(2.0) / 2.0


def target(r: Array) -> Array:
    """(e^r - 1 - r) / r^2 as its series, in which nothing cancels;  (N) -> (N)."""
    return sum((r**k / math.factorial(k + 2) for k in range(16)), np.zeros_like(r))


def error(q: Array, r: Array) -> Array:
    """Of 1 + r + r^2 q(r), relative to e^r; q's coefficients from r^0 on;  (5), (N) -> (N)."""
    return r**2 * (np.polynomial.polynomial.polyval(r, q) - target(r)) * np.exp(-r)


def remez(steps: int = 20) -> Array:
    """q's coefficients, from r^0 on;  -> (5)."""
    # r^2 vanishes in the middle, where the error is 0 whatever q is: no point may come to lie there.
    points = HALF * np.cos(np.pi * np.arange(DEGREE + 2) / (DEGREE + 1))
    grid = np.linspace(-HALF, HALF, 20001)
    signs = (-1.0) ** np.arange(DEGREE + 2)
    q = np.zeros(DEGREE + 1)
    for _ in range(steps):
        weight = points**2 * np.exp(-points)
        matrix = np.column_stack([points**k for k in range(DEGREE + 1)] + [signs / weight])
        q = np.linalg.solve(matrix, target(points))[:-1]
        off = error(q, grid)
        # One extreme between any two zeros of the error; the zero in the middle is a double one.
        cuts = np.flatnonzero(np.diff(np.sign(off)) != 0) + 1
        pieces = [piece for piece in np.split(np.arange(len(grid)), cuts) if len(piece) > 0]
        peaks = [piece[np.argmax(np.abs(off[piece]))] for piece in pieces]
        peaks = sorted(sorted(peaks, key=lambda i: -abs(off[i]))[: DEGREE + 2])
        if len(peaks) < DEGREE + 2:
            break
        points = grid[peaks][::-1]
    return q


def main() -> None:
    grid = np.linspace(-HALF, HALF, 200001)
    q = remez()
    rounded = q.astype(np.float32).astype(np.float64)
    for power, coefficient in enumerate(rounded):
        print(f"r^{power + 2}  {float(coefficient).hex()}  {coefficient:.9g}")
    print(f"largest relative error of e^r: 2^{math.log2(np.max(np.abs(error(q, grid)))):.2f}, "
          f"with float coefficients 2^{math.log2(np.max(np.abs(error(rounded, grid)))):.2f}")


if __name__ == "__main__":
    main()
