"""The simulator's library: built from runtime/ at first use, and kept by the content of what it is built from."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

HOME = Path(__file__).resolve().parents[1]  # common/cudasim
INCLUDE = HOME / "include"
RUNTIME = HOME / "runtime"
ROOT = HOME.parents[1]
FLAGS = ["-std=c++20", "-O2", "-g", "-ffp-contract=off", "-pthread", "-fPIC"]


class LibraryError(Exception):
    """The library cannot be built; the message says why."""


def compiler() -> str:
    return os.environ.get("CUDASIM_CXX") or "g++"


def parts() -> set[str]:
    """The libraries beside the runtime itself: a folder runtime/cublas is what -lcublas links."""
    if not RUNTIME.is_dir():
        return set()
    return {folder.name for folder in RUNTIME.iterdir() if any(folder.glob("*.cc"))}


def sources(part: str | None) -> list[Path]:
    folder = RUNTIME / part if part else RUNTIME
    return sorted(file for file in folder.glob("*.cc") if not file.name.endswith("_test.cc"))


def link_flags(part: str | None) -> list[str]:
    """What must be linked after the library; the file `libraries` holds one flag a line, # starts a comment."""
    file = (RUNTIME / part if part else RUNTIME) / "libraries"
    if not file.is_file():
        return []
    lines = (line.partition("#")[0].strip() for line in file.read_text().splitlines())
    return [line for line in lines if line]


def cache_folder() -> Path:
    """$CUDASIM_CACHE, build/cudasim in the repository, or ~/.cache/cudasim where that cannot be written."""
    if chosen := os.environ.get("CUDASIM_CACHE"):
        return Path(chosen)
    if os.access(ROOT, os.W_OK):
        return ROOT / "build" / "cudasim"
    return Path.home() / ".cache" / "cudasim"


def content_hash(part: str | None) -> str:
    digest = hashlib.sha256(" ".join([compiler(), *FLAGS]).encode())
    version = subprocess.run([compiler(), "--version"], capture_output=True, check=False)
    digest.update(version.stdout)
    for folder in (RUNTIME, INCLUDE):
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                digest.update(f"{file.relative_to(HOME)}\n".encode() + file.read_bytes())
    return f"{part or 'cudasim'}-{digest.hexdigest()[:16]}"


def build(part: str | None = None) -> Path:
    """The path of the library's archive, built if it is not there."""
    files = sources(part)
    if not files:
        raise LibraryError(f"{RUNTIME / (part or '')} holds no sources of the simulator's library")
    folder = cache_folder()
    name = content_hash(part)
    archive = folder / name / f"lib{part or 'cudasim'}.a"
    if archive.is_file():
        return archive
    try:
        archive.parent.mkdir(parents=True, exist_ok=True)
        lock = open(archive.parent / "lock", "w")  # noqa: SIM115 (held while building)
    except OSError as error:
        raise LibraryError(f"the simulator's library cannot be kept in {folder}: {error.strerror}; "
                           "set CUDASIM_CACHE to a folder that can be written") from None  # fmt: skip
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not archive.is_file():
            if sys.stderr.isatty():  # for whoever waits; in a file it would be noise
                print(f"simcc: building the simulator's library {archive.name}, once; about a minute", file=sys.stderr, flush=True)
            build_archive(files, archive)
    return archive


def build_archive(files: list[Path], archive: Path) -> None:
    objects = [str(archive.parent / (file.name + ".o")) for file in files]
    command = [compiler(), *FLAGS, "-I", str(INCLUDE), "-I", str(ROOT), "-c"]
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        list(pool.map(lambda file, output: run([*command, str(file), "-o", output]), files, objects))
    unfinished = archive.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    run(["ar", "rcs", str(unfinished), *objects])
    unfinished.rename(archive)
    for file_name in objects:
        os.unlink(file_name)


def run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise LibraryError(f"the simulator's library could not be built: {' '.join(command)}\n{done.stderr}")
