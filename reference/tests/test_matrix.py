"""reference/matrix.py and pure_python_matmul.py."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reference import matrix, pure_python_matmul
from reference.bounds import U64, gamma
from reference.cases.case import normal

SHAPES = [(1, 31, 33), (33, 1, 7), (7, 13, 1), (5, 32, 129)]


@pytest.mark.parametrize("M, K, N", SHAPES)
def test_matmul_is_the_sum_of_products(M: int, K: int, N: int) -> None:
    a, b = normal((M, K), 1), normal((K, N), 2)
    # Products of float32 numbers are exact in float64, and fsum rounds once.
    want = np.array([[math.fsum(a[m] * b[:, n]) for n in range(N)] for m in range(M)])
    assert np.all(
        np.abs(matrix.matmul(a, b) - want) <= U64 * gamma(K + 1) * (np.abs(a) @ np.abs(b))
    )


def test_matmul_worked_example() -> None:
    a, b = np.array([[1.0, 2, 3], [4, 5, 6]]), np.array([[7.0, 8], [9, 10], [11, 12]])
    assert np.array_equal(matrix.matmul(a, b), [[58, 64], [139, 154]])
    assert pure_python_matmul.matmul(a.tolist(), b.tolist()) == [[58, 64], [139, 154]]


@pytest.mark.parametrize("M, K, N", SHAPES)
def test_pure_python_matmul_agrees(M: int, K: int, N: int) -> None:
    a, b = normal((M, K), 1), normal((K, N), 2)
    got = np.array(pure_python_matmul.matmul(a.tolist(), b.tolist()))
    bound = 2 * U64 * gamma(K) * (np.abs(a) @ np.abs(b))
    assert np.all(np.abs(got - matrix.matmul(a, b)) <= bound)


def test_pure_python_matmul_refuses_shapes_that_do_not_chain() -> None:
    with pytest.raises(ValueError, match="has not 3 elements"):
        pure_python_matmul.matmul([[1.0, 2.0]], [[1.0], [2.0], [3.0]])


def test_transpose_twice_is_the_matrix() -> None:
    a = normal((5, 31), 3)
    assert matrix.transpose(a).shape == (31, 5)
    assert matrix.transpose(a)[30, 4] == a[4, 30]
    assert np.array_equal(matrix.transpose(matrix.transpose(a)), a)


def test_elementwise() -> None:
    a, b = np.array([[1.0, -2.0, 0.5]]), np.array([[4.0, 3.0, -8.0]])
    assert np.array_equal(matrix.add(a, b), [[5, 1, -7.5]])
    assert np.array_equal(matrix.subtract(a, b), [[-3, -5, 8.5]])
    assert np.array_equal(matrix.hadamard(a, b), [[4, -6, -4]])
    assert np.array_equal(matrix.scale(-2.0, a), [[-2, 4, -1]])


def test_add_row_reaches_every_row() -> None:
    a, row = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]), np.array([10.0, 20.0, 30.0])
    assert np.array_equal(matrix.add_row(a, row), [[11, 22, 33], [14, 25, 36]])


def test_sums() -> None:
    a = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert np.array_equal(matrix.row_sums(a), [[6], [15]])
    assert np.array_equal(matrix.column_sums(a), [[5, 7, 9]])
    assert matrix.sum(a) == 21


def test_argmax_takes_the_first_and_nan_is_largest() -> None:
    a = np.array([[1.0, 3.0, 3.0], [-0.0, 0.0, -1.0], [np.inf, np.nan, np.nan], [-3.0, -1.0, -2.0]])
    assert matrix.argmax_rows(a).tolist() == [1, 0, 1, 1]
    assert matrix.argmax_rows(a).dtype == np.int64
