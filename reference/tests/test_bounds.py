"""The bounds in cases.json hold for other correct implementations, and are not slack."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from reference.bounds import EXP, EXPM1, LOG, SIN, TANH, U32, U64, apart, gamma, once, product
from reference.cases import mlp_case
from reference.cases.case import Case
from reference.generate import all_cases
from reference.mlp import forward
from reference.tests import other_forms

# The golden arrays' own error is measured with longdouble, which on x86 has 11 bits more.
KINDS = {np.float32: U32, np.float64: U64, np.longdouble: U64}

CASES = {
    case.name: case for case in all_cases() if case.name not in other_forms.WITHOUT_ANOTHER_FORM
}


@functools.cache
def ratios(name: str, kind: type) -> dict[str, float]:
    """For each output of a case the largest error / allowed of the other form in this precision."""
    case = CASES[name]
    got = other_forms.compute(name, kind, _given(case, kind))
    found = {}
    for tensor in case.tensors:
        if tensor.bound is None:
            continue
        other = np.asarray(got[tensor.name])
        assert other.shape == tensor.array.shape
        wide = other if kind is np.longdouble else other.astype(np.float64)
        error = np.abs(wide - tensor.array).astype(np.float64)  # e^-1e4 is not 0 in longdouble
        allowed = tensor.bound.allowed(tensor.array, KINDS[kind])
        ratio = np.full(error.shape, np.inf)
        np.divide(error, allowed, out=ratio, where=allowed > 0)
        found[tensor.name] = float(np.max(np.where(error == 0, 0.0, ratio), initial=0.0))
    return found


def _given(case: Case, kind: type) -> dict[str, np.ndarray]:
    return {
        tensor.name: tensor.array
        if np.issubdtype(tensor.array.dtype, np.integer)
        else tensor.array.astype(kind)[()]
        for tensor in case.tensors
        if tensor.bound is None
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("name", CASES)
def test_another_correct_form_is_within_the_bound(name: str, kind: type) -> None:
    for tensor, ratio in ratios(name, kind).items():
        assert ratio <= 1, f"{name}/{tensor}: {ratio:.3g} times what is allowed"


# Measured over all cases and the three precisions: the least used bound is at 7e-4. Outputs that
# come out equal everywhere (zeros, one term, one column) say nothing about their bound.
@pytest.mark.parametrize("name", CASES)
def test_another_correct_form_uses_some_of_the_bound(name: str) -> None:
    for tensor in ratios(name, np.float64):
        used = max(ratios(name, kind)[tensor] for kind in KINDS)
        assert used == 0 or used > 5e-4, f"{name}/{tensor} uses {used:.2g} of its bound"


def test_every_input_is_exact_in_float32() -> None:
    for case in all_cases():
        for tensor in case.tensors:
            if tensor.bound is None and np.issubdtype(tensor.array.dtype, np.floating):
                if tensor.name == "learning_rate":
                    continue  # 0.1 is not; mlp's bound counts its rounding
                narrow = tensor.array.astype(np.float32).astype(np.float64)
                assert np.array_equal(narrow, tensor.array, equal_nan=True), case.name


@pytest.mark.parametrize("unit_roundoff", [U32, U64])
def test_a_lost_term_is_seen(unit_roundoff: float) -> None:
    case = CASES["matmul"]
    a, b, c = (tensor.array for tensor in case.tensors)
    lost = np.abs(a[:, :-1] @ b[:-1, :] - c)
    assert np.max(lost / case.tensors[2].bound.allowed(c, unit_roundoff)) > 1000


def test_no_relu_of_the_network_is_near_its_kink() -> None:
    """A float32 run takes the same branches: it is off by less than the margin."""
    x, t, start = mlp_case.data()
    margin = np.inf
    for layers in mlp_case.trajectory(start, x, t)[:-1]:
        margin = min(margin, *(np.abs(y).min() for y in forward(layers, x)[1:-1]))
    worst = max(
        one.bound.abs_roundoffs for one in CASES["mlp"].tensors if one.name.startswith("trained_")
    )
    assert margin > worst * U32


@pytest.mark.skipif(
    np.finfo(np.longdouble).eps >= U64, reason="longdouble is no wider than float64 here"
)
@pytest.mark.parametrize(
    "function, roundoffs, low, high",
    [
        (np.exp, EXP, -700, 0),
        (np.expm1, EXPM1, -20, 0),
        (np.log, LOG, 1e-12, 50),
        (np.tanh, TANH, -20, 20),
        (np.sin, SIN, 0.0, 6.28),
        (np.cos, SIN, 0.0, 6.28),
    ],
)
def test_library_functions_are_within_what_we_allow_them(
    function: np.ufunc, roundoffs: float, low: float, high: float
) -> None:
    x = np.linspace(low, high, 100_001)
    want = function(x.astype(np.longdouble))
    assert np.all(np.abs(function(x) - want) <= roundoffs * U64 * np.abs(want))


def test_bounds_add_up() -> None:
    assert gamma(3) == pytest.approx(3, rel=1e-6) and gamma(3) > 3
    a, b = np.array([[1.0, -2.0]]), np.array([[3.0], [4.0]])
    assert product(a, b) == gamma(2) * 11
    doubled = apart("because", abs=1.5, rel=2)
    assert (doubled.abs_roundoffs, doubled.rel_roundoffs) == (3.0, 4.0)
    assert np.array_equal(once(1, "because").allowed(np.array([-2.0])), [2 * U64])
