"""Week 1: product, element by element, broadcast, reductions. Streams 100-199."""

from __future__ import annotations

import numpy as np

from reference import matrix
from reference.bounds import EXACT, Bound, apart, gamma, once, product
from reference.cases.case import Array, Case, Tensor, float32_exact, inputs, normal

ONE_ROUNDING = once(1, "one correctly rounded operation: equal in float64")


def cases() -> list[Case]:
    return [
        _matmul("matmul", normal((7, 13), 100), normal((13, 31), 101)),
        _matmul_extreme(),
        _transpose("transpose", normal((5, 31), 104)),
        _transpose("transpose_extreme_one_row", normal((1, 13), 110)),
        _elementwise(),
        _add_row("add_row", normal((7, 13), 107), normal((13,), 108)),
        _add_row("add_row_extreme_one_column", normal((31, 1), 111), normal((1,), 112)),
        # Of mean 1, so that the partial sums grow and are rounded.
        _reduce("reduce", float32_exact(1.0 + normal((7, 13), 109))),
        _reduce("reduce_extreme_one_row", normal((1, 31), 113)),
        _reduce("reduce_extreme_one_column", normal((33, 1), 114)),
        _argmax_extreme(),
    ]


def _matmul(name: str, a: Array, b: Array) -> Case:
    why = "gamma_K max sum_k |a b|: K products, K - 1 sums, in any order [Higham02 sec. 3.1]"
    c = Tensor("c", matrix.matmul(a, b), apart(why, abs=product(a, b)))
    return Case(name, [*inputs(a=a, b=b), c])


def _matmul_extreme() -> Case:
    """One row by one column, with a zero column that meets huge numbers, -0.0, and cancellation."""
    a = normal((1, 33), 102)
    b = normal((33, 1), 103)
    a[0, :6] = [0.0, -0.0, 1e4, 1e4, 1.0, 0.0]
    b[:6, 0] = [1e4, 1e4, 1.0, -1.0, 0.0, -0.0]
    return _matmul("matmul_extreme", a, b)


def _transpose(name: str, a: Array) -> Case:
    return Case(name, [*inputs(a=a), Tensor("t", matrix.transpose(a), EXACT)])


def _elementwise() -> Case:
    a, b = normal((7, 13), 105), normal((7, 13), 106)
    a[0, :4] = [0.0, -0.0, 1e4, -1e4]
    b[0, :4] = [-0.0, 0.0, -1e4, 1e-4]
    b = float32_exact(b)  # 1e-4 is not
    s = -1.75
    return Case(
        "elementwise",
        [
            *inputs(a=a, b=b, s=s),
            Tensor("add", matrix.add(a, b), ONE_ROUNDING),
            Tensor("subtract", matrix.subtract(a, b), ONE_ROUNDING),
            Tensor("hadamard", matrix.hadamard(a, b), ONE_ROUNDING),
            Tensor("scale", matrix.scale(s, a), ONE_ROUNDING),
        ],
    )


def _add_row(name: str, a: Array, row: Array) -> Case:
    return Case(name, [*inputs(a=a, row=row), Tensor("c", matrix.add_row(a, row), ONE_ROUNDING)])


def _reduce(name: str, a: Array) -> Case:
    M, N = a.shape
    size = np.abs(a)

    def sum_of(n: int, largest: float) -> Bound:
        return apart(f"gamma_n max sum |a|, n = {n} sums", abs=gamma(n) * largest)

    return Case(
        name,
        [
            *inputs(a=a),
            Tensor("row_sums", matrix.row_sums(a), sum_of(N - 1, size.sum(axis=1).max())),
            Tensor("column_sums", matrix.column_sums(a), sum_of(M - 1, size.sum(axis=0).max())),
            Tensor("sum", matrix.sum(a), sum_of(M * N - 1, size.sum())),
            Tensor("argmax", matrix.argmax_rows(a), EXACT),
        ],
    )


def _argmax_extreme() -> Case:
    nan, inf = np.nan, np.inf
    a = np.array(
        [
            [1.0, 3.0, 3.0, 2.0, 3.0],  # a tie: the first
            [-0.0, 0.0, -0.0, 0.0, -1.0],  # -0.0 equals 0.0: the first
            [-5.0, -4.0, -1e4, -3.0, -3.5],  # all negative
            [1.0, nan, inf, 1e4, nan],  # NaN is largest: the first of them
            [-inf, -1e4, inf, 1e4, 0.0],
            [-inf, -inf, -inf, -inf, -inf],
            [7.0, 7.0, 7.0, 7.0, 7.0],
        ]
    )
    argmax = Tensor("argmax", matrix.argmax_rows(a), EXACT)
    return Case("argmax_extreme", [*inputs(a=a), argmax])
