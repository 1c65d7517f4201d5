"""What pytest is told for the whole repository: slow tests, and where the built programs are."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent

pytest.register_assert_rewrite("phase1_cpu.checkpoint.train_testing")
pytest.register_assert_rewrite("phase2_vectorized.checkpoint.model_runs")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--run-slow", action="store_true", help="also run the tests marked slow")
    parser.addoption("--run-course", action="store_true", help="also run the tests marked course")
    parser.addoption("--run-sim", action="store_true", help="also collect the CUDA simulator's tests")


def pytest_configure(config: pytest.Config) -> None:
    listen_to_signals()
    config.addinivalue_line("markers", "slow: takes a minute or more; only with --run-slow")
    config.addinivalue_line("markers", "course: of the exercises and the learner's loop; only with --run-course")
    config.addinivalue_line("markers", "longest: begun before the others, which other processes run meanwhile")


def listen_to_signals() -> None:
    """What a test starts hears signals, however this run was begun.

    A program inherits which signals are ignored: after nohup it is the hang-up, in a script's background
    Ctrl-C, and a test that sends one to its program would wait in vain for it to end. That a signal has a
    handler is not inherited; this one does nothing, so that here it is as before.
    """
    for which in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM, signal.SIGALRM, signal.SIGTSTP):
        if signal.getsignal(which) == signal.SIG_IGN:
            signal.signal(which, lambda number, frame: None)
    if signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:  # how a child ended could not be asked
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """The simulator's tests compile for minutes, and nothing before phase 4 needs it: make test-sim."""
    return True if collection_path.name == "cudasim" and not config.getoption("--run-sim") else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.get_closest_marker("longest") is None)
    reasons = {
        "slow": "slow; python -m pytest --run-slow runs it",
        "course": "of the exercises and the learner's loop; make check-course runs it",
    }
    for marker, reason in reasons.items():
        if not config.getoption(f"--run-{marker}"):
            for item in items:
                if item.get_closest_marker(marker):
                    item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def train_program() -> Path:
    """Phase 1's built trainer; $GROUNDUP_BIN names another one, of a sanitizer's build for example."""
    chosen = os.environ.get("GROUNDUP_BIN")
    program = Path(chosen).resolve() if chosen else ROOT / "build/release/bin/phase1_train"
    if not os.access(program, os.X_OK):
        pytest.fail(
            f"{program} is not there or cannot be run; `make test` builds build/release/bin/phase1_train, "
            "and $GROUNDUP_BIN may name another one",
            pytrace=False,
        )
    return program


@pytest.fixture(scope="session")
def phase2_programs() -> Path:
    """The folder of phase 2's built programs; $GROUNDUP_BIN_DIR names another one."""
    folder = Path(os.environ.get("GROUNDUP_BIN_DIR", ROOT / "build/release/bin")).resolve()
    for name in ("phase2_train", "phase2_predict", "phase2_evaluate"):
        if not os.access(folder / name, os.X_OK):
            pytest.fail(f"{folder / name} is not there or cannot be run; `make test` builds it", pytrace=False)
    return folder
