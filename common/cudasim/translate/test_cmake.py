"""common/cmake/cuda.cmake: a small project of .cu files, configured, built and run for each device that can be."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from .testing import NVCC, TESTDATA

SIM = ["-DDEVICE=sim", "-DNN_CUDA_ARCHITECTURES=75"]
ROOT = Path(__file__).resolve().parents[3]
PROJECT = f"""
cmake_minimum_required(VERSION 3.25)
project(small LANGUAGES C CXX)
set(BUILD_TESTING OFF)  # not common's own tests
include({ROOT}/common/cmake/groundup.cmake)
enable_testing()
add_library(constants INTERFACE)
target_compile_definitions(constants INTERFACE SEVEN=7)
target_include_directories(constants INTERFACE "${{CMAKE_CURRENT_SOURCE_DIR}}/include")
nn_cuda_program(program kernels.cu main.cc kernels_sm90a.cu LIBS constants)
nn_cuda_program(concept {TESTDATA}/concept.cu)
nn_cuda_test(unit_test unit_test.cu CHECK)
"""
FILES = {
    "CMakeLists.txt": PROJECT,
    "include/set.cuh": "#pragma once\n__global__ void set(int* x, int n) { x[threadIdx.x] = n; }\n"
    "inline void launch(int* x, int n) { set<<<1, 32>>>(x, n); }\n",
    "kernels.cu": '#include "set.cuh"\nint go() {\n  int* x;\n  cudaMalloc(&x, 32 * sizeof(int));\n'
    "  launch(x, SEVEN);\n"
    "  int h = 0;\n  cudaMemcpy(&h, x, sizeof(int), cudaMemcpyDeviceToHost);\n  cudaFree(x);\n  return h;\n}\n",
    "main.cc": "#include <cuda_runtime.h>\n#include <cstdio>\nint go();\n"
    'int main() {\n  std::printf("%d\\n", go());\n  return cudaDeviceSynchronize();\n}\n',
    "kernels_sm90a.cu": '__global__ void only_hopper() { asm volatile("wgmma.fence.sync.aligned;"); }\n',
    "unit_test.cu": "#include <gtest/gtest.h>\n__global__ void one(int* x) { *x = 1; }\nTEST(Unit, Sets) {\n  int* x;\n"
    "  cudaMallocManaged(&x, sizeof(int));\n  one<<<1, 1>>>(x);\n  cudaDeviceSynchronize();\n  EXPECT_EQ(*x, 1);\n"
    "  cudaFree(x);\n}\n",
}


def run(*words: str | Path, where: Path, status: int = 0) -> str:
    command = ["nice", *map(str, words)]
    done = subprocess.run(
        command,
        cwd=where,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        env=os.environ | {"LC_ALL": "C"},
    )
    assert done.returncode == status, done.stdout
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not shutil.which("cmake") or not shutil.which("ninja"):
        pytest.skip("cmake or ninja is not installed")
    folder = tmp_path_factory.mktemp("cmake")
    for name, text in FILES.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


def configure(project: Path, build: str, *options: str, status: int = 0) -> str:
    return run("cmake", "-G", "Ninja", "-S", ".", "-B", build, *options, where=project, status=status)


def test_sim_builds_runs_and_follows_headers(project: Path) -> None:
    said = configure(project, "sim", *SIM)
    assert "-- DEVICE: sim (as asked" in said
    assert "program is built without kernels_sm90a.cu, which needs a GPU" in said
    run("ninja", "-C", "sim", "program", "concept", "unit_test", where=project)
    assert run("sim/bin/program", where=project) == "7\n"
    run("sim/bin/concept", where=project)
    run("ctest", "--test-dir", "sim", "-R", "^unit_test$", "--no-tests=error", where=project)
    assert "no work to do" in run("ninja", "-C", "sim", "program", where=project)
    header = project / "include/set.cuh"
    header.write_text(header.read_text().replace("= n;", "= n + 1;"))
    run("ninja", "-C", "sim", "program", where=project)
    header.write_text(FILES["include/set.cuh"])
    assert run("sim/bin/program", where=project) == "8\n"


def test_the_checked_test_is_built_and_run(project: Path) -> None:
    configure(project, "sim", *SIM)
    run("ninja", "-C", "sim", "unit_test.check", where=project)
    run("ctest", "--test-dir", "sim", "-R", "^unit_test.check$", "--no-tests=error", where=project)
    assert b"__tsan_" in (project / "sim/unit_test.check.cu/unit_test.cu.o").read_bytes()
    assert b"__tsan_" not in (project / "sim/unit_test.cu/unit_test.cu.o").read_bytes()


def test_nvcc_compiles_and_links_the_same(project: Path) -> None:
    if NVCC is None:
        pytest.skip("nvcc is not installed; that nvcc builds the project was not checked")
    configure(project, "sim", *SIM)
    run("ninja", "-C", "sim", "program.nvcc", "concept.nvcc", where=project)
    assert os.access(project / "sim/program.nvcc", os.X_OK)
    assert "-- DEVICE: cuda (as asked)" in configure(project, "cuda", "-DDEVICE=cuda", "-DNN_CUDA_ARCHITECTURES=75")
    run("ninja", "-C", "cuda", "unit_test", where=project)


def test_a_wrong_device_is_refused(project: Path) -> None:
    said = configure(project, "wrong", "-DDEVICE=opencl", status=1)
    assert "DEVICE is 'opencl'; it may be cuda, sim, or empty" in " ".join(said.split())


def test_sanitized_builds_leave_the_simulator_out_aloud(project: Path) -> None:
    said = configure(project, "sanitized", "-DDEVICE=sim", "-DNN_SANITIZE=thread")
    assert "NN_SANITIZE is thread: unit_test is left out" in said
