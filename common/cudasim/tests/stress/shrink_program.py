"""Makes a random program that fails smaller: statements are left out as long as it still fails."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from .building import ran, simcc
from .programs import Program, source


def smallest(
    program: int,
    seed: int,
    workers: int,
    spoil: Callable[[str], str] = lambda text: text,
    folder: Path | None = None,
    tries: int = 60,
) -> Path:
    """The file of the smallest version found in so many compilations; `spoil` changes a text before it is compiled."""
    folder = folder or Path(tempfile.mkdtemp(prefix="cudasim-program-"))
    kept = folder / f"program_{program}.cu"
    trial = folder / "trial.cu"

    def fails(dropped: set[int]) -> bool:
        trial.write_text(spoil(source([Program(program, dropped)])))
        result = ran(simcc(folder / "trial", [trial], "-O1"), seed=seed, workers=workers)
        if result.returncode != 0:
            kept.write_text(trial.read_text())
        return result.returncode != 0

    dropped: set[int] = set()
    if not fails(dropped):
        kept.write_text(trial.read_text())  # alone it does not fail; the report names the schedule
        return kept
    numbers = list(Program(program).numbers)
    part = max(1, len(numbers) // 2)
    while tries > 0:
        before = len(dropped)
        for begin in range(0, len(numbers), part):
            more = dropped | set(numbers[begin : begin + part])
            if more == dropped or tries <= 0:
                continue
            tries -= 1
            if fails(more):
                dropped = more
        if part == 1 and len(dropped) == before:
            break
        part = max(1, part // 2)
    return kept
