"""What the tests of `train` share: running it, stopping it, and seeing what it left."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import shutil
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from phase1_cpu.checkpoint.train_files import FILES, OUTPUTS, read_metrics, read_whole

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "reference/datasets/tiny"

TIMEOUT = 120  # seconds; a run here takes a second or less, on a busy machine ten


@dataclass
class Finished:
    code: int
    out: str
    err: str

    def error(self) -> str:
        """The one line that says what went wrong. Before it may be those of finished epochs."""
        assert self.code == 1, self
        *before, last = self.err.splitlines()
        assert last.startswith("train: "), self.err
        assert all(line.startswith("epoch ") for line in before), self.err
        return last


def environment(**changes: str) -> dict[str, str]:
    """This process's environment without what changes how train prints, and with `changes`."""
    varying = ("NO_COLOR", "TERM", "NN_REFERENCE_DIR", "MAKEFLAGS", "MAKELEVEL")
    return {k: v for k, v in os.environ.items() if k not in varying} | changes


def default_signals() -> None:
    """For a child: what runs tests in the background may have Ctrl-C ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def run(
    program: Path | str,
    *arguments: object,
    cwd: Path,
    before: Callable[[], None] = default_signals,
    env: dict[str, str] | None = None,
) -> Finished:
    """Runs `train` to its end, its output and error being pipes; `before` runs in the child."""
    done = subprocess.run(
        [program, *map(str, arguments)], cwd=cwd, env=environment(**(env or {})),
        preexec_fn=before, stdin=subprocess.DEVNULL, capture_output=True, text=True,
        encoding="utf-8", errors="replace", timeout=TIMEOUT,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


class Running:
    """A `train` on its way. Once this is made, it has read its data and saved its first state.

    It has room to tell of `epochs_ahead` epochs. Then it waits, since nobody reads what it tells,
    so that on a busy machine, too, it is still on its way when it is to be stopped.
    """

    PIPE_BYTES, EPOCH_BYTES = 4096, 80  # a page, the least a pipe may have; a line, at most

    def __init__(
        self, program: Path | str, *arguments: object, cwd: Path, epochs_ahead: int = 1
    ) -> None:
        ours, theirs = os.pipe()
        fcntl.fcntl(theirs, fcntl.F_SETPIPE_SZ, self.PIPE_BYTES)
        self.filling = self.PIPE_BYTES - self.EPOCH_BYTES * epochs_ahead
        os.write(theirs, bytes(self.filling))
        self.process = subprocess.Popen(
            [program, *map(str, arguments)], cwd=cwd, env=environment(),
            preexec_fn=default_signals, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=theirs, text=True, encoding="utf-8",
        )
        os.close(theirs)
        self.err = open(ours, encoding="utf-8")
        self.said = self.process.stdout.readline()

    def end(self, how: signal.Signals | None = None) -> Finished:
        """Sends it the signal, if one is given, and waits for its end."""
        if how is not None:
            self.process.send_signal(how)
        err = self.err.read()[self.filling :]
        out, _ = self.process.communicate(timeout=TIMEOUT)
        return Finished(self.process.returncode, self.said + out, err)

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.communicate()
        self.err.close()


def command_in(text: str) -> list[str]:
    """The arguments of train in the command that the last line of `text` ends with."""
    words = shlex.split(text.splitlines()[-1].split("saved state: ")[-1])
    if words[:2] == ["make", "train"]:
        return shlex.split(words[-1].removeprefix("ARGS=").replace("$$", "$"))
    return words[1:]


def copy_of_tiny(folder: Path) -> Path:
    """The tiny data set's four files in a folder of one's own."""
    folder.mkdir()
    for file in TINY.glob("*.gz"):
        shutil.copy(file, folder / file.name)
    return folder


def check_all_whole(folder: Path) -> set[str]:
    """Every file of a run that stands under its final name is complete. Returns the names."""
    names = {path.name for path in folder.iterdir()}
    temporary = {name for name in names if re.fullmatch(r"\.nn-\d+-\d+\.tmp", name)}
    assert names - temporary <= FILES, names
    for name in names - temporary:
        read_whole(folder / name)
    return names


def check_finished(folder: Path) -> None:
    """All files of a finished run are there and whole, and nothing else is."""
    assert check_all_whole(folder) == FILES


def results(folder: Path) -> dict[str, object]:
    """What two runs of the same training share to the bit: all but the seconds."""
    assert (folder / "report.html").exists()
    same: dict[str, object] = {
        name: (folder / name).read_bytes()
        for name in OUTPUTS
        if not name.endswith((".csv", ".html"))
    }
    rows = read_metrics(folder / "metrics.csv")
    same["metrics"] = [{k: v for k, v in row.items() if k != "seconds"} for row in rows]
    return same


@dataclass
class Cost:
    cpu_seconds: float  # in the program and in the system on its behalf: the machine may be shared
    peak_bytes: int


def cost_of(program: Path, *arguments: str, cwd: Path) -> Cost:
    """Runs a program that must end well, its words in cwd/log."""
    with open(cwd / "log", "w") as log, subprocess.Popen(
        [program, *arguments], cwd=cwd, env=environment(), stdout=log, stderr=log
    ) as running:
        _, status, usage = os.wait4(running.pid, 0)
        running.returncode = os.waitstatus_to_exitcode(status)
    assert running.returncode == 0, (cwd / "log").read_text()
    return Cost(usage.ru_utime + usage.ru_stime, 1024 * usage.ru_maxrss)
