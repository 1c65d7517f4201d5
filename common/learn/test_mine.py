"""MINE=1: files that pass stand in for the course's, the others do not, and each run says so."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from common.learn import mine
from common.learn.exercise import ROOT, load_course
from common.learn.learner_testing import alone_with_ones_own, environment
from common.learn.workspace import Workspace

pytestmark = pytest.mark.course

COURSE = {exercise.name: exercise for exercise in load_course()}
ALL = len(COURSE)


@pytest.fixture(autouse=True)
def alone() -> Iterator[None]:
    with alone_with_ones_own():
        yield


def write(folder: Path, name: str, text: str) -> None:
    path = Workspace(folder).path(COURSE[name])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def gather(folder: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-m", "common.learn.mine"], cwd=ROOT, env=environment(folder), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True,
    )
    return done.stdout.splitlines()


def test_two_files_that_define_the_same_name_are_named() -> None:
    log = (
        "/usr/bin/ld: phase1_cpu/x.dir/build/mine-files/hinge.cc.o: in function `twice(double)':\n"
        "hinge.cc:(.text+0x0): multiple definition of `twice(double)'; phase1_cpu/y.dir/build/mine-files/softmax.cc.o:"
        "softmax.cc:(.text+0x0): first defined here\n"
        "collect2: error: ld returned 1 exit status\n"
    )
    (sentence,) = mine.clashes(log)
    assert sentence.startswith("softmax.cc and hinge.cc both define twice(double). ")
    assert mine.clashes("an error of another kind") == []


def test_nothing_begun_is_none_of_yours(tmp_path: Path) -> None:
    assert gather(tmp_path)[-1] == f"0 of {ALL} files are yours; ./learn begins the first"
    assert mine.LIST.read_text() == ""


def test_only_what_passes_is_taken_and_the_rest_is_named(tmp_path: Path) -> None:
    right = COURSE["relu_family"].text().replace("// >>>", "// mine:")
    write(tmp_path, "relu_family", right)
    write(tmp_path, "softmax", COURSE["softmax"].text().replace("/= total", "/= L"))
    write(tmp_path, "hinge", "no C++\n")
    write(tmp_path, "one_hot", "")
    said = gather(tmp_path)
    assert said[0] == f"1 of {ALL} files are yours"
    assert [line.split(":")[0].strip() for line in said[1:]] == ["softmax", "hinge", "one_hot"]
    assert "does not compile; the course's is used" in said[2]
    assert mine.LIST.read_text() == "phase1.week02.relu_family\n"
    assert (mine.FILES / "phase1_cpu/week02_losses/relu_family.cc").read_text() == right


def test_what_did_not_change_keeps_its_time(tmp_path: Path) -> None:
    write(tmp_path, "relu_family", COURSE["relu_family"].text())
    gather(tmp_path)
    files = (mine.LIST, mine.FILES / "phase1_cpu/week02_losses/relu_family.cc")
    before = [path.stat().st_mtime_ns for path in files]
    gather(tmp_path)
    assert [path.stat().st_mtime_ns for path in files] == before


def test_the_learners_file_is_what_is_built(tmp_path: Path) -> None:
    """A version that passes and says its own name when it refuses: the build's outputs show it."""
    text = COURSE["softmax"].text().replace("a row needs at least one class", "a row needs a class, say I")
    assert text != COURSE["softmax"].text()
    write(tmp_path, "softmax", text)
    done = subprocess.run(
        ["make", "diff", "MINE=1", "CASE=softmax"], cwd=ROOT, env=environment(tmp_path), text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )
    assert done.returncode == 0 and done.stdout.splitlines()[0] == f"1 of {ALL} files are yours", done.stdout
    mine_says = (ROOT / "build/mine/bin/phase1_outputs").read_bytes()
    assert b"a row needs a class, say I" in mine_says
    assert b"a row needs a class, say I" not in (ROOT / "build/release/bin/phase1_outputs").read_bytes()


@pytest.mark.parametrize("value", ["2", "yes"])
def test_another_value_is_refused(value: str) -> None:
    done = subprocess.run(
        ["make", "-n", "train", f"MINE={value}"], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert done.returncode != 0 and f"MINE is '{value}'" in done.stdout and "your files where they pass" in done.stdout
