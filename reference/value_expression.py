"""One scalar expression with its gradients by hand, for the autograd lesson. Week 3.

    value = tanh(a b + c) relu(d) + exp(e) / f - log(g) a^3

Every operation of a Value occurs once, and `a` twice, so that gradients must accumulate.
"""

from __future__ import annotations

import numpy as np

INPUTS = {"a": 0.5, "b": -1.25, "c": 0.875, "d": 1.75, "e": -0.375, "f": 2.5, "g": 3.25}


def value(a: float, b: float, c: float, d: float, e: float, f: float, g: float) -> np.float64:
    """tanh(a b + c) relu(d) + exp(e) / f - log(g) a^3;  scalars -> scalar."""
    return np.tanh(a * b + c) * np.maximum(d, 0.0) + np.exp(e) / f - np.log(g) * a**3


def gradients(
    a: float, b: float, c: float, d: float, e: float, f: float, g: float
) -> dict[str, np.float64]:
    """The derivative of `value` by each input, by the chain rule on paper."""
    h = np.tanh(a * b + c)
    by_sum = (1.0 - h**2) * np.maximum(d, 0.0)  # by a b + c
    return {
        "a": by_sum * b - np.log(g) * 3.0 * a**2,
        "b": by_sum * a,
        "c": by_sum,
        "d": h * float(d > 0),
        "e": np.exp(e) / f,
        "f": -np.exp(e) / f**2,
        "g": -(a**3) / g,
    }
