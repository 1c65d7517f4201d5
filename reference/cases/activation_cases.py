"""Week 2: activations, each with its derivative. Streams 200-299."""

from __future__ import annotations

import numpy as np

from reference.activations import ACTIVATIONS, sigmoid
from reference.bounds import EXACT, EXP, EXPM1, TANH, U64, Bound, apart, once
from reference.cases.case import Array, Case, Tensor, inputs, normal

# Past |x| = 87 float32's e^-|x| is no longer a normal number, past 745 float64's is 0: between the
# two the phases differ for good reason, so there is no input there. All are exact in float32. The
# last row is ordinary: elsewhere a bound on the cancellation in 1 - s, absolute, goes unused.
EXTREMES = np.array(
    [
        [-0.0, 0.0, 1e4, -1e4, 80.0, -80.0, 12.0],
        [2.0**-20, -(2.0**-20), 20.0, -20.0, 37.0, -37.0, -12.0],
        [0.34375, -0.65625, 1.1875, -1.28125, 2.71875, -3.3125, 5.1875],
    ]
)


# The roundings of grad_y e / (1 + e)^2, as the reference computes both slopes: e 2; 1 + e 1, and e's
# own at most 1, both squared, and the square's 1; division and product 2.
SLOPE_BY_E = 9


def cases() -> list[Case]:
    x = normal((7, 13), 200, deviation=3.0)
    x[0, :5] = [0.0, -0.0, 12.5, -12.5, 2.0**-12]
    grad_y = normal((7, 13), 201)
    extreme_grad_y = normal(EXTREMES.shape, 202)
    found = []
    for name in ACTIVATIONS:
        found.append(_case(name, name, x, grad_y))
        found.append(_case(f"{name}_extreme", name, EXTREMES, extreme_grad_y))
    return found


def _case(case: str, name: str, x: Array, grad_y: Array) -> Case:
    forward, backward = ACTIVATIONS[name]
    of_y, of_grad_x = BOUNDS[name](x, grad_y)
    return Case(
        case,
        [
            *inputs(x=x),
            Tensor("y", forward(x), of_y),
            *inputs(grad_y=grad_y),
            Tensor("grad_x", backward(grad_y, x), of_grad_x),
        ],
    )


def _exact(x: Array, grad_y: Array) -> tuple[Bound, Bound]:
    return EXACT, EXACT


def _sigmoid(x: Array, grad_y: Array) -> tuple[Bound, Bound]:
    y = apart("e^-|x| 2, 1 + e 1, division 1", rel=EXP + 2)
    # s (1 - s): s is off by 2 s^2 + 2 s (1 - s), so 1 - s by that and its own rounding.
    grad_x = Bound(
        2 * np.max(np.abs(grad_y) * sigmoid(x) ** 2 * _not_saturated(x)),
        9 + SLOPE_BY_E,
        "s (1 - s): s off by 2 s^2 + 2 s (1 - s) cancels in 1 - s (abs); s 4, products 2, 1 - s 3; "
        "the golden array, in which nothing cancels, 9",
    )
    return y, grad_x


def _tanh(x: Array, grad_y: Array) -> tuple[Bound, Bound]:
    # In 1 - h^2 the relative error of h^2, 2 * 4 + 1, is absolute; where h is 1, it is 4 e^-2|x|.
    per_element = np.abs(grad_y) * np.tanh(x) ** 2 * (2 * TANH + 1) * _not_saturated(2 * np.abs(x))
    return (
        apart("tanh 2 ulp", rel=TANH),
        Bound(
            np.max(per_element),
            2 + SLOPE_BY_E,
            "1 - h^2: h^2 off by 2 * 4 + 1 (abs), subtraction and product 2; the golden array, in "
            "which nothing cancels, 9",
        ),
    )


def _leaky_relu(x: Array, grad_y: Array) -> tuple[Bound, Bound]:
    bound = once(2, "a is rounded in float32, and the product: equal in float64")
    return bound, bound


def _elu(x: Array, grad_y: Array) -> tuple[Bound, Bound]:
    return (
        apart("e^x - 1 with e^x <= 1 off by 2 (abs), subtraction 1", abs=EXPM1, rel=1),
        apart("e^x 2, product 1", rel=EXP + 1),
    )


def _silu(x: Array, grad_y: Array) -> tuple[Bound, Bound]:
    s = sigmoid(x)
    # As for sigmoid_backward, x times; then the sum, which passes zero near x = -1.28.
    of_derivative = np.abs(x) * (2 * s**2 * _not_saturated(x) + 9 * s * (1 - s))
    of_s = (EXP + 2) * s
    return (
        apart("sigmoid 4, product 1", rel=EXP + 3),
        apart(
            "grad_y (s + x s (1 - s)): max of s's 4 s and x times sigmoid_backward's (abs), as the "
            "sum may cancel; sum and product 2",
            abs=np.max(np.abs(grad_y) * (of_s + of_derivative)),
            rel=2,
        ),
    )


def _not_saturated(x: Array) -> Array:
    """The part of 1 - s's rounding that is left: past x = 37, s is 1 and 1 - s is off by e^-x."""
    return np.minimum(1.0, np.exp(-np.maximum(x, 0.0)) / U64)


BOUNDS = {
    "identity": _exact,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "relu": _exact,
    "leaky_relu": _leaky_relu,
    "elu": _elu,
    "silu": _silu,
}
