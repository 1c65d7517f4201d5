"""An exercise in a .cu file: the learner's loop and check-course's gates, through their real commands.

testdata/cuda_course is a phase of one such exercise. It is put into a copy of the course, built for the
simulator there, and written wrong in the ways people do. Run by `make check-course`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from common.learn.exercise import ROOT
from common.learn.learner_testing import Terminal, environment, save
from common.learn.quickstart import make_source

pytestmark = pytest.mark.course

FOLDER = "phase4_cuda/week09_reduction"
REGISTERED = """
[[phase]]
name = "phase4"
folder = "phase4_cuda"
title = "CUDA"

[[phase.week]]
folder = "week09_reduction"
title = "Reduction"
exercises = ["block_sum"]
"""
RIGHT = (ROOT / "common/learn/testdata/cuda_course/week09_reduction/block_sum.cu").read_text(encoding="utf-8")
BARRIER = "    __syncthreads();  // a round is over before the next one reads what it wrote\n"
LINE = RIGHT.splitlines().index("    if (t < d) s_sum[t] += s_sum[t + d];") + 1


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The course with the CUDA phase in it, configured; ccache knows most of what is compiled there."""
    root = make_source(ROOT, tmp_path_factory.mktemp("cuda_course"))
    shutil.copytree(ROOT / "common/learn/testdata/cuda_course", root / "phase4_cuda")
    with (root / "CMakeLists.txt").open("a") as file:
        file.write("add_subdirectory(phase4_cuda)\n")
    with (root / "common/learn/course.toml").open("a") as file:
        file.write(REGISTERED)
    subprocess.run(["common/build.sh", "release"], cwd=root, check=True, capture_output=True)
    return root


@pytest.fixture
def check(copy: Path, tmp_path: Path) -> Callable[..., tuple[int, str]]:
    """Puts a text into a learner's file and checks it: ./learn's exit status, and what it said."""

    def run(text: str, **extra: str) -> tuple[int, str]:
        path = tmp_path / "work" / FOLDER / "block_sum.cu"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        done = subprocess.run(
            [copy / "learn", "check", "block_sum"], cwd=copy, env=environment(tmp_path, **extra), text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=300,
        )
        return done.returncode, " ".join(done.stdout.split())

    return run


def wrong(old: str, new: str) -> str:
    assert RIGHT.count(old) == 1, old
    return RIGHT.replace(old, new)


# ---------------------------------------------------------------- the loop


def test_the_starter_is_not_written_yet(copy: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [copy / "learn", "block_sum", "--once"], cwd=copy, env=environment(tmp_path), text=True, capture_output=True,
        stdin=subprocess.DEVNULL, timeout=300,
    )
    assert done.returncode == 1
    assert "○ block_sum  1/4 passed" in done.stdout, done.stdout + done.stderr
    assert "Not written yet: block_sum_kernel (line 12), block_sum (line 20)" in " ".join(done.stdout.split())


def test_the_courses_code_passes_under_the_checks(check: Callable[..., tuple[int, str]]) -> None:
    status, said = check(RIGHT)
    assert status == 0, said
    assert "✓ block_sum 4/4 cudasim" in said and "race-free · in bounds" in said


def test_a_kernel_left_empty_is_named(check: Callable[..., tuple[int, str]]) -> None:
    begin, end = RIGHT.index("  __shared__"), RIGHT.index("  // <<< NN_TODO_KERNEL")
    status, said = check(RIGHT[:begin] + '  NN_TODO_KERNEL("block_sum_kernel");\n' + RIGHT[end:])
    assert status == 1 and "still to write: block_sum_kernel (line 12)" in said, said


def test_a_race_is_told_with_line_source_and_threads(check: Callable[..., tuple[int, str]]) -> None:
    status, said = check(wrong(BARRIER, ""))
    assert status == 1, said
    assert f"your file: work/{FOLDER}/block_sum.cu:{LINE}" in said
    assert f"RACE work/{FOLDER}/block_sum.cu:{LINE} s_sum[" in said
    assert "if (t < d) s_sum[t] += s_sum[t + d];" in said
    assert "by thread (" in said and "in block_sum_kernel, block (" in said
    assert "No __syncthreads() lies between the two accesses" in said
    assert "(anonymous" not in said and "looks like none of" not in said


def test_an_index_past_the_end_is_told_with_where_the_memory_came_from(check: Callable[..., tuple[int, str]]) -> None:
    status, said = check(wrong("i < N ? x[i] : 0", "x[i]"))
    assert status == 1, said
    assert f"MEMORY work/{FOLDER}/block_sum.cu:15 read of 4 bytes at" in said
    assert f"allocated at {FOLDER}/block_sum_test.cc:" in said


def test_right_results_with_a_finding_are_not_done(check: Callable[..., tuple[int, str]], tmp_path: Path) -> None:
    """A leak changes no result, and so does a launch whose error nobody sees."""
    status, said = check(wrong("  const int blocks =", "  int* scratch = nullptr;\n  cudaMalloc(&scratch, 64);\n  const int blocks ="))
    assert status == 1 and "✗ block_sum 4/4 passed, with 1 finding" in said, said
    assert "arrays of 64 bytes each, allocated here, were never freed" in said and "cudaMalloc(&scratch, 64);" in said
    assert '"done"' not in (tmp_path / ".learn/state.json").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "environ", [{"CUDASIM_EXIT": "0", "CUDASIM_JSON": "/dev/null"}, {"CUDASIM_SEED": "x"}], ids=["exit", "seed"]
)
def test_the_users_environment_decides_nothing(check: Callable[..., tuple[int, str]], environ: dict[str, str]) -> None:
    assert check(RIGHT, **environ)[0] == 0
    status, said = check(wrong(BARRIER, ""), **environ)
    assert status == 1 and "RACE" in said, said


def test_a_program_that_ends_before_its_checks_report_is_no_pass(check: Callable[..., tuple[int, str]]) -> None:
    late = "#include <cstdlib>\nstruct Late { ~Late() { std::_Exit(0); } } late;\n"
    status, said = check(wrong(BARRIER, "") + late)
    assert status == 1 and "✗ block_sum" in said, said
    status, said = check(RIGHT + late)
    assert status == 1 and "ended by itself, with exit status 0" in said, said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (wrong("kSumBlock>>>(d_y, d_x, N);", "kSumBlock>>>(d_y, d_x, N)"), f"work/{FOLDER}/block_sum.cu:31: expected ';'"),
        (wrong("if (t == 0) y[blockIdx.x]", "if (t == 0) z[blockIdx.x]"), "'z'"),
        (wrong("<<<blocks, kSumBlock>>>(d_y, d_x, N)", "<<<blocks, kSumBlock>>>(d_y, d_x)"), "too few arguments"),
        (wrong("<<<blocks, kSumBlock>>>(d_y", "(d_y"), "<<<"),
        (wrong("void block_sum(int* d_y, const int* d_x, int N) {", "void block_summ(int* d_y, const int* d_x, int N) {"), "block_sum"),
    ],
    ids=["semicolon", "unknown name", "too few arguments", "called without a configuration", "does not link"],
)
def test_what_does_not_build_is_said_of_the_learners_file(
    check: Callable[..., tuple[int, str]], text: str, says: str
) -> None:
    status, said = check(text)
    assert status == 1 and says in said, said
    assert "compile yet" in said or "does not link" in said
    assert "cudasim::" not in said and "CUDASIM" not in said and "/tmp" not in said, said


def test_a_crash_of_the_host_is_placed(check: Callable[..., tuple[int, str]]) -> None:
    status, said = check(wrong("const int blocks =", "const int blocks = *static_cast<volatile int*>(nullptr) +"))
    assert status == 1 and "reading through a null pointer" in said and "block_sum.cu:30 in block_sum" in said, said


def test_memory_without_end_is_stopped(check: Callable[..., tuple[int, str]]) -> None:
    grow = (
        "  for (;;) {\n    volatile char* p = new char[1 << 26];\n"
        "    for (int i = 0; i < 1 << 26; i += 4096) p[i] = 1;\n  }\n  const int blocks ="
    )
    status, said = check(wrong("  const int blocks =", grow))
    assert status == 1 and "used more than 2 GB of memory" in said, said


def test_a_kernel_without_end_is_stopped_and_placed(check: Callable[..., tuple[int, str]]) -> None:
    status, said = check(wrong("d > 0; d /= 2", "d >= 0; d /= 2"))
    assert status == 1 and "still running after 10 s" in said, said
    assert "block_sum.cu:1" in said and "in block_sum_kernel" in said


def test_watching_turns_green_at_a_save_and_ends_at_ctrl_c(copy: Path, tmp_path: Path) -> None:
    path = tmp_path / "work" / FOLDER / "block_sum.cu"
    path.parent.mkdir(parents=True)
    path.write_text(wrong(BARRIER, ""), encoding="utf-8")
    with Terminal(tmp_path, "block_sum", program=copy / "learn") as terminal:
        screen = terminal.wait_for("watching", within_s=120)
        assert "RACE" in screen
        save(path, RIGHT)
        assert "✓ block_sum  4/4" in terminal.wait_for("✓.*watching|✓[^$]*watching")
        # A kernel that never ends is left at once.
        save(path, wrong("d > 0; d /= 2", "d >= 0; d /= 2"))
        terminal.wait_for("checking block_sum")
        terminal.interrupt()
        assert terminal.end() == 130
        assert terminal.restored()


# ---------------------------------------------------------------- make ... MINE=1, and programs


def test_a_phases_program_runs_with_the_learners_kernel(copy: Path, tmp_path: Path) -> None:
    path = tmp_path / "work" / FOLDER / "block_sum.cu"
    path.parent.mkdir(parents=True)
    path.write_text(wrong("sum[t] = i < N ? x[i] : 0", "sum[t] = i < N ? x[i] + 0 * (y == x) : 0"), encoding="utf-8")
    run = {"cwd": copy, "env": environment(tmp_path), "text": True, "capture_output": True, "timeout": 300}
    found = subprocess.run([sys.executable, "-m", "common.learn.mine"], **run)
    assert found.stdout.startswith("1 of "), found.stdout + found.stderr
    built = subprocess.run(["common/build.sh", "mine", "phase4_sum"], **run)
    assert built.returncode == 0, built.stdout + built.stderr
    assert subprocess.run([copy / "build/mine/bin/phase4_sum"], **run).stdout == "500500\n"
    assert b"x[i] + 0" in (copy / "build/mine-files" / FOLDER / "block_sum.cu").read_bytes()


# ---------------------------------------------------------------- the gates


def gates(copy: Path, numbers: str = "12345") -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "common.learn.check_course", "--gates", numbers, "--only", "block_sum"],
        cwd=copy, text=True, capture_output=True, timeout=1800,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_exercise_is_honest(copy: Path) -> None:
    status, said = gates(copy)
    assert status == 0 and "1 of 1 exercises are honest" in said, said


@pytest.mark.parametrize(
    ("gate", "file", "old", "new", "says"),
    [
        (1, "block_sum.cu", '// <<< NN_TODO("block_sum");', '// <<< if (N < 0) NN_TODO("block_sum");', "not by NotImplemented"),
        (2, "block_sum.cu", BARRIER, "", "own code fails"),
        (2, "block_sum.cu", "  NN_CHECK_EQ(cudaGetLastError(),",
         "  int* kept = nullptr;\n  cudaMalloc(&kept, 4);\n  NN_CHECK_EQ(cudaGetLastError(),", "leak: 9 arrays of 4 bytes each"),
        (3, "block_sum.toml", 'finding = "race"', 'finding = "init"', "without the finding init; it got race"),
        (3, "block_sum.toml", 'replace = "x[i]"', 'replace = "i >= N ? 0 : x[i]"', "passed, without the finding memory"),
        (3, "block_sum.toml", "i < N && i < first", "i < first", "right one_thread: is rejected"),
        (3, "block_sum.toml", 'finding = "race"', 'finding = "lace"', "it may be one of: memory, race"),
    ],
    ids=["starter", "race", "leak", "another finding", "harmless", "right past the end", "no such finding"],
)  # fmt: skip
def test_a_gate_fails(copy: Path, gate: int, file: str, old: str, new: str, says: str) -> None:
    path = copy / FOLDER / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    try:
        path.write_text(text.replace(old, new), encoding="utf-8")
        status, said = gates(copy, str(gate))
    finally:
        path.write_text(text, encoding="utf-8")
    assert status == 1 and says in said, said


def test_what_nvcc_refuses_is_no_course_code(copy: Path) -> None:
    """g++ calls a host function from a kernel; nvcc does not."""
    if not (shutil.which("nvcc") or os.access("/usr/local/cuda/bin/nvcc", os.X_OK)):
        pytest.skip("nvcc is not installed; that the gate asks it was not checked")
    path = copy / FOLDER / "block_sum.cu"
    text = path.read_text(encoding="utf-8")
    try:
        path.write_text(text.replace("if (t == 0) y[", "if (t == 0 && getenv(\"A\") == nullptr) y[").replace(
            "#include <cuda_runtime.h>\n", "#include <cuda_runtime.h>\n#include <stdlib.h>\n"), encoding="utf-8")
        status, said = gates(copy, "2")
    finally:
        path.write_text(text, encoding="utf-8")
    assert status == 1 and "getenv" in said and "__host__" in said, said
