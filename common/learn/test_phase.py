"""What `make diff` is told, and what `make phaseN` knows of the phases."""

from __future__ import annotations

import subprocess

import pytest

from common.learn.exercise import ROOT
from common.learn.phase import PHASES, why


def make(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["make", "-n", *arguments], cwd=ROOT, capture_output=True, text=True)


def test_every_phase_has_a_target_of_its_own() -> None:
    for number, phase in PHASES.items():
        assert f"common.learn.phase {number}" in make(f"phase{number}").stdout
        assert (ROOT / phase.folder / "CMakeLists.txt").is_file()


def test_a_failure_names_the_tests_and_says_if_they_took_too_long() -> None:
    log = "98% tests passed, 2 tests failed out of 90\n\t 12 - phase1.xor_test (Timeout)\n\t 13 - b (Failed)\n"
    assert why(log, 8).startswith(": phase1.xor_test (Timeout), b (Failed) (a machine that is busy or slow")
    assert why(log.replace("Timeout", "SEGFAULT"), 8) == ": phase1.xor_test (SEGFAULT), b (Failed)"
    assert why("ninja: build stopped: subcommand failed.\n", 1) == " with status 1"


def test_diff_against_another_phase_computes_both() -> None:
    recipe = make("diff", "PHASE=2", "AGAINST=1").stdout
    assert "groundup_diff phase2_outputs phase1_outputs" in recipe
    assert "--against build/out/phase1 --against-phase 1" in recipe
    assert "--against" not in make("diff", "PHASE=2").stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["PHASE=2", "AGAINST=2"], "AGAINST is '2'; for PHASE=2 it may be empty (the reference) or an earlier phase: 1"),
        (["PHASE=2", "AGAINST=one"], "AGAINST is 'one'"),
        (["PHASE=2", "AGAINST=1 2"], "AGAINST is '1 2'"),
        (["PHASE=1", "AGAINST=2"], "for PHASE=1 it may be empty (the reference)"),
    ],
)
def test_diff_is_against_an_earlier_phase(arguments: list[str], message: str) -> None:
    done = make("diff", *arguments)
    assert done.returncode != 0
    assert message in done.stderr
