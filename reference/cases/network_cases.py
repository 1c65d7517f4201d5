"""Week 3: dense layer, initial weights, random numbers, an expression. Streams 400-419."""

from __future__ import annotations

import numpy as np

from reference import dense, init, value_expression
from reference.bounds import EXACT, EXP, LOG, SIN, TANH, Bound, apart, gamma, product
from reference.cases import mlp_case
from reference.cases.case import Case, Tensor, inputs, normal
from reference.philox import Philox


def cases() -> list[Case]:
    return [
        _dense("dense", B=7, C=31, OC=13, stream=400),
        _dense("dense_extreme", B=1, C=1, OC=5, stream=410),
        *_init(),
        _philox(),
        mlp_case.case(),
        _value_expression(),
    ]


def _dense(name: str, B: int, C: int, OC: int, stream: int) -> Case:
    x, w = normal((B, C), stream), normal((C, OC), stream + 1)
    bias, grad_y = normal((OC,), stream + 2), normal((B, OC), stream + 3)
    grad_w, grad_bias = np.zeros_like(w), np.zeros_like(bias)
    grad_x = dense.dense_backward(grad_w, grad_bias, grad_y, x, w)
    of_y = gamma(C + 1) * float(np.max(np.abs(x) @ np.abs(w) + np.abs(bias)))
    of_bias = gamma(B - 1) * float(np.max(np.abs(grad_y).sum(axis=0)))
    return Case(
        name,
        [
            *inputs(x=x, w=w, bias=bias),
            Tensor(
                "y",
                dense.dense_forward(x, w, bias),
                apart("gamma_(C+1) max (sum_c |x w| + |bias|)", abs=of_y),
            ),
            *inputs(grad_y=grad_y),
            Tensor(
                "grad_x", grad_x, apart("gamma_OC max sum_oc |grad_y w|", abs=product(grad_y, w.T))
            ),
            Tensor(
                "grad_w",
                grad_w,
                apart("gamma_B max sum_b |x grad_y|, from 0", abs=product(x.T, grad_y)),
            ),
            Tensor(
                "grad_bias", grad_bias, apart("gamma_(B-1) max sum_b |grad_y|, from 0", abs=of_bias)
            ),
        ],
    )


def _init() -> list[Case]:
    seed, stream, C, OC = 7, 0, 31, 17
    a = np.sqrt(6.0 / (C + OC))
    given = inputs(seed=np.int64(seed), stream=np.int64(stream))
    uniform = init.xavier_uniform(C, OC, Philox(seed, stream))
    normals = init.he_normal(C, OC, Philox(seed, stream))
    of_normal = _normal_bound(Philox(seed, stream), C * OC)
    scale = float(np.sqrt(2.0 / C))
    return [
        Case(
            "xavier_uniform",
            [
                *given,
                Tensor(
                    "w",
                    uniform,
                    apart("a 1.5, 2 a u 2.5 of at most 2 a (abs); the sum 1", abs=6.5 * a, rel=1),
                ),
            ],
        ),
        Case(
            "he_normal",
            [
                *given,
                Tensor(
                    "w",
                    normals,
                    Bound(
                        scale * of_normal.abs_roundoffs,
                        of_normal.rel_roundoffs + 2 * 2.5,
                        "sqrt(2 / C) 1.5, product 1; and twice, and " + of_normal.why,
                    ),
                ),
            ],
        ),
    ]


def _normal_bound(rng: Philox, count: int) -> Bound:
    """Of `count` normal numbers drawn from rng's present position."""
    u = rng.uniform(count + count % 2).reshape(-1, 2)
    radius, angle = np.sqrt(-2.0 * np.log(1.0 - u[:, 0])), 2.0 * np.pi * u[:, 1]
    return apart(
        "the angle, pi and product rounded, off by 2 of itself: max r 2 pi u2 2 (abs); "
        "log 4 halved by sqrt, sqrt 1, cos 4, product 1",
        abs=np.max(radius * angle * 2),
        rel=LOG / 2 + 1 + SIN + 1,
    )


def _philox() -> Case:
    seed, stream = 0x0123456789ABCDEF, 0x0000000500000003
    words = Philox(seed, stream).u32(67).astype(np.int64)
    return Case(
        "philox",
        [
            *inputs(seed=np.int64(seed), stream=np.int64(stream)),
            Tensor("words", words, EXACT),
            Tensor("uniform", Philox(seed, stream).uniform(33), EXACT),
            Tensor(
                "normal", Philox(seed, stream).normal(33), _normal_bound(Philox(seed, stream), 33)
            ),
            Tensor("permutation", Philox(seed, stream).permutation(129), EXACT),
        ],
    )


def _value_expression() -> Case:
    given = value_expression.INPUTS
    errors = _value_expression_roundoffs(**given)
    why = "running error of the expression, operation by operation [Higham02 sec. 3.3]"
    outputs = {"value": value_expression.value(**given)}
    for name, gradient in value_expression.gradients(**given).items():
        outputs[f"grad_{name}"] = gradient
    tensors = inputs(**given)
    for name, value in outputs.items():
        tensors.append(Tensor(name, np.asarray(value), apart(why, abs=errors[name])))
    return Case("value_expression", tensors)


def _value_expression_roundoffs(
    a: float, b: float, c: float, d: float, e: float, f: float, g: float
) -> dict[str, float]:
    """How many roundoffs the value and each gradient may be off, for these inputs (d > 0)."""
    s = a * b + c
    s_error = abs(a * b) + abs(s)  # the product and the sum
    h = np.tanh(s)
    h_error = (1 - h**2) * s_error + TANH * abs(h)
    quotient, logarithm = np.exp(e) / f, np.log(g)
    terms = h * d, quotient, logarithm * a**3
    sums = abs(terms[0] + terms[1]) + abs(terms[0] + terms[1] - terms[2])
    by_sum = (1 - h**2) * d
    by_sum_error = (2 * abs(h) * h_error + h**2 + 2 * (1 - h**2)) * d
    of_power = logarithm * 3 * a**2
    grad_a = by_sum * b - of_power
    return {
        # h d; e^e 2, f^-1 2 and the product; log 4, a^3 2 and the product; two sums.
        "value": h_error * d
        + abs(terms[0])
        + (EXP + 3) * quotient
        + (LOG + 3) * abs(terms[2])
        + sums,
        "grad_a": (by_sum_error + by_sum) * abs(b) + (LOG + 4) * abs(of_power) + abs(grad_a),
        "grad_b": (by_sum_error + by_sum) * abs(a),
        "grad_c": by_sum_error,
        "grad_d": h_error,
        "grad_e": (EXP + 3) * quotient,
        "grad_f": (EXP + 4) * quotient / abs(f),
        "grad_g": 4 * abs(a**3 / g),
    }
