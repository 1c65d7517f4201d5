"""Week 4: schedules, the rates of the first steps. Streams 560-569.

Every option is exact in float32. The arguments of powers and cosines are products and quotients of
them, each rounded, which the bounds count.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from reference import schedules
from reference.bounds import EXACT, SIN, Bound, apart
from reference.cases.case import Array, Case, Tensor, inputs, uniform

COUNT = 41  # steps: past the end of every curve that has one
POW = 2.0  # roundoffs of pow, as the C library's [GlibcManual]; NumPy's and Python's call it


def cases() -> list[Case]:
    return [
        _curve(
            "step_decay",
            schedules.step_decay,
            apart("the power 2, the product 1", rel=POW + 1),
            initial=0.75,
            factor=0.625,
            every=7,
        ),
        _curve(
            "exponential_decay",
            schedules.exponential_decay,
            apart(
                "the exponent's rounding times |exponent log factor|; the power 2, the product 1",
                rel=(COUNT - 1) / 7 * abs(math.log(0.625)) + POW + 1,
            ),
            initial=0.75,
            factor=0.625,
            every=7,
        ),
        _curve(
            "inverse_time_decay",
            schedules.inverse_time_decay,
            apart("product 1, quotient 1, sum 1, quotient 1", rel=4),
            initial=0.75,
            factor=0.375,
            every=7,
        ),
        _curve(
            "cosine_decay",
            schedules.cosine_decay,
            _half_wave(0.75, 0.0625),
            initial=0.75,
            steps=33,
            least=0.0625,
        ),
        _curve(
            "warm_up",
            schedules.warm_up,
            apart("1 - start, quotient, product, sum", rel=4),
            steps=19,
            start=0.3125,
        ),
        _curve(
            "one_cycle",
            schedules.one_cycle,
            _half_wave(0.75, 0.0),
            peak=0.75,
            steps=37,
            rise=0.3125,
            div=16.0,
            final_div=1024.0,
        ),
        _reduce_on_plateau(),
    ]


def _curve(
    name: str, curve: Callable[..., float], bound: Bound, **options: float | int
) -> Case:
    """rates (COUNT) of steps 0, 1, ...; integers are stored as such."""
    given = {key: np.int64(v) if isinstance(v, int) else v for key, v in options.items()}
    rates = np.array([curve(step, **options) for step in range(COUNT)])
    tensors = [*inputs(**given), Tensor("rates", rates, bound)]
    return Case(name, tensors, first_phase=2)


def _half_wave(first: float, last: float) -> Bound:
    """Of last + (first - last) (1 + cos(pi share)) / 2."""
    # share: a difference and a quotient 2, one_cycle's `top` 1; pi 1; the product 1.
    of_angle = 5 * math.pi
    return apart(
        "cosine: pi times 5 of the angle, 4 itself; 1 + it: 2, the difference and product: 4; sum",
        abs=(first - last) / 2 * (of_angle + SIN + 2 + 4) + first,
    )


def _reduce_on_plateau() -> Case:
    """A loss that falls, and stands three times: factor 1/4 is exact, and nothing is near a threshold."""
    values, given = plateau_data()
    state, rates = schedules.Plateau(0.5), []
    for value in values:
        state = schedules.reduce_on_plateau(state, value, **given)
        rates.append(state.rate)
    tensors = inputs(
        values=values,
        initial=0.5,
        **{key: np.int64(v) if isinstance(v, int) else v for key, v in given.items()},
    )
    return Case(
        "reduce_on_plateau", [*tensors, Tensor("rates", np.array(rates), EXACT)], first_phase=2
    )


def plateau_data() -> tuple[Array, dict[str, float | int]]:
    """values (COUNT), exact in float32, and the options."""
    falling = 4.0 * 0.75 ** (np.arange(COUNT) % 12 + 3 * (np.arange(COUNT) // 12))
    standing = np.arange(COUNT) % 12 >= 5
    level = 4.0 * 0.75 ** (4 + 3 * (np.arange(COUNT) // 12))
    values = np.where(standing, level + uniform((COUNT,), 560, 0.0, 0.5), falling)
    values = values.astype(np.float32).astype(np.float64)
    options = {
        "factor": 0.25,
        "patience": 2,
        "threshold": 2.0**-10,
        "cooldown": 1,
        "least": 2.0**-8,
    }
    return values, options
