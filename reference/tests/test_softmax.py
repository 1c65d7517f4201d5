"""reference/softmax.py."""

from __future__ import annotations

import numpy as np
import pytest

from reference import softmax as soft
from reference.bounds import U64
from reference.cases.case import normal
from reference.cases.loss_cases import softmax_roundoffs
from reference.gradient_check import numeric_gradient, relative_difference

SHAPES = [(1, 31), (7, 13), (5, 1), (33, 10)]


@pytest.mark.parametrize("B, L", SHAPES)
def test_rows_sum_to_one(B: int, L: int) -> None:
    p = soft.softmax(normal((B, L), 1, deviation=3.0))
    assert np.all(p > 0)
    # All p of a row share the sum's error; what is left is L divisions and L - 1 sums.
    assert np.all(np.abs(p.sum(axis=1) - 1) <= 2 * L * U64)


def test_equal_logits_share_equally() -> None:
    for L in (1, 2, 7, 10):
        z = np.full((3, L), 1e4)
        assert np.array_equal(soft.softmax(z), np.full((3, L), 1 / L))
        assert np.array_equal(soft.log_sum_exp(z), np.full((3, 1), 1e4 + np.log(L)))


def test_a_shift_changes_nothing() -> None:
    z = np.round(normal((7, 13), 2, deviation=3.0) * 1024) / 1024  # z + 4096 is exact
    assert np.array_equal(soft.softmax(z + 4096.0), soft.softmax(z))


def test_worked_example() -> None:
    p = soft.softmax(np.log(np.array([[1.0, 2.0, 5.0]])))
    want = np.array([[0.125, 0.25, 0.625]])
    # The logs are rounded: at most log 5 u each, which z - m doubles; then softmax's own.
    allowed = 3 * np.log(5) + softmax_roundoffs(np.log([[1.0, 2.0, 5.0]]))
    assert np.all(np.abs(p - want) <= allowed * U64 * want)


def test_extremes_are_finite() -> None:
    z = np.array([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [1e4, 1e4, -1e4]])
    p = soft.softmax(z)
    assert np.array_equal(p, [[1, 0, 0], [1 / 3, 1 / 3, 1 / 3], [0.5, 0.5, 0]])
    assert np.array_equal(soft.log_sum_exp(z)[0], [1e4])
    assert np.all(np.isfinite(soft.softmax_backward(np.ones_like(z), p)))


def test_backward_is_the_derivative() -> None:
    z, grad_p = normal((5, 7), 3), normal((5, 7), 4)

    def loss(moved: np.ndarray) -> float:
        return float((soft.softmax(moved) * grad_p).sum())

    got = soft.softmax_backward(grad_p, soft.softmax(z))
    # u |f| / h = 35 * 1.1e-16 / 3.8e-6 = 1e-9, and h^2 f''' / 6 is below it.
    assert relative_difference(got, numeric_gradient(loss, z)) < 1e-9


def test_backward_is_the_product_with_the_jacobian() -> None:
    z, grad_p = normal((5, 7), 5), normal((5, 7), 6)
    p = soft.softmax(z)
    by_jacobian = [grad_p[b] @ soft.softmax_jacobian(p[b : b + 1]) for b in range(5)]
    got = soft.softmax_backward(grad_p, p)
    # Either way at most L products and sums of terms <= max |grad_p|, and three roundings more.
    assert np.all(np.abs(got - by_jacobian) <= 2 * (7 + 3) * U64 * np.abs(grad_p).max())


def test_jacobian_is_symmetric_and_its_rows_sum_to_zero() -> None:
    p = soft.softmax(normal((1, 7), 7))
    J = soft.softmax_jacobian(p)
    assert J.shape == (7, 7)
    assert np.array_equal(J, J.T)
    assert np.all(np.abs(J.sum(axis=1)) <= 2 * 7 * U64)


def test_gradients_of_a_row_sum_to_zero() -> None:
    p, grad_p = soft.softmax(normal((5, 31), 8)), normal((5, 31), 9)
    sums = soft.softmax_backward(grad_p, p).sum(axis=1)
    assert np.all(np.abs(sums) <= 2 * 31 * U64 * np.abs(grad_p).max())
