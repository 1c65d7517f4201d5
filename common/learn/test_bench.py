"""What `make bench` is told, and where its tables go."""

from __future__ import annotations

import subprocess
import sys

import pytest

from common.learn.bench import BENCHES, with_table
from common.learn.exercise import ROOT

PAGE = "# Costs\n\n<!-- bench:begin -->\n```console\nold\n```\n<!-- bench:end -->\n\nText.\n"


def test_a_table_takes_the_old_ones_place_and_nothing_else_changes() -> None:
    assert with_table(PAGE, "new 1\nnew 2\n\n") == PAGE.replace("old", "new 1\nnew 2")


def test_what_looks_like_a_pattern_in_a_table_is_text() -> None:
    assert with_table(PAGE, r"a \1 \g<2> b") == PAGE.replace("old", r"a \1 \g<2> b")


@pytest.mark.parametrize("page", ["# Costs\n", PAGE + PAGE])
def test_a_page_without_one_place_for_the_table_is_refused(page: str) -> None:
    with pytest.raises(ValueError, match="exactly|one"):
        with_table(page, "new")


def test_every_bench_has_a_page_with_a_place_for_its_table() -> None:
    for program, page in (bench for benches in BENCHES.values() for bench in benches):
        assert with_table((ROOT / page).read_text(encoding="utf-8"), "x").count("\nx\n```") == 1, program


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["PHASE=7", "bench"], f"PHASE is '7'; it may be one of: {' '.join(BENCHES)}\n"),
        (["PHASE=sim", "diff"], "PHASE is 'sim'; it may be one of: 1"),
        (["PHASE=sim", "MINE=1", "bench"], "the simulator has no files of yours"),
    ],
)
def test_make_says_what_it_cannot_measure(arguments: list[str], message: str) -> None:
    done = subprocess.run(["make", "-n", *arguments], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode != 0
    assert message in done.stderr.replace(".  Stop.", "")


def test_the_simulator_is_not_measured_with_a_learners_files() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "common.learn.bench", "sim", "--mine"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no files of yours" in done.stderr
