"""What the stress tests share: compiling with simcc, once and several at a time, and running in a given schedule."""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .programs import Program, source

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[3]
SIMCC = HERE.parents[1] / "simcc"

LISTS_HOST = ["lists_main.cc", "lists_generator.cc", "lists_shrink.cc", "lists_model.cc", "lists_model_thread.cc",
              "lists_model_warp.cc"]  # fmt: skip

# What must not change a result: how the device code is compiled, and whether it is checked.
BUILDS = {"O1": ["-O1"], "O2": ["-O2"], "O3": ["-O3"], "check": ["--check"]}


def simcc(output: Path, sources: Sequence[Path], *flags: str) -> Path:
    built = subprocess.run(
        [SIMCC, *flags, f"-I{ROOT}", *map(str, sources), "-o", str(output)], capture_output=True, text=True, check=False
    )
    assert built.returncode == 0, built.stderr
    return output


def together(jobs: Iterable[Callable[[], Path]]) -> list[Path]:
    """The results of all, as many at once as there are processors."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return [future.result() for future in [pool.submit(job) for job in jobs]]


class Builder:
    """Binaries in one folder, each compiled when it is first asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.lock = threading.Lock()
        self.host_objects: list[Path] = []

    def lists(self, build: str) -> Path:
        """The random lists; the build is that of the kernel, the model is compiled once."""
        with self.lock:
            if not self.host_objects:
                jobs = [
                    lambda n=name: simcc(self.folder / f"{n}.o", [HERE / n], "-O2", "-std=c++20", "-c")
                    for name in LISTS_HOST
                ]
                self.host_objects = together(jobs)
        return self._once(f"lists-{build}", [HERE / "lists_kernel.cu", *self.host_objects], build)

    def programs(self, first: int, count: int, build: str) -> Path:
        """Random programs, in one file."""
        file = self.folder / f"programs_{first}_{count}.cu"
        with self.lock:
            if not file.exists():
                file.write_text(source([Program(first + i) for i in range(count)]))
        return self._once(f"{file.stem}-{build}", [file], build)

    def program(self, file: Path, build: str) -> Path:
        return self._once(f"{file.stem}-{build}", [file], build)

    def _once(self, name: str, sources: list[Path], build: str) -> Path:
        binary = self.folder / name
        return binary if binary.exists() else simcc(binary, sources, *BUILDS[build])


def ran(
    binary: Path, *arguments: str, seed: int = 1, workers: int = 1, limit: float = 300, findings_fail: bool = True
) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "CUDASIM_SEED": str(seed), "CUDASIM_WORKERS": str(workers)}
    if not findings_fail:
        environment["CUDASIM_EXIT"] = "0"
    return subprocess.run(
        [binary, *arguments], capture_output=True, text=True, check=False, timeout=limit, env=environment
    )
