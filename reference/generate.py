"""Writes the golden arrays: DIR/<case>/<tensor>.npy, and DIR/cases.json with every output's bound.

    python3 -m reference.generate --out DIR       DIR is reference/golden if left out

Inputs come from Philox with fixed seeds, so two runs write the same integers, shapes and headers;
floats may differ by a few roundoffs between processors, since NumPy's exp and products do.
"""

from __future__ import annotations

import argparse
import functools
import json
from pathlib import Path

import numpy as np

from reference.cases import (
    activation_cases,
    loss_cases,
    matrix_cases,
    network_cases,
    optimizer_cases,
    regularization_cases,
    schedule_cases,
)
from reference.cases.case import Case, Tensor
from reference.cases.exercises import EXERCISES
from reference.cases.phases import not_in

GOLDEN = Path(__file__).resolve().parent / "golden"


@functools.cache
def all_cases() -> tuple[Case, ...]:
    """Every golden case, week by week; computed once."""
    modules = (
        matrix_cases,
        activation_cases,
        loss_cases,
        network_cases,
        regularization_cases,
        optimizer_cases,
        schedule_cases,
    )
    return tuple(case for module in modules for case in module.cases())


def file_array(array: np.ndarray) -> np.ndarray:
    """As it is stored: little-endian <f8 or <i8, C order;  shape unchanged."""
    kind = "<i8" if np.issubdtype(array.dtype, np.integer) else "<f8"
    return np.asarray(array, dtype=kind, order="C")


def _description(tensor: Tensor) -> dict[str, str | float]:
    """A tensor as cases.json lists it."""
    if tensor.bound is None:
        return {"name": tensor.name, "role": "input"}
    return {
        "name": tensor.name,
        "role": "output",
        "abs_roundoffs": _short(tensor.bound.abs_roundoffs),
        "rel_roundoffs": _short(tensor.bound.rel_roundoffs),
        "why": tensor.bound.why,
    }


def _short(roundoffs: float) -> float:
    """Four digits, rounded up: the same text on every processor."""
    return float(f"{roundoffs * (1 + 5e-4):.4g}") if roundoffs != int(roundoffs) else int(roundoffs)


def cases_json(cases: tuple[Case, ...]) -> str:
    """The text of cases.json, a line a tensor, then a line an exercise."""
    blocks = []
    for case in cases:
        phases = {"first_phase": case.first_phase, "not_in": not_in(case.name)}
        head = json.dumps({"case": case.name} | phases)[:-1]
        lines = ",\n".join("    " + json.dumps(_description(tensor)) for tensor in case.tensors)
        blocks.append(f'  {head}, "tensors": [\n{lines}\n  ]}}')
    exercises = ",\n".join(f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in EXERCISES.items())
    return '{"cases": [\n' + ",\n".join(blocks) + '\n], "exercises": {\n' + exercises + "\n}}\n"


def write(out: Path) -> tuple[Case, ...]:
    """Writes all cases under `out`; files of cases that are no more are removed."""
    found = all_cases()
    wanted = {out / case.name / f"{tensor.name}.npy" for case in found for tensor in case.tensors}
    for case in found:
        (out / case.name).mkdir(parents=True, exist_ok=True)
        for tensor in case.tensors:
            np.save(out / case.name / f"{tensor.name}.npy", file_array(tensor.array))
    for stale in sorted(set(out.glob("*/*.npy")) - wanted):
        stale.unlink()
        if not any(stale.parent.iterdir()):
            stale.parent.rmdir()
    (out / "cases.json").write_text(cases_json(found), encoding="utf-8")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--out", type=Path, default=GOLDEN, help="the folder to write into")
    out = parser.parse_args().out
    found = write(out)
    tensors = [tensor for case in found for tensor in case.tensors]
    size = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    print(f"{len(found)} cases, {len(tensors)} arrays, {size / 1000:.0f} kB in {out}")


if __name__ == "__main__":
    main()
