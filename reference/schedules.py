"""Schedules: the learning rate of a step, 0 being the first. Week 4.

Definitions are those of PyTorch's lr_scheduler, where it has one; past its end a curve stays where it
ended.

Source  cosine_decay [Loshchilov17 eq. 5]; one_cycle [Smith19].
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace


def step_decay(step: int, initial: float, factor: float, every: int) -> float:
    """initial factor^floor(step / every)."""
    return initial * factor ** (step // every)


def exponential_decay(step: int, initial: float, factor: float, every: int = 1) -> float:
    """initial factor^(step / every)."""
    return initial * factor ** (step / every)


def inverse_time_decay(step: int, initial: float, factor: float, every: int = 1) -> float:
    """initial / (1 + factor step / every)."""
    return initial / (1.0 + factor * step / every)


def cosine_decay(step: int, initial: float, steps: int, least: float = 0.0) -> float:
    """least + (initial - least) (1 + cos(pi step / steps)) / 2, least from `steps` on."""
    return _half_wave(initial, least, min(step / steps, 1.0))


def warm_up(step: int, steps: int, start: float = 1.0 / 3.0) -> float:
    """The factor start + (1 - start) step / steps, 1 from `steps` on."""
    return start + (1.0 - start) * min(step / steps, 1.0)


def one_cycle(
    step: int,
    peak: float,
    steps: int,
    rise: float = 0.3,
    div: float = 25.0,
    final_div: float = 1e4,
) -> float:
    """Half a wave from peak / div up to peak at step rise steps - 1, then half a wave down to
    peak / (div final_div) at step steps - 1.
    """
    top, end = rise * steps - 1.0, steps - 1.0
    if step < top:
        return _half_wave(peak / div, peak, step / top)
    before = max(top, 0.0)
    return _half_wave(peak, peak / div / final_div, min((step - before) / (end - before), 1.0))


def _half_wave(first: float, last: float, share: float) -> float:
    """From first to last on half a wave of a cosine;  share in [0, 1]."""
    return last + (first - last) * (1.0 + math.cos(math.pi * share)) / 2.0


@dataclass(frozen=True)
class Plateau:
    """What reduce_on_plateau knows between two observations."""

    rate: float
    best: float = math.inf
    bad: int = 0  # observations in a row that were no better
    cooling: int = 0  # observations to come that count for nothing


def reduce_on_plateau(
    state: Plateau,
    value: float,
    factor: float = 0.1,
    patience: int = 10,
    threshold: float = 1e-4,
    cooldown: int = 0,
    least: float = 0.0,
) -> Plateau:
    """The state after observing `value`, of which less is better: the rate times factor once more
    than `patience` values in a row were not below best (1 - threshold).
    """
    better = value < state.best * (1.0 - threshold)
    bad = 0 if better or state.cooling > 0 else state.bad + 1
    state = replace(
        state, best=value if better else state.best, bad=bad, cooling=max(state.cooling - 1, 0)
    )
    if bad <= patience:
        return state
    return replace(state, rate=max(state.rate * factor, least), bad=0, cooling=cooldown)
