"""Optimisers and schedules in other forms, for other_forms.py: the same paths by other roundings.

Factors are taken together, corrections are folded into the rate, powers are products. Hyperparameters
are rounded to the precision once; what is subtracted from 1 is subtracted before that.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Kind = type[np.floating]
Arrays = dict[str, NDArray]


def sgd(kind: Kind, value: NDArray, grads: NDArray, learning_rate: NDArray) -> Arrays:
    path = []
    for grad in grads:
        value = -(grad * learning_rate - value)
        path.append(value)
    return {"trajectory": np.stack(path)}


def momentum(
    kind: Kind,
    value: NDArray,
    grads: NDArray,
    learning_rate: NDArray,
    momentum: NDArray,
    ahead: bool = False,
) -> Arrays:
    velocity, path = np.zeros_like(value), []
    for grad in grads:
        velocity = grad + velocity * momentum
        moved = learning_rate * velocity
        # rate g + momentum (rate v): the product with the rate first.
        value = value - ((learning_rate * grad + momentum * moved) if ahead else moved)
        path.append(value)
    return {"trajectory": np.stack(path), "velocity": velocity}


def nesterov(kind: Kind, **given: NDArray) -> Arrays:
    return momentum(kind, **given, ahead=True)


def adagrad(kind: Kind, value: NDArray, grads: NDArray, learning_rate: NDArray) -> Arrays:
    square_sum, path = np.zeros_like(value), []
    for grad in grads:
        square_sum = grad * grad + square_sum
        value = value - grad / (np.sqrt(square_sum) + kind(1e-10)) * learning_rate
        path.append(value)
    return {"trajectory": np.stack(path), "square_sum": square_sum}


def rmsprop(kind: Kind, value: NDArray, grads: NDArray, learning_rate: NDArray) -> Arrays:
    decay, share, mean, path = kind(0.99), kind(1 - 0.99), np.zeros_like(value), []
    for grad in grads:
        mean = (share * grad) * grad + decay * mean
        value = value - grad / (np.sqrt(mean) + kind(1e-8)) * learning_rate
        path.append(value)
    return {"trajectory": np.stack(path), "square_mean": mean}


def adam(
    kind: Kind, value: NDArray, grads: NDArray, learning_rate: NDArray, decay: float = 0.0
) -> Arrays:
    first, second, path = np.zeros_like(value), np.zeros_like(value), []
    powers = np.ones(2)
    keep = kind(1.0 - float(learning_rate) * decay)
    for grad in grads:
        powers = powers * (0.9, 0.999)
        first = kind(0.9) * first + kind(1 - 0.9) * grad
        second = kind(0.999) * second + (kind(1 - 0.999) * grad) * grad
        root = kind(np.sqrt(1 - powers[1]))
        rate = learning_rate * root / kind(1 - powers[0])
        value = value * keep - rate * (first / (np.sqrt(second) + kind(1e-8) * root))
        path.append(value)
    return {"trajectory": np.stack(path), "first_moment": first, "second_moment": second}


def adamw(kind: Kind, **given: NDArray) -> Arrays:
    return adam(kind, **given, decay=0.01)


def _steps(count: int, kind: Kind) -> NDArray:
    return np.arange(count).astype(kind)


COUNT = 41  # rates of every schedule's case


def step_decay(kind: Kind, initial: NDArray, factor: NDArray, every: NDArray) -> Arrays:
    rates = [initial]
    for step in range(1, COUNT):
        rates.append(rates[-1] * factor if step % every == 0 else rates[-1])
    return {"rates": np.array(rates)}


def exponential_decay(kind: Kind, initial: NDArray, factor: NDArray, every: NDArray) -> Arrays:
    return {"rates": np.exp(np.log(factor) * (_steps(COUNT, kind) / kind(every))) * initial}


def inverse_time_decay(kind: Kind, initial: NDArray, factor: NDArray, every: NDArray) -> Arrays:
    return {"rates": initial / (_steps(COUNT, kind) / kind(every) * factor + kind(1))}


def _falling(kind: Kind, first: NDArray, last: NDArray, share: NDArray) -> NDArray:
    """first to last by the square of a cosine of half the angle: 1 + cos a = 2 cos^2 (a / 2)."""
    wave = np.cos(share * kind(np.pi) / kind(2)) ** 2
    return first * wave + last * (kind(1) - wave)


def cosine_decay(kind: Kind, initial: NDArray, steps: NDArray, least: NDArray) -> Arrays:
    share = np.minimum(_steps(COUNT, kind) / kind(steps), kind(1))
    return {"rates": _falling(kind, initial, least, share)}


def warm_up(kind: Kind, steps: NDArray, start: NDArray) -> Arrays:
    share = np.minimum(_steps(COUNT, kind) / kind(steps), kind(1))
    return {"rates": start * (kind(1) - share) + share}


def one_cycle(
    kind: Kind, peak: NDArray, steps: NDArray, rise: NDArray, div: NDArray, final_div: NDArray
) -> Arrays:
    top, end, at = rise * kind(steps) - kind(1), kind(steps - 1), _steps(COUNT, kind)
    up = _falling(kind, peak / div, peak, np.minimum(at / top, kind(1)))
    fall = np.clip((at - top) / (end - top), kind(0), kind(1))
    down = _falling(kind, peak, peak / (div * final_div), fall)
    return {"rates": np.where(at < top, up, down)}


def reduce_on_plateau(
    kind: Kind,
    values: NDArray,
    initial: NDArray,
    factor: NDArray,
    patience: NDArray,
    threshold: NDArray,
    cooldown: NDArray,
    least: NDArray,
) -> Arrays:
    rate, best, bad, deaf, rates = initial, kind(np.inf), 0, 0, []
    for value in values:
        if value < best - threshold * best if np.isfinite(best) else True:
            best, bad = value, 0
        elif deaf == 0:
            bad += 1
        deaf = max(deaf - 1, 0)
        if bad > patience:
            rate, bad, deaf = max(rate * factor, least), 0, int(cooldown)
        rates.append(rate)
    return {"rates": np.array(rates)}


OPERATIONS = {
    "sgd_update": sgd,
    "momentum_update": momentum,
    "nesterov_update": nesterov,
    "adagrad_update": adagrad,
    "rmsprop_update": rmsprop,
    "adam_update": adam,
    "adamw_update": adamw,
    "step_decay": step_decay,
    "exponential_decay": exponential_decay,
    "inverse_time_decay": inverse_time_decay,
    "cosine_decay": cosine_decay,
    "warm_up": warm_up,
    "one_cycle": one_cycle,
    "reduce_on_plateau": reduce_on_plateau,
}
