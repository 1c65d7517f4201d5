"""What the stress tests share: compiling with simcc, several at a time, and running in a given schedule."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
SIMCC = HERE.parents[1] / "simcc"

LISTS = ["lists_kernel.cu", "lists_main.cc", "lists_generator.cc", "lists_shrink.cc", "lists_model.cc",
         "lists_model_thread.cc", "lists_model_warp.cc"]  # fmt: skip

# What must not change a result: how the device code is compiled, and whether it is checked.
BUILDS = {"O1": ["-O1"], "O2": ["-O2"], "O3": ["-O3"], "check": ["--check"]}


def simcc(binary: Path, sources: Sequence[Path], *flags: str) -> Path:
    built = subprocess.run(
        [SIMCC, *flags, f"-I{ROOT}", *map(str, sources), "-o", str(binary)], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return binary


def lists_program(folder: Path, build: str) -> Path:
    return simcc(folder / f"lists-{build}", [HERE / name for name in LISTS], *BUILDS[build])


def together(jobs: Iterable[Callable[[], Path]]) -> list[Path]:
    """The results of all, as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]


def ran(
    binary: Path, *arguments: str, seed: int = 1, workers: int = 1, limit: float = 300
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CUDASIM_SEED": str(seed), "CUDASIM_WORKERS": str(workers)}
    return subprocess.run(
        [binary, *arguments], capture_output=True, text=True, check=False, timeout=limit, env=environment
    )
