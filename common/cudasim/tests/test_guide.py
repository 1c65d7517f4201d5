"""docs/CUDA_GUIDE.md: its programs compile without a warning, by nvcc too; what they print is held by the page's marks."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
GUIDE = ROOT / "docs/CUDA_GUIDE.md"
PROGRAMS = sorted((ROOT / "docs/cuda_guide").glob("*.cu"))
WARNINGS = "-Wall,-Wextra,-Wconversion"
NVCC = shutil.which("nvcc") or shutil.which("/usr/local/cuda/bin/nvcc")


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda path: path.stem)
def test_a_program_of_the_guide_is_shown_there_and_compiles(program: Path, tmp_path: Path) -> None:
    assert f"docs/cuda_guide/{program.name} -->" in GUIDE.read_text(encoding="utf-8")
    words = [ROOT / "common/cudasim/simcc", *WARNINGS.split(","), "-Werror", "-c", program, "-o", "plain.o"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    if NVCC is None:
        pytest.skip("nvcc is not installed; that it compiles the guide's programs was not checked")
    words = [NVCC, "-std=c++20", "-arch=sm_75", f"-Xcompiler={WARNINGS}", "-Werror", "all-warnings", "-c", program]
    done = subprocess.run([*words, "-o", "nvcc.o"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
