"""exp and expm1 at every float there is, of which exp_test.cc looks at a million: a quarter of an hour. Only with
--run-slow."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "build/release/phase2_vectorized/week04_speed/phase2.week04.exp_test"


@pytest.mark.slow
def test_every_float_is_within_the_stated_ulp() -> None:
    assert PROGRAM.is_file(), f"{PROGRAM} is not there; `make test` builds it"
    done = subprocess.run(
        [PROGRAM, "--gtest_filter=*EveryFloat"],
        env=os.environ | {"NN_EXP_STEP": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert "[  PASSED  ] 2 tests" in done.stdout
