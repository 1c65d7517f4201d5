"""Results of race-free kernels do not depend on how they are compiled, checked or scheduled: bit for bit.

Random lists, random programs, and the correct programs of tests/check: at -O1, -O2, -O3 and with --check, for seeds of
the schedule and 1 to 4 workers. All of it with --run-slow (20 seeds, each with 1 to 4 workers); else a sample.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from .building import BUILDS, HERE, lists_program, ran, simcc, together
from .programs import Program, source

CLEAN = sorted((HERE.parent / "check").glob("clean_*.cu"))
# Few, of different kinds; the rest with --run-slow.
SOME = ["clean_double_buffer", "clean_last_block", "clean_reduction", "clean_warp_synchronous"]

SAMPLE = [(0, 1), (7, 2), (8, 4)]
ALL = [(seed, workers) for seed in range(20) for workers in (1, 2, 3, 4)]


def identical(binaries: Sequence[Path], schedules: Sequence[tuple[int, int]], *arguments: str) -> str:
    """The one output of all binaries in all schedules; no run fails, and checks find nothing."""
    want: str | None = None
    for seed, workers in schedules:
        for binary in binaries:
            result = ran(binary, *arguments, seed=seed, workers=workers, limit=1800)
            where = f"{binary.name}, CUDASIM_SEED={seed} CUDASIM_WORKERS={workers}"
            assert result.returncode == 0, f"{where}:\n{result.stdout}{result.stderr}"
            want = result.stdout if want is None else want
            assert result.stdout == want, where
    return want or ""


def built(folder: Path, sources: Sequence[Path]) -> list[Path]:
    name = sources[0].stem
    return together([lambda b=b: simcc(folder / f"{name}-{b}", sources, *BUILDS[b]) for b in BUILDS])


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = tmp_path_factory.mktemp("lists")
    return together([lambda build=build: lists_program(folder, build) for build in BUILDS])


def test_lists(lists: list[Path]) -> None:
    assert "60 lists" in identical(lists, SAMPLE, "60", "5000")


@pytest.mark.slow
def test_lists_in_all_schedules(lists: list[Path]) -> None:
    assert "100 lists" in identical(lists, ALL, "100", "6000")


def programs(folder: Path, first: int, count: int) -> list[Path]:
    file = folder / f"programs_{first}.cu"
    file.write_text(source([Program(first + i) for i in range(count)]))
    return built(folder, [file])


def test_programs(tmp_path: Path) -> None:
    output = identical(programs(tmp_path, 301, 5), SAMPLE)
    assert output.count("digest") == 5


@pytest.mark.slow
@pytest.mark.parametrize("first", range(1, 201, 20))
def test_programs_in_all_schedules(first: int, tmp_path: Path) -> None:
    output = identical(programs(tmp_path, first, 20), ALL)
    assert output.count("digest") == 20


def test_correct_programs(tmp_path: Path) -> None:
    for program in CLEAN:
        if program.stem in SOME:
            identical(built(tmp_path, [program]), SAMPLE)
    assert {program.stem for program in CLEAN} >= set(SOME)


@pytest.mark.slow
@pytest.mark.parametrize("program", CLEAN, ids=lambda path: path.stem)
def test_correct_programs_in_all_schedules(program: Path, tmp_path: Path) -> None:
    identical(built(tmp_path, [program]), ALL)


def test_arithmetic(tmp_path: Path) -> None:
    """Sums of products of floats, which a compiler may fuse, divisions, roots and library functions."""
    output = identical(built(tmp_path, [HERE / "arithmetic.cu"]), SAMPLE)
    assert output.count("\n") >= 5
