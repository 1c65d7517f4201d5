"""make train, predict and evaluate: which program each setting leads to, and what is refused. Nothing is built."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from common.learn.exercise import ROOT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="there is no make")
SETTINGS = ("ARGS", "PHASE", "MINE", "DEVICE", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")


def make(*words: str) -> subprocess.CompletedProcess[str]:
    """What make would run."""
    environment = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    return subprocess.run(["make", "-n", *words], cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("words", "program"),
    [
        (["train"], "build/release/bin/phase2_train"),
        (["train", "PHASE=2"], "build/release/bin/phase2_train"),
        (["train", "PHASE=1"], "build/release/bin/phase1_train"),
        (["train", "MINE=1"], "build/mine/bin/phase2_train"),
        (["train", "PHASE=1", "MINE=1"], "build/mine/bin/phase1_train"),
        (["predict"], "build/release/bin/phase2_predict"),
        (["evaluate", "MINE=1", "PHASE=2"], "build/mine/bin/phase2_evaluate"),
    ],
)
def test_each_leads_to_its_program(words: list[str], program: str) -> None:
    done = make(*words, "ARGS=--out 'a b'")
    assert done.returncode == 0, done.stderr
    *_, setup, whose, build, last = done.stdout.splitlines()
    _, preset, _, name = program.split("/")
    assert last == f"{program} --out 'a b'"
    assert build == f"common/build.sh {preset} {name}"
    assert whose.endswith("-m common.learn.mine") == (preset == "mine")
    assert setup.startswith("common/setup.sh need build")


@pytest.mark.parametrize(
    ("arguments", "needed"),
    [
        ("--dataset fashion", True), ("--dataset=fashion --epochs 3", True), ("--dataset 'fashion'", True),
        ("--dataset tiny", False), ("--dataset old-fashioned", False), ("--out runs/fashion-1", False), ("", False),
    ],
)
def test_fashion_mnist_is_set_up_where_it_is_named(arguments: str, needed: bool) -> None:
    for target in ("train", "evaluate"):
        setup = make(target, f"ARGS={arguments}").stdout.splitlines()[0].split()
        assert ("fashion" in setup) == needed and "data" in setup, setup


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["train", "PHASE=3"], "PHASE is '3'; it may be one of: 1 2"),
        (["train", "PHASE=sim"], "PHASE is 'sim'; it may be one of: 1 2"),
        (["train", "PHASE="], "PHASE is ''; it may be one of: 1 2"),
        (["predict", "PHASE=1"], "PHASE is '1'; for predict it may be 2, or left out"),
        (["evaluate", "PHASE=1"], "PHASE is '1'; for evaluate it may be 2, or left out"),
        (["train", "MINE=2"], "MINE is '2'; it may be 1 (your files where they pass) or 0 (the course's)"),
    ],
)
def test_settings_that_are_refused(words: list[str], says: str) -> None:
    done = make(*words)
    assert done.returncode != 0 and says in done.stderr, done


def test_the_default_of_other_targets_is_phase_1() -> None:
    assert "phase1_outputs" in make("diff").stdout and "phase2_outputs" not in make("diff").stdout


def test_all_three_are_listed() -> None:
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("train", "predict", "evaluate"):
        assert f"\n  make {target} " in listed
