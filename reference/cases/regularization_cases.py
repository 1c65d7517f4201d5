"""Week 4: dropout and the penalties on weights. Streams 440-459."""

from __future__ import annotations

import numpy as np

from reference import regularization
from reference.bounds import EXACT, apart
from reference.cases.case import SEED, Case, Tensor, float32_exact, inputs, normal
from reference.philox import Philox


def cases() -> list[Case]:
    w, edges = normal((7, 13), 442), normal((1, 33), 444)
    edges[0, :4] = [0.0, -0.0, 2.0**-20, -8.0]
    w[3, 4] = 0.0
    return [
        _dropout("dropout", rate=0.3, shape=(7, 13)),
        _dropout("dropout_extreme", rate=0.0, shape=(1, 5)),
        *[_penalty(f"l{n}_penalty", w) for n in (1, 2)],
        *[_penalty(f"l{n}_penalty_extreme", edges) for n in (1, 2)],
    ]


def _dropout(name: str, rate: float, shape: tuple[int, ...]) -> Case:
    rate = float(float32_exact(np.asarray(rate)))
    x, grad_y = normal(shape, 440), normal(shape, 441)
    mask = regularization.dropout_mask(shape, rate, Philox(SEED, 443))
    given = inputs(seed=np.int64(SEED), stream=np.int64(443), rate=rate, x=x, grad_y=grad_y)
    of_product = apart("1 - rate 1, its reciprocal 1, product 1", rel=3)
    return Case(
        name,
        [
            *given,
            Tensor("mask", mask, apart("1 - rate 1, its reciprocal 1", rel=2)),
            Tensor("y", regularization.dropout(x, mask), of_product),
            Tensor("grad_x", regularization.dropout(grad_y, mask), of_product),
        ],
        first_phase=2,
    )


def _penalty(name: str, w: np.ndarray) -> Case:
    operation = name.split("_extreme")[0]
    rate, n = 0.0625, w.size
    penalty = getattr(regularization, operation)(w, rate)
    gradient = getattr(regularization, operation.replace("_penalty", "_backward"))(w, rate)
    of_penalty, of_gradient = {
        "l1_penalty": (apart(f"{n} - 1 sums, product 1", rel=n), EXACT),
        "l2_penalty": (
            apart(f"squares 1, {n} - 1 sums, product 1", rel=n + 1),
            apart("two products", rel=2),
        ),
    }[operation]
    return Case(
        name,
        [
            *inputs(w=w, rate=rate),
            Tensor("penalty", np.asarray(penalty), of_penalty),
            Tensor("grad_w", gradient, of_gradient),
        ],
        first_phase=2,
    )
