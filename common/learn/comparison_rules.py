"""Gates 4 and 5 of check-course: what the log of comparisons says of an exercise's tests.

The log (common/compare_log.h) is written while the course's own code passes. A test is only as good
as what it compares: a swapped index goes unseen in a square or constant result, a wrong number in a
bound that is too wide.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable

from common.learn.exercise import Exercise

# A matrix of fewer elements is a worked example; loops go wrong in larger ones.
MIN_MATRIX = 15
MIN_VECTOR = 5
# How many of the comparisons of several elements may want one number everywhere: a row sum of
# probabilities does, rightly, and a lesson has a few of those.
MAX_CONSTANT = 0.25
# How much of its bound a test must use at least once, in an error or in one roundoff of what it
# wants; and how much each comparison must. The tests of weeks 1-3 use 4e-3 and 1.7e-5 or more.
MIN_RATIO_OF_TEST = 1e-4
MIN_RATIO_OF_COMPARISON = 1e-6

# A parameter through which a function writes: a pointer or a span, not to const.
WRITABLE = re.compile(r"(?<!const )\b(?:double|float|int|std::u?int\d+_t)\s*\*|\bstd::span<(?!\s*const\b)")
# GoogleTest's own tolerances, which the log does not see.
UNLOGGED = re.compile(r"\b(?:EXPECT|ASSERT)_(?:NEAR|DOUBLE_EQ|FLOAT_EQ)\b")


def several(comparison: dict) -> bool:
    return comparison["count"] > 1


def tells_indices_apart(comparison: dict) -> bool:
    """Would a swapped or a missing index show in this matrix?"""
    extents = comparison["shape"]
    return (
        len([extent for extent in extents if extent > 1]) >= 2
        and len(set(extents)) > 1
        and any(extent % 2 == 1 and extent > 1 for extent in extents)
        and comparison["count"] >= MIN_MATRIX
        and not comparison["constant"]
    )


def is_odd_vector(comparison: dict) -> bool:
    return (
        comparison["count"] >= MIN_VECTOR
        and comparison["count"] % 2 == 1
        and max(comparison["shape"], default=0) == comparison["count"]
        and not comparison["constant"]
    )


def shape_problems(log: list[dict], exercise: Exercise) -> list[str]:
    matrices = [c for c in log if len([extent for extent in c["shape"] if extent > 1]) >= 2]
    found = any(map(tells_indices_apart, matrices)) if matrices else any(map(is_odd_vector, log))
    if found:
        return []
    return [
        f"none of {len(log)} comparisons wants an array that is not square, not constant, has an odd extent and "
        f"{MIN_MATRIX} elements or more ({MIN_VECTOR} where results are rows or columns)"
    ]


def constant_problems(log: list[dict], exercise: Exercise) -> list[str]:
    counted = [c for c in log if several(c)]
    constant = [c for c in counted if c["constant"]]
    if len(constant) <= MAX_CONSTANT * len(counted):
        return []
    tests = sorted({c["test"] for c in constant})
    return [
        f"{len(constant)} of {len(counted)} comparisons want the same number everywhere, more than "
        f"{MAX_CONSTANT:.0%}: {', '.join(tests)}"
    ]


def symmetric_problems(log: list[dict], exercise: Exercise) -> list[str]:
    tests = sorted({c["test"] for c in log if c["symmetric"]})
    return [f"a symmetric result is wanted, in which rows and columns may be swapped: {', '.join(tests)}"] if tests else []


def writes_through_parameters(contract: str) -> bool:
    without_comments = re.sub(r"//[^\n]*", "", contract)
    return any(WRITABLE.search(parameters) for parameters in re.findall(r"\(([^()]*)\)", without_comments))


def guard_problems(log: list[dict], exercise: Exercise) -> list[str]:
    contract = exercise.source.with_suffix(".h")
    if not contract.exists() or not writes_through_parameters(contract.read_text(encoding="utf-8")):
        return []
    if any(c["guarded"] for c in log):
        return []
    return [f"{contract.name} writes through a parameter, and no test hands it a Guarded buffer (common/guarded.h)"]


def ratio(comparison: dict, largest_of_test: float) -> float:
    """How much of its bound a comparison uses: its error, or one roundoff of the largest it wants
    (of what its test wants, where it wants zeros alone), over what is allowed."""
    largest = comparison["largest_want"] or largest_of_test or 1.0
    return max(comparison["max_ratio"] or 0.0, comparison["roundoff"] * largest / comparison["max_allowed"])


def inexact(log: list[dict]) -> list[dict]:
    return [c for c in log if not c["exact"]]


def ratios(log: list[dict]) -> dict[str, list[tuple[float, dict]]]:
    """For each test, the ratio of each of its inexact comparisons."""
    largest: dict[str, float] = defaultdict(float)
    for c in log:
        largest[c["test"]] = max(largest[c["test"]], c["largest_want"])
    found = defaultdict(list)
    for c in inexact(log):
        found[c["test"]].append((ratio(c, largest[c["test"]]), c))
    return found


def smallest_ratio(log: list[dict]) -> float | None:
    """Of the tests: the smallest part of its bound that one uses. None if all is exact."""
    return min((max(value for value, _ in of_test) for of_test in ratios(log).values()), default=None)


def tolerance_problems(log: list[dict], exercise: Exercise) -> list[str]:
    problems = []
    for test, found in sorted(ratios(log).items()):
        most = max(value for value, _ in found)
        least, comparison = min(found, key=lambda pair: pair[0])
        if most < MIN_RATIO_OF_TEST or least < MIN_RATIO_OF_COMPARISON:
            limit = MIN_RATIO_OF_TEST if most < MIN_RATIO_OF_TEST else MIN_RATIO_OF_COMPARISON
            problems.append(
                f"{test}: the tolerance is slack: {comparison['max_allowed']:.3g} is allowed where the largest result is "
                f"{comparison['largest_want']:.3g} and the error {comparison['max_error']:.3g}; {least:.1e} of the "
                f"bound is used, at least {limit:.0e} should be"
            )
    test_file = exercise.tests
    for number, line in enumerate(test_file.read_text(encoding="utf-8").splitlines(), 1):
        if found := UNLOGGED.search(line):
            problems.append(
                f"{test_file.name}:{number}: {found[0]} has a tolerance that the log does not see; use close() of "
                "common/compare_gtest.h"
            )
    return problems


# Gate 4's questions by the name of the exemption that an exercise may declare from each.
SHAPE_RULES: dict[str, Callable[[list[dict], Exercise], list[str]]] = {
    "shapes": shape_problems,
    "constant": constant_problems,
    "symmetric": symmetric_problems,
    "guards": guard_problems,
}


def data_problems(log: list[dict], exercise: Exercise) -> list[str]:
    """Gate 4: what is wrong with the arrays that the tests compare. An exemption that nothing needs
    is a problem too, so that there are no more of them than there must be."""
    problems = []
    for name, rule in SHAPE_RULES.items():
        found = rule(log, exercise)
        if name not in exercise.exempt:
            problems += found
        elif not found:
            problems.append(f"{exercise.name}.toml declares [exempt] {name}, and nothing needs it")
    return problems
