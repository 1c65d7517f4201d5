"""Results of race-free kernels do not depend on how they are compiled, checked or scheduled: bit for bit.

Random lists, random programs, and the correct programs of tests/check: at -O1, -O2, -O3 and with --check, for seeds of
the schedule and 1 to 4 workers. All of it with --run-slow (20 seeds, each with 1 to 4 workers); else a sample.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from .building import BUILDS, HERE, Builder, ran, together

CLEAN = sorted((HERE.parent / "check").glob("clean_*.cu"))
# Few, of different kinds; the rest with --run-slow.
SOME = ["clean_double_buffer", "clean_last_block", "clean_reduction", "clean_warp_synchronous"]

SAMPLE = [(0, 1), (7, 2), (8, 4)]
ALL = [(seed, workers) for seed in range(20) for workers in (1, 2, 3, 4)]


def identical(
    binaries: Sequence[Path], schedules: Sequence[tuple[int, int]], *arguments: str, silent: bool = True
) -> str:
    """The one output of all binaries in all schedules. No run fails; if `silent`, checks find nothing either.

    What checks find in the programs of tests/check is that folder's own test.
    """
    want: str | None = None
    for seed, workers in schedules:
        for binary in binaries:
            result = ran(binary, *arguments, seed=seed, workers=workers, limit=1800, findings_fail=silent)
            where = f"{binary.name}, CUDASIM_SEED={seed} CUDASIM_WORKERS={workers}"
            assert result.returncode == 0, f"{where}:\n{result.stdout}{result.stderr}"
            assert not silent or result.stderr == "", f"{where}:\n{result.stderr}"
            want = result.stdout if want is None else want
            assert result.stdout == want, where
    return want or ""


def builds(one: Callable[[str], Path]) -> list[Path]:
    return together([lambda b=build: one(b) for build in BUILDS])


def test_lists(builder: Builder) -> None:
    assert "60 lists" in identical(builds(builder.lists), SAMPLE, "60", "5000")


@pytest.mark.slow
def test_lists_in_all_schedules(builder: Builder) -> None:
    assert "100 lists" in identical(builds(builder.lists), ALL, "100", "6000")


def test_programs(builder: Builder) -> None:
    output = identical(builds(lambda build: builder.programs(301, 3, build)), SAMPLE)
    assert output.count("digest") == 3


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1, 201, 20))
def test_programs_in_all_schedules(first: int, builder: Builder) -> None:
    output = identical(builds(lambda build: builder.programs(first, 20, build)), ALL)
    assert output.count("digest") == 20


def test_correct_programs(builder: Builder) -> None:
    for name in SOME:
        program = HERE.parent / "check" / f"{name}.cu"
        identical(builds(lambda build, p=program: builder.program(p, build)), SAMPLE, silent=False)


@pytest.mark.slow
@pytest.mark.parametrize("program", CLEAN, ids=lambda path: path.stem)
def test_correct_programs_in_all_schedules(program: Path, builder: Builder) -> None:
    identical(builds(lambda build: builder.program(program, build)), ALL, silent=False)


def test_arithmetic(builder: Builder) -> None:
    """Sums of products of floats, which a compiler may fuse, divisions, roots and library functions."""
    output = identical(builds(lambda build: builder.program(HERE / "arithmetic.cu", build)), SAMPLE)
    assert output.count("no error") == 10


@pytest.mark.slow
def test_arithmetic_in_all_schedules(builder: Builder) -> None:
    identical(builds(lambda build: builder.program(HERE / "arithmetic.cu", build)), ALL)
