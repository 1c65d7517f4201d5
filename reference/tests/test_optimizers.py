"""Optimisers and schedules against closed forms, and against what each is for."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reference import optimizers, schedules
from reference.cases import optimizer_cases
from reference.cases.schedule_cases import plateau_data

W, G = np.array([1.0, -2.0, 3.0]), np.array([0.5, -4.0, 0.125])


def test_sgd_is_the_rate_times_the_gradient() -> None:
    assert np.array_equal(optimizers.sgd_update(W, G, 0.5), [0.75, 0.0, 2.9375])


def test_momentum_of_a_constant_gradient_is_a_geometric_sum() -> None:
    value, velocity = W, np.zeros(3)
    for step in range(1, 30):
        value, velocity = optimizers.momentum_update(value, velocity, G, 0.5, 0.75)
        # 1 + 3/4 + ... = 4 (1 - (3/4)^step): every term is exact or rounded once a step.
        assert np.allclose(velocity, G * 4 * (1 - 0.75**step), rtol=1e-15 * step, atol=0)


def test_nesterov_is_the_gradient_of_the_point_ahead() -> None:
    """On f = c w^2 / 2: [Sutskever13] move a point u and take the gradient at u + momentum v; the
    parameters of our form are that point."""
    c, rate, momentum = np.array([0.5, 2.0, 8.0]), 0.0625, 0.75
    point, v = W, np.zeros(3)
    value, velocity = W, np.zeros(3)
    for _ in range(20):
        v = momentum * v - rate * c * (point + momentum * v)
        point = point + v
        value, velocity = optimizers.nesterov_update(value, velocity, c * value, rate, momentum)
        assert np.allclose(value, point + momentum * v, rtol=0, atol=1e-13)


def test_adagrad_of_a_constant_gradient_slows_like_one_by_a_root() -> None:
    value, square_sum = W, np.zeros(3)
    for step in range(1, 50):
        before = value
        value, square_sum = optimizers.adagrad_update(value, square_sum, G, 0.5, epsilon=0.0)
        assert np.allclose(before - value, 0.5 * np.sign(G) / math.sqrt(step), rtol=0, atol=2e-15)


def test_rmsprop_of_a_constant_gradient_starts_ten_times_too_fast() -> None:
    value, square_mean = W, np.zeros(3)
    for step in range(1, 2000):
        before = value
        value, square_mean = optimizers.rmsprop_update(value, square_mean, G, 2.0**-10, epsilon=0.0)
        want = 2.0**-10 * np.sign(G) / math.sqrt(1 - 0.99**step)
        assert np.allclose(before - value, want, rtol=1e-12, atol=2e-15)


@pytest.mark.parametrize("size", [1e-6, 1.0, 1e6])
def test_adam_of_a_constant_gradient_moves_by_the_rate(size: float) -> None:
    """From the first step on, whatever the gradient's size: what the corrections are for."""
    value, first, second = W, np.zeros(3), np.zeros(3)
    for step in range(1, 50):
        before = value
        value, first, second = optimizers.adam_update(
            value, first, second, size * G, step, 2.0**-10, epsilon=0.0
        )
        assert np.allclose(before - value, 2.0**-10 * np.sign(G), rtol=1e-11, atol=2e-15)


def test_epsilon_is_outside_the_root() -> None:
    """With a gradient of epsilon, and a memory that is its square, the step is half a rate."""
    eps = np.array([2.0**-20])
    moved = -optimizers.adagrad_update(np.zeros(1), np.zeros(1), eps, 1.0, epsilon=2.0**-20)[0]
    assert moved == 0.5
    moved = -optimizers.adam_update(np.zeros(1), 0 * eps, 0 * eps, eps, 1, 1.0, 0.5, 0.75, 2.0**-20)[0]
    assert moved == 0.5


def test_adamw_decays_apart_from_the_gradient() -> None:
    """All weights by one share; an L2 penalty in Adam moves them by one length."""
    zero = np.zeros(3)
    value, first, second = optimizers.adamw_update(W, zero, zero, zero, 1, 0.5, weight_decay=0.25)
    assert np.array_equal(value, W * (1 - 0.125)) and not first.any() and not second.any()
    penalised = optimizers.adam_update(W, zero, zero, 0.25 * W, 1, 0.5, epsilon=0.0)[0]
    assert np.allclose(W - penalised, 0.5 * np.sign(W), rtol=1e-12, atol=0)


@pytest.mark.parametrize("name", optimizer_cases.TRAJECTORIES)
def test_nothing_given_is_changed(name: str) -> None:
    value, grads = optimizer_cases.data()
    kept = value.copy(), grads.copy()
    optimizer_cases.trajectory(name, value, grads)
    assert np.array_equal(value, kept[0]) and np.array_equal(grads, kept[1])


@pytest.mark.parametrize("name", optimizer_cases.TRAJECTORIES)
def test_a_parameter_without_a_gradient_stays(name: str) -> None:
    value, grads = optimizer_cases.data()
    path, _ = optimizer_cases.trajectory(name, value, grads)
    if name == "adamw":
        want = value[1] * (1 - optimizer_cases.LEARNING_RATE * 0.01) ** np.arange(1, 101)
        assert np.allclose(path[:, 1], want, rtol=1e-13, atol=0)
    else:
        assert np.all(path[:, 1] == value[1])
    assert np.all(np.isfinite(path))


def test_schedules_begin_and_end_where_they_say() -> None:
    assert schedules.step_decay(6, 1.0, 0.5, 7) == 1.0 and schedules.step_decay(7, 1.0, 0.5, 7) == 0.5
    assert schedules.exponential_decay(14, 1.0, 0.5, 7) == 0.25
    assert schedules.inverse_time_decay(20, 1.0, 0.5, 10) == 0.5
    assert schedules.cosine_decay(0, 1.0, 8, 0.25) == 1.0
    assert schedules.cosine_decay(4, 1.0, 8, 0.25) == pytest.approx(0.625, rel=1e-15)
    assert schedules.cosine_decay(8, 1.0, 8, 0.25) == schedules.cosine_decay(99, 1.0, 8, 0.25) == 0.25
    assert schedules.warm_up(0, 4, 0.5) == 0.5 and schedules.warm_up(2, 4, 0.5) == 0.75
    assert schedules.warm_up(4, 4, 0.5) == schedules.warm_up(99, 4, 0.5) == 1.0


def test_one_cycle_rises_to_its_peak_and_falls() -> None:
    rates = [schedules.one_cycle(step, 1.0, 40, rise=0.25, div=16, final_div=64) for step in range(50)]
    assert rates[0] == 1 / 16 and rates[9] == 1.0
    assert np.all(np.diff(rates[:10]) > 0) and np.all(np.diff(rates[9:40]) < 0)
    assert rates[39:] == [1 / 16 / 64] * 11
    assert schedules.one_cycle(0, 1.0, 2, rise=0.3) == 1.0  # no step is left for a rise


def test_plateau_waits_for_its_patience_and_its_cooldown() -> None:
    state, rates = schedules.Plateau(1.0), []
    for value in [3.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 1.0]:
        state = schedules.reduce_on_plateau(state, value, factor=0.5, patience=1, cooldown=1)
        rates.append(state.rate)
    #     better, better, bad 1, bad 2, cools, bad 1, bad 2, cools, better
    assert rates == [1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25]


def test_plateau_knows_its_least_and_nan_is_no_better() -> None:
    state = schedules.Plateau(1.0)
    for _ in range(9):
        state = schedules.reduce_on_plateau(state, math.nan, factor=0.25, patience=0, least=0.125)
    assert state == schedules.Plateau(0.125, math.inf, 0, 0)


def test_no_value_of_the_plateau_case_is_near_its_threshold() -> None:
    """So that float32 takes the same branches."""
    values, options = plateau_data()
    state = schedules.Plateau(0.5)
    for value in values:
        if math.isfinite(state.best):
            assert abs(value / (state.best * (1 - options["threshold"])) - 1) > 1e-4
        state = schedules.reduce_on_plateau(state, value, **options)
