"""reference/losses.py and metrics.py."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from reference import losses, metrics
from reference.bounds import U64
from reference.cases.case import labels, normal, uniform
from reference.cases.loss_cases import softmax_roundoffs
from reference.gradient_check import numeric_gradient, relative_difference
from reference.softmax import softmax, softmax_backward

B, C, L = 5, 7, 6
Y, T = normal((B, C), 1), normal((B, C), 2)
P, LABELS = uniform((B, L), 3, 0.05, 0.95), labels(B, L, 4)
BITS = (uniform((B, C), 5, 0.0, 1.0) < 0.5).astype(np.float64)

ARGUMENTS = {
    "mse": (Y, T),
    "mae": (Y, T),
    "cross_entropy": (P, LABELS),
    "binary_cross_entropy": (uniform((B, C), 6, 0.05, 0.95), BITS),
    "hinge": (Y, 2 * BITS - 1),
    "focal_loss": (P, LABELS),
    "softmax_cross_entropy": (normal((B, L), 7, deviation=3.0), LABELS),
}


def functions(name: str) -> tuple[Callable, Callable]:
    return getattr(losses, name), getattr(losses, f"{name}_backward")


@pytest.mark.parametrize("name", ARGUMENTS)
def test_backward_is_the_derivative(name: str) -> None:
    loss, backward = functions(name)
    argument, target = ARGUMENTS[name]
    got = backward(argument, target)
    want = numeric_gradient(lambda moved: float(loss(moved, target)), argument)
    # u |loss| / h = 4 * 1.1e-16 / 3.8e-6 = 1.2e-10; h^2 f''' / 6 of -log p at 0.05, over B:
    # 1.5e-11 * 2 / 0.05^3 / 6 / 5 = 8e-9, relative to a derivative of 20 / 5.
    assert relative_difference(got, want) < 3e-9


@pytest.mark.parametrize("name", ARGUMENTS)
def test_numeric_gradient_sees_a_missing_mean(name: str) -> None:
    loss, backward = functions(name)
    argument, target = ARGUMENTS[name]
    want = numeric_gradient(lambda moved: float(loss(moved, target)), argument)
    assert relative_difference(backward(argument, target) * B, want) > 1e-2


def test_equal_is_free() -> None:
    assert losses.mse(Y, Y) == 0 and not losses.mse_backward(Y, Y).any()
    assert losses.mae(Y, Y) == 0 and not losses.mae_backward(Y, Y).any()


def test_worked_examples() -> None:
    y, t = np.array([[1.0, 2.0], [3.0, 6.0]]), np.array([[1.0, 4.0], [4.0, 4.0]])
    assert losses.mse(y, t) == 2.25
    assert np.array_equal(losses.mse_backward(y, t), [[0, -1], [-0.5, 1]])
    assert losses.mae(y, t) == 1.25
    assert np.array_equal(losses.mae_backward(y, t), [[0, -0.25], [-0.25, 0.25]])
    sign = np.array([[1.0, -1.0], [1.0, -1.0]])
    assert losses.hinge(np.array([[0.5, 0.5], [2.0, -1.0]]), sign) == 0.5
    gradient = losses.hinge_backward(np.array([[0.5, 0.5], [2.0, -1.0]]), sign)
    assert np.array_equal(gradient, [[-0.25, 0.25], [0, 0]])  # at the hinge, -1 * -1 = 1: 0


def test_of_a_uniform_guess_is_log_L() -> None:
    for labels_count in (2, 7, 10):
        t = np.arange(5) % labels_count
        p = np.full((5, labels_count), 1 / labels_count)
        want = np.log(labels_count)
        # 1 / L is rounded, which log turns into 1 roundoff absolute; log 4 and the mean 5.
        allowed = U64 * (1 + 9 * want) * 2
        assert abs(losses.cross_entropy(p, t) - want) <= allowed
        assert abs(losses.softmax_cross_entropy(np.zeros_like(p), t) - want) <= allowed
    half = np.full((3, 2), 0.5)
    assert losses.binary_cross_entropy(half, np.eye(3, 2)) == np.log(2)


def test_certain_and_wrong_costs_27_6_and_still_has_a_derivative() -> None:
    p, t = np.array([[0.0, 1.0]]), np.array([0])
    assert losses.cross_entropy(p, t) == -np.log(1e-12)
    assert losses.focal_loss(p, t) == -np.log(1e-12)
    assert losses.binary_cross_entropy(p, 1 - p) == -np.log(1e-12)
    assert losses.cross_entropy_backward(p, t)[0, 0] == -1 / 1e-12
    assert np.array_equal(losses.binary_cross_entropy_backward(p, 1 - p), [[-5e11, 5e11]])
    assert losses.focal_loss_backward(p, t)[0, 0] < -1e12


def test_certain_and_right_is_free() -> None:
    p, t = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([0, 1])
    assert losses.cross_entropy(p, t) == 0
    assert losses.focal_loss(p, t) == 0 and not losses.focal_loss_backward(p, t).any()
    assert losses.binary_cross_entropy(p, p) == 0


def test_logits_of_1e4_are_finite() -> None:
    z, t = np.array([[1e4, -1e4, 0.0], [1e4, -1e4, 0.0]]), np.array([0, 1])
    assert losses.softmax_cross_entropy(z, t) == 1e4  # the mean of 0 and 2e4
    want = [[0, 0, 0], [0.5, -0.5, 0]]
    assert np.array_equal(losses.softmax_cross_entropy_backward(z, t), want)


def test_fused_equals_softmax_then_cross_entropy() -> None:
    z = ARGUMENTS["softmax_cross_entropy"][0]
    p = softmax(z)
    relative = U64 * float(np.max(softmax_roundoffs(z)))  # of p, so absolute in log p
    fused, apart = losses.softmax_cross_entropy(z, LABELS), losses.cross_entropy(p, LABELS)
    assert abs(fused - apart) <= 2 * relative + 2 * (B + 3) * U64 * fused
    by_parts = softmax_backward(losses.cross_entropy_backward(p, LABELS), p)
    difference = np.abs(losses.softmax_cross_entropy_backward(z, LABELS) - by_parts)
    # Each p enters at most twice, with its relative error, in numbers <= 1 / B; 5 roundings more.
    assert np.all(difference <= (4 * relative + 5 * U64) / B)


def test_focal_loss_is_cross_entropy_weighed_by_1_minus_q_squared() -> None:
    p, t = np.array([[0.25, 0.75]]), np.array([0])
    want = 0.5625 * -np.log(0.25)
    assert abs(losses.focal_loss(p, t) - want) <= 4 * U64 * want


def test_one_hot() -> None:
    h = losses.one_hot(np.array([2, 0, 2]), 4)
    assert np.array_equal(h, [[0, 0, 1, 0], [1, 0, 0, 0], [0, 0, 1, 0]])
    assert h.dtype == np.float64


def test_categorical_accuracy() -> None:
    y = np.array([[0.1, 0.9], [0.8, 0.2], [0.5, 0.5], [0.3, 0.7]])
    assert metrics.categorical_accuracy(y, np.array([1, 1, 0, 1])) == 0.75


def test_regression_accuracy_counts_the_edge() -> None:
    y, t = np.array([[1.0, 2.0, 3.0, 4.0]]), np.array([[1.25, 1.75, 3.5, 4.0]])
    assert metrics.regression_accuracy(y, t, 0.25) == 0.75
