"""gpu_check.py: the table of error codes against the simulator, and what it says without a GPU."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from common.cudasim import gpu_check
from common.cudasim.gpu_check import DOCUMENTED, REPORTED, UNDEFINED, Answer, CannotCheck, Row

FINE, BAD, WORSE = (Answer("cudaSuccess", "cudaSuccess", "no"), Answer("cudaErrorInvalidValue", "cudaErrorInvalidValue", "no"),
                    Answer("cudaErrorAssert", "cudaErrorAssert", "yes"))  # fmt: skip
SCRIPT = Path(gpu_check.__file__)


def test_the_simulator_answers_what_the_table_says(tmp_path: Path) -> None:
    command, _ = gpu_check.compiler("sim")
    program = tmp_path / "error_codes"
    gpu_check.run_tool([*command, "-std=c++20", "-Wall", "-Wextra", str(gpu_check.TESTS / "error_codes.cu"), "-o", str(program)])
    answers = gpu_check.provoke(program, 2)
    assert len(answers) >= 60
    assert gpu_check.differences(gpu_check.read_table(), answers, "sim") == ([], [])
    unknown = subprocess.run([program, "no such"], capture_output=True, text=True, check=False)
    assert unknown.returncode == 2 and "there is no situation 'no such'" in unknown.stderr


def test_the_table_is_as_it_is_written() -> None:
    rows = gpu_check.read_table()
    assert gpu_check.table_text(rows) == gpu_check.TABLE.read_text(encoding="utf-8")
    assert {row.source.partition(" (")[0] for row in rows} & {DOCUMENTED}
    for row in rows:
        assert row.why or not row.simulated, row
        assert row.source.startswith((DOCUMENTED, UNDEFINED, REPORTED)) or ", driver " in row.source, row


def test_every_sticky_error_and_every_code_of_the_launch_is_there() -> None:
    codes = {row.answer.code for row in gpu_check.read_table()}
    assert codes >= {
        "cudaErrorInvalidConfiguration", "cudaErrorInvalidValue", "cudaErrorMemoryAllocation", "cudaErrorInvalidSymbol",
        "cudaErrorInvalidDevice", "cudaErrorInvalidResourceHandle", "cudaErrorNotReady", "cudaErrorIllegalAddress",
        "cudaErrorMisalignedAddress", "cudaErrorAssert", "cudaErrorLaunchFailure", "cudaErrorCooperativeLaunchTooLarge",
        "cudaErrorInvalidPitchValue", "cudaErrorInvalidMemcpyDirection", "cudaErrorInvalidDeviceFunction",
    }  # fmt: skip


@pytest.mark.parametrize("device", ["sim", "cuda"])
def test_differences_are_told(device: str) -> None:
    rows = [Row("a", BAD, DOCUMENTED), Row("b", BAD, DOCUMENTED, FINE, "why"), Row("gone", BAD, DOCUMENTED)]
    rows += [Row("open", BAD, UNDEFINED)]
    wrong, open_ = gpu_check.differences(rows, {"a": WORSE, "b": FINE, "new": FINE, "open": WORSE}, device)
    text = "\n".join(wrong)
    assert "a: the table has cudaErrorInvalidValue, then cudaErrorInvalidValue, not sticky (from documentation)" in text
    assert "new: not in the table" in text and "gone: in the table, and no longer provoked" in text
    assert ("b: " in text) == (device == "cuda")  # of the simulator it is known
    assert bool(open_) == (device == "cuda") and ("open: " in text) == (device == "sim")


def test_an_update_on_a_gpu_takes_its_answers_and_keeps_the_simulators() -> None:
    rows = [Row("a", BAD, DOCUMENTED), Row("b", BAD, DOCUMENTED), Row("c", BAD, DOCUMENTED, FINE, "why")]
    new = gpu_check.updated(rows, {"a": BAD, "b": WORSE, "c": FINE, "d": BAD}, "cuda", "GPU X, driver 1, 2026-11-21")
    assert [row.source for row in new] == ["GPU X, driver 1, 2026-11-21"] * 4
    assert new[0].answer == BAD and new[0].simulated is None
    assert new[1].answer == WORSE and new[1].simulated == BAD and new[1].why == "not mended yet"
    assert new[2].answer == FINE and new[2].simulated is None and new[2].why == ""


def test_an_update_from_the_simulator_never_replaces_an_answer() -> None:
    rows = [Row("a", BAD, "GPU X, driver 1, 2026-11-21"), Row("b", BAD, DOCUMENTED, FINE, "why")]
    new = gpu_check.updated(rows, {"a": WORSE, "b": BAD, "new": FINE}, "sim", "the simulator, 2026-11-21")
    assert new[0] == Row("a", BAD, "GPU X, driver 1, 2026-11-21", WORSE, "not mended yet")
    assert new[1] == Row("b", BAD, DOCUMENTED)
    assert new[2] == Row("new", FINE, DOCUMENTED)


@pytest.mark.parametrize(
    ("line", "says"),
    [("a\tb", "1: has 2 columns, not 6"), ("a\tb\tc\tno\tsource\tother", "1: simulator is 'other'; it may be 'same'")],
)
def test_a_damaged_table_is_named(tmp_path: Path, line: str, says: str) -> None:
    table = tmp_path / "table.tsv"
    table.write_text(line + "\n")
    with pytest.raises(CannotCheck, match=says):
        gpu_check.read_table(table)


def test_without_nvcc_or_a_gpu_it_says_so_and_fails(tmp_path: Path) -> None:
    environment = {"PATH": str(tmp_path)}
    asked = [sys.executable, str(SCRIPT)]
    if not Path("/usr/local/cuda/bin/nvcc").exists():
        done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 2 and "nvcc is nowhere to be found" in done.stderr
    nvcc = tmp_path / "nvcc"
    nvcc.write_text("#!/bin/sh\n")
    nvcc.chmod(0o755)
    done = subprocess.run(asked, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "no GPU was found" in done.stderr and "make gpu-check DEVICE=sim" in done.stderr


def test_a_program_that_fails_is_counted_and_quoted(tmp_path: Path) -> None:
    program = tmp_path / "some_test"
    program.write_text(
        "#!/bin/sh\necho '[       OK ] A.B (0 ms)'\necho 'a.cu:3: Failure'\necho 'no good'\n"
        "echo '[  FAILED  ] A.C (0 ms)'\nexit 1\n"
    )
    program.chmod(0o755)
    counts, said = gpu_check.run_program("some_test", program)
    assert counts == {"passed": 1, "failed": 1, "skipped": 0}
    assert "some_test ended with status 1" in said and "no good" in said
    program.write_text("#!/bin/sh\nkill -SEGV $$\n")
    assert gpu_check.run_program("some_test", program)[0]["failed"] == 1
    assert gpu_check.run_program("another", program) == ({"failed": 1}, "another ended with status -11:\n")
    program.write_text("#!/bin/sh\nexit 0\n")
    assert gpu_check.run_program("another", program) == ({"passed": 1}, "")
    assert gpu_check.run_program("some_test", program)[0]["failed"] == 1  # a test that ran no test


def test_every_test_of_the_suite_is_built_for_the_gpu() -> None:
    names = {program.name for program in gpu_check.programs()}
    assert {path.stem for path in gpu_check.TESTS.glob("*_test.cu")} <= names
    assert {"clean_reduction", "clean_early_return", "stress_lists"} <= names
    assert all(source.is_file() for program in gpu_check.programs() for source in program.sources)
