"""Random lists of operations, many of them: CMake runs 500 (cudasim.stress_lists), --run-slow 10,000 here.

CUDASIM_STRESS_LISTS sets how many, CUDASIM_STRESS_SEED the first of them. A list that differs is printed with its seed,
made as small as it can be; `cudasim_stress 1 SEED` runs it again.
"""

from __future__ import annotations

import os

import pytest

from .building import Builder, ran


def chosen(name: str, otherwise: int) -> int:
    text = os.environ.get(name) or str(otherwise)
    if not text.isdigit():
        pytest.fail(f"{name} is '{text}'; it may be a whole number from 0")
    return int(text)


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2, 3, 4])
def test_lists_agree_with_the_model(builder: Builder, workers: int) -> None:
    each = -(-chosen("CUDASIM_STRESS_LISTS", 10_000) // 4)
    first = chosen("CUDASIM_STRESS_SEED", 1_000) + (workers - 1) * each
    result = ran(builder.lists("O2"), str(each), str(first), seed=first, workers=workers, limit=3600)
    assert result.returncode == 0, result.stdout + result.stderr
    assert f"{each} lists" in result.stdout and "no difference" in result.stdout


def test_a_wrong_argument_is_named(builder: Builder) -> None:
    for arguments in (["many"], ["1", "-1"], ["1", "2", "3"], [""]):
        result = ran(builder.lists("O2"), *arguments)
        assert result.returncode == 2 and "usage" in result.stderr, arguments
