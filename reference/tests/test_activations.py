"""reference/activations.py."""

from __future__ import annotations

import numpy as np
import pytest

from reference.activations import ACTIVATIONS
from reference.cases.activation_cases import EXTREMES
from reference.cases.case import normal
from reference.gradient_check import numeric_gradient, relative_difference

names = pytest.mark.parametrize("name", ACTIVATIONS)


@names
def test_backward_is_the_derivative(name: str) -> None:
    forward, backward = ACTIVATIONS[name]
    x, grad_y = normal((5, 31), 1, deviation=2.0), normal((5, 31), 2)
    assert np.abs(x).min() > 1e-3  # no kink within a step of h = 4e-6

    def loss(moved: np.ndarray) -> float:
        return float((forward(moved) * grad_y).sum())

    # Central differences are good to u |f| / h = 155 * 1.1e-16 / 3.8e-6 = 4.5e-9; h^2 f''' is less.
    assert relative_difference(backward(grad_y, x), numeric_gradient(loss, x)) < 5e-9


@names
def test_extremes_are_finite(name: str) -> None:
    forward, backward = ACTIVATIONS[name]
    assert np.all(np.isfinite(forward(EXTREMES)))
    assert np.all(np.isfinite(backward(np.ones_like(EXTREMES), EXTREMES)))


@names
def test_nan_stays_nan(name: str) -> None:
    assert np.isnan(ACTIVATIONS[name][0](np.array([np.nan]))).all()


@pytest.mark.parametrize(
    "name, y, derivative",
    [
        ("identity", 0, 1),
        ("sigmoid", 0.5, 0.25),
        ("tanh", 0, 1),
        ("relu", 0, 0),
        ("leaky_relu", 0, 0.01),
        ("elu", 0, 1),
        ("silu", 0, 0.5),
    ],
)
def test_at_zero_of_either_sign(name: str, y: float, derivative: float) -> None:
    forward, backward = ACTIVATIONS[name]
    x = np.array([0.0, -0.0])
    assert np.array_equal(forward(x), [y, y])
    assert np.array_equal(backward(np.ones(2), x), [derivative, derivative])


def test_saturation() -> None:
    far = np.array([1e4, -1e4])
    assert np.array_equal(ACTIVATIONS["sigmoid"][0](far), [1, 0])
    assert np.array_equal(ACTIVATIONS["tanh"][0](far), [1, -1])
    assert np.array_equal(ACTIVATIONS["relu"][0](far), [1e4, 0])
    assert np.array_equal(ACTIVATIONS["leaky_relu"][0](far), [1e4, -100])
    assert np.array_equal(ACTIVATIONS["elu"][0](far), [1e4, -1])
    assert np.array_equal(ACTIVATIONS["silu"][0](far), [1e4, 0])


def test_symmetries() -> None:
    x = normal((7, 13), 3, deviation=4.0)
    sigmoid, tanh = ACTIVATIONS["sigmoid"][0], ACTIVATIONS["tanh"][0]
    # Each side is rounded a few times at size <= 1: 4 roundoffs of sigmoid twice, 1 of the sum.
    assert np.all(np.abs(sigmoid(x) + sigmoid(-x) - 1) <= 9 * 2.0**-53)
    assert np.array_equal(tanh(-x), -tanh(x))
    # tanh(x) = 2 sigmoid(2x) - 1: sigmoid's 4 roundoffs doubled, tanh's 4, the difference 1.
    assert np.all(np.abs(2 * sigmoid(2 * x) - 1 - tanh(x)) <= 13 * 2.0**-53)
    slope = ACTIVATIONS["sigmoid"][1](np.ones_like(x), x)
    assert np.array_equal(slope, ACTIVATIONS["sigmoid"][1](np.ones_like(x), -x))
