"""Phase 2's train, killed or refused at every single operation of its saving, goes on to the same bits.

test_model_programs.py kills at random moments; here fault.c, loaded into the program, counts what it does to
the files of its run, and lets it die or fail at a chosen one."""

from __future__ import annotations

import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from phase1_cpu.checkpoint.train_testing import ROOT, Finished, command_in, run
from phase2_vectorized.checkpoint.model_runs import check_all_whole, check_finished, results

# Two epochs of two steps, saved after each step, and best, log and events after each epoch.
TRAINING = ("--dataset", "tiny", "--hidden", 8, "--batch", 300, "--lr", 0.02, "--dropout", 0.1, "--epochs", 2,
            "--save-every", 1)  # fmt: skip


@pytest.fixture(scope="module")
def train(phase2_programs: Path) -> Path:
    if "NN_SANITIZE:STRING=\n" not in (phase2_programs.parent / "CMakeCache.txt").read_text():
        pytest.skip("a sanitizer has functions of its own where these tests would put theirs")
    return phase2_programs / "phase2_train"


@pytest.fixture(scope="module")
def fault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if (compiler := shutil.which("cc")) is None:
        pytest.skip("there is no C compiler to build fault.c with")
    library = tmp_path_factory.mktemp("fault") / "fault.so"
    source = ROOT / "phase2_vectorized/checkpoint/fault.c"
    subprocess.run([compiler, "-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-o", library, source, "-ldl"],
                   check=True)  # fmt: skip
    return library


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder for a run; in memory where there is such a place, since each of thousands of files is synced."""
    memory = Path("/dev/shm")
    if not memory.is_dir():
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


def train_with_fault(train: Path, fault: Path, folder: Path, **settings: object) -> Finished:
    env = {"LD_PRELOAD": str(fault), "FAULT_FOLDER": str(folder), "NN_THREADS": "1"}
    env |= {f"FAULT_{name.upper()}": str(value) for name, value in settings.items()}
    return run(train, *TRAINING, "--out", folder, cwd=folder.parent, env=env)


@pytest.fixture(scope="module")
def undisturbed(train: Path, fault: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A whole run. Beside it, `operations` has a line for each that it did."""
    folder = tmp_path_factory.mktemp("undisturbed") / "run"
    done = train_with_fault(train, fault, folder, log=folder.parent / "operations")
    assert done.code == 0, done
    check_finished(folder)
    return folder


@pytest.fixture(scope="module")
def operations(undisturbed: Path) -> list[str]:
    """What is done to the files, in order. From the first saved state on there is something to resume."""
    return [line.split()[1] for line in (undisturbed.parent / "operations").read_text().splitlines()]


def resumed(train: Path, folder: Path) -> None:
    done = run(train, "--resume", folder, "--save-every", 1, cwd=folder.parent, env={"NN_THREADS": "1"})
    assert done.code == 0, done
    check_finished(folder)


def moments(operations: list[str], every: bool) -> list[int]:
    """The numbers of the operations to try. A training's are of a few kinds, each many times: the first state, an
    epoch's log, events, best and last, and the results at the end. Without `every`, all of the first epoch, and
    then some."""
    number = len(operations)
    return [at for at in range(1, number + 1) if every or at <= 26 or at % 7 == 0]


SOME_AND_ALL = pytest.mark.parametrize(
    "every", [False, pytest.param(True, marks=pytest.mark.slow)], ids=["some operations", "every operation"]
)


@SOME_AND_ALL
@pytest.mark.parametrize("how", ["kill", pytest.param("killafter", marks=pytest.mark.slow)])
def test_killed_in_an_operation(
    train: Path, fault: Path, place: Path, undisturbed: Path, operations: list[str], how: str, every: bool
) -> None:
    assert operations[:4] == ["write", "fsync", "renameat", "fsync"], "the first state is saved before the work"
    assert len(operations) >= 60 and set(operations) == {"write", "fsync", "renameat"}
    torn = 0
    for at in moments(operations, every):
        folder = place / "run"
        done = train_with_fault(train, fault, folder, at=at, how=how)
        assert done.code == -signal.SIGKILL, (at, done)
        names = check_all_whole(folder, killed=True)
        torn += any(name.endswith(".tmp") for name in names)
        # The third operation gives the first state its name.
        assert ("checkpoint.safetensors" in names) == (at > 3 or (at == 3 and how == "killafter"))
        if "checkpoint.safetensors" in names:
            resumed(train, folder)
            assert results(folder) == results(undisturbed), f"killed at operation {at}, {operations[at - 1]}"
        shutil.rmtree(folder)
    assert torn > 10


@SOME_AND_ALL
def test_refused_in_an_operation(
    train: Path, fault: Path, place: Path, undisturbed: Path, operations: list[str], every: bool
) -> None:
    """A disk that fails for once: one line says so and how to go on; nothing is lost or left over."""
    cut_short = 0
    for at in moments(operations, every):
        folder = place / "run"
        done = train_with_fault(train, fault, folder, at=at, how="fail")
        if operations[at - 1] == "write":  # half of it was taken, and the rest when asked again
            assert done.code == 0, (at, done)
            assert results(folder) == results(undisturbed)
            cut_short += 1
        else:
            assert f'cannot write "{folder}/' in done.error() and "Input/output error" in done.error(), (at, done)
            if folder.exists():
                assert not any(name.endswith(".tmp") for name in check_all_whole(folder))
                # Before the first state is safe there is nothing to go on from.
                assert at <= 4 or command_in(done.err) == ["--resume", str(folder)]
                resumed(train, folder)
                assert results(folder) == results(undisturbed), f"refused at operation {at}, {operations[at - 1]}"
            else:
                assert at <= 4
        shutil.rmtree(folder, ignore_errors=True)
    assert cut_short > 5


def test_full_disk(train: Path, fault: Path, place: Path, undisturbed: Path, operations: list[str]) -> None:
    """No space from one write on: half of it fits, and nothing after it."""
    for at in [at for at, what in enumerate(operations, 1) if what == "write"][:8]:
        folder = place / "run"
        done = train_with_fault(train, fault, folder, at=at, how="full")
        assert f'cannot write "{folder}/' in done.error() and "No space left on device" in done.error(), (at, done)
        if at == 1:
            assert not folder.exists()
            continue
        assert not any(name.endswith(".tmp") for name in check_all_whole(folder))
        assert command_in(done.err) == ["--resume", str(folder)]
        resumed(train, folder)
        assert results(folder) == results(undisturbed), f"full at operation {at}"
        shutil.rmtree(folder)
