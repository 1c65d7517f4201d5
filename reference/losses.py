"""Losses and their derivatives by the first argument. Week 2.

Each loss is a mean, so its derivative carries 1/B (losses of an example) or 1/(B C) (losses of an
element). Probabilities are clamped at MIN_PROBABILITY inside a logarithm, and the derivative uses
the same clamp, -1 / max(p, eps): docs/notation.md says why.

Source  mse, mae, cross_entropy, binary_cross_entropy [Goodfellow16 sec. 5.5, 6.2];
        hinge [CortesVapnik95]; focal_loss [Lin17 eq. 4]; softmax_cross_entropy [Goodfellow16
        sec. 6.2.2.3].
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from reference.softmax import softmax

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

MIN_PROBABILITY = 1e-12  # eps: the most one example can cost is -log 1e-12 = 27.6
FOCAL_GAMMA = 2.0


def one_hot(t: Labels, L: int) -> Array:
    """h[b,l] = [l = t_b];  (B) int -> (B,L)."""
    return (np.arange(L) == t.reshape(-1, 1)).astype(np.float64)


def mse(y: Array, t: Array) -> np.float64:
    """mean over all elements of (y - t)^2;  (B,C), (B,C) -> scalar."""
    return np.mean((y - t) ** 2)


def mse_backward(y: Array, t: Array) -> Array:
    """grad_y = 2 (y - t) / (B C);  (B,C), (B,C) -> (B,C)."""
    return 2.0 * (y - t) / y.size


def mae(y: Array, t: Array) -> np.float64:
    """mean over all elements of |y - t|;  (B,C), (B,C) -> scalar."""
    return np.mean(np.abs(y - t))


def mae_backward(y: Array, t: Array) -> Array:
    """grad_y = sign(y - t) / (B C), 0 where equal;  (B,C), (B,C) -> (B,C)."""
    return np.sign(y - t) / y.size


def cross_entropy(p: Array, t: Labels) -> np.float64:
    """mean_b -log max(p[b,t_b], eps);  p (B,L), t (B) -> scalar."""
    return np.mean(-np.log(np.maximum(_of_label(p, t), MIN_PROBABILITY)))


def cross_entropy_backward(p: Array, t: Labels) -> Array:
    """grad_p[b,l] = -[l = t_b] / max(p[b,l], eps) / B;  p (B,L), t (B) -> (B,L)."""
    return _at_label(-1.0 / np.maximum(_of_label(p, t), MIN_PROBABILITY) / len(t), t, p.shape[1])


def binary_cross_entropy(p: Array, t: Array) -> np.float64:
    """mean of -t log max(p, eps) - (1 - t) log max(1 - p, eps);  (B,C), (B,C) -> scalar."""
    of_true = t * np.log(np.maximum(p, MIN_PROBABILITY))
    of_false = (1.0 - t) * np.log(np.maximum(1.0 - p, MIN_PROBABILITY))
    return -np.mean(of_true + of_false)


def binary_cross_entropy_backward(p: Array, t: Array) -> Array:
    """grad_p = ((1 - t) / max(1 - p, eps) - t / max(p, eps)) / (B C);  (B,C), (B,C) -> (B,C)."""
    of_true = t / np.maximum(p, MIN_PROBABILITY)
    of_false = (1.0 - t) / np.maximum(1.0 - p, MIN_PROBABILITY)
    return (of_false - of_true) / p.size


def hinge(y: Array, t: Array) -> np.float64:
    """mean of max(0, 1 - t y), t = +-1;  (B,C), (B,C) -> scalar."""
    return np.mean(np.maximum(0.0, 1.0 - t * y))


def hinge_backward(y: Array, t: Array) -> Array:
    """grad_y = -t [t y < 1] / (B C);  (B,C), (B,C) -> (B,C). 0 at the hinge."""
    return np.where(t * y < 1.0, -t, 0.0) / y.size


def focal_loss(p: Array, t: Labels) -> np.float64:
    """mean_b -(1 - q)^gamma log max(q, eps), q = p[b,t_b], gamma = 2;  (B,L), (B) -> scalar."""
    q = _of_label(p, t)
    return np.mean(-((1.0 - q) ** FOCAL_GAMMA) * np.log(np.maximum(q, MIN_PROBABILITY)))


def focal_loss_backward(p: Array, t: Labels) -> Array:
    """grad_p[b,t_b] = (gamma (1-q)^(gamma-1) log max(q, eps) - (1-q)^gamma / max(q, eps)) / B,
    0 elsewhere;  p (B,L), t (B) -> (B,L).

    Both terms are <= 0, so nothing cancels.
    """
    q = _of_label(p, t)
    clamped = np.maximum(q, MIN_PROBABILITY)
    of_power = FOCAL_GAMMA * (1.0 - q) ** (FOCAL_GAMMA - 1.0) * np.log(clamped)
    of_log = (1.0 - q) ** FOCAL_GAMMA / clamped
    return _at_label((of_power - of_log) / len(t), t, p.shape[1])


def softmax_cross_entropy(z: Array, t: Labels) -> np.float64:
    """mean_b (log_sum_exp(z_b) - z[b,t_b]);  z (B,L), t (B) -> scalar.

    Shifted by the row's maximum m: log sum_l e^(z_l - m) - (z_t - m), so that with logits of 1e4
    the loss of a right answer is not the difference of two numbers of 1e4.
    """
    shifted = z - z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(shifted).sum(axis=1)) - _of_label(shifted, t))


def softmax_cross_entropy_backward(z: Array, t: Labels) -> Array:
    """grad_z[b,l] = (softmax(z)[b,l] - [l = t_b]) / B;  z (B,L), t (B) -> (B,L)."""
    return (softmax(z) - one_hot(t, z.shape[1])) / len(t)


def _of_label(values: Array, t: Labels) -> Array:
    """values[b, t_b];  (B,L), (B) -> (B)."""
    return values[np.arange(len(t)), t]


def _at_label(values: Array, t: Labels, L: int) -> Array:
    """values[b] in column t_b, 0 elsewhere;  (B), (B) -> (B,L)."""
    out = np.zeros((len(t), L))
    out[np.arange(len(t)), t] = values
    return out
