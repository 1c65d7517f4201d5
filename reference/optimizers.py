"""Optimisers: how a step moves parameters along their gradient. Week 4.

Each function takes what one step needs and returns what it leaves, the value first; nothing given is
changed. What an optimiser remembers is 0 before the first step. The definitions are PyTorch's; where
texts differ, the headers in phase2_vectorized/week04_speed say which form this is, and why.

Source  momentum_update [Polyak64]; nesterov_update [Sutskever13], in the form of [Bengio12 sec. 3.5];
        adagrad_update [Duchi11 fig. 1]; rmsprop_update [Tieleman12]; adam_update [Kingma15 alg. 1];
        adamw_update [Loshchilov19 alg. 2].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def sgd_update(value: Array, grad: Array, learning_rate: float) -> Array:
    """value - rate grad;  any shape."""
    return value - learning_rate * grad


def momentum_update(
    value: Array, velocity: Array, grad: Array, learning_rate: float, momentum: float
) -> tuple[Array, Array]:
    """velocity' = momentum velocity + grad, value - rate velocity';  any shape."""
    velocity = momentum * velocity + grad
    return value - learning_rate * velocity, velocity


def nesterov_update(
    value: Array, velocity: Array, grad: Array, learning_rate: float, momentum: float
) -> tuple[Array, Array]:
    """velocity' = momentum velocity + grad, value - rate (grad + momentum velocity');  any shape."""
    velocity = momentum * velocity + grad
    return value - learning_rate * (grad + momentum * velocity), velocity


def adagrad_update(
    value: Array, square_sum: Array, grad: Array, learning_rate: float, epsilon: float = 1e-10
) -> tuple[Array, Array]:
    """square_sum' = square_sum + grad^2, value - rate grad / (sqrt(square_sum') + eps);  any shape."""
    square_sum = square_sum + grad**2
    return value - learning_rate * grad / (np.sqrt(square_sum) + epsilon), square_sum


def rmsprop_update(
    value: Array,
    square_mean: Array,
    grad: Array,
    learning_rate: float,
    decay: float = 0.99,
    epsilon: float = 1e-8,
) -> tuple[Array, Array]:
    """square_mean' = decay square_mean + (1 - decay) grad^2,
    value - rate grad / (sqrt(square_mean') + eps);  any shape.
    """
    square_mean = decay * square_mean + (1.0 - decay) * grad**2
    return value - learning_rate * grad / (np.sqrt(square_mean) + epsilon), square_mean


def adam_update(
    value: Array,
    first_moment: Array,
    second_moment: Array,
    grad: Array,
    step: int,
    learning_rate: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
) -> tuple[Array, Array, Array]:
    """first' = beta1 first + (1 - beta1) grad, second' = beta2 second + (1 - beta2) grad^2,
    value - rate (first' / c1) / (sqrt(second' / c2) + eps), c = 1 - beta^step;  any shape, step >= 1.
    """
    first_moment = beta1 * first_moment + (1.0 - beta1) * grad
    second_moment = beta2 * second_moment + (1.0 - beta2) * grad**2
    first = first_moment / (1.0 - beta1**step)
    second = second_moment / (1.0 - beta2**step)
    return value - learning_rate * first / (np.sqrt(second) + epsilon), first_moment, second_moment


def adamw_update(
    value: Array,
    first_moment: Array,
    second_moment: Array,
    grad: Array,
    step: int,
    learning_rate: float,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    weight_decay: float = 0.01,
) -> tuple[Array, Array, Array]:
    """adam_update of value (1 - rate weight_decay);  any shape, step >= 1."""
    kept = value * (1.0 - learning_rate * weight_decay)
    return adam_update(
        kept, first_moment, second_moment, grad, step, learning_rate, beta1, beta2, epsilon
    )
