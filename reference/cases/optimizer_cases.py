"""Week 4: a hundred steps of every optimiser, on gradients that are given. Streams 540-559.

Since the gradients do not come from where the parameters are, the rounding of a step is not amplified
by the steps after it: what the value may be off is the sum of what every step may be off. Beside each
array goes one of the same shape, how many roundoffs it may be off [Higham02 sec. 3.3].
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from reference import optimizers
from reference.bounds import apart
from reference.cases.case import Array, Case, Tensor, inputs, normal

STEPS, P = 100, 7
LEARNING_RATE, MOMENTUM = 2.0**-5, 0.875  # exact in float32

Memory = dict[str, Array]
# (value, memory, grad, step) -> the new value, and the new memory in its order
Update = Callable[[Array, Memory, Array, int], "Array | tuple[Array, ...]"]


def cases() -> list[Case]:
    value, grads = data()
    return [
        Case(f"{name}_update", _tensors(name, value, grads), first_phase=2) for name in TRAJECTORIES
    ]


def data() -> tuple[Array, Array]:
    """value (P), grads (STEPS,P), exact in float32.

    Columns are of sizes 2^-5 to 2, each with a drift of its own. Column 1 has no gradient at all
    and column 4 none until step 50: there the memory is 0, and what is divided by is epsilon.
    """
    drift = normal((P,), 541)
    grads = (normal((STEPS, P), 542) + drift) * 2.0 ** np.arange(-5, 2)
    grads = grads.astype(np.float32).astype(np.float64)
    grads[:, 1] = 0.0
    grads[:50, 4] = 0.0
    return normal((P,), 540), grads


def trajectory(name: str, value: Array, grads: Array) -> tuple[Array, Memory]:
    """The value after each step (STEPS,P), and what is remembered after the last."""
    remembered, update = TRAJECTORIES[name]
    memory = {what: np.zeros_like(value) for what in remembered}
    path = []
    for step, grad in enumerate(grads, start=1):
        new = update(value, memory, grad, step)
        value, *kept = new if isinstance(new, tuple) else (new,)
        memory = dict(zip(remembered, kept, strict=True))
        path.append(value)
    return np.stack(path), memory


TRAJECTORIES: dict[str, tuple[list[str], Update]] = {
    "sgd": ([], lambda w, _, g, step: optimizers.sgd_update(w, g, LEARNING_RATE)),
    "momentum": (
        ["velocity"],
        lambda w, m, g, step: optimizers.momentum_update(
            w, m["velocity"], g, LEARNING_RATE, MOMENTUM
        ),
    ),
    "nesterov": (
        ["velocity"],
        lambda w, m, g, step: optimizers.nesterov_update(
            w, m["velocity"], g, LEARNING_RATE, MOMENTUM
        ),
    ),
    "adagrad": (
        ["square_sum"],
        lambda w, m, g, step: optimizers.adagrad_update(w, m["square_sum"], g, LEARNING_RATE),
    ),
    "rmsprop": (
        ["square_mean"],
        lambda w, m, g, step: optimizers.rmsprop_update(w, m["square_mean"], g, LEARNING_RATE),
    ),
    "adam": (
        ["first_moment", "second_moment"],
        lambda w, m, g, step: optimizers.adam_update(w, *m.values(), g, step, LEARNING_RATE),
    ),
    "adamw": (
        ["first_moment", "second_moment"],
        lambda w, m, g, step: optimizers.adamw_update(w, *m.values(), g, step, LEARNING_RATE),
    ),
}


def _tensors(name: str, value: Array, grads: Array) -> list[Tensor]:
    path, memory = trajectory(name, value, grads)
    path_error, memory_error = roundoffs(name, value, grads)
    tensors = inputs(value=value, grads=grads, learning_rate=LEARNING_RATE)
    if "velocity" in memory:
        tensors += inputs(momentum=MOMENTUM)
    running = "max of the running error of 100 steps [Higham02 sec. 3.3], optimizer_cases.py"
    tensors.append(Tensor("trajectory", path, apart(running, abs=path_error.max())))
    for what, array in memory.items():
        error = memory_error[what]
        if what in ("velocity", "first_moment"):
            bound = apart(running, abs=error.max())
        else:  # squares: columns differ by 2^12, and nothing cancels
            fed = array > 0
            bound = apart(running + ", relative", rel=np.max(error[fed] / array[fed]))
        tensors.append(Tensor(what, array, bound))
    return tensors


def roundoffs(name: str, value: Array, grads: Array) -> tuple[Array, Memory]:
    """How many roundoffs the trajectory (STEPS,P) and the last memory may be off, to first order."""
    path, _ = trajectory(name, value, grads)
    before = np.vstack([value, path[:-1]])
    memory = {what: np.zeros(P) for what in TRAJECTORIES[name][0]}
    memory_error = {what: np.zeros(P) for what in memory}
    error, errors = np.zeros(P), []
    keep = 1.0 - LEARNING_RATE * 0.01 if name == "adamw" else 1.0
    for step, (w, grad) in enumerate(zip(before, grads), start=1):
        _remember(name, memory, memory_error, grad)
        moved, moved_error = _moved(name, memory, memory_error, grad, step)
        # The subtraction is rounded; adamw's factor is too, and its product.
        error = keep * error + moved_error + np.abs(keep * w - moved)
        error += 2.0 * np.abs(w) if name == "adamw" else 0.0
        errors.append(error)
    return np.stack(errors), memory_error


def _remember(name: str, memory: Memory, error: Memory, grad: Array) -> None:
    """Takes grad into the memory, and its roundings into the error."""
    for what, kept in memory.items():
        if what == "velocity":  # the product and the sum; MOMENTUM and grad are exact
            decay, term, term_roundings = MOMENTUM, grad, 0
        elif what == "square_sum":  # the square
            decay, term, term_roundings = 1.0, grad**2, 1
        else:  # the share 1 - decay, the square, the product
            decay = {"square_mean": 0.99, "first_moment": 0.9, "second_moment": 0.999}[what]
            term = (1.0 - decay) * (grad if what == "first_moment" else grad**2)
            term_roundings = 3
        of_product = 0 if decay == 1.0 else 1 + (decay != MOMENTUM)  # and the decay's own
        new = decay * kept + term
        error[what] = (
            decay * error[what]
            + of_product * np.abs(decay * kept)
            + term_roundings * np.abs(term)
            + np.abs(new)
        )
        memory[what] = new


def _moved(
    name: str, memory: Memory, error: Memory, grad: Array, step: int
) -> tuple[Array, Array]:
    """What the step takes from the value, and how many roundoffs that is off."""
    rate = LEARNING_RATE
    if name == "sgd":
        return rate * grad, np.abs(rate * grad)
    if name == "momentum":
        velocity = memory["velocity"]
        return rate * velocity, rate * error["velocity"] + np.abs(rate * velocity)
    if name == "nesterov":
        ahead = grad + MOMENTUM * memory["velocity"]
        of_ahead = MOMENTUM * (error["velocity"] + np.abs(memory["velocity"])) + np.abs(ahead)
        return rate * ahead, rate * of_ahead + np.abs(rate * ahead)
    if name in ("adagrad", "rmsprop"):
        squares = memory["square_sum" if name == "adagrad" else "square_mean"]
        squares_error = error["square_sum" if name == "adagrad" else "square_mean"]
        correction1, epsilon = 1.0, 1e-10 if name == "adagrad" else 1e-8
        top, top_error, correction2 = grad, 0.0, 1.0
    else:
        squares, squares_error = memory["second_moment"], error["second_moment"]
        top, top_error = memory["first_moment"], error["first_moment"]
        correction1, correction2, epsilon = 1 - 0.9**step, 1 - 0.999**step, 1e-8
    moved = rate * top / correction1 / (np.sqrt(squares / correction2) + epsilon)
    # A root halves the relative error. In the dead column all is 0, and exact.
    of_root = np.divide(squares_error, 2.0 * squares, out=np.zeros(P), where=squares > 0)
    of_top = np.divide(top_error, np.abs(top), out=np.zeros(P), where=top != 0)
    # The root 1, epsilon and its sum 2, rate times top 1, the quotient 1; the corrections, each
    # rounded and taken in 2 each.
    own = 5.0 if correction1 == 1.0 else 9.0
    return moved, np.abs(moved) * (of_root + of_top + own)
