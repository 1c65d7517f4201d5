"""Optimisers and schedules against PyTorch's in float64, where PyTorch is installed."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from reference.cases.optimizer_cases import LEARNING_RATE, MOMENTUM, data
from reference.cases.schedule_cases import COUNT
from reference.generate import all_cases

try:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # PyTorch 1.13 uses names that newer setuptools deprecate
        import torch
        from torch.optim import lr_scheduler
except ImportError as error:
    pytest.skip(
        f"no PyTorch for this Python ({error}): no optimiser was compared with it",
        allow_module_level=True,
    )

CASES = {case.name: case for case in all_cases()}

THEIR_OPTIMIZERS: dict[str, Callable[[list[torch.Tensor]], torch.optim.Optimizer]] = {
    "sgd": lambda w: torch.optim.SGD(w, lr=LEARNING_RATE),
    "momentum": lambda w: torch.optim.SGD(w, lr=LEARNING_RATE, momentum=MOMENTUM),
    "nesterov": lambda w: torch.optim.SGD(w, lr=LEARNING_RATE, momentum=MOMENTUM, nesterov=True),
    "adagrad": lambda w: torch.optim.Adagrad(w, lr=LEARNING_RATE),
    "rmsprop": lambda w: torch.optim.RMSprop(w, lr=LEARNING_RATE),
    "adam": lambda w: torch.optim.Adam(w, lr=LEARNING_RATE),
    "adamw": lambda w: torch.optim.AdamW(w, lr=LEARNING_RATE),
}
# What they call what we remember.
THEIR_MEMORY = {
    "velocity": "momentum_buffer",
    "square_sum": "sum",
    "square_mean": "square_avg",
    "first_moment": "exp_avg",
    "second_moment": "exp_avg_sq",
}


def close(case: str, name: str, theirs: np.ndarray) -> None:
    """PyTorch's array equals the golden `case/name` within its bound."""
    golden = next(one for one in CASES[case].tensors if one.name == name)
    assert golden.array.shape == theirs.shape and golden.bound is not None
    error = np.abs(theirs - golden.array)
    assert np.all(error <= golden.bound.allowed(golden.array)), f"{case}/{name}"


@pytest.mark.parametrize("name", THEIR_OPTIMIZERS)
def test_optimizer(name: str) -> None:
    value, grads = data()
    w = torch.tensor(value, requires_grad=True)
    optimizer, path = THEIR_OPTIMIZERS[name]([w]), []
    for grad in grads:
        w.grad = torch.tensor(grad)
        optimizer.step()
        path.append(w.detach().numpy().copy())
    close(f"{name}_update", "trajectory", np.stack(path))
    for tensor in CASES[f"{name}_update"].tensors:
        if tensor.name in THEIR_MEMORY:
            theirs = optimizer.state[w][THEIR_MEMORY[tensor.name]].numpy()
            close(f"{name}_update", tensor.name, theirs)


def given(case: str) -> dict[str, Any]:
    return {one.name: one.array[()] for one in CASES[case].tensors if one.bound is None}


def their_rates(
    initial: float,
    make: Callable[[torch.optim.Optimizer], Any],
    count: int,
    observed: np.ndarray | None = None,
) -> np.ndarray:
    """The rates of `count` steps, or those after each observation."""
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=initial)
    schedule, rates = make(optimizer), []
    for step in range(count):
        optimizer.step()  # else PyTorch warns that the schedule goes first
        if observed is not None:
            schedule.step(observed[step])
        rates.append(optimizer.param_groups[0]["lr"])
        if observed is None and step + 1 < count:
            schedule.step()
    return np.array(rates)


def test_step_decay() -> None:
    o = given("step_decay")
    rates = their_rates(
        o["initial"], lambda one: lr_scheduler.StepLR(one, int(o["every"]), o["factor"]), COUNT
    )
    close("step_decay", "rates", rates)


def test_exponential_decay() -> None:
    o = given("exponential_decay")
    gamma = o["factor"] ** (1 / o["every"])  # theirs has no `every`
    rates = their_rates(o["initial"], lambda one: lr_scheduler.ExponentialLR(one, gamma), COUNT)
    # Their rate is a product of up to 40 factors, each the root's and its own rounding off: 40 * 4.
    golden = CASES["exponential_decay"].tensors[-1].array
    assert np.all(np.abs(rates - golden) <= (160 + 12) * 2.0**-53 * golden)


def test_cosine_decay() -> None:
    o = given("cosine_decay")
    steps = int(o["steps"])
    rates = their_rates(
        o["initial"],
        lambda one: lr_scheduler.CosineAnnealingLR(one, steps, eta_min=o["least"]),
        steps + 1,  # theirs rises again after that
    )
    golden = CASES["cosine_decay"].tensors[-1]
    # They go from rate to rate by a quotient of cosines, so each step's bound is the next one's too.
    allowed = (steps + 1) * golden.bound.allowed(golden.array)
    assert np.all(np.abs(rates - golden.array[: steps + 1]) <= allowed[: steps + 1])


def test_warm_up() -> None:
    o = given("warm_up")
    rates = their_rates(
        1.0,
        lambda one: lr_scheduler.LinearLR(one, o["start"], total_iters=int(o["steps"])),
        COUNT,
    )
    golden = CASES["warm_up"].tensors[-1].array
    # They multiply the rate by a quotient at each of up to 19 steps, of 6 roundings.
    assert np.all(np.abs(rates - golden) <= (19 * 7 + 8) * 2.0**-53 * golden)


def test_one_cycle() -> None:
    o = given("one_cycle")
    steps = int(o["steps"])
    rates = their_rates(
        1.0,
        lambda one: lr_scheduler.OneCycleLR(
            one,
            o["peak"],
            total_steps=steps,
            pct_start=o["rise"],
            div_factor=o["div"],
            final_div_factor=o["final_div"],
            cycle_momentum=False,
        ),
        steps,  # theirs refuses a step after the last
    )
    golden = CASES["one_cycle"].tensors[-1]
    want = golden.array[:steps]
    assert np.all(np.abs(rates - want) <= golden.bound.allowed(want))


def test_reduce_on_plateau() -> None:
    o = given("reduce_on_plateau")
    rates = their_rates(
        o["initial"],
        lambda one: lr_scheduler.ReduceLROnPlateau(
            one,
            factor=o["factor"],
            patience=int(o["patience"]),
            threshold=o["threshold"],
            cooldown=int(o["cooldown"]),
            min_lr=o["least"],
        ),
        COUNT,
        observed=o["values"],
    )
    close("reduce_on_plateau", "rates", rates)
