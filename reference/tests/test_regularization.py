"""reference/regularization.py: what dropout drops, and penalties against their derivatives."""

from __future__ import annotations

import numpy as np
import pytest

from reference import regularization
from reference.cases.case import normal
from reference.gradient_check import numeric_gradient, relative_difference
from reference.philox import Philox

W = normal((5, 7), 1)


def test_dropout_drops_a_share_of_rate_and_keeps_the_mean() -> None:
    rate, n = 0.25, 40_000
    mask = regularization.dropout_mask((200, 200), rate, Philox(3))
    assert set(np.unique(mask)) == {0.0, 1 / 0.75}
    # A share of n draws has a standard deviation of sqrt(rate (1 - rate) / n); six of them.
    assert abs(np.mean(mask == 0) - rate) < 6 * np.sqrt(rate * (1 - rate) / n)
    assert abs(np.mean(mask) - 1) < 6 * np.sqrt(rate / (1 - rate) / n)


def test_dropout_takes_a_word_for_each_element_row_by_row() -> None:
    rng = Philox(7, 2)
    regularization.dropout_mask((3, 5), 0.5, rng)
    assert rng.position == 15
    words = Philox(7, 2).u32(15)
    mask = regularization.dropout_mask((3, 5), 0.5, Philox(7, 2))
    assert np.array_equal(mask.reshape(-1) == 0, words < 2**31)


def test_dropout_of_rate_0_is_the_identity() -> None:
    assert np.array_equal(regularization.dropout_mask((3, 5), 0.0, Philox(1)), np.ones((3, 5)))


@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_a_penaltys_gradient_is_its_derivative(norm: str) -> None:
    penalty = getattr(regularization, f"{norm}_penalty")
    gradient = getattr(regularization, f"{norm}_backward")(W, 0.1)
    # Straight, or a parabola: no truncation, so rounding is left: 35 sums, u 5 / h = 1.5e-10 relative.
    want = numeric_gradient(lambda moved: float(penalty(moved, 0.1)), W)
    assert relative_difference(gradient, want) < 1e-8


def test_penalties_worked_example() -> None:
    w = np.array([[1.0, -2.0], [0.0, 4.0]])
    assert regularization.l1_penalty(w, 0.5) == 3.5
    assert regularization.l2_penalty(w, 0.5) == 10.5
    assert np.array_equal(regularization.l1_backward(w, 0.5), [[0.5, -0.5], [0.0, 0.5]])
    assert np.array_equal(regularization.l2_backward(w, 0.5), [[1.0, -2.0], [0.0, 4.0]])
