"""Week 2: softmax, the losses with their derivatives, one-hot, accuracy. Streams 300-399."""

from __future__ import annotations

import numpy as np

from reference import losses, metrics
from reference import softmax as soft
from reference.bounds import EXACT, EXP, LOG, Bound, apart, once
from reference.cases.case import (
    Array,
    Case,
    Labels,
    Tensor,
    float32_exact,
    inputs,
    labels,
    normal,
    uniform,
)


def cases() -> list[Case]:
    z, z_extreme = normal((7, 13), 300, deviation=3.0), _extreme_logits()
    p = float32_exact(soft.softmax(normal((9, 7), 301, deviation=2.0)))
    p_extreme, t_extreme = _extreme_probabilities()
    return [
        _softmax("softmax", z, normal(z.shape, 302)),
        _softmax("softmax_extreme", z_extreme, normal(z_extreme.shape, 303)),
        _softmax("softmax_extreme_one_column", normal((5, 1), 308), normal((5, 1), 309)),
        _softmax_jacobian("softmax_jacobian", float32_exact(soft.softmax(normal((1, 7), 304)))),
        _softmax_jacobian("softmax_jacobian_extreme", np.array([[0.0, 1.0, 0.0, 0.0]])),
        *_regression_losses(),
        _cross_entropy("cross_entropy", p, labels(9, 7, 305)),
        _cross_entropy("cross_entropy_extreme", p_extreme, t_extreme),
        *_binary_cross_entropies(),
        *_hinges(),
        _focal_loss("focal_loss", p, labels(9, 7, 306)),
        _focal_loss("focal_loss_extreme", p_extreme, t_extreme),
        _softmax_cross_entropy("softmax_cross_entropy", z, labels(7, 13, 307)),
        _softmax_cross_entropy(
            "softmax_cross_entropy_extreme", z_extreme, np.array([0, 1, 2, 3, 4, 1, 0])
        ),
        _one_hot(),
        *_accuracies(),
    ]


def _extreme_logits() -> Array:
    """Rows of five logits up to 1e4. Every z - m is above -80 or below -1000: see EXTREMES."""
    return np.array(
        [
            [1e4, -1e4, 0.0, 1.0, -1.0],
            [1e4, -1e4, 0.0, 1.0, -1.0],
            [1e4, 1e4, 1e4, -1e4, 1e4],
            [-1e4, -1e4, -1e4, -1e4, -1e4],
            [0.0, -0.0, 0.0, -0.0, 0.0],
            [1e4, 9999.0, 9998.5, 9990.0, -0.0],
            [-1e4, -9999.0, -9998.5, -9990.0, -9995.0],
        ]
    )


def _extreme_probabilities() -> tuple[Array, Labels]:
    """Certain and right, certain and wrong, below eps, at eps's other side, almost certain."""
    p = np.array(
        [
            [1.0, 0.0, 0.0],
            [0.0, 1.0, 0.0],
            [2.0**-50, 1.0, 0.0],
            [2.0**-36, 1.0, 0.0],
            [2.0**-24, 1.0 - 2.0**-24, 0.0],
            [0.5, 0.25, 0.25],
        ]
    )
    return p, np.array([0, 0, 0, 0, 1, 2])


def softmax_roundoffs(z: Array) -> Array:
    """How many roundoffs each p of one softmax may be off, relative to it;  (B,L) -> (B,L).

    z - m is rounded, so e^(z - m) is off by |z - m| and exp's own; the sum by the mean of those,
    weighted by p, at most log L [as m - sum p z <= entropy], and its L - 1 additions; the
    division by 1. Where p underflows to 0 it is 0 in every precision.
    """
    L = z.shape[1]
    distance = z.max(axis=1, keepdims=True) - z
    return np.where(distance < 700, distance, 0.0) + EXP + np.log(L) + EXP + (L - 1) + 1


def log_sum_exp_roundoffs(z: Array) -> Array:
    """How many roundoffs, absolute, m + log(sum) may be off, but for its last sum;  -> (B,1)."""
    L = z.shape[1]
    return np.full((len(z), 1), np.log(L) + EXP + (L - 1) + LOG * np.log(L))


def _softmax(name: str, z: Array, grad_p: Array) -> Case:
    p = soft.softmax(z)
    L = z.shape[1]
    of_p = softmax_roundoffs(z)
    worst = float(np.max(np.where(p > 0, of_p, 0.0)))
    dot_error = (np.abs(grad_p) * p * (of_p + L)).sum(axis=1, keepdims=True)
    lse = soft.log_sum_exp(z)
    return Case(
        name,
        [
            *inputs(z=z),
            Tensor(
                "p",
                p,
                apart(
                    "z - m rounded: max (m - z); exp 2; sum log L + 2 + L - 1; division 1",
                    rel=worst,
                ),
            ),
            *inputs(grad_p=grad_p),
            Tensor(
                "grad_z",
                soft.softmax_backward(grad_p, p),
                apart(
                    "max p sum_j |grad_p| p (p's roundoffs + L) (abs); p's, difference, product",
                    abs=np.max(p * dot_error),
                    rel=worst + 2,
                ),
            ),
            Tensor(
                "log_sum_exp",
                lse,
                apart(
                    "sum off by log L + 2 + L - 1, log by that and 4 log L (abs); m + log 1",
                    abs=np.max(log_sum_exp_roundoffs(z)),
                    rel=1,
                ),
            ),
        ],
    )


def _softmax_jacobian(name: str, p: Array) -> Case:
    bound = apart("p_i (1 - p_i) 2; as p_i - p_i^2 also p_i^2 (abs)", abs=np.max(p**2), rel=2)
    return Case(name, [*inputs(p=p), Tensor("J", soft.softmax_jacobian(p), bound)])


def _loss_case(
    name: str, given: dict[str, Array | Labels], of_loss: Bound, of_grad: Bound, grad: str = "grad"
) -> Case:
    op = name.removesuffix("_extreme")
    loss = getattr(losses, op)(*given.values())
    gradient = getattr(losses, f"{op}_backward")(*given.values())
    outputs = [Tensor("loss", np.asarray(loss), of_loss), Tensor(grad, gradient, of_grad)]
    return Case(name, inputs(**given) + outputs)


def _regression_losses() -> list[Case]:
    y, t = normal((7, 13), 310), normal((7, 13), 311)
    t[0, :3] = y[0, :3]  # equal: mae's derivative is 0
    y_extreme = float32_exact(np.array([[1e4, -1e4, 0.0, -0.0, 2.0**-20, 1 / 3]]))
    t_extreme = np.array([[-1e4, -1e4, -0.0, 0.0, 0.0, 1e4]])
    found = []
    for suffix, a, b in (("", y, t), ("_extreme", y_extreme, t_extreme)):
        n = a.size
        found += [
            _loss_case(
                f"mse{suffix}",
                {"y": a, "t": b},
                apart(f"difference 1, twice in the square 3, {n} - 1 sums, division 1", rel=3 + n),
                apart("difference 1, product and division 2", rel=3),
            ),
            _loss_case(
                f"mae{suffix}",
                {"y": a, "t": b},
                apart(f"difference 1, {n} - 1 sums, division 1", rel=1 + n),
                apart("division 1", rel=1),
            ),
        ]
    return found


def _cross_entropy(name: str, p: Array, t: Labels) -> Case:
    B = len(t)
    return _loss_case(
        name,
        {"p": p, "t": t},
        apart(f"log 4 and eps's rounding 1, {B} - 1 sums, division 1", rel=LOG + 1 + B),
        apart("eps's rounding 1, two divisions 2", rel=3),
    )


def _binary_cross_entropies() -> list[Case]:
    p = uniform((7, 13), 320, 0.02, 0.98)
    t = (uniform((7, 13), 321, 0.0, 1.0) < 0.5).astype(np.float64)
    t[0, :3] = [0.25, 0.5, 0.875]  # soft labels
    p_extreme = np.array([[0.0, 0.0, 1.0, 1.0, 2.0**-50, 1.0 - 2.0**-24, 2.0**-36, 0.5]])
    t_extreme = np.array([[0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0]])
    return [
        _binary_cross_entropy("binary_cross_entropy", p, t),
        _binary_cross_entropy("binary_cross_entropy_extreme", p_extreme, t_extreme),
    ]


def _binary_cross_entropy(name: str, p: Array, t: Array) -> Case:
    n = p.size
    soft_label = (t > 0) & (t < 1)
    quotients = (
        t / np.maximum(p, losses.MIN_PROBABILITY) * 2
        + (1 - t) / np.maximum(1 - p, losses.MIN_PROBABILITY) * 3
    )
    return _loss_case(
        name,
        {"p": p, "t": t},
        apart(
            f"mean (1 - t) from rounding 1 - p (abs); log 4, eps 1, 1 - t 1, product 1, sum 1, "
            f"{n} - 1 sums, division 1",
            abs=np.mean(1 - t),
            rel=LOG + 4 + n,
        ),
        apart(
            "where 0 < t < 1 the quotients, off by 2 and 3, may cancel (abs); 1 - p or eps 1, "
            "1 - t 1, divisions 2, difference 1",
            abs=np.max(quotients, where=soft_label, initial=0.0) / n,
            rel=5,
        ),
    )


def _hinges() -> list[Case]:
    y = normal((7, 13), 330, deviation=2.0)
    t = np.where(uniform((7, 13), 331, 0.0, 1.0) < 0.5, -1.0, 1.0)
    t_extreme = np.array([[1.0, -1.0, 1.0, -1.0, 1.0, -1.0]])
    y_extreme = np.array([[1.0, -1.0, 1e4, 1e4, -0.0, 0.0]])  # two of them at the hinge
    return [_hinge("hinge", y, t), _hinge("hinge_extreme", y_extreme, t_extreme)]


def _hinge(name: str, y: Array, t: Array) -> Case:
    n = y.size
    return _loss_case(
        name,
        {"y": y, "t": t},
        apart(f"1 - t y 1, {n} - 1 sums, division 1", rel=1 + n),
        apart("division 1", rel=1),
    )


def _focal_loss(name: str, p: Array, t: Labels) -> Case:
    B = len(t)
    return _loss_case(
        name,
        {"p": p, "t": t},
        apart(
            f"(1 - q)^2 4, log 4 and eps 1, product 1, {B} - 1 sums, division 1", rel=LOG + 6 + B
        ),
        apart(
            "the larger of 1 - q 1, log 4, products 2 and (1 - q)^2 4, division 1; eps 1, sum 1, "
            "division 1",
            rel=LOG + 6,
        ),
    )


def _softmax_cross_entropy(name: str, z: Array, t: Labels) -> Case:
    B, L = z.shape
    p, of_p = soft.softmax(z), softmax_roundoffs(z)
    per_example = log_sum_exp_roundoffs(z) + np.abs(soft.log_sum_exp(z))
    target = losses.one_hot(t, L) > 0
    return _loss_case(
        name,
        {"z": z, "t": t},
        apart(
            f"mean of log_sum_exp's (abs); difference 1, {B} - 1 sums, division 1",
            abs=np.mean(per_example),
            rel=1 + B,
        ),
        apart(
            "p - 1 keeps p's error: max p_t's roundoffs / B (abs); p's, difference 1, division 1",
            abs=np.max(p * of_p, where=target, initial=0.0) / B,
            rel=np.max(of_p, where=p > 0, initial=0.0) + 2,
        ),
        grad="grad_z",
    )


def _one_hot() -> Case:
    t = np.array([3, 0, 6, 3, 1], np.int64)
    return Case("one_hot", [*inputs(t=t), Tensor("h", losses.one_hot(t, 7), EXACT)])


def _accuracies() -> list[Case]:
    share = once(1, "a count, one division: equal in float64")
    z = normal((33, 10), 340)
    t = metrics.argmax_rows(z)
    t[::3] = (t[::3] + 1) % 10  # a third wrong
    z[4] = 0.0  # a tie: column 0 wins
    t[4] = 0
    y = normal((5, 31), 341)
    near = y + normal((5, 31), 342, deviation=0.25)
    near[0, :4] = y[0, :4] = [1.0, -2.0, 0.5, 4.0]
    near[0, :4] += [0.25, -0.25, 0.0, 0.2500000298023224]  # at, at, inside, just outside
    near = float32_exact(near)
    precision = 0.25
    return [
        Case(
            "categorical_accuracy",
            [
                *inputs(y=z, t=t),
                Tensor("accuracy", np.asarray(metrics.categorical_accuracy(z, t)), share),
            ],
        ),
        Case(
            "regression_accuracy",
            [
                *inputs(y=y, t=near, precision=precision),
                Tensor(
                    "accuracy", np.asarray(metrics.regression_accuracy(y, near, precision)), share
                ),
            ],
        ),
    ]
