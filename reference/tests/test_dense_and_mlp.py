"""reference/dense.py, init.py, mlp.py, value_expression.py and gradient_check.py."""

from __future__ import annotations

import functools
import itertools

import numpy as np
import pytest

from reference import init, mlp, value_expression
from reference.cases import mlp_case
from reference.cases.case import normal
from reference.dense import dense_backward, dense_forward
from reference.gradient_check import STEP, numeric_gradient, relative_difference
from reference.philox import Philox

B, C, OC = 5, 7, 3
X, W, BIAS, GRAD_Y = normal((B, C), 1), normal((C, OC), 2), normal((OC,), 3), normal((B, OC), 4)


def dense_gradients() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    grad_w, grad_bias = np.zeros((C, OC)), np.zeros(OC)
    return dense_backward(grad_w, grad_bias, GRAD_Y, X, W), grad_w, grad_bias


@pytest.mark.parametrize("which", [0, 1, 2], ids=["grad_x", "grad_w", "grad_bias"])
def test_dense_backward_is_the_derivative(which: int) -> None:
    def loss(moved: np.ndarray) -> float:
        arguments = [X, W, BIAS]
        arguments[which] = moved
        return float((dense_forward(*arguments) * GRAD_Y).sum())

    want = numeric_gradient(loss, (X, W, BIAS)[which])
    # Linear in each argument, so only rounding is left: u |f| / h = 50 * 1.1e-16 / 3.8e-6 = 1.5e-9.
    assert relative_difference(dense_gradients()[which], want) < 2e-9


def test_dense_backward_accumulates_into_parameter_gradients() -> None:
    grad_w, grad_bias = np.ones((C, OC)), np.full(OC, 2.0)
    grad_x = dense_backward(grad_w, grad_bias, GRAD_Y, X, W)
    want_x, want_w, want_bias = dense_gradients()
    assert np.array_equal(grad_x, want_x)
    assert np.array_equal(grad_w, want_w + 1) and np.array_equal(grad_bias, want_bias + 2)


def test_dense_forward_worked_example() -> None:
    x, w = np.array([[1.0, 2.0]]), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert np.array_equal(dense_forward(x, w, np.array([10.0, 20.0, 30.0])), [[19, 32, 45]])


def test_xavier_uniform_fills_its_range() -> None:
    w = init.xavier_uniform(127, 33, Philox(7))
    a = np.sqrt(6 / (127 + 33))
    assert w.shape == (127, 33)
    assert -a <= w.min() < -0.99 * a and 0.99 * a < w.max() <= a
    # The mean of n uniforms has deviation a / sqrt(3 n); the variance a^2 / 3 one of
    # a^2 sqrt(4 / 45 / n). Four deviations each.
    n = w.size
    assert abs(w.mean()) < 4 * a / np.sqrt(3 * n)
    assert abs(w.var() - a**2 / 3) < 4 * a**2 * np.sqrt(4 / 45 / n)


def test_he_normal_has_variance_2_over_C() -> None:
    w = init.he_normal(127, 33, Philox(7))
    n = w.size
    # The mean of n normals has deviation sigma / sqrt(n), their variance sigma^2 sqrt(2 / n).
    assert w.shape == (127, 33)
    assert abs(w.mean()) < 4 * np.sqrt(2 / 127 / n)
    assert abs(w.var() - 2 / 127) < 4 * (2 / 127) * np.sqrt(2 / n)


def test_mlp_gradients_are_the_derivative() -> None:
    x, t, layers = mlp_case.data()
    grads = mlp.gradients(layers, x, t)[1]

    def loss(n: int, part: str, moved: np.ndarray) -> float:
        changed = [mlp.Dense(layer.w, layer.bias) for layer in layers]
        setattr(changed[n], part, moved)
        return float(mlp.gradients(changed, x, t)[0])

    for n, layer in enumerate(layers):
        for part in ("w", "bias"):
            want = numeric_gradient(functools.partial(loss, n, part), getattr(layer, part))
            # u |loss| / h = 3 * 1.1e-16 / 3.8e-6 = 9e-11, ten times that for the logits.
            assert relative_difference(getattr(grads[n], part), want) < 1e-9


def test_every_sgd_step_lowers_the_loss() -> None:
    x, t, layers = mlp_case.data()
    losses = [mlp.gradients(at, x, t)[0] for at in mlp_case.trajectory(layers, x, t)]
    assert all(after < before for before, after in itertools.pairwise(losses))


def test_value_expression_gradients_are_the_derivatives() -> None:
    given = value_expression.INPUTS
    names = list(given)

    def value(arguments: np.ndarray) -> float:
        return float(value_expression.value(*arguments))

    want = numeric_gradient(value, np.array([given[name] for name in names]))
    got = value_expression.gradients(**given)
    # u |f| / h = 1.1e-16 / 3.8e-6 = 3e-11, h^2 f''' / 6 = 1.5e-11 * 10 / 6.
    assert relative_difference(np.array([got[name] for name in names]), want) < 1e-10


def test_numeric_gradient_of_a_cubic() -> None:
    x = normal((3, 2), 5)
    got = numeric_gradient(lambda at: float((at**3).sum()), x)
    # Truncation h^2 exactly, rounding u |f| / h.
    assert np.all(np.abs(got - 3 * x**2) <= STEP**2 + 2.0**-53 * 6 * np.abs(x).max() ** 3 / STEP)


def test_relative_difference() -> None:
    assert relative_difference(np.array([1.0, 200.0]), np.array([1.0, 100.0])) == 0.5
    assert relative_difference(np.array([]), np.array([])) == 0.0
    assert np.isnan(relative_difference(np.array([np.nan]), np.array([1.0])))
