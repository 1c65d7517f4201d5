"""A network of dense layers with relu between, trained by SGD on softmax_cross_entropy. Week 3.

    x (B,C) -> dense, relu -> dense, relu -> dense -> logits (B,L) -> loss

Source  backward in the order of [Goodfellow16 alg. 6.4]; the step is [Goodfellow16 alg. 8.1].
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from reference.activations import relu, relu_backward
from reference.dense import dense_backward, dense_forward
from reference.losses import softmax_cross_entropy, softmax_cross_entropy_backward

Array = NDArray[np.float64]
Labels = NDArray[np.int64]


@dataclass
class Dense:
    """One layer's parameters: w (C,OC), bias (OC)."""

    w: Array
    bias: Array


def forward(layers: list[Dense], x: Array) -> list[Array]:
    """[x, y_1, ..., logits]: each layer's output before its relu;  x (B,C) -> arrays (B,OC_n)."""
    outputs = [x]
    for n, layer in enumerate(layers):
        layer_input = x if n == 0 else relu(outputs[-1])
        outputs.append(dense_forward(layer_input, layer.w, layer.bias))
    return outputs


def gradients(layers: list[Dense], x: Array, t: Labels) -> tuple[np.float64, list[Dense]]:
    """The loss, and its derivative by each w and bias;  x (B,C), t (B) -> scalar, as the layers."""
    outputs = forward(layers, x)
    loss = softmax_cross_entropy(outputs[-1], t)
    grad_y = softmax_cross_entropy_backward(outputs[-1], t)
    grads = [Dense(np.zeros_like(layer.w), np.zeros_like(layer.bias)) for layer in layers]
    for n in reversed(range(len(layers))):
        layer_input = x if n == 0 else relu(outputs[n])
        grad_x = dense_backward(grads[n].w, grads[n].bias, grad_y, layer_input, layers[n].w)
        if n > 0:
            grad_y = relu_backward(grad_x, outputs[n])
    return loss, grads


def sgd_step(layers: list[Dense], grads: list[Dense], learning_rate: float) -> list[Dense]:
    """w - learning_rate grad_w, and the same for bias;  new layers of the same shapes."""
    return [
        Dense(layer.w - learning_rate * grad.w, layer.bias - learning_rate * grad.bias)
        for layer, grad in zip(layers, grads)
    ]
