"""Every operation once more: other formulas, other orders of summation, in any precision.

These are the forms that a compiled implementation may well take: sums one after the other and from
the far end, s (1 - s), 1 - h^2, e^x - 1, the mean of example losses. Each takes the precision to
compute in, `kind` (np.float32, np.float64 or np.longdouble); all share no code with the oracle.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from reference.philox import Philox
from reference.tests import other_optimizers

Kind = type[np.floating]
Arrays = dict[str, NDArray]


def backward_sum(a: NDArray, axis: int) -> NDArray:
    """The sum over `axis`, one element after the other, from the last;  kept as extent 1."""
    run = np.flip(np.cumsum(np.flip(a, axis), axis=axis), axis)
    return np.take(run, [0], axis=axis)


def product(a: NDArray, b: NDArray) -> NDArray:
    """a . b, k from the last;  (M,K), (K,N) -> (M,N)."""
    c = np.zeros((a.shape[0], b.shape[1]), a.dtype)
    for k in reversed(range(a.shape[1])):
        c += a[:, k : k + 1] * b[k : k + 1, :]
    return c


def mean(a: NDArray) -> NDArray:
    return (backward_sum(a.reshape(-1), 0) / a.dtype.type(a.size)).reshape(())


def log_sum_exp(z: NDArray) -> NDArray:
    m = z.max(axis=1, keepdims=True)
    return m + np.log(backward_sum(np.exp(z - m), 1))


def softmax(z: NDArray) -> NDArray:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / backward_sum(e, 1)


def sigmoid(x: NDArray) -> NDArray:
    one = x.dtype.type(1)
    with np.errstate(over="ignore"):  # e^-x = inf gives the right 0
        return one / (one + np.exp(-x))


def compute(case: str, kind: Kind, given: Arrays) -> Arrays:
    """The outputs of the golden case `case` from its inputs, floats already of `kind`."""
    case = case.split("_extreme")[0]
    if case in ACTIVATIONS:
        return activation(case, kind, **given)
    return OPERATIONS[case](kind, **given)


def matmul(kind: Kind, a: NDArray, b: NDArray) -> Arrays:
    return {"c": product(a, b)}


def transpose(kind: Kind, a: NDArray) -> Arrays:
    return {"t": np.array([[a[m, n] for m in range(a.shape[0])] for n in range(a.shape[1])])}


def elementwise(kind: Kind, a: NDArray, b: NDArray, s: NDArray) -> Arrays:
    return {"add": b + a, "subtract": -(b - a), "hadamard": b * a, "scale": a * s}


def add_row(kind: Kind, a: NDArray, row: NDArray) -> Arrays:
    return {"c": np.stack([row + a[m] for m in range(len(a))])}


def reduce(kind: Kind, a: NDArray) -> Arrays:
    rows = backward_sum(a, 1)
    return {
        "row_sums": rows,
        "column_sums": backward_sum(a, 0),
        "sum": backward_sum(rows, 0).reshape(()),
        "argmax": argmax(kind, a)["argmax"],
    }


def argmax(kind: Kind, a: NDArray) -> Arrays:
    def first_largest(row: NDArray) -> int:
        best = 0
        for n, value in enumerate(row):
            if not np.isnan(row[best]) and (np.isnan(value) or value > row[best]):
                best = n
        return best

    return {"argmax": np.array([first_largest(row) for row in a], np.int64)}


def activation(name: str, kind: Kind, x: NDArray, grad_y: NDArray) -> Arrays:
    one, a = kind(1), kind(0.01)
    s, h = sigmoid(x), np.tanh(x)
    e = np.exp(np.minimum(x, 0))
    y, derivative = {
        "identity": (x, np.ones_like(x)),
        "sigmoid": (s, s * (one - s)),
        "tanh": (h, one - h * h),
        "relu": (x * (x > 0), (x > 0).astype(kind)),
        "leaky_relu": (np.maximum(x, a * x), np.where(x > 0, one, a)),
        "elu": (np.where(x > 0, x, e - one), np.where(x > 0, one, e)),
        "silu": (x * s, s + x * (s * (one - s))),
    }[name]
    return {"y": y, "grad_x": derivative * grad_y}


def softmax_case(kind: Kind, z: NDArray, grad_p: NDArray) -> Arrays:
    p = softmax(z)
    grad_z = p * (grad_p - backward_sum(p * grad_p, 1))
    return {"p": p, "grad_z": grad_z, "log_sum_exp": log_sum_exp(z)}


def softmax_jacobian(kind: Kind, p: NDArray) -> Arrays:
    return {"J": np.diag(p[0]) - p.T * p}


def mse(kind: Kind, y: NDArray, t: NDArray) -> Arrays:
    return {"loss": mean((t - y) * (t - y)), "grad": (y - t) * (kind(2) / kind(y.size))}


def mae(kind: Kind, y: NDArray, t: NDArray) -> Arrays:
    sign = (y > t).astype(kind) - (y < t).astype(kind)
    return {"loss": mean(np.abs(t - y)), "grad": sign * (kind(1) / kind(y.size))}


def cross_entropy(kind: Kind, p: NDArray, t: NDArray) -> Arrays:
    eps, B = kind(1e-12), len(t)
    h = one_hot(kind, p.shape[1], t)
    of_example = -(h * np.log(np.maximum(p, eps))).sum(axis=1)
    return {"loss": mean(of_example), "grad": -h / (np.maximum(p, eps) * kind(B))}


def binary_cross_entropy(kind: Kind, p: NDArray, t: NDArray) -> Arrays:
    eps, one = kind(1e-12), kind(1)
    p1, p0 = np.maximum(p, eps), np.maximum(one - p, eps)
    return {
        "loss": mean(-(t * np.log(p1)) - (one - t) * np.log(p0)),
        "grad": -(t / p1 - (one - t) / p0) * (one / kind(p.size)),
    }


def hinge(kind: Kind, y: NDArray, t: NDArray) -> Arrays:
    margin = kind(1) - y * t
    return {
        "loss": mean(margin * (margin > 0)),
        "grad": -t * (margin > 0) * (kind(1) / kind(y.size)),
    }


def focal_loss(kind: Kind, p: NDArray, t: NDArray) -> Arrays:
    eps, B, h = kind(1e-12), len(t), one_hot(kind, p.shape[1], t)
    q = (h * p).sum(axis=1)
    c, r = np.maximum(q, eps), kind(1) - q
    slope = -r * (r / c) + kind(2) * np.log(c) * r
    return {"loss": mean(-np.log(c) * r * r), "grad": h * (slope * (kind(1) / kind(B)))[:, None]}


def softmax_cross_entropy(kind: Kind, z: NDArray, t: NDArray) -> Arrays:
    h = one_hot(kind, z.shape[1], t)
    of_example = log_sum_exp(z)[:, 0] - (h * z).sum(axis=1)
    return {"loss": mean(of_example), "grad_z": (softmax(z) - h) * (kind(1) / kind(len(t)))}


def one_hot(kind: Kind, L: int, t: NDArray) -> NDArray:
    return np.array([[kind(label == l) for l in range(L)] for label in t])


def dense(kind: Kind, x: NDArray, w: NDArray, bias: NDArray, grad_y: NDArray) -> Arrays:
    return {
        "y": bias + product(x, w),
        "grad_x": product(grad_y, w.T),
        "grad_w": product(x.T, grad_y),
        "grad_bias": backward_sum(grad_y, 0)[0],
    }


def dropout(
    kind: Kind, seed: NDArray, stream: NDArray, rate: NDArray, x: NDArray, grad_y: NDArray
) -> Arrays:
    """A word at a time; the rate as a share of 2^32, compared with the word as a share of it."""
    rng = Philox(int(seed), int(stream))
    kept = [int(rng.u32(1)[0]) / 2.0**32 >= float(rate) for _ in range(x.size)]
    factor = np.array(kept).reshape(x.shape) * (kind(1) / (kind(1) - rate))
    return {"mask": factor, "y": factor * x, "grad_x": factor * grad_y}


def l1_penalty(kind: Kind, w: NDArray, rate: NDArray) -> Arrays:
    sign = (w > 0).astype(kind) - (w < 0).astype(kind)
    return {"penalty": backward_sum((np.abs(w) * rate).reshape(-1), 0).reshape(()), "grad_w": sign * rate}


def l2_penalty(kind: Kind, w: NDArray, rate: NDArray) -> Arrays:
    return {
        "penalty": backward_sum((w * (w * rate)).reshape(-1), 0).reshape(()),
        "grad_w": w * rate + rate * w,
    }


def mlp(
    kind: Kind, x: NDArray, t: NDArray, steps: NDArray, learning_rate: NDArray, **layers: NDArray
) -> Arrays:
    depth = len(layers) // 2
    ws = [layers[f"w{n}"] for n in range(1, depth + 1)]
    biases = [layers[f"bias{n}"] for n in range(1, depth + 1)]
    found: Arrays = {}
    for step in range(int(steps)):
        h = [x]
        for n in range(depth):
            y = biases[n] + product(h[-1], ws[n])
            h.append(y * (y > 0) if n < depth - 1 else y)
        if step == 0:
            found["logits"] = h[-1]
            found["loss"] = softmax_cross_entropy(kind, h[-1], t)["loss"]
        grad_y = softmax_cross_entropy(kind, h[-1], t)["grad_z"]
        new = []
        for n in reversed(range(depth)):
            of = dense(kind, h[n], ws[n], biases[n], grad_y)
            if step == 0:
                found[f"grad_w{n + 1}"], found[f"grad_bias{n + 1}"] = of["grad_w"], of["grad_bias"]
            new.append(
                (ws[n] - of["grad_w"] * learning_rate, biases[n] - of["grad_bias"] * learning_rate)
            )
            grad_y = of["grad_x"] * (h[n] > 0)
        ws, biases = ([pair[i] for pair in reversed(new)] for i in (0, 1))
    for n in range(depth):
        found[f"trained_w{n + 1}"], found[f"trained_bias{n + 1}"] = ws[n], biases[n]
    return found


def value_expression(kind: Kind, a: Any, b: Any, c: Any, d: Any, e: Any, f: Any, g: Any) -> Arrays:
    """As an autograd tape would: one operation after the other, a quotient as a power."""
    h = np.tanh(c + b * a)
    one = kind(1)
    reciprocal = f ** kind(-1)
    by_sum = d * (one - h * h)
    return {
        "value": -(np.log(g) * a ** kind(3)) + np.exp(e) * reciprocal + d * h,
        "grad_a": -np.log(g) * (kind(3) * a ** kind(2)) + by_sum * b,
        "grad_b": by_sum * a,
        "grad_c": by_sum,
        "grad_d": h,
        "grad_e": reciprocal * np.exp(e),
        "grad_f": -np.exp(e) * f ** kind(-2),
        "grad_g": -(a ** kind(3)) * (one / g),
    }


ACTIVATIONS = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "silu")
OPERATIONS = {
    "matmul": matmul,
    "transpose": transpose,
    "elementwise": elementwise,
    "add_row": add_row,
    "reduce": reduce,
    "argmax": argmax,
    "softmax": softmax_case,
    "softmax_jacobian": softmax_jacobian,
    "mse": mse,
    "mae": mae,
    "cross_entropy": cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
    "hinge": hinge,
    "focal_loss": focal_loss,
    "softmax_cross_entropy": softmax_cross_entropy,
    "dense": dense,
    "dropout": dropout,
    "l1_penalty": l1_penalty,
    "l2_penalty": l2_penalty,
    "mlp": mlp,
    "value_expression": value_expression,
    **other_optimizers.OPERATIONS,
}
# Drawn from Philox or counted: tests of their own.
WITHOUT_ANOTHER_FORM = (
    "one_hot",
    "categorical_accuracy",
    "regression_accuracy",
    "xavier_uniform",
    "he_normal",
    "philox",
)
