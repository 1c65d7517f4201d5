"""Gates 4 and 5 on logs of the tests' own making: what each rule lets pass, and what it names."""

from __future__ import annotations

from pathlib import Path

import pytest

from common.learn import comparison_rules as rules
from common.learn.exercise import Exercise

U = 2.0**-53


def line(shape: list[int], **changes: object) -> dict:
    count = 1
    for extent in shape:
        count *= extent
    return {
        "test": "T.Claim", "shape": shape, "count": count, "max_error": 0.0, "max_allowed": 0.0, "max_ratio": 0.0,
        "largest_want": 1.0, "roundoff": U, "loosened": 1.0, "exact": True, "constant": False, "symmetric": False,
        "guarded": False, "wrong": 0, "looks": "nothing", **changes,
    }


def inexact(allowed: float, **changes: object) -> dict:
    return line([3, 5], exact=False, max_allowed=allowed, **changes)


@pytest.fixture
def exercise(tmp_path: Path) -> Exercise:
    (tmp_path / "x_test.cc").write_text("TEST(T, Claim) {}\n")
    (tmp_path / "x.h").write_text("Matrix f(const Matrix& a);\n")
    return Exercise("phase1", tmp_path, "x", "X", "exercise", "X", ["a", "b", "c"])


@pytest.mark.parametrize(
    ("log", "passes"),
    [
        ([line([3, 5])], True),
        ([line([33, 31])], True),
        ([line([2, 33, 31])], True),
        ([line([2, 3])], False),  # a worked example alone
        ([line([33, 33])], False),
        ([line([32, 64])], False),
        ([line([33, 31], constant=True)], False),
        ([line([1, 33])], True),  # results that are all vectors
        ([line([33])], True),
        ([line([32])], False),
        ([line([3])], False),
        ([line([33]), line([33, 33])], False),  # vectors do not make up for square matrices
        ([line([])], False),
        ([], False),
    ],
)
def test_shapes(exercise: Exercise, log: list[dict], passes: bool) -> None:
    assert (rules.shape_problems(log, exercise) == []) is passes


def test_constant_results_are_counted_where_there_are_several_elements(exercise: Exercise) -> None:
    good, bad = line([3, 5]), line([3, 5], constant=True, test="T.Flat")
    assert rules.constant_problems([good] * 3 + [bad], exercise) == []
    assert "2 of 5 comparisons" in rules.constant_problems([good] * 3 + [bad] * 2, exercise)[0]
    assert "T.Flat" in rules.constant_problems([bad], exercise)[0]
    assert rules.constant_problems([line([1, 1], constant=True)], exercise) == []


def test_a_symmetric_result_is_named(exercise: Exercise) -> None:
    assert "T.Claim" in rules.symmetric_problems([line([3, 3], symmetric=True)], exercise)[0]
    assert rules.symmetric_problems([line([3, 3])], exercise) == []


@pytest.mark.parametrize(
    ("declaration", "writes"),
    [
        ("void f(double* y, const double* x, int n);", True),
        ("void f(std::span<double> y, std::span<const double> x);", True),
        ("void f(std::int64_t *count);", True),
        ("Matrix f(const Matrix& a);", False),
        ("double f(const double* x, std::span<const float> y);", False),
        ("std::span<double> row(int row);", False),  # what it returns is its own
        ("int f();  // writes through (double* y)", False),
    ],
)
def test_parameters_to_write_through(declaration: str, writes: bool) -> None:
    assert rules.writes_through_parameters(declaration) is writes


def test_outputs_are_fenced_where_a_contract_writes_through_a_pointer(exercise: Exercise) -> None:
    (exercise.folder / "x.h").write_text("void f(double* y, int n);\n")
    assert "no test hands it a Guarded buffer" in rules.guard_problems([line([3, 5])], exercise)[0]
    assert rules.guard_problems([line([3, 5], guarded=True)], exercise) == []


def test_a_bound_near_what_is_compared_passes(exercise: Exercise) -> None:
    log = [inexact(8 * U, max_error=2 * U, max_ratio=0.25)]
    assert rules.tolerance_problems(log, exercise) == []
    assert rules.smallest_ratio(log) == 0.25


def test_an_error_of_zero_says_nothing_of_the_bound(exercise: Exercise) -> None:
    """By luck there was none; one roundoff of the largest result is what the bound is held against."""
    assert rules.tolerance_problems([inexact(8 * U)], exercise) == []
    problems = rules.tolerance_problems([inexact(1e9)], exercise)
    assert "T.Claim: the tolerance is slack: 1e+09 is allowed where the largest result is 1" in problems[0]


def test_large_results_may_have_large_bounds(exercise: Exercise) -> None:
    assert rules.tolerance_problems([inexact(1e-4, largest_want=1e12)], exercise) == []
    assert rules.tolerance_problems([inexact(1e-4)], exercise) != []


def test_zeros_are_held_to_what_else_their_test_wants(exercise: Exercise) -> None:
    zeros = inexact(8 * U, largest_want=0.0)
    assert rules.tolerance_problems([zeros], exercise) == []
    assert rules.tolerance_problems([inexact(1e-4, largest_want=0.0), inexact(1e-4, largest_want=1e12)], exercise) == []


def test_one_slack_bound_among_narrow_ones_is_found(exercise: Exercise) -> None:
    log = [inexact(8 * U, max_ratio=0.5), inexact(1e9)]
    assert "at least 1e-06 should be" in rules.tolerance_problems(log, exercise)[0]


def test_gtests_own_tolerances_are_refused(exercise: Exercise) -> None:
    for macro in ("EXPECT_NEAR", "ASSERT_NEAR", "EXPECT_DOUBLE_EQ", "EXPECT_FLOAT_EQ"):
        (exercise.folder / "x_test.cc").write_text(f"\n  {macro}(a, b);\n")
        assert f"x_test.cc:2: {macro}" in rules.tolerance_problems([], exercise)[0]


def test_an_exemption_holds_only_where_it_is_needed(exercise: Exercise) -> None:
    assert rules.data_problems([line([3])], exercise) != []
    exercise.exempt = {"shapes": "results are three numbers"}
    assert rules.data_problems([line([3])], exercise) == []
    assert rules.data_problems([line([3, 5])], exercise) == ["x.toml declares [exempt] shapes, and nothing needs it"]
