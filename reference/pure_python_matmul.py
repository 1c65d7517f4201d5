"""The matrix product in nothing but Python: what the compiled one is measured against.

Lists of lists of float, no NumPy: the honest yardstick for "a hundred times faster than Python".
    python3 -m reference.pure_python_matmul 128     prints the seconds of one (128,128) product
"""

from __future__ import annotations

import sys
import time

Rows = list[list[float]]


def matmul(a: Rows, b: Rows) -> Rows:
    """c[m][n] = sum_k a[m][k] b[k][n];  (M,K), (K,N) -> (M,N).

    b's columns are taken once, and a row of a meets each of them: the fastest plain form we know.
    """
    if any(len(row) != len(b) for row in a):
        raise ValueError(f"a row of a has not {len(b)} elements, as many as b has rows")
    columns = list(zip(*b))
    return [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]


def seconds(n: int, repeats: int = 3) -> float:
    """The median time of an (n,n) product."""
    a = [[float((3 * i + j) % 7) for j in range(n)] for i in range(n)]
    b = [[float((i + 5 * j) % 11) for j in range(n)] for i in range(n)]
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        matmul(a, b)
        times.append(time.perf_counter() - start)
    return sorted(times)[repeats // 2]


if __name__ == "__main__":
    extent = int(sys.argv[1]) if len(sys.argv) > 1 else 128
    print(f"({extent},{extent}) . ({extent},{extent}): {seconds(extent):.4f} s")
