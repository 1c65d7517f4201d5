"""The network of week 3 and its bounds, by running error analysis. Streams 420-439.

Beside each array goes one of the same shape: how many roundoffs it may be off, from those of what
it is computed from and its own. Training adds: the rounding of step k reaches the last weights
through the derivative of the steps after k.

Source  [Higham02 sec. 3.3] for running error analysis.
"""

from __future__ import annotations

import itertools

import numpy as np

from reference import init, mlp
from reference.activations import relu
from reference.bounds import apart, gamma
from reference.cases.case import Array, Case, Labels, Tensor, float32_exact, inputs, labels, normal
from reference.cases.loss_cases import log_sum_exp_roundoffs, softmax_roundoffs
from reference.losses import one_hot
from reference.philox import Philox
from reference.softmax import log_sum_exp, softmax

B, EXTENTS = 9, (13, 11, 7, 5)  # C, two hidden layers, L
STEPS, LEARNING_RATE = 20, 0.1

Layers = list[mlp.Dense]


def case() -> Case:
    x, t, start = data()
    logits = mlp.forward(start, x)[-1]
    loss, grads = mlp.gradients(start, x, t)
    logits_error, loss_error, grads_error = roundoffs(start, x, t)
    trained = trajectory(start, x, t)[-1]
    trained_error = training_roundoffs(start, x, t)

    running = "max of the running error of each layer [Higham02 sec. 3.3], mlp_case.py"
    through = (
        f"sum over {STEPS} steps of |derivative of the later steps| times the step's running error"
    )
    tensors = inputs(x=x, t=t, steps=np.int64(STEPS), learning_rate=LEARNING_RATE)
    for n, layer in enumerate(start, start=1):
        tensors += inputs(**{f"w{n}": layer.w, f"bias{n}": layer.bias})
    tensors.append(Tensor("logits", logits, apart(running, abs=logits_error.max())))
    tensors.append(Tensor("loss", np.asarray(loss), apart(running, abs=loss_error)))
    for prefix, why, layers, errors in (
        ("grad_", running, grads, grads_error),
        ("trained_", through, trained, trained_error),
    ):
        for n, (layer, error) in enumerate(zip(layers, errors), start=1):
            tensors.append(Tensor(f"{prefix}w{n}", layer.w, apart(why, abs=error.w.max())))
            tensors.append(Tensor(f"{prefix}bias{n}", layer.bias, apart(why, abs=error.bias.max())))
    return Case("mlp", tensors)


def data() -> tuple[Array, Labels, Layers]:
    """x (B,C), t (B) and the layers before training, all exact in float32."""
    start = [
        mlp.Dense(float32_exact(init.he_normal(C, OC, Philox(422, n))), normal((OC,), 430 + n, 0.1))
        for n, (C, OC) in enumerate(itertools.pairwise(EXTENTS))
    ]
    return normal((B, EXTENTS[0]), 420), labels(B, EXTENTS[-1], 421), start


def trajectory(start: Layers, x: Array, t: Labels) -> list[Layers]:
    """The layers before step 0, 1, ..., and after the last."""
    points = [start]
    for _ in range(STEPS):
        grads = mlp.gradients(points[-1], x, t)[1]
        points.append(mlp.sgd_step(points[-1], grads, LEARNING_RATE))
    return points


def roundoffs(layers: Layers, x: Array, t: Labels) -> tuple[Array, float, Layers]:
    """How many roundoffs the logits, the loss and the gradients may be off;  shaped like them."""
    outputs = mlp.forward(layers, x)
    errors = [np.zeros_like(x)]  # of outputs
    for n, layer in enumerate(layers):
        layer_input = np.abs(x if n == 0 else relu(outputs[n]))
        terms = layer_input @ np.abs(layer.w) + np.abs(layer.bias)
        passed = np.where(outputs[n] > 0, errors[n], 0.0) if n > 0 else errors[0]
        errors.append(passed @ np.abs(layer.w) + gamma(len(layer.w) + 1) * terms)

    z, z_error, L = outputs[-1], errors[-1], EXTENTS[-1]
    p, h = softmax(z), one_hot(t, L)
    lse = log_sum_exp(z)
    # An example's loss has the derivative p - h by its logits.
    example = (np.abs(p - h) * z_error).sum(axis=1) + (log_sum_exp_roundoffs(z) + np.abs(lse)).sum(
        axis=1
    )
    loss = float(np.mean(lse[:, 0] - z[np.arange(B), t]))
    loss_error = float(np.mean(example)) + (1 + B) * loss

    p_error = p * (z_error + (p * z_error).sum(axis=1, keepdims=True) + softmax_roundoffs(z))
    grad_y, error = (p - h) / B, (p_error + 2 * np.abs(p - h)) / B
    grad_errors = []
    for n in reversed(range(len(layers))):
        layer_input = np.abs(x if n == 0 else relu(outputs[n]))
        passed = np.where(outputs[n] > 0, errors[n], 0.0) if n > 0 else errors[0]
        size = np.abs(grad_y)
        grad_errors.insert(
            0,
            mlp.Dense(
                layer_input.T @ error + passed.T @ size + gamma(B) * (layer_input.T @ size),
                error.sum(axis=0) + gamma(B) * size.sum(axis=0),
            ),
        )
        if n > 0:
            w = layers[n].w
            active = outputs[n] > 0
            error = active * (error @ np.abs(w.T) + gamma(w.shape[1]) * (size @ np.abs(w.T)))
            grad_y = active * (grad_y @ w.T)
    return z_error, loss_error, grad_errors


def training_roundoffs(start: Layers, x: Array, t: Labels) -> Layers:
    """How many roundoffs the trained parameters may be off, to first order;  as the layers."""
    total = np.zeros(len(_flat(start)))
    points = trajectory(start, x, t)
    later = np.eye(len(total))  # the derivative of the last parameters by those after step k
    for before, after in reversed(list(itertools.pairwise(points))):
        grads, errors = mlp.gradients(before, x, t)[1], roundoffs(before, x, t)[2]
        # lr, also rounded in float32, times the gradient; the product; the subtraction.
        step = LEARNING_RATE * (_flat(errors) + 2 * np.abs(_flat(grads))) + np.abs(_flat(after))
        total += np.abs(later) @ step
        later = later @ (np.eye(len(total)) - LEARNING_RATE * _hessian(before, x, t))
    return _unflat(total, start)


def _hessian(layers: Layers, x: Array, t: Labels, step: float = 2.0**-20) -> Array:
    """The loss's second derivatives, by central differences of the gradient;  (P,P)."""
    parameters = _flat(layers)
    columns = []
    for i in range(len(parameters)):
        moved = []
        for sign in (1, -1):
            there = parameters.copy()
            there[i] += sign * step
            moved.append(_flat(mlp.gradients(_unflat(there, layers), x, t)[1]))
        columns.append((moved[0] - moved[1]) / (2 * step))
    return np.stack(columns, axis=1)


def _flat(layers: Layers) -> Array:
    """All parameters in one row;  -> (P)."""
    return np.concatenate([part.reshape(-1) for layer in layers for part in (layer.w, layer.bias)])


def _unflat(values: Array, like: Layers) -> Layers:
    """The inverse of _flat;  (P) -> layers shaped as `like`."""
    layers, at = [], 0
    for layer in like:
        parts = []
        for part in (layer.w, layer.bias):
            parts.append(values[at : at + part.size].reshape(part.shape))
            at += part.size
        layers.append(mlp.Dense(*parts))
    return layers
