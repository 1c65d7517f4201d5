"""Phase 2 with each set of instructions that it is compiled for, and what of them the compiler put where.

NN_SIMD says which set the vectorised functions use (week04_speed/simd_target.h); simd_target_test.cc holds every
function that chooses to it. Here each test program runs with each set, not only with the best that ctest takes."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

SETS = ("avx512", "avx2", "neon", "baseline")

# Tests of programs that do no arithmetic on vectors.
OTHERS = {"phase2.week04.thread_pool_test", "phase2.week05.dataset_test", "phase2.week05.prefetch_test"}

# Instructions after which a processor of 2003 stops: their registers, or the prefix of their names.
AVX512 = re.compile(r"%zmm|%k[0-7]\b|%[xy]mm(1[6-9]|2\d|3[01])\b")
AVX = re.compile(r"v[a-z]|.*%ymm")
AMX = re.compile(r"(ldtilecfg|tileloadd|tilestored|tilerelease|tdpbf16ps|tilezero)\b")


@pytest.fixture(scope="module")
def build(phase2_programs: Path) -> Path:
    return phase2_programs.parent


@pytest.fixture(scope="module")
def best(build: Path) -> list[str]:
    """The sets that this processor has, best first, in the words of the refusal of another."""
    said = run_test(build / "phase2_vectorized/week04_speed/phase2.week04.exp_test", "none").stdout
    found = re.search(r'NN_SIMD is "none"; on this processor it may be one of: ((?:\w+, )*\w+)', said)
    assert found, said
    return found[1].split(", ")


def run_test(program: Path, instructions: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [program], env={**os.environ, "NN_SIMD": instructions}, capture_output=True, text=True, timeout=300
    )


@pytest.mark.parametrize("instructions", SETS)
def test_every_test_passes_with_each_set(build: Path, best: list[str], instructions: str) -> None:
    if instructions not in best:
        pytest.skip(f"this processor has no {instructions}; it has {', '.join(best)}")
    programs = sorted((build / "phase2_vectorized").glob("week0*/phase2.*_test"))
    programs = [program for program in programs if program.name not in OTHERS]
    assert len(programs) >= 50
    if instructions == best[0] and not os.environ.get("NN_SIMD"):
        pytest.skip(f"ctest runs all of them with {instructions}, the best that this processor has")
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        done = list(pool.map(lambda program: run_test(program, instructions), programs))
    failed = [d.stdout + d.stderr for d in done if d.returncode != 0 or not re.search(r"\[  PASSED  \] [1-9]", d.stdout)]
    assert not failed, f"{len(failed)} of {len(programs)} test programs fail with {instructions}:\n{failed[0]}"


def disassembled(build: Path) -> dict[tuple[str, str], list[str]]:
    """(file, function): its instructions, of everything that phase 2 and common/ compile."""
    objects = sorted((build / "phase2_vectorized").glob("week0*/CMakeFiles/*.dir/*.o"))
    objects += sorted((build / "common/CMakeFiles/nn_common.dir").glob("*.o"))
    objects = [file for file in objects if not file.name.endswith("_test.cc.o")]
    assert len(objects) > 60
    functions: dict[tuple[str, str], list[str]] = {}
    for file in objects:
        text = subprocess.run(
            ["objdump", "--disassemble", "--demangle", "--no-show-raw-insn", file],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
        for line in text.splitlines():
            if line.endswith(">:"):
                instructions = functions.setdefault((file.name, line.split("<", 1)[1][:-2]), [])
            elif line.startswith(" ") and "\t" in line:
                instructions.append(line.split("\t")[1])
    return functions


@pytest.fixture(scope="module")
def functions(build: Path) -> dict[tuple[str, str], list[str]]:
    if platform.machine() != "x86_64":
        pytest.skip(f"the sets are of x86-64, and this machine is {platform.machine()}")
    if shutil.which("objdump") is None:
        pytest.skip("objdump is not installed: apt-get install binutils")
    cache = (build / "CMakeCache.txt").read_text()
    if "NN_SANITIZE:STRING=\n" not in cache:
        pytest.skip("a sanitizer's build is full of the sanitizer's own instructions")
    if re.search(r"CMAKE_CXX_FLAGS:STRING=.*-march", cache):
        pytest.skip("built for one processor, by -march")
    return disassembled(build)


def test_instructions_stand_only_where_the_processor_was_asked(functions: dict[tuple[str, str], list[str]]) -> None:
    """A vector instruction outside the functions of its set ends the program on a processor without it; a function of
    the standard library that was compiled among them, and is shared by name, can carry one out."""
    astray = []
    for (file, function), instructions in functions.items():
        for instruction in instructions:
            if AVX512.search(instruction):
                allowed = "N_AVX3" in function
            elif AVX.match(instruction):
                allowed = "N_AVX3" in function or "N_AVX2" in function
            elif AMX.match(instruction):
                allowed = "multiply_add_amx" in function
            else:
                continue
            if not allowed:
                astray.append(f"{file}: {function}: {instruction}")
    assert not astray, astray[:5]


def test_each_set_has_its_own_instructions(functions: dict[tuple[str, str], list[str]]) -> None:
    """Every file with functions for several sets was compiled for all of them, not for one under several names."""
    files = {file for file, function in functions if "N_AVX3::" in function}
    assert len(files) >= 8, files
    for file in files:
        of_set = {
            name: [i for (f, function), body in functions.items() if f == file and name in function for i in body]
            for name in ("N_AVX3::", "N_AVX2::")
        }
        assert any("%zmm" in instruction for instruction in of_set["N_AVX3::"]), file
        assert any("%ymm" in instruction for instruction in of_set["N_AVX2::"]), file
        baseline = [function for f, function in functions if f == file and re.search(r"N_(SCALAR|SSE)\w*::", function)]
        assert baseline, f"{file} has nothing for the baseline"


def test_the_amx_path_is_amx(functions: dict[tuple[str, str], list[str]]) -> None:
    """What it does is tested by emulation (bf16_tile_test.cc); these are the instructions, in their order."""
    [body] = [body for (_, function), body in functions.items() if "multiply_add_amx" in function]
    order = [found[0] for instruction in body if (found := AMX.match(instruction))]
    assert set(order) == {"ldtilecfg", "tileloadd", "tdpbf16ps", "tilestored", "tilerelease"}
    assert (order[0], *order[-2:]) == ("ldtilecfg", "tilestored", "tilerelease")
    assert any(re.match(r"tdpbf16ps %tmm2,%tmm1,%tmm0", instruction) for instruction in body)
