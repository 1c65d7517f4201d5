"""What findings say: elements by their declared extents, hints that fit, the program's own lines, and reasons."""

from __future__ import annotations

import json
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
SIMCC = HERE.parents[1] / "simcc"
WORDS = HERE / "words.cu"
REASONS = HERE / "reasons.cu"


def build(program: Path, folder: Path, *flags: str) -> Path:
    out = folder / (program.stem + "".join(flags))
    done = subprocess.run([SIMCC, *flags, str(program), "-o", str(out)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out


def run(binary: Path, folder: Path, **variables: str) -> tuple[list[dict[str, Any]], subprocess.CompletedProcess[str]]:
    report = folder / "report.json"
    environment = {**os.environ, "CUDASIM_JSON": str(report), **variables}
    ran = subprocess.run([str(binary)], capture_output=True, text=True, check=False, env=environment, timeout=60)
    return json.loads(report.read_text())["findings"] if report.exists() else [], ran


def marks(program: Path, mark: str) -> list[tuple[int, str]]:
    """The lines' numbers and texts; a comment alone belongs to the line of code before it."""
    found, code = [], 0
    for number, line in enumerate(program.read_text().splitlines(), 1):
        code = code if line.lstrip().startswith("//") else number
        if match := re.search(rf"// {mark}: (.*)", line):
            found.append((code, match[1]))
    return found


def test_findings_say_what_fits(tmp_path: Path) -> None:
    found, ran = run(build(WORDS, tmp_path, "--check"), tmp_path)
    texts: dict[int, str] = {}
    for finding in found:
        assert Path(finding["where"].rpartition(":")[0]) == WORDS, finding
        line = int(finding["where"].rpartition(":")[2])
        texts[line] = texts.get(line, "") + f"{finding['what']}. {finding['meaning']}\n"
    says = [mark for mark in marks(WORDS, "says") if mark[0] > 3]
    for line, text in says:
        assert text in texts.get(line, ""), f"line {line}: {texts.get(line)}\n{ran.stderr}"
    for line, text in marks(WORDS, "not"):
        assert text not in texts.get(line, ""), f"line {line}: {texts.get(line)}"
    assert len(says) >= 14 and texts.keys() == {line for line, _ in says}, ran.stderr


def test_the_reason_of_a_refused_call_is_told_once(tmp_path: Path) -> None:
    """To a program that looks at the error as well as to one that does not."""
    found, ran = run(build(REASONS, tmp_path, "--check"), tmp_path)
    reasons = marks(REASONS, "says")
    assert len(reasons) >= 8
    for line, text in reasons:
        place = f"{REASONS.name}:{line}: "
        said = [one for one in ran.stderr.splitlines() if place in one]
        assert len(said) == 1 and text in said[0], f"line {line}: {text}\n{ran.stderr}"
    assert [finding["kind"] for finding in found] == ["api"], ran.stderr


@pytest.mark.parametrize("much", [20, 1000, 4000])
def test_a_shared_overrun_is_an_error_without_checks(tmp_path: Path, much: int) -> None:
    """It wrote over the simulator's own data, and the process died without a word."""
    (tmp_path / "overrun.cu").write_text(
        """#include <cstdio>
        __global__ void fills(int n) {
          __shared__ int s[32];
          for (int i = threadIdx.x; i < n; i += blockDim.x) s[i] = i;
          __syncthreads();
          if (s[0] == 5) printf("?");
        }
        int main(int n, char**) {
          fills<<<2, 32>>>(32);
          printf("%s\\n", cudaGetErrorName(cudaDeviceSynchronize()));
          fills<<<2, 32>>>(32 + MUCH);
          printf("%s\\n", cudaGetErrorName(cudaDeviceSynchronize()));
        }""".replace("MUCH", str(much))
    )
    ran = run(build(tmp_path / "overrun.cu", tmp_path, "-O1"), tmp_path)[1]
    assert (ran.returncode, ran.stdout) == (0, "cudaSuccess\ncudaErrorIllegalAddress\n"), ran.stderr
    assert "kernel fills wrote past the end of a shared array; compiled with --check it says where" in ran.stderr


def test_a_host_s_access_that_crashes_is_explained(tmp_path: Path) -> None:
    (tmp_path / "host.cu").write_text(
        """__global__ void k() {}
        int main() {
          int* x;
          cudaMalloc(&x, 4);
          k<<<1, 1>>>();
          cudaFree(x);
          return *(volatile int*)x;  // freed
        }"""
    )
    found, ran = run(build(tmp_path / "host.cu", tmp_path), tmp_path)
    assert ran.returncode == -11 and ran.stderr.startswith("cudasim: host code touched an address of the device's")
    ran = run(build(tmp_path / "host.cu", tmp_path, "--check"), tmp_path)[1]
    assert "of device memory by host code, at x[0], in memory that was freed" in ran.stderr
