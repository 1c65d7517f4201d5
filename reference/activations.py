"""Activations and their derivatives, element by element. Week 2.

Every `<name>(x)` has a `<name>_backward(grad_y, x)`: grad_x = grad_y * f'(x), from the input x.
All are finite for every finite x: an exponential is only ever taken of something <= 0.

Source  sigmoid, tanh, relu [Goodfellow16 sec. 6.3]; leaky_relu [Maas13]; elu [Clevert16 eq. 1];
        silu [Elfwing18 eq. 2].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAKY_SLOPE = 0.01  # a of leaky_relu
ELU_SCALE = 1.0  # a of elu


def identity(x: Array) -> Array:
    """y = x;  any shape."""
    return x.copy()


def identity_backward(grad_y: Array, x: Array) -> Array:
    """grad_x = grad_y;  any shape."""
    return grad_y * np.ones_like(x)


def sigmoid(x: Array) -> Array:
    """y = 1 / (1 + e^-x);  any shape.

    For x < 0 the fraction is expanded by e^x, so that e^-x cannot overflow.
    """
    e = np.exp(-np.abs(x))  # in [0, 1]
    return np.where(x >= 0, 1.0, e) / (1.0 + e)


def sigmoid_backward(grad_y: Array, x: Array) -> Array:
    """grad_x = grad_y * s (1 - s), s = sigmoid(x);  any shape.

    1 - s = sigmoid(-x), so s (1 - s) = e / (1 + e)^2 with e = e^-|x|: nothing cancels.
    """
    e = np.exp(-np.abs(x))
    return grad_y * (e / (1.0 + e) ** 2)


def tanh(x: Array) -> Array:
    """y = (e^x - e^-x) / (e^x + e^-x);  any shape."""
    return np.tanh(x)


def tanh_backward(grad_y: Array, x: Array) -> Array:
    """grad_x = grad_y * (1 - tanh(x)^2);  any shape.

    tanh(x) = 2 sigmoid(2x) - 1, so the derivative is 4 e / (1 + e)^2 with e = e^-2|x|.
    """
    e = np.exp(-2.0 * np.abs(x))
    return grad_y * (4.0 * e / (1.0 + e) ** 2)


def relu(x: Array) -> Array:
    """y = max(x, 0), NaN stays NaN;  any shape."""
    return np.maximum(x, 0.0)


def relu_backward(grad_y: Array, x: Array) -> Array:
    """grad_x = grad_y [x > 0];  any shape. 0 at x = 0."""
    return np.where(x > 0, grad_y, 0.0)


def leaky_relu(x: Array) -> Array:
    """y = x if x > 0 else a x, a = 0.01;  any shape."""
    return np.where(x > 0, x, LEAKY_SLOPE * x)


def leaky_relu_backward(grad_y: Array, x: Array) -> Array:
    """grad_x = grad_y if x > 0 else a grad_y;  any shape. a at x = 0."""
    return np.where(x > 0, grad_y, LEAKY_SLOPE * grad_y)


def elu(x: Array) -> Array:
    """y = x if x > 0 else a (e^x - 1), a = 1;  any shape."""
    return np.where(x > 0, x, ELU_SCALE * np.expm1(np.minimum(x, 0.0)))


def elu_backward(grad_y: Array, x: Array) -> Array:
    """grad_x = grad_y if x > 0 else grad_y a e^x;  any shape. a at x = 0."""
    return np.where(x > 0, grad_y, grad_y * (ELU_SCALE * np.exp(np.minimum(x, 0.0))))


def silu(x: Array) -> Array:
    """y = x sigmoid(x);  any shape."""
    return x * sigmoid(x)


def silu_backward(grad_y: Array, x: Array) -> Array:
    """grad_x = grad_y (s + x s (1 - s)), s = sigmoid(x);  any shape."""
    return grad_y * (sigmoid(x) + x * sigmoid_backward(np.ones_like(x), x))


Forward = Callable[[Array], Array]
Backward = Callable[[Array, Array], Array]

ACTIVATIONS: dict[str, tuple[Forward, Backward]] = {
    "identity": (identity, identity_backward),
    "sigmoid": (sigmoid, sigmoid_backward),
    "tanh": (tanh, tanh_backward),
    "relu": (relu, relu_backward),
    "leaky_relu": (leaky_relu, leaky_relu_backward),
    "elu": (elu, elu_backward),
    "silu": (silu, silu_backward),
}
