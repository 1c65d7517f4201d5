"""The golden arrays on disk are those the oracle computes, and cases.json lists them all."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from common.learn.exercise import load_course
from reference.generate import GOLDEN, all_cases, cases_json, file_array, write

ROOT = GOLDEN.parent.parent
CASES = {case.name: case for case in all_cases()}
ON_DISK = json.loads((GOLDEN / "cases.json").read_text())
LISTED = {case["case"]: case for case in ON_DISK["cases"]}

# Operations of docs/notation.md that are an output of a case of another name.
INSIDE = {
    "add": "elementwise",
    "subtract": "elementwise",
    "hadamard": "elementwise",
    "scale": "elementwise",
    "row_sums": "reduce",
    "column_sums": "reduce",
    "sum": "reduce",
    "argmax_rows": "reduce",
    "log_sum_exp": "softmax",
    "softmax_backward": "softmax",
    "<activation>_backward": "sigmoid",
    "<loss>_backward": "mse",
    "softmax_cross_entropy_backward": "softmax_cross_entropy",
    "dense_forward": "dense",
    "dense_backward": "dense",
    "dropout_backward": "dropout",
    "l1_backward": "l1_penalty",
    "l2_backward": "l2_penalty",
}


def test_every_operation_of_the_notation_has_a_case() -> None:
    notation = (ROOT / "docs" / "notation.md").read_text(encoding="utf-8")
    table = notation.split("## Operations")[1].split("\n## ")[0]
    first_cells = re.findall(r"^\| (`.*?) \|", table, flags=re.MULTILINE)
    operations = [name for cell in first_cells for name in re.findall(r"`([^`]+)`", cell)]
    assert len(operations) > 35
    assert [name for name in operations if INSIDE.get(name, name) not in CASES] == []


@pytest.mark.parametrize("name", CASES)
def test_on_disk_is_what_the_oracle_computes(name: str) -> None:
    for tensor in CASES[name].tensors:
        path = GOLDEN / name / f"{tensor.name}.npy"
        stored, want = np.load(path), file_array(tensor.array)
        assert (stored.dtype, stored.shape) == (want.dtype, want.shape), path
        if tensor.bound is None or stored.dtype == np.int64:
            assert stored.tobytes() == want.tobytes(), path
        else:
            assert np.all(np.abs(stored - want) <= tensor.bound.allowed(want)), path


def test_cases_json_lists_every_file_and_no_other() -> None:
    files = {path.relative_to(GOLDEN).as_posix() for path in GOLDEN.rglob("*.npy")}
    listed = {
        f"{case['case']}/{tensor['name']}.npy"
        for case in LISTED.values()
        for tensor in case["tensors"]
    }
    assert files == listed


def test_cases_json_is_the_oracles() -> None:
    """Names, roles and reasons to the letter; bounds to 1 %, as they come from the arrays."""
    oracles = json.loads(cases_json(all_cases()))
    assert list(ON_DISK["exercises"].items()) == list(oracles["exercises"].items())
    wanted = oracles["cases"]
    assert [case["case"] for case in wanted] == list(LISTED)
    for case in wanted:
        on_disk = LISTED[case["case"]]
        assert on_disk["first_phase"] == case["first_phase"]
        assert on_disk["not_in"] == case["not_in"]
        for stored, want in zip(on_disk["tensors"], case["tensors"], strict=True):
            assert list(stored) == list(want)
            for key, value in want.items():
                expected = pytest.approx(value, rel=0.01) if key.endswith("_roundoffs") else value
                assert stored[key] == expected, f"{case['case']}/{want['name']}"


def test_exercises_are_the_courses_and_name_outputs_that_exist() -> None:
    course = {exercise.name for exercise in load_course()}
    outputs = {
        f"{case}/{tensor['name']}"
        for case, listed in LISTED.items()
        for tensor in listed["tensors"]
        if tensor["role"] == "output"
    }
    for exercise, names in ON_DISK["exercises"].items():
        assert exercise in course
        for name in names:
            assert name in LISTED or name in outputs, f"{exercise}: {name}"


def test_the_readme_works_out_the_bound_of_softmax() -> None:
    readme = (GOLDEN.parent / "README.md").read_text(encoding="utf-8")
    tensors = {tensor.name: tensor for tensor in CASES["softmax"].tensors}
    z, bound = tensors["z"].array, tensors["p"].bound
    assert bound is not None
    distance = float((z.max(axis=1, keepdims=True) - z).max())
    assert f"the largest m - z is {distance:.2f}" in " ".join(readme.split())
    assert f"| {distance:.2f} |" in readme
    assert f"| together | {bound.rel_roundoffs / 2:.1f} |" in readme
    stored = next(one for one in LISTED["softmax"]["tensors"] if one["name"] == "p")
    assert f'"rel_roundoffs": {stored["rel_roundoffs"]}' in readme


def test_every_output_says_why_and_every_input_has_no_bound() -> None:
    for case in LISTED.values():
        assert any(tensor["role"] == "output" for tensor in case["tensors"])
        for tensor in case["tensors"]:
            if tensor["role"] == "input":
                assert set(tensor) == {"name", "role"}
            else:
                assert len(tensor["why"]) > 10 and tensor["role"] == "output"


def test_only_the_argmax_case_holds_anything_but_finite_numbers() -> None:
    for name, case in CASES.items():
        for tensor in case.tensors:
            assert name == "argmax_extreme" or np.all(np.isfinite(tensor.array)), name


def test_files_are_f8_or_i8_and_together_under_a_megabyte() -> None:
    for path in GOLDEN.rglob("*.npy"):
        assert np.load(path).dtype in (np.dtype("<f8"), np.dtype("<i8")), path
    assert sum(path.stat().st_size for path in GOLDEN.rglob("*")) < 1_000_000


def test_write_leaves_no_stale_file(tmp_path: Path) -> None:
    (tmp_path / "retired").mkdir()
    np.save(tmp_path / "retired" / "x.npy", np.zeros(3))
    write(tmp_path)
    assert not (tmp_path / "retired").exists()
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {*CASES, "cases.json"}


def test_the_command_line_writes_the_same_bytes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "reference.generate", "--out", str(tmp_path / "other")]
    done = subprocess.run(command, check=True, cwd=ROOT, capture_output=True, text=True)
    assert done.stdout.startswith(f"{len(CASES)} cases, ")
    write(tmp_path / "here")
    for path in (tmp_path / "here").rglob("*.*"):
        other = tmp_path / "other" / path.relative_to(tmp_path / "here")
        assert path.read_bytes() == other.read_bytes(), path
